/** Document -> text. `parse(print(d))` gives `d` again, positions aside: numbers are printed in their shortest exact form. */
import {
  type Attribute,
  binaryOperators,
  type Document,
  type Expression,
  negationPrecedence,
  type Statement,
} from './syntax.ts';

const symbols = new Map(
  Object.entries(binaryOperators).map(([symbol, { op, precedence }]) => [op, { symbol, precedence }]),
);

/** A whole document, one statement a line. */
export function print(document: Document): string {
  return document.statements.map((statement) => `${printStatement(statement)}\n`).join('');
}

/** One statement without its line break. */
export function printStatement(statement: Statement): string {
  return statement.kind === 'init'
    ? `init ${statement.name} = ${printNumber(statement.value)}`
    : `${statement.name} = ${printExpression(statement.value)}`;
}

/** An expression with as few parentheses as its operators need. */
export function printExpression(expression: Expression, minPrecedence = 0): string {
  if (expression.kind === 'number') return printNumber(expression.value);
  if (expression.kind === 'name') return expression.name;
  if (expression.kind === 'previous') return `${expression.name}'`;
  const { op, args, attributes } = expression;
  const infix = args.length === 2 && attributes.length === 0 ? symbols.get(op) : undefined;
  if (infix !== undefined) {
    const text = `${printExpression(args[0]!, infix.precedence)} ${infix.symbol} ${printExpression(args[1]!, infix.precedence + 1)}`;
    return infix.precedence < minPrecedence ? `(${text})` : text;
  }
  if (op === 'neg' && args.length === 1 && attributes.length === 0)
    return printNegation(args[0]!, minPrecedence);
  return `${op}(${[...args.map((arg) => printExpression(arg)), ...attributes.map(({ key, value }) => `${key}: ${printAttribute(value)}`)].join(', ')})`;
}

/** A negated number keeps its parentheses: `-(2)` negates the constant 2, `-2` is the constant -2. */
function printNegation(arg: Expression, minPrecedence: number): string {
  const inner =
    arg.kind === 'number' ? `(${printNumber(arg.value)})` : printExpression(arg, negationPrecedence);
  return minPrecedence > negationPrecedence ? `(-${inner})` : `-${inner}`;
}

/** The value of a named argument. */
export const printAttribute = (value: Attribute): string =>
  typeof value === 'number' ? printNumber(value) : String(value);

/** The shortest decimal that reads back to the same float64, with the sign of zero. Throws a RangeError for what is not finite. */
export function printNumber(value: number): string {
  if (!Number.isFinite(value))
    throw new RangeError(`${value} cannot be written: a program holds finite numbers only`);
  return Object.is(value, -0) ? '-0' : String(value);
}
