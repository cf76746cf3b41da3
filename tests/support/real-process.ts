/**
 * Real processes under test. What they do is waited for by events (an exit, a write to the folder of a database), every wait has a bound, and no child outlives its test.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, onTestFinished } from 'vitest';

/** Long enough for a machine that is loaded tenfold; below the time limit of a test, so that the reason is told. */
const patienceMs = 100_000;

/** How a process ended: by an exit code or by a signal. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RealProcess {
  readonly child: ChildProcessWithoutNullStreams;
  /** What it has printed so far on both streams, in the order in which it came. */
  said(): string;
  /** Settles when the process has ended. @throws where it has not within the bound. */
  ended(): Promise<Exit>;
}

/** Starts `node` with these arguments inside a test; when the test is over the process is killed if it still runs. */
export function startNode(args: readonly string[], cwd = process.cwd()): RealProcess {
  const child = spawn(process.execPath, args, { cwd, stdio: 'pipe' });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  const exit = new Promise<Exit>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal })),
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  const said = () => text;
  return { child, said, ended: () => within(exit, () => `the process has not ended; it said:\n${said()}`) };
}

/** Waits until `condition` holds, which is asked at once and after each thing that the process prints. @throws where the process ends first. */
export function untilSaid(process: RealProcess, words: string): Promise<void> {
  const { child, said } = process;
  return untilTrue(
    process,
    () => said().includes(words),
    `it has not said "${words}"`,
    (ask) => {
      for (const stream of [child.stdout, child.stderr]) stream.on('data', ask);
      return () => {
        for (const stream of [child.stdout, child.stderr]) stream.off('data', ask);
      };
    },
  );
}

/** Births that the newest run of a database has told so far; null while there is no such file, table or run. */
export function birthsTold(db: string): number | null {
  const last = numberIn(db, 'SELECT max(last_told) FROM run');
  return last === null ? null : last + 1;
}

/** The number that a query gives now; null while there is no such file, table or row. */
export function numberIn(db: string, query: string): number | null {
  let file: Sqlite.Database | null = null;
  try {
    file = new Sqlite(db, { readonly: true, fileMustExist: true, timeout: 5000 });
    return file.prepare<[], number | null>(query).pluck().get() ?? null;
  } catch (error) {
    if (/^SQLITE_(CANTOPEN|ERROR|NOTADB)/.test(String((error as { code?: unknown }).code))) return null;
    throw error;
  } finally {
    file?.close();
  }
}

/** Waits until the run that the process writes has told so many births; asked after each change in the folder of the database. @throws where the process ends first. */
export function untilBirths(process: RealProcess, db: string, births: number): Promise<void> {
  return untilNumber(process, db, 'SELECT max(last_told) + 1 FROM run', births);
}

/** Waits until the query gives at least so much; asked after each change in the folder of the database. @throws where the process ends first. */
export function untilNumber(process: RealProcess, db: string, query: string, least: number): Promise<void> {
  const isThere = () => (numberIn(db, query) ?? Number.NEGATIVE_INFINITY) >= least;
  return untilTrue(process, isThere, `\`${query}\` has not come to ${least}`, (ask) => {
    // Asking may write to the folder itself (the side files of a database that nobody holds), so it is done outside of the watcher's own loop, and once for all that came before.
    let isDue = false;
    const watcher: FSWatcher = watch(dirname(db), () => {
      if (isDue) return;
      isDue = true;
      setImmediate(() => {
        isDue = false;
        ask();
      });
    });
    return () => watcher.close();
  });
}

/**
 * Kills the process with SIGKILL once it has told so many births, and asserts that this ended it in the middle of its run of `all` births.
 * @returns the births that are told in the file it left.
 */
export async function killMidRun(
  process: RealProcess,
  db: string,
  births: number,
  all: number,
): Promise<number> {
  await untilBirths(process, db, births);
  process.child.kill('SIGKILL');
  expect(await process.ended()).toEqual({ code: null, signal: 'SIGKILL' });
  const told = birthsTold(db)!;
  expect(told, 'births told when the process was killed').toBeGreaterThanOrEqual(Math.max(1, births));
  expect(told, 'births told when the process was killed').toBeLessThan(all);
  return told;
}

async function untilTrue(
  process: RealProcess,
  condition: () => boolean,
  complaint: string,
  listen: (ask: () => void) => () => void,
): Promise<void> {
  let stopListening = () => {};
  const holds = new Promise<void>((resolve, reject) => {
    const ask = () => {
      try {
        if (condition()) resolve();
      } catch (error) {
        reject(error);
      }
    };
    // First the ears, then the first question: nothing can happen between the two.
    stopListening = listen(ask);
    process.child.once('close', () => {
      ask();
      reject(new Error(`the process has ended and ${complaint}; it said:\n${process.said()}`));
    });
    ask();
  });
  try {
    await within(holds, () => `${complaint}; the process said:\n${process.said()}`);
  } finally {
    stopListening();
  }
}

async function within<T>(promise: Promise<T>, complaint: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(complaint())), patienceMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
