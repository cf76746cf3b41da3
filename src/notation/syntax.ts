/**
 * The notation that both chromosomes are written in: a straight-line program of lines `name = expression` and `init name = number`, with comments
 * from `#` to the end of the line. Infix operators are spelled calls: `a + b` is the call `add(a, b)`.
 */

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The value of a named argument, `units: 100`, `bias: false`, `init: he`. */
export type Attribute = number | boolean | string;

/** A number, a name, the previous value of a name, or a call of an op. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number; readonly at: Position }
  | { readonly kind: 'name'; readonly name: string; readonly at: Position }
  /** `x'`: the value x had after the previous step. */
  | { readonly kind: 'previous'; readonly name: string; readonly at: Position }
  | {
      readonly kind: 'call';
      readonly op: string;
      readonly args: readonly Expression[];
      readonly attributes: readonly {
        readonly key: string;
        readonly value: Attribute;
        readonly at: Position;
      }[];
      readonly at: Position;
    };

/** One line: a definition, or the first value of a state. */
export type Statement =
  | { readonly kind: 'assign'; readonly name: string; readonly value: Expression; readonly at: Position }
  | { readonly kind: 'init'; readonly name: string; readonly value: number; readonly at: Position };

/** A whole program, as its lines. */
export interface Document {
  readonly statements: readonly Statement[];
}

/** Binary operators by their symbol: the op they spell and how tightly they bind. All associate to the left. */
export const binaryOperators: Readonly<Record<string, { readonly op: string; readonly precedence: number }>> =
  {
    '<': { op: 'less', precedence: 1 },
    '>': { op: 'greater', precedence: 1 },
    '+': { op: 'add', precedence: 2 },
    '-': { op: 'sub', precedence: 2 },
    '*': { op: 'mul', precedence: 3 },
    '/': { op: 'div', precedence: 3 },
  };

/** Unary minus binds tighter than any binary operator. */
export const negationPrecedence = 4;
