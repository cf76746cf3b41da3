/** The folders of src whose every expression StrykerJS changes, and the tests that each change is put to. */

/** The tests of the folder itself, and those that state what is identical in two runs; quick ones first. Tests of the compiled program see no mutation of the sources. */
const tests = {
  random: ['tests/random'],
  evolution: [
    'tests/identity/event-hash-text.test.ts',
    'tests/identity/event-hash.test.ts',
    'tests/identity/controller.test.ts',
    'tests/evolution',
  ],
  evaluation: ['tests/identity/evaluation.test.ts', 'tests/evaluation'],
  statistics: ['tests/statistics'],
  // Without bounds of genomes, drift and the behaviour of operators: what they hold is in other folders of src, and they take minutes.
  search: [
    'tests/search/task-files.test.ts',
    'tests/search/same-result.test.ts',
    'tests/search/breeding-tables.test.ts',
    'tests/search/closed-document.test.ts',
    'tests/search/cost-bound.test.ts',
    'tests/search/refusals.test.ts',
    'tests/search/training.test.ts',
    'tests/search/session.test.ts',
    'tests/cli/doctor.test.ts',
    'tests/search/two-runs.test.ts',
    'tests/search/restore.test.ts',
    'tests/identity/file.test.ts',
    'tests/integration/extension.test.ts',
  ],
  dispatch: ['tests/dispatch'],
  lineage: ['tests/lineage', 'tests/identity/file.test.ts'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type MutatedFolder = keyof typeof tests;

export const mutatedFolders = Object.keys(tests) as readonly MutatedFolder[];

export const isMutatedFolder = (name: string): name is MutatedFolder => Object.hasOwn(tests, name);

/** Folders and files of tests, relative to the root of the project. */
export const testsOf = (folder: MutatedFolder): readonly string[] => tests[folder];

/** Names the folder to the process that runs the tests. */
export const folderVariable = 'STREETLIGHT_MUTATED';

/** Where StrykerJS keeps what it found out about a folder, relative to the root of the project: a later run tries only what has changed since. */
export const reportOf = (folder: MutatedFolder) => `reports/mutation/${folder}.json`;
