/** Running other programs: what they say goes to one log file, and only the end of it to the person, when they fail. */
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** A failure that the person can do something about. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
  readonly hint: string;
  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

export interface Finished {
  readonly code: number | null;
  /** Both streams, in the order in which they came. */
  readonly said: string;
}

export interface Shell {
  readonly log: string;
  run(command: string, args: readonly string[], options?: { readonly cwd?: string }): Promise<Finished>;
}

export function openShell(log: string): Shell {
  mkdirSync(dirname(log), { recursive: true });
  return {
    log,
    run: (command, args, { cwd } = {}) =>
      new Promise((resolve, reject) => {
        const file = createWriteStream(log, { flags: 'a' });
        file.write(`\n$ ${[command, ...args].join(' ')}\n`);
        const child = spawn(command, args, {
          stdio: ['ignore', 'pipe', 'pipe'],
          ...(cwd === undefined ? {} : { cwd }),
        });
        let said = '';
        const hear = (chunk: Buffer) => {
          said += chunk.toString();
          file.write(chunk);
        };
        child.stdout.on('data', hear);
        child.stderr.on('data', hear);
        child.on('error', reject);
        child.on('close', (code) => {
          file.end();
          resolve({ code, said });
        });
      }),
  };
}

export const lastLines = (text: string, count = 8): string =>
  text
    .trimEnd()
    .split('\n')
    .slice(-count)
    .map((line) => `    ${line}`)
    .join('\n');
