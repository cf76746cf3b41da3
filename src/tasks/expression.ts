/** Formulas as data: written once, differentiated symbolically, and run by every engine in its own way. */
import { cos, sin } from '../numerics/elementary.ts';

/** A formula: constants, variables by index, and operations on formulas. */
export type Expression =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'variable'; readonly index: number }
  | { readonly kind: 'add' | 'subtract' | 'multiply'; readonly a: Expression; readonly b: Expression }
  | { readonly kind: 'sin' | 'cos'; readonly a: Expression };

type Operand = Expression | number;

const expressionOf = (operand: Operand): Expression =>
  typeof operand === 'number' ? { kind: 'constant', value: operand } : operand;

const isConstant = (e: Expression, value: number) => e.kind === 'constant' && e.value === value;

/** The variable of an index, from 0. */
export const variable = (index: number): Expression => ({ kind: 'variable', index });

/** The sum; terms of 0 are left out. */
export function add(...terms: readonly Operand[]): Expression {
  return terms.map(expressionOf).reduce((a, b) => {
    if (isConstant(a, 0)) return b;
    return isConstant(b, 0) ? a : { kind: 'add', a, b };
  });
}

/** left - right; a right side of 0 is left out. */
export function subtract(left: Operand, right: Operand): Expression {
  const [a, b] = [expressionOf(left), expressionOf(right)];
  return isConstant(b, 0) ? a : { kind: 'subtract', a, b };
}

/** The product; factors of 1 are left out, and a factor of 0 makes it 0. */
export function multiply(...factors: readonly Operand[]): Expression {
  return factors.map(expressionOf).reduce((a, b) => {
    if (isConstant(a, 0) || isConstant(b, 1)) return a;
    return isConstant(b, 0) || isConstant(a, 1) ? b : { kind: 'multiply', a, b };
  });
}

/** The product of a formula with itself. */
export const square = (a: Operand): Expression => multiply(a, a);
/** The cosine, of radians. */
export const cosine = (a: Operand): Expression => ({ kind: 'cos', a: expressionOf(a) });

/** The partial derivative by one variable. */
export function derivative(e: Expression, by: number): Expression {
  switch (e.kind) {
    case 'constant':
      return expressionOf(0);
    case 'variable':
      return expressionOf(e.index === by ? 1 : 0);
    case 'add':
      return add(derivative(e.a, by), derivative(e.b, by));
    case 'subtract':
      return subtract(derivative(e.a, by), derivative(e.b, by));
    case 'multiply':
      return add(multiply(derivative(e.a, by), e.b), multiply(e.a, derivative(e.b, by)));
    case 'sin':
      return multiply({ kind: 'cos', a: e.a }, derivative(e.a, by));
    case 'cos':
      return multiply(-1, { kind: 'sin', a: e.a }, derivative(e.a, by));
  }
}

/** Operations in it. */
export function sizeOfExpression(e: Expression): number {
  if (e.kind === 'constant' || e.kind === 'variable') return 0;
  return 1 + sizeOfExpression(e.a) + ('b' in e ? sizeOfExpression(e.b) : 0);
}

/** The value in float64, where variable i is `at(i)`. */
export function evaluateExpression(e: Expression, at: (index: number) => number): number {
  switch (e.kind) {
    case 'constant':
      return e.value;
    case 'variable':
      return at(e.index);
    case 'add':
      return evaluateExpression(e.a, at) + evaluateExpression(e.b, at);
    case 'subtract':
      return evaluateExpression(e.a, at) - evaluateExpression(e.b, at);
    case 'multiply':
      return evaluateExpression(e.a, at) * evaluateExpression(e.b, at);
    case 'sin':
      return sin(evaluateExpression(e.a, at));
    case 'cos':
      return cos(evaluateExpression(e.a, at));
  }
}
