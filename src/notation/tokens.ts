/** Text -> tokens of one line. Total: what it does not know becomes a `bad` token, which the parser reports with its place. */
import type { Position } from './syntax.ts';

export interface Token {
  readonly kind: 'number' | 'name' | 'symbol' | 'end' | 'bad';
  readonly text: string;
  readonly at: Position;
}

const pattern =
  /\s+|#.*|(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<name>[A-Za-z_][A-Za-z0-9_]*)|(?<symbol>['()=,:+\-*/<>])|(?<bad>.)/gsu;

export function tokenize(text: string, line: number): readonly Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(pattern)) {
    const at = { line, column: match.index + 1 };
    for (const kind of ['number', 'name', 'symbol', 'bad'] as const) {
      const found = match.groups?.[kind];
      if (found !== undefined) tokens.push({ kind, text: found, at });
    }
  }
  tokens.push({ kind: 'end', text: '', at: { line, column: text.length + 1 } });
  return tokens;
}
