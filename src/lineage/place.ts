/** What a path leads to, looked at before anything is opened: a database is a regular file under one name, or nothing is there yet. */
import { lstatSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { guarded, refusal } from './refusal.ts';

/** What a path leads to. */
export interface Place {
  /** As the user wrote it. */
  readonly path: string;
  /** Absolute, without symbolic links: the name that locks and side files are called by. */
  readonly file: string;
  readonly isThere: boolean;
}

/** The longest ending that a name gets: of the journal of a file that is being made for an import. */
const longestEnding = '.import.creating-journal'.length;
/** Of a file name on common file systems, and of a path within SQLite. */
const longest = { name: 255, path: 511 };

/**
 * What lies at a path.
 * @throws UserError for names that are none (`unnamed`), folders, devices, pipes, links that lead to nothing, empty files, and files with several names (`linked`).
 */
export function locate(path: string): Place {
  refuseName(path);
  return guarded(path, () => {
    const absolute = resolve(path);
    const itself = lstatSync(absolute, { throwIfNoEntry: false });
    if (itself === undefined) {
      refuseLength(path, absolute);
      return { path, file: join(realFolder(dirname(absolute)), basename(absolute)), isThere: false };
    }
    const found = itself.isSymbolicLink() ? statSync(absolute, { throwIfNoEntry: false }) : itself;
    if (found === undefined)
      throw refusal(
        path,
        'link',
        'this is a symbolic link that leads to nothing',
        'remove the link, or give the path of a file',
      );
    refuseKind(path, found);
    const file = realpathSync(absolute);
    refuseLength(path, file);
    return { path, file, isThere: true };
  });
}

function refuseName(path: string): void {
  if (path.trim() === '')
    throw refusal('--db', 'unnamed', 'the path of the lineage database is empty', 'give the path of a file');
  if (path === ':memory:')
    throw refusal(
      path,
      'unnamed',
      'a lineage database is a file: one in memory would be gone with its run',
      'give the path of a file, such as lineage.db',
    );
  if (path === '-')
    throw refusal(
      path,
      'unnamed',
      '`-` stands for standard input and output, and a lineage database is a file',
      'give the path of a file; one of this name is ./-',
    );
  if (path !== path.trim() || path.includes('\0'))
    throw refusal(
      path,
      'unnamed',
      'this name begins or ends with a space, or has a NUL in it',
      'give the path of a file without them',
    );
  if (/[/\\]$/.test(path) || /(^|[/\\])\.{1,2}$/.test(path))
    throw refusal(path, 'folder', 'this is the name of a folder', 'give the path of a file');
}

function refuseLength(path: string, file: string): void {
  const tooLong =
    Buffer.byteLength(basename(file)) + longestEnding > longest.name ||
    Buffer.byteLength(file) + longestEnding > longest.path;
  if (tooLong)
    throw refusal(path, 'unnamed', 'the name of this file is too long', 'give a shorter name or path');
}

function refuseKind(path: string, found: Stats): void {
  const kind = kindOf(found);
  if (kind !== null)
    throw refusal(
      path,
      found.isDirectory() ? 'folder' : 'no-file',
      `this is ${kind}`,
      'give the path of a file',
    );
  if (found.size === 0)
    throw refusal(
      path,
      'empty',
      'this file is empty and no lineage database',
      'remove it, or give a path where nothing is yet',
    );
  if (found.nlink > 1)
    throw refusal(
      path,
      'linked',
      `this file has ${found.nlink} names (hard links): under another one it may be written to unseen`,
      'remove the other names, or make a copy with cp and use that',
    );
}

function kindOf(found: Stats): string | null {
  if (found.isFile()) return null;
  if (found.isDirectory()) return 'a folder';
  if (found.isFIFO()) return 'a pipe';
  if (found.isSocket()) return 'a socket';
  return 'a device';
}

function realFolder(folder: string): string {
  return statSync(folder, { throwIfNoEntry: false }) === undefined ? folder : realpathSync(folder);
}

/** What tells a file from every other on this machine, whatever it is called; null where nothing is there. */
export function identityOf(file: string): string | null {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? null : `${found.dev}:${found.ino}`;
}

/** True while `file` leads to what has this identity, under this name alone. */
export function leadsTo(file: string, identity: string): boolean {
  const found = lstatSync(file, { bigint: true, throwIfNoEntry: false });
  return found?.isFile() === true && found.nlink === 1n && `${found.dev}:${found.ino}` === identity;
}
