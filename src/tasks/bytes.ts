/** Bytes of files in pieces, gunzipped where they are zipped; and what a reader may say of a file that cannot be read. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Issue } from '../notation/issue.ts';

/** A file's content in pieces of any size. */
export type Bytes = AsyncIterable<Uint8Array>;

/** The content of a file, gunzipped where it begins as gzip does. Reading throws what the file system or the decompressor throws: see `readIssue`. */
export async function* bytesOf(path: string): AsyncGenerator<Uint8Array> {
  yield* (await isGzip(path))
    ? pipeline(createReadStream(path), createGunzip(), () => {})
    : createReadStream(path);
}

async function isGzip(path: string): Promise<boolean> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}

/** What a file of text cannot be read for, found while it is being decoded: thrown by `linesOf`, told by `readIssue`. */
export class TextError extends Error {
  override readonly name = 'TextError';
  readonly issue: Omit<Issue, 'path'>;
  constructor(issue: Omit<Issue, 'path'>) {
    super(issue.message);
    this.issue = issue;
  }
}

/** By the code of an error of Node's: what it means, and what to do where that can be said. */
const troubles: Readonly<Record<string, Omit<Issue, 'path'>>> = {
  ENOENT: { code: 'file-missing', message: 'there is no such file' },
  ENOTDIR: { code: 'file-missing', message: 'there is no such file: a part of its path is not a folder' },
  EISDIR: { code: 'file-is-folder', message: 'this is a folder and not a file' },
  EACCES: { code: 'file-unreadable', message: 'this file may not be read', hint: 'look at its permissions' },
  EPERM: { code: 'file-unreadable', message: 'this file may not be read', hint: 'look at its permissions' },
  ENAMETOOLONG: { code: 'file-missing', message: 'there is no such file: its name is too long for one' },
  ELOOP: { code: 'file-unreadable', message: 'this is a link that leads in a circle' },
  Z_BUF_ERROR: {
    code: 'file-unreadable',
    message: 'the gzip file is cut short',
    hint: 'fetch or compress it again',
  },
  Z_DATA_ERROR: {
    code: 'file-unreadable',
    message: 'the gzip file is damaged',
    hint: 'fetch or compress it again; `gzip -t` tests it',
  },
};

/** What went wrong in reading, for people. `error` is what reading threw. */
export function readIssue(error: unknown, path: string): Issue {
  if (error instanceof TextError) return { ...error.issue, path };
  const { code, message } = error as NodeJS.ErrnoException;
  const known = code === undefined ? undefined : troubles[code];
  return { ...(known ?? { code: 'file-unreadable', message }), path };
}
