import { defineConfig } from 'vitest/config';
import SlowestFirst from './tests/support/slowest-first.ts';

/** These change what all files of a process would share, or ask what nobody has used yet in their process. */
const needOwnProcess = [
  'tests/cli/exit-code.test.ts',
  'tests/cli/damaged.test.ts',
  'tests/dispatch/**/*.test.ts',
  'tests/engines/v8-flags.test.ts',
  'tests/engines/wasm-ready.test.ts',
  'tests/search/bounds-fuzz.test.ts',
  'tests/scripts/**/*.test.ts',
];

export default defineConfig({
  test: {
    setupFiles: ['tests/support/seed.ts'],
    pool: 'forks',
    // Vitest would leave one core idle, of two.
    maxWorkers: '100%',
    sequence: { sequencer: SlowestFirst },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        // Loading the program takes a second: files that a process has one after another share what they import.
        test: { name: 'shared', isolate: false, include: ['tests/**/*.test.ts'], exclude: needOwnProcess },
      },
      { extends: true, test: { name: 'own process', include: needOwnProcess } },
    ],
  },
});
