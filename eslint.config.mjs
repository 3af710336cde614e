import jupyter from '@jupyter/eslint-plugin';
import prettier from 'eslint-config-prettier';
import a11y from 'eslint-plugin-jsx-a11y';
import hooks from 'eslint-plugin-react-hooks';
import { defineConfig, globalIgnores } from 'eslint/config';
import jsonc from 'jsonc-eslint-parser';
import ts from 'typescript-eslint';

const typescript = ['**/*.ts', '**/*.tsx'];

/** Rules of the Jupyter plugin that have the given file pattern. */
const jupyterRules = pattern =>
  Object.assign(
    {},
    ...jupyter.configs.recommended
      .filter(config => config.files.some(file => file.includes(pattern)))
      .map(config => config.rules)
  );

export default defineConfig(
  globalIgnores([
    '**/node_modules',
    'lib',
    'dist',
    '.venv',
    '.cache',
    '.run',
    'jupyter_ext/sagemaker_governance/labextension',
    'ui-tests/test-results'
  ]),
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' }
  },
  {
    files: typescript,
    extends: [ts.configs.recommended],
    plugins: { jupyter },
    languageOptions: {
      parserOptions: {
        project: [
          './tsconfig.test.json',
          './ui-tests/tsconfig.json',
          './lifecycle-config/cli/tsconfig.test.json'
        ],
        tsconfigRootDir: import.meta.dirname
      }
    },
    rules: {
      ...jupyterRules('**/*.ts'),
      curly: ['error', 'all'],
      eqeqeq: 'error',
      'no-console': ['error', { allow: ['warn', 'error'] }],
      'prefer-arrow-callback': ['error', { allowNamedFunctions: true }],
      // What loads at the start is held by dependency-cruiser (light-start).
      'jupyter/prefer-lazy-imports': 'off',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-namespace': 'off',
      '@typescript-eslint/no-floating-promises': [
        'error',
        { ignoreVoid: true }
      ],
      '@typescript-eslint/no-misused-promises': [
        'error',
        { checksVoidReturn: { attributes: false } }
      ],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true }
      ],
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'separate-type-imports', disallowTypeAnnotations: false }
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { args: 'none', ignoreRestSiblings: true, varsIgnorePattern: '^_' }
      ],
      '@typescript-eslint/naming-convention': [
        'error',
        {
          selector: 'interface',
          format: ['PascalCase'],
          custom: { regex: '^I[A-Z]', match: true }
        }
      ]
    }
  },
  {
    files: ['src/**/*.tsx'],
    extends: [a11y.flatConfigs.strict],
    plugins: { 'react-hooks': hooks },
    rules: {
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      // A listbox keeps the focus and names its option (aria-activedescendant).
      'jsx-a11y/click-events-have-key-events': 'off',
      'jsx-a11y/interactive-supports-focus': 'off',
      'jsx-a11y/no-noninteractive-tabindex': [
        'error',
        { tags: ['pre'], roles: ['tabpanel', 'region', 'group'] }
      ],
      'jsx-a11y/label-has-associated-control': ['error', { depth: 4 }]
    }
  },
  {
    // Tests say plain words and let go of things with the test.
    files: [
      'src/**/__tests__/**/*.{ts,tsx}',
      'src/testing/**/*.{ts,tsx}',
      // A program for a terminal: no lab, no translator.
      'lifecycle-config/cli/**/*.ts',
      'ui-tests/**/*.ts'
    ],
    rules: {
      ...jupyterRules('**/*.spec.ts'),
      'jupyter/command-described-by': 'off',
      'jupyter/no-untranslated-string': 'off',
      'jupyter/plugin-description': 'off',
      'jupyter/prefer-lazy-imports': 'off',
      'jupyter/plugin-id-convention': 'off',
      'jupyter/command-id-convention': 'off',
      'jupyter/require-disposable-ownership': 'off',
      'jupyter/require-signal-cleanup': 'off'
    }
  },
  {
    // These run under Studio's flags, where galata's helpers do not work.
    files: ['ui-tests/**/*.ts'],
    rules: {
      'jupyter/galata-prefer-context-menu-helper': 'off',
      'jupyter/galata-prefer-filebrowser-helper': 'off',
      'jupyter/galata-prefer-menu-helper': 'off',
      'jupyter/galata-prefer-notebook-cell-helper': 'off',
      'jupyter/galata-prefer-sidebar-activity-helper': 'off'
    }
  },
  {
    files: ['schema/*.json'],
    plugins: { jupyter },
    languageOptions: { parser: jsonc },
    rules: { 'jupyter/no-schema-enum': 'error' }
  },
  {
    files: ['**/*.mjs', '*.cjs', '*.js'],
    rules: { curly: ['error', 'all'], eqeqeq: 'error' }
  },
  prettier,
  { rules: { curly: ['error', 'all'] } }
);
