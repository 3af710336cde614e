const jestJupyterLab = require('@jupyterlab/testutils/lib/jest-config');

// ES modules among the dependencies; Jest runs CommonJS.
const esModules = [
  '@codemirror',
  '@jupyter/',
  '@jupyterlab/',
  '@microsoft/',
  'exenv-es6',
  'lib0',
  'nanoid',
  'vscode-ws-jsonrpc',
  'y-protocols',
  'y-websocket',
  'yjs'
].join('|');

const base = jestJupyterLab(__dirname);

module.exports = {
  ...base,
  automock: false,
  collectCoverageFrom: ['src/**/*.{ts,tsx}', '!src/**/*.d.ts'],
  modulePathIgnorePatterns: [
    '<rootDir>/jupyter_ext/',
    '<rootDir>/dist/',
    '<rootDir>/lib/',
    // Copies of the tree that tools keep there bring the same module names.
    '<rootDir>/.cache/',
    '<rootDir>/.run/',
    '<rootDir>/.venv/'
  ],
  reporters: ['default'],
  setupFilesAfterEnv: [
    ...(base.setupFilesAfterEnv ?? []),
    '<rootDir>/src/testing/jest-setup.ts'
  ],
  testEnvironmentOptions: {
    // jsdom's "browser" condition picks the SDK's fetch build, which needs streams.
    customExportConditions: ['node', 'node-addons']
  },
  // A stop for what never comes; a busy machine needs more than Jest's 5 s.
  testTimeout: 60_000,
  testRegex: '(src|lifecycle-config)/.*/__tests__/.*\\.spec\\.tsx?$',
  transformIgnorePatterns: [`/node_modules/(?!${esModules}).+`]
};
