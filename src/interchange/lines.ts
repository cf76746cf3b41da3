/** Lines of a file, one after the other, without ever holding the whole of one that is not zipped. */
import { lineReader } from '../tasks/text-lines.ts';
import { piecesOf } from './file-pieces.ts';

/** A line without its end; counted from 1. */
export interface NumberedLine {
  readonly line: number;
  readonly text: string;
}

/** Characters of a line: a single event is far shorter. */
const longestLine = 1 << 25;

/** What follows the last line end is a line too unless it is empty. @throws what `piecesOf` and `lineReader` throw */
export function* readLines(path: string): Generator<NumberedLine> {
  const reader = lineReader(longestLine);
  let line = 0;
  for (const piece of piecesOf(path)) for (const text of reader.push(piece)) yield { line: ++line, text };
  for (const text of reader.end()) yield { line: ++line, text };
}
