/** A file that another program wrote, piece by piece and at once, gunzipped where it is zipped. */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { constants, gunzipSync } from 'node:zlib';
import { UserError } from '../notation/user-error.ts';
import { readIssue, TextError } from '../tasks/bytes.ts';

const pieceBytes = 1 << 16;
/** Node unpacks without waiting into memory only. */
const mostUnpacked = 1 << 30;

/** The content of a file in pieces, which are overwritten by the next one. @throws what the file system throws, and what gzip does, and TextError: see `readingError` */
export function* piecesOf(path: string): Generator<Uint8Array> {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(pieceBytes);
    let size = readSync(file, buffer);
    if (size >= 2 && buffer[0] === 0x1f && buffer[1] === 0x8b) {
      const all = unpacked(path);
      for (let at = 0; at < all.length; at += pieceBytes) yield all.subarray(at, at + pieceBytes);
      return;
    }
    for (; size > 0; size = readSync(file, buffer)) yield buffer.subarray(0, size);
  } finally {
    closeSync(file);
  }
}

function unpacked(path: string): Uint8Array {
  try {
    return gunzipSync(readFileSync(path), { maxOutputLength: mostUnpacked });
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code !== 'ERR_BUFFER_TOO_LARGE' && code !== 'ERR_FS_FILE_TOO_LARGE') throw error;
    throw new TextError({
      code: 'file-too-large',
      message: `the file is larger than ${mostUnpacked} bytes when unpacked`,
      hint: 'unpack it with gunzip first',
    });
  }
}

/** The beginning of a file as text, unpacked: what tells one format from another. @throws as `piecesOf` does */
export function beginningOf(path: string): string {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(pieceBytes);
    const head = buffer.subarray(0, readSync(file, buffer));
    const isZipped = head[0] === 0x1f && head[1] === 0x8b;
    // Flushed, so that a file which goes on is not taken for one that is cut short.
    return (isZipped ? gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH }) : head).toString();
  } finally {
    closeSync(file);
  }
}

/** What `act` comes to. @throws UserError in place of what reading the file throws */
export function reading<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw readingError(error, path);
  }
}

/** What reading a file throws, as a user's error; any other error as it is. */
export function readingError(error: unknown, path: string): unknown {
  const { code } = error as { code?: unknown };
  const isOfFile = typeof code === 'string' && /^(E[A-Z]+|Z_[A-Z_]+)$/.test(code);
  return isOfFile || error instanceof TextError ? new UserError(readIssue(error, path)) : error;
}
