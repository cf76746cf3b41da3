/**
 * The first 100 bytes of a database file, read without SQLite: opening a file through SQLite may already write beside it.
 * Closing a descriptor of a file drops all POSIX locks that this process has on it, so a file that is open here is never looked at in this way.
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { identityOf } from './place.ts';

/** What the first hundred bytes of a file say of it (https://www.sqlite.org/fileformat.html#the_database_header). */
export interface FileHeader {
  readonly isSqlite: boolean;
  /** True for a write-ahead log, false for a rollback journal. */
  readonly isWal: boolean;
  readonly applicationId: number;
  readonly userVersion: number;
  /** Fewer bytes than pages. With a write-ahead log the last pages may be in the log. */
  readonly isCutShort: boolean;
}

const size = 100;
const magic = 'SQLite format 3\0';

/** Null where this process has the file open. */
export function readHeader(file: string): FileHeader | null {
  if (isOpenHere(file)) return null;
  const bytes = Buffer.alloc(size);
  const descriptor = openSync(file, 'r');
  try {
    if (readSync(descriptor, bytes, 0, size, 0) < size) bytes.fill(0);
  } finally {
    closeSync(descriptor);
  }
  const pageSize = bytes.readUInt16BE(16);
  const pages = bytes.readUInt32BE(28);
  const isCountValid = bytes.readUInt32BE(24) === bytes.readUInt32BE(92);
  return {
    isSqlite: bytes.toString('latin1', 0, magic.length) === magic,
    isWal: bytes[18] === 2,
    applicationId: bytes.readInt32BE(68),
    userVersion: bytes.readInt32BE(60),
    isCutShort: isCountValid && statSync(file).size < pages * (pageSize === 1 ? 65536 : pageSize),
  };
}

/** How many connections of this process read and write each file, by its identity. */
const open = { read: new Map<string, number>(), write: new Map<string, number>() };

/** True while this process has a connection to the file, under whatever name. */
export function isOpenHere(file: string, ...modes: readonly ('read' | 'write')[]): boolean {
  const identity = identityOf(file);
  const asked = modes.length === 0 ? (['read', 'write'] as const) : modes;
  return identity !== null && asked.some((mode) => open[mode].has(identity));
}

/** Notes that this process has opened the file; the answer notes that it has closed it. */
export function noteOpen(identity: string, mode: 'read' | 'write'): () => void {
  const counts = open[mode];
  counts.set(identity, (counts.get(identity) ?? 0) + 1);
  return () => {
    const left = counts.get(identity)! - 1;
    if (left === 0) counts.delete(identity);
    else counts.set(identity, left);
  };
}
