import { defineConfig } from 'vitest/config';
import SlowestFirst from './tests/support/slowest-first.ts';

export default defineConfig({
  test: {
    setupFiles: ['tests/support/seed.ts'],
    include: ['tests/**/*.test.ts'],
    pool: 'forks',
    // Vitest would leave one core idle, of two.
    maxWorkers: '100%',
    sequence: { sequencer: SlowestFirst },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
