/** The tests that mutants are put to: those that run the sources themselves. Tests of the compiled program and of other programs would see none of the mutations. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    setupFiles: ['tests/support/seed.ts'],
    include: [
      'tests/{analysis,dispatch,evaluation,evolution,identity,interchange,lineage,random,search,statistics}/**/*.test.ts',
    ],
    pool: 'forks',
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
