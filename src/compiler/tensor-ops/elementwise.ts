/** Ops that work element by element: activations, sums and products. */
import type { ActivationName } from '../../genome/architecture/ops.ts';
import { activationWork } from '../activation-work.ts';
import { type RecordsOf, same, type TensorOpOf } from './record.ts';
import { passOn } from './tape.ts';
import { padded } from './work.ts';

const operands = {
  unary: { x: 'reads', out: 'writes' },
  unaryGrad: { x: 'reads', y: 'reads', dy: 'reads', dx: 'accumulates' },
  add: { a: 'reads', b: 'reads', out: 'writes' },
  multiply: { a: 'reads', b: 'reads', out: 'accumulates' },
} as const;
type Of<Name extends keyof typeof operands, Attributes = unknown> = TensorOpOf<
  Name,
  (typeof operands)[Name],
  Attributes
>;

/** out = f(x). */
export type Unary = Of<'unary', { fn: ActivationName }>;
/** dx (+)= dy * f'(x), where y = f(x). */
export type UnaryGrad = Of<'unaryGrad', { fn: ActivationName }>;
/** out = a + b. */
export type Add = Of<'add'>;
/** out (+)= a * b. */
export type Multiply = Of<'multiply'>;

/** The ops of this file. */
export type ElementwiseOp = Unary | UnaryGrad | Add | Multiply;

/** Their records. */
export const elementwise = {
  unary: {
    operands: operands.unary,
    claims: ({ x, out }, size) => [['input and output agree', same(size(x), size(out))]],
    flops: ({ fn, x }, size) => activationWork[fn].forward * padded(size(x)),
    adjoint(tape, { fn, x, out }) {
      const into = tape.contribution(x);
      if (into !== null)
        tape.emit({
          op: 'unaryGrad',
          fn,
          x,
          y: out,
          dy: tape.gradient(out),
          dx: into.gradient,
          accumulate: into.accumulate,
        });
    },
  },
  unaryGrad: {
    operands: operands.unaryGrad,
    claims: ({ x, y, dy, dx }, size) => [
      ['all four agree', [y, dy, dx].every((id) => same(size(id), size(x)))],
    ],
    flops: ({ fn, dx }, size) => activationWork[fn].backward * padded(size(dx)),
    /** The slopes of a costly activation. */
    room: ({ fn, y }, size) => ({ kept: activationWork[fn].forward > 10 ? padded(size(y)) : 0 }),
  },
  add: {
    operands: operands.add,
    claims: ({ a, b, out }, size) => [['all three agree', [a, b].every((id) => same(size(id), size(out)))]],
    flops: ({ out }, size) => 3 * padded(size(out)),
    adjoint(tape, { a, b, out }) {
      const dy = tape.gradient(out);
      passOn(tape, dy, a);
      passOn(tape, dy, b);
    },
  },
  multiply: {
    operands: operands.multiply,
    claims: ({ a, b, out }, size) => [['all three agree', [a, b].every((id) => same(size(id), size(out)))]],
    flops: ({ out }, size) => 5 * padded(size(out)),
    adjoint(tape, { a, b, out }) {
      const dy = tape.gradient(out);
      for (const [to, other] of [
        [a, b],
        [b, a],
      ] as const) {
        const into = tape.contribution(to);
        if (into !== null)
          tape.emit({ op: 'multiply', a: dy, b: other, out: into.gradient, accumulate: into.accumulate });
      }
    },
  },
} as const satisfies RecordsOf<ElementwiseOp>;
