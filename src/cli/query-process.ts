/**
 * SQL of the user's runs in a process of its own: SQLite keeps its thread until it has an answer, and a recursive question without an end has none. A process can be
 * ended from outside.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../genome/known.ts';
import { UserError } from '../notation/user-error.ts';
import { consoleOutput, type Output } from './output.ts';

const mark = 'STREETLIGHT_QUERY_PROCESS';

/** True in the process that is to answer. */
export const isQueryProcess = (): boolean => process.env[mark] === '1';

/**
 * Runs this program again with these words; gives its exit code. What it prints goes where `output` does.
 * @throws UserError (`query-too-long`) where it has no answer after so many seconds: it is ended then.
 */
export function answerWithin(seconds: number, args: readonly string[], output: Output): Promise<number> {
  const isConsole = output.print === consoleOutput.print;
  const child = spawn(process.execPath, [join(packageRoot(), 'dist', 'src', 'cli', 'main.js'), ...args], {
    stdio: isConsole ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, [mark]: '1' },
  });
  const printed = collected(child.stdout);
  const noted = collected(child.stderr);
  return new Promise((resolve, reject) => {
    let isTooLong = false;
    const timer = setTimeout(() => {
      isTooLong = true;
      child.kill('SIGKILL');
    }, seconds * 1000);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      if (printed.length > 0) output.print(printed.join('').replace(/\n$/, ''));
      if (noted.length > 0) output.note(noted.join('').replace(/\n$/, ''));
      if (isTooLong) reject(tooLong(seconds));
      else resolve(code ?? 1);
    });
  });
}

function collected(stream: NodeJS.ReadableStream | null): readonly string[] {
  const parts: string[] = [];
  stream?.setEncoding('utf8').on('data', (part: string) => void parts.push(part));
  return parts;
}

const tooLong = (seconds: number) =>
  new UserError({
    code: 'query-too-long',
    message: `this question had no whole answer after ${seconds} second${seconds === 1 ? '' : 's'}, and was ended`,
    hint: 'a recursive WITH needs a condition that ends it, or a LIMIT; --seconds gives more time',
  });
