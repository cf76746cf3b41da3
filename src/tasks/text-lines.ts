/** Bytes of a text file into lines: UTF-8, or UTF-16 that says so; line ends of Unix, Windows and old Macs; each byte and character looked at once. */
import { TextDecoder } from 'node:util';
import { type Bytes, TextError } from './bytes.ts';

/** Files that are taken for text by mistake, by their first bytes. */
const formats: readonly (readonly [bytes: string, name: string, hint: string])[] = [
  [
    'PK\x03\x04',
    'a zip archive, as spreadsheets (.xlsx) and .npz files are',
    'save the sheet as CSV, or unpack it',
  ],
  ['\xd0\xcf\x11\xe0', 'an old Excel workbook', 'save the sheet as CSV'],
  ['\x93NUMPY', 'a NumPy array', 'write it as text, as with numpy.savetxt'],
  ['\x89HDF', 'HDF5', 'write the table as CSV'],
  ['PAR1', 'Parquet', 'write the table as CSV'],
  ['ARROW1', 'Arrow or Feather', 'write the table as CSV'],
  ['SQLite format 3', 'an SQLite database', 'write the table as CSV'],
  ['%PDF', 'a PDF', 'write the table as CSV'],
  ['BZh', 'compressed by bzip2', 'unpack it first: only gzip is unpacked here'],
  ['\xfd7zXZ', 'compressed by xz', 'unpack it first: only gzip is unpacked here'],
  ['\x28\xb5\x2f\xfd', 'compressed by zstd', 'unpack it first: only gzip is unpacked here'],
];

/** So many bytes tell the format and the encoding. */
const headBytes = 16;

function decoderFor(head: Uint8Array): TextDecoder {
  const first = String.fromCharCode(...head.subarray(0, headBytes));
  const format = formats.find(([bytes]) => first.startsWith(bytes));
  if (format !== undefined)
    throw new TextError({
      code: 'text-format',
      message: `this is no text: it is ${format[1]}`,
      hint: format[2],
    });
  if (/^(\xff\xfe\0\0|\0\0\xfe\xff)/.test(first)) throw notUtf8('UTF-32', 'UTF-32');
  if (first.startsWith('\xff\xfe')) return new TextDecoder('utf-16le');
  if (first.startsWith('\xfe\xff')) return new TextDecoder('utf-16be');
  if (/^[^\0]\0[^\0]\0/.test(first)) throw notUtf8('UTF-16 without its mark', 'UTF-16LE');
  if (/^\0[^\0]\0[^\0]/.test(first)) throw notUtf8('UTF-16 without its mark', 'UTF-16BE');
  return new TextDecoder();
}

const notUtf8 = (found: string, name: string) =>
  new TextError({
    code: 'text-encoding',
    line: 1,
    message: `this is ${found}, and UTF-8 is read`,
    hint: `convert it: iconv -f ${name} -t UTF-8`,
  });

/** Text from bytes, piece by piece; a byte order mark is left out. */
function textReader() {
  let decoder: TextDecoder | null = null;
  let head: Uint8Array = new Uint8Array();
  return {
    push(piece: Uint8Array): string {
      if (decoder !== null) return decoder.decode(piece, { stream: true });
      head = Buffer.concat([head, piece]);
      if (head.length < headBytes) return '';
      decoder = decoderFor(head);
      return decoder.decode(head, { stream: true });
    },
    end: (): string => (decoder === null ? decoderFor(head).decode(head) : decoder.decode()),
  };
}

/** What a line may not hold: what stands for bytes that are not UTF-8, and the byte 0, which is in no text. */
const foreign = /[\uFFFD\0]/;

function refuseForeign(text: string, line: number): void {
  const found = foreign.exec(text);
  if (found === null) return;
  throw new TextError({
    code: 'text-encoding',
    line,
    column: found.index + 1,
    message: found[0] === '\0' ? 'a byte 0 is in no text' : 'these bytes are not UTF-8',
    hint:
      found[0] === '\0'
        ? 'is it a binary file, or is it damaged?'
        : 'save the file as UTF-8; for one in Latin-1: iconv -f LATIN1 -t UTF-8',
  });
}

/** What ends lines: known from the first one; null where more is needed. A carriage return at the very end may be half of a pair. */
function lineEndIn(text: string): '\n' | '\r' | null {
  const at = text.search(/[\r\n]/);
  if (at < 0 || (text[at] === '\r' && at === text.length - 1)) return null;
  return text[at] === '\r' && text[at + 1] !== '\n' ? '\r' : '\n';
}

/** Takes a file piece by piece, and gives the lines that have ended; the last one need not have an end. */
export interface LineReader {
  push(piece: Uint8Array): readonly string[];
  end(): readonly string[];
}

/**
 * Lines without their ends, the empty ones too.
 * @throws TextError at a line of more than `limit` characters, at bytes that are no text, and for files of another format
 */
export function lineReader(limit: number): LineReader {
  const source = textReader();
  let end: '\n' | '\r' | null = null;
  // The pieces of the line that has not ended: joined once, so that a line of any length costs its length.
  let pieces: string[] = [];
  let [held, read] = [0, 0];
  // A carriage return of which is not known whether it ends lines by itself.
  let waiting = '';
  const refuseLong = (length: number, line: number) => {
    if (length > limit)
      throw new TextError({
        code: 'text-long-line',
        line,
        message: `the line is longer than ${limit} characters`,
        hint: 'is this the right file, and does it have its line ends?',
      });
  };
  const hold = (piece: string) => {
    pieces.push(piece);
    held += piece.length;
    refuseLong(held, read + 1);
  };
  const finished = (line: string) => {
    read += 1;
    refuseLong(line.length, read);
    const text = end !== '\r' && line.endsWith('\r') ? line.slice(0, -1) : line;
    refuseForeign(text, read);
    return text;
  };
  const take = (piece: string): readonly string[] => {
    const text = waiting + piece;
    waiting = '';
    end ??= lineEndIn(text);
    if (end === null) {
      waiting = text.endsWith('\r') ? '\r' : '';
      hold(text.slice(0, text.length - waiting.length));
      return [];
    }
    const [first, ...more] = text.split(end);
    hold(first!);
    if (more.length === 0) return [];
    const rest = more.pop()!;
    more.unshift(pieces.join(''));
    const lines = more.map(finished);
    [pieces, held] = [[], 0];
    hold(rest);
    return lines;
  };
  return {
    push: (piece) => take(source.push(piece)),
    end() {
      const lines = take(source.end());
      const last = pieces.join('');
      return last === '' ? lines : [...lines, finished(last)];
    },
  };
}

/** The lines of a file in batches: see `lineReader`. */
export async function* linesOf(bytes: Bytes, limit: number): AsyncGenerator<readonly string[]> {
  const reader = lineReader(limit);
  for await (const piece of bytes) yield reader.push(piece);
  yield reader.end();
}
