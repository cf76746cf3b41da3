/** CSV into rows (RFC 4180): cells in quotes may hold separators, quotes and line ends. What is wrong is told at the line where it began. */
import type { Bytes } from './bytes.ts';
import { shortened } from './quoted.ts';
import { lineReader } from './text-lines.ts';

/** One record: its cells, without the blanks around them, and the line it begins in, counted from 1. */
export interface CsvRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/** A record that cannot be read. */
export interface CsvProblem {
  readonly line: number;
  readonly problem: string;
  readonly hint: string;
}

/** Which dialect of CSV is read. */
export interface CsvForm {
  /** The separator, or how to tell it from the first line. */
  readonly separator: string | ((firstLine: string) => string);
  /** Quotes within a cell that does not begin with one: the standard forbids them, and lists such as `["a"]` have them. */
  readonly innerQuotes: 'refuse' | 'keep';
}

/** Characters of a line: some millions of columns. */
const longestLine = 1 << 25;
/** Characters of a cell in quotes: so long a cell in a table means that its quote was never closed. */
const longestCell = 1 << 20;

/** Takes a file piece by piece, and gives the records that have ended. */
export interface CsvReader {
  push(piece: Uint8Array): readonly (CsvRow | CsvProblem)[];
  end(): readonly (CsvRow | CsvProblem)[];
  /** Whether a quote stays open for so long that nothing more can be read. */
  isStuck(): boolean;
}

/**
 * Empty lines are passed over; lines above the first record that begin with # are rows as well, whatever quotes they hold. A record that is wrong is a
 * problem in its place, and reading goes on behind it unless a quote stays open.
 * @throws TextError as `lineReader` does
 */
export function csvReader(form: CsvForm): CsvReader {
  const source = lineReader(longestLine);
  let reader: RowReader | null = null;
  let line = 0;
  let isBelow = false;
  const isStuck = () => reader?.tooLong() === true;
  const take = (lines: readonly string[]): (CsvRow | CsvProblem)[] => {
    const found: (CsvRow | CsvProblem)[] = [];
    for (const text of lines) {
      line += 1;
      if (isStuck()) break;
      if (reader === null) {
        if (text.trim() === '') continue;
        reader = rowReader(typeof form.separator === 'string' ? form.separator : form.separator(text), form);
      }
      const isComment = !isBelow && text.startsWith('#');
      const row = isComment ? reader.plain(text, line) : reader.next(text, line);
      isBelow ||= !isComment;
      if (row !== null) found.push(row);
    }
    return found;
  };
  return {
    push: (piece) => take(source.push(piece)),
    end() {
      const rows = isStuck() ? [] : take(source.end());
      const open = reader?.open() ?? null;
      return open === null ? rows : [...rows, open];
    },
    isStuck,
  };
}

/** The records of a file in batches: see `csvReader`. */
export async function* csvRows(
  bytes: Bytes,
  form: CsvForm,
): AsyncGenerator<readonly (CsvRow | CsvProblem)[]> {
  const reader = csvReader(form);
  for await (const piece of bytes) {
    yield reader.push(piece);
    if (reader.isStuck()) break;
  }
  yield reader.end();
}

interface RowReader {
  /** The record that ends with this line; null for none. */
  next(text: string, line: number): CsvRow | CsvProblem | null;
  /** A line by its separators alone. */
  plain(text: string, line: number): CsvRow;
  /** Whether the quote that is open has been so for more than a cell's length. */
  tooLong(): boolean;
  /** The quote that is open. */
  open(): CsvProblem | null;
}

function rowReader(separator: string, { innerQuotes }: CsvForm): RowReader {
  let cells: string[] = [];
  let begin = 0;
  // Of the cell whose quote is open: its pieces, their length, and where it was opened.
  let pieces: string[] = [];
  let length = 0;
  let opened: number | null = null;

  const plain = (text: string, line: number): CsvRow => ({
    line,
    cells: text.split(separator).map((cell) => cell.trim()),
  });
  const refused = (line: number, problem: string, hint: string): CsvProblem => {
    [cells, pieces, length, opened] = [[], [], 0, null];
    return { line, problem, hint };
  };
  /** Goes on within quotes; the place behind the closing one, or -1. */
  const quoted = (text: string, from: number): number => {
    for (let at = from; ; ) {
      const quote = text.indexOf('"', at);
      const isDouble = quote >= 0 && text[quote + 1] === '"';
      const piece = quote < 0 ? text.slice(at) : text.slice(at, isDouble ? quote + 1 : quote);
      pieces.push(piece);
      length += piece.length;
      if (quote < 0) return -1;
      if (!isDouble) return quote + 1;
      at = quote + 2;
    }
  };
  const pastBlanks = (text: string, from: number): number => {
    let at = from;
    while (at < text.length && text[at] !== separator && /\s/.test(text[at]!)) at += 1;
    return at;
  };

  const next = (text: string, line: number): CsvRow | CsvProblem | null => {
    let at = 0;
    if (opened === null) {
      if (text.trim() === '') return null;
      if (!text.includes('"')) return plain(text, line);
      [cells, begin] = [[], line];
    } else {
      pieces.push('\n');
      length += 1;
    }
    for (;;) {
      const isOpen = opened !== null;
      if (!isOpen) at = pastBlanks(text, at);
      if (isOpen || text[at] === '"') {
        opened ??= line;
        at = quoted(text, isOpen ? at : at + 1);
        if (at < 0) return null;
        let cell = pieces.join('');
        const closed = pastBlanks(text, at);
        if (closed < text.length && text[closed] !== separator) {
          if (innerQuotes === 'refuse')
            return refused(
              opened,
              `the quote that opens here closes ${opened === line ? '' : `in line ${line} `}before \`${shortened(text.slice(closed))}\``,
              'within a cell in quotes a quote is written twice; is one missing, or one too many?',
            );
          const end = endOfCell(text, closed);
          cell = `"${cell}"${text.slice(at, end).trimEnd()}`;
          at = end;
        } else at = closed;
        cells.push(cell.trim());
        [pieces, length, opened] = [[], 0, null];
      } else {
        const end = endOfCell(text, at);
        const cell = text.slice(at, end).trimEnd();
        if (innerQuotes === 'refuse' && cell.includes('"'))
          return refused(
            line,
            `there is a quote within the cell \`${shortened(cell)}\``,
            'put the whole cell in quotes and write the one within it twice, or leave it out',
          );
        cells.push(cell);
        at = end;
      }
      if (at >= text.length) return { line: begin, cells };
      at += 1;
    }
  };
  const endOfCell = (text: string, from: number): number => {
    const end = text.indexOf(separator, from);
    return end < 0 ? text.length : end;
  };
  return {
    next,
    plain,
    tooLong: () => length > longestCell,
    open: () =>
      opened === null
        ? null
        : refused(
            opened,
            length > longestCell
              ? `a quote is opened here, and ${longestCell} characters further on it is not closed`
              : 'a quote is opened here and never closed',
            'close it, or leave it out',
          ),
  };
}
