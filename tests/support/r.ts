/** R, where this machine has it with the packages asked for. With CI set its absence is a failure and not a skip: `.ci/run` installs it. */
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

export interface RResult {
  readonly status: number | null;
  readonly text: string;
}

export function rscript(...args: readonly string[]): RResult {
  const { status, stdout, stderr, error } = spawnSync('Rscript', args, { encoding: 'utf8' });
  return { status, text: error === undefined ? stdout + stderr : error.message };
}

/** `it`, or a skip that says why. */
export function itWithR(...packages: readonly string[]): typeof it | typeof it.skip {
  const { status, text } = rscript('-e', packages.map((name) => `library(${name})`).join('; '));
  if (status === 0) return it;
  if (process.env['CI'] === 'true')
    it(`R with ${packages.join(', ')} is there`, () => {
      expect.fail(text);
    });
  return it.skip;
}
