/** The rooms of docs/architecture.md, checked. @type {import('dependency-cruiser').IConfiguration} */
const ROOMS = 'registry|governance|follow|register|approvals|mlflow|runs';
const TESTS = '__tests__|^src/testing/';

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle means that two files are one.',
      severity: 'error',
      from: {},
      to: { circular: true }
    },
    {
      name: 'doors',
      comment: 'A room is entered by its index.ts; act by command id.',
      severity: 'error',
      from: { path: `^src/(${ROOMS})/`, pathNot: TESTS },
      to: {
        path: `^src/(${ROOMS})/`,
        pathNot: [
          '^src/$1/',
          `^src/(${ROOMS})/index\\.ts$`,
          // What rows and documents show of acting on governance.
          '^src/governance/linking/index\\.ts$'
        ]
      }
    },
    {
      name: 'doors-of-the-ground-floor',
      comment:
        'relay and ui are entered by their index.ts; AWS clients by relay/aws.ts.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/(relay|ui)/', TESTS] },
      to: {
        path: '^src/(relay|ui)/',
        pathNot: [
          '^src/(relay|ui)/index\\.ts$',
          '^src/relay/(aws|plugin)\\.ts$',
          // Heavy pieces have their own door, behind import().
          '^src/ui/(formDialog|virtualList)\\.tsx$'
        ]
      }
    },
    {
      name: 'ground-floor',
      comment: 'relay and ui know no room; ui does not know relay’s inside.',
      severity: 'error',
      from: { path: '^src/(relay|ui)/', pathNot: TESTS },
      to: { path: `^src/(${ROOMS})/` }
    },
    {
      name: 'tokens-stand-alone',
      severity: 'error',
      from: { path: '^src/tokens\\.ts$' },
      to: { path: '^src/' }
    },
    {
      name: 'plugins-only-from-the-list',
      comment:
        'Nothing imports a plugin.ts but src/index.ts; a part of a room hands its plugin to the room’s.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: ['^src/index\\.ts$', '^src/registry/plugin\\.ts$', '__tests__']
      },
      to: { path: '/plugin\\.tsx?$' }
    },
    {
      name: 'registry-plugin-parts',
      severity: 'error',
      from: { path: '^src/registry/plugin\\.ts$' },
      to: { path: '/plugin\\.tsx?$', pathNot: '^src/registry/' }
    },
    {
      name: 'no-test-code',
      severity: 'error',
      from: { path: '^src/', pathNot: TESTS },
      to: { path: TESTS }
    },
    {
      name: 'light-start',
      comment:
        'What the lab loads at its start reaches AWS clients, TanStack, YAML and React dialogs only by import().',
      severity: 'error',
      from: { path: '^src/index\\.ts$' },
      to: {
        path: 'node_modules/(@aws-sdk|@smithy|@tanstack|yaml)/',
        reachable: true
      }
    },
    {
      name: 'only-declared',
      severity: 'error',
      from: { path: '^src/', pathNot: TESTS },
      to: {
        dependencyTypes: [
          'npm-no-pkg',
          'npm-unknown',
          'npm-dev',
          'undetermined'
        ]
      }
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true }
    }
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    // Types are erased: they neither load code nor make a cycle.
    tsPreCompilationDeps: false,
    exclude: { dynamic: true },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types']
    }
  }
};
