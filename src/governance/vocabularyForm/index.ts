/** Door of the vocabulary form. Heavy: behind `import()`. */
export { VocabularyTab } from './widget';
export type { IVocabularyServices } from './widget';
