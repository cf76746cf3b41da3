/** Text -> tokens of one line. Total: what it does not know becomes a `bad` token, which the parser reports with its place. */
import type { Position } from './syntax.ts';

/** The smallest part of a line that means something; `end` stands behind the last. */
export interface Token {
  readonly kind: 'number' | 'name' | 'symbol' | 'end' | 'bad';
  readonly text: string;
  readonly at: Position;
}

/** What is not captured is blank or a comment. Groups have numbers and no names: an object of names for each token would cost more than finding it. */
const pattern =
  /\s+|#.*|((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|([A-Za-z_][A-Za-z0-9_]*)|(['()=,:+\-*/<>])|(.)/gsu;

/** By the number of the group that captured, less 1. */
const kinds = ['number', 'name', 'symbol', 'bad'] as const;

/** The tokens of one line, `end` included. Columns count from 1. */
export function tokenize(text: string, line: number): readonly Token[] {
  const tokens: Token[] = [];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    for (let group = 1; group <= kinds.length; group++) {
      const found = match[group];
      if (found === undefined) continue;
      tokens.push({ kind: kinds[group - 1]!, text: found, at: { line, column: match.index + 1 } });
      break;
    }
  }
  tokens.push({ kind: 'end', text: '', at: { line, column: text.length + 1 } });
  return tokens;
}
