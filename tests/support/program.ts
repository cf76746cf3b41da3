/** The program as a test types it: in this process, or built, where worker threads are needed. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { main } from '../../src/cli/main.ts';
import { packageRoot } from '../../src/genome/known.ts';

export interface Answer {
  readonly code: number;
  /** Standard output. */
  readonly printed: string;
  /** Standard error. */
  readonly noted: string;
}

export async function streetlight(...line: readonly string[]): Promise<Answer> {
  let [printed, noted] = ['', ''];
  const code = await main(line, {
    isTerminal: false,
    colour: false,
    print(text) {
      printed += `${text}\n`;
    },
    note(text) {
      noted += `${text}\n`;
    },
  });
  return { code, printed, noted };
}

export const builtProgram = join(packageRoot(), 'dist/src/cli/main.js');

/** A small search with real evaluations. */
export function search(db: string, births: number, seed: string, ...more: readonly string[]): void {
  const document = join(packageRoot(), 'search-spaces/smoke.yaml');
  execFileSync(
    process.execPath,
    [
      ...[builtProgram, 'search', document, '--births', `${births}`, '--seed', seed, '--db', db],
      ...['--set', 'evaluation.steps=40', ...more],
    ],
    { stdio: 'ignore' },
  );
}
