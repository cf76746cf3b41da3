/**
 * How deep an expression nests once it is printed, told without printing it: the parser refuses what nests too deep, so a printer must know
 * where to give a part a line of its own.
 */
import { binaryOperators, negationPrecedence } from './syntax.ts';

/** The parser refuses expressions that nest deeper, and more infix operators in a row: no genome needs it, and recursion stays bounded. */
export const maxNesting = 200;

/** Calls on the longest path into an expression. Bounds the recursion of whoever walks it; what people write is far below. */
const maxHeight = 1000;

/** What a reader of the printed text would go through. */
export interface Nesting {
  /** How deep the parser goes into the expression where no parentheses stand around it. */
  readonly depth: number;
  /** How tightly its outermost operator binds; parentheses stand around it where it must bind tighter. */
  readonly precedence: number;
  /** Infix operators in a row, from the left, that are read at one depth. */
  readonly chain: number;
  /** Calls on the longest path into it. */
  readonly height: number;
}

const precedences = new Map(
  Object.values(binaryOperators).map(({ op, precedence }) => [op, precedence] as const),
);

/** A number, a name or a previous value. */
export const leafNesting: Nesting = { depth: 0, precedence: Number.POSITIVE_INFINITY, chain: 0, height: 0 };

/** Of a call, from what its arguments come to. `isNumber` says of a lone argument that it is a number, which keeps its parentheses under a minus sign. */
export function callNesting(
  op: string,
  args: readonly Nesting[],
  isNumber: boolean,
  attributes: number,
): Nesting {
  const height = 1 + args.reduce((most, each) => Math.max(most, each.height), 0);
  const infix = args.length === 2 && attributes === 0 ? precedences.get(op) : undefined;
  if (infix !== undefined) {
    const [left, right] = args as [Nesting, Nesting];
    return {
      depth: Math.max(within(left, infix), within(right, infix + 1) + 1),
      precedence: infix,
      chain: 1 + (left.precedence >= infix ? left.chain : 0),
      height,
    };
  }
  if (op === 'neg' && args.length === 1 && attributes === 0) {
    const inner = isNumber ? 1 : within(args[0]!, negationPrecedence);
    return { depth: inner + 1, precedence: negationPrecedence, chain: 0, height };
  }
  const deepest = args.reduce((most, each) => Math.max(most, each.depth + 1), 0);
  return { depth: deepest, precedence: Number.POSITIVE_INFINITY, chain: 0, height };
}

const within = ({ depth, precedence }: Nesting, minPrecedence: number): number =>
  depth + (precedence < minPrecedence ? 1 : 0);

/** True where the parser reads the expression back. */
export const isReadable = ({ depth, chain, height }: Nesting): boolean =>
  depth <= maxNesting && chain <= maxNesting && height <= maxHeight;
