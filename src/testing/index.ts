/** Door of the test helpers; imported by specs only. */
export * from './builders';
export * from './fakeRelay';
export * from './work';
