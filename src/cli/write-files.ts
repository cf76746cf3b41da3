/** Where exported lines go: to standard output, or to files that appear whole or not at all. */
import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { isFull } from '../lineage/write-failure.ts';
import { UserError } from '../notation/user-error.ts';
import { RunFailed } from './commands/run-session.ts';
import type { Output } from './output.ts';

/** A file of an export, written as its lines are made. */
export interface OutputFile {
  readonly name: string;
  readonly lines: Iterable<string>;
}

/** Characters written at once. */
const chunkSize = 1 << 16;

/** Lines in chunks, so that a million of them are neither held nor written one by one. */
function* chunks(lines: Iterable<string>): Generator<string> {
  let held: string[] = [];
  let size = 0;
  for (const line of lines) {
    held.push(line);
    size += line.length + 1;
    if (size < chunkSize) continue;
    yield held.join('\n');
    held = [];
    size = 0;
  }
  if (held.length > 0) yield held.join('\n');
}

/** Gives way after each chunk, so that a reader who has closed the pipe is noticed. */
export async function printLines(output: Output, lines: Iterable<string>): Promise<void> {
  for (const chunk of chunks(lines)) {
    output.print(chunk);
    await turn();
  }
}

/** One file at a path. @throws UserError where it is there already and `force` is not set, and where it cannot be written. */
export const writeFile = (path: string, lines: Iterable<string>, force: boolean): void =>
  writeAll([{ path, lines }], force);

/** What stands for standard output where a path is asked for. */
export const standardOutput = '-';

/** Several files in a folder, which is made where it is missing. @throws UserError as `writeFile`, and for standard output. */
export function writeFolder(folder: string, files: readonly OutputFile[], force: boolean): void {
  if (folder === standardOutput)
    throw new UserError({
      code: 'several-files',
      path: folder,
      message: `these are ${files.length} files, and \`-\` stands for standard output`,
      hint: 'give a folder; one of this name is ./-',
    });
  writeAll(
    files.map(({ name, lines }) => ({ path: join(folder, name), lines })),
    force,
  );
}

function writeAll(
  files: readonly { readonly path: string; readonly lines: Iterable<string> }[],
  force: boolean,
): void {
  const there = files.filter(({ path }) => existsSync(path));
  const folder = there.find(({ path }) => statSync(path).isDirectory());
  if (folder !== undefined) throw refusal(folder.path, 'this is a folder', 'give the path of a file');
  if (there.length > 0 && !force)
    throw new UserError(
      there.map(({ path }) => ({
        ...{ code: 'output-exists', path, message: 'this file is there already' },
        hint: 'give another --out, or --force to replace it',
      })),
    );
  const drafts: string[] = [];
  try {
    for (const { path, lines } of files) {
      mkdirSync(dirname(path), { recursive: true });
      const draft = `${path}.${process.pid}.part`;
      drafts.push(draft);
      writeDraft(draft, lines);
    }
    files.forEach(({ path }, i) => {
      renameSync(drafts[i]!, path);
    });
  } catch (error) {
    for (const draft of drafts) rmSync(draft, { force: true });
    const { code } = error as { code?: unknown };
    if (typeof code !== 'string' || !/^E[A-Z]+$/.test(code)) throw error;
    if (isFull(error)) throw new RunFailed(`${files[0]!.path} could not be written (${code}): make room`);
    throw refusal(files[0]!.path, `this cannot be written (${code})`, 'check the path and the permissions');
  }
}

function writeDraft(path: string, lines: Iterable<string>): void {
  const file = openSync(path, 'w');
  try {
    for (const chunk of chunks(lines)) writeSync(file, `${chunk}\n`);
  } finally {
    closeSync(file);
  }
}

const refusal = (path: string, message: string, hint: string) =>
  new UserError({ code: 'output-unwritable', path, message, hint });
