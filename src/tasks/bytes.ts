/** Bytes of files in pieces, gunzipped where they are zipped; and what a reader may say of a file that cannot be read. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Issue } from '../notation/issue.ts';

export type Bytes = AsyncIterable<Uint8Array>;

/** Reading throws what the file system or the decompressor throws: see `readIssue`. */
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

/** What went wrong in reading, for people. */
export function readIssue(error: unknown, path: string): Issue {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return { code: 'file-missing', path, message: 'there is no such file' };
  if (code === 'EISDIR') return { code: 'file-is-folder', path, message: 'this is a folder and not a file' };
  return { code: 'file-unreadable', path, message };
}

/** Lines without their ends; the last one need not have one. Throws at a line of more than `limit` characters. */
export async function* linesOf(bytes: Bytes, limit: number): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  const cut = function* (text: string) {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    if (rest.length > limit) throw new Error(`a line is longer than ${limit} characters`);
    for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line;
  };
  for await (const chunk of bytes) yield* cut(decoder.decode(chunk, { stream: true }));
  yield* cut(decoder.decode());
  if (rest !== '') yield rest;
}
