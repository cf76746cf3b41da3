/** Dropout (Srivastava et al. 2014). */
import { type RecordsOf, same, type TensorOpOf } from './record.ts';
import { padded } from './work.ts';

const operands = {
  dropout: { x: 'reads', draws: 'draws', out: 'writes' },
  dropoutGrad: { draws: 'reads', dy: 'reads', dx: 'accumulates' },
} as const;

/**
 * out = draw >= rate ? x / (1 - rate) : 0, and x itself in a `measure` pass. A `train` pass fills `draws`, shaped like x, with uniform noise: `fillNoise` with the key of `dropout` and
 * `site` in the place of the parameter. A `probe` pass uses the draws of the last one. `rate` is a float32, so that engines of either precision drop the same elements.
 */
export type Dropout = TensorOpOf<'dropout', typeof operands.dropout, { rate: number }>;
/** dx (+)= draw >= rate ? dy / (1 - rate) : 0. */
export type DropoutGrad = TensorOpOf<'dropoutGrad', typeof operands.dropoutGrad, { rate: number }>;

/** The ops of this file. */
export type DropoutOp = Dropout | DropoutGrad;

/** Their records. */
export const dropouts = {
  dropout: {
    operands: operands.dropout,
    claims: ({ rate, x, draws, out }, size) => [
      ['all three agree', [draws, out].every((id) => same(size(id), size(x)))],
      ['the rate is a float32 below 1', rate >= 0 && rate < 1 && Math.fround(rate) === rate],
    ],
    flops: ({ x }, size) => 56 * padded(size(x)),
    adjoint(tape, { rate, x, draws, out }) {
      const into = tape.contribution(x);
      if (into !== null)
        tape.emit({
          op: 'dropoutGrad',
          rate,
          draws,
          dy: tape.gradient(out),
          dx: into.gradient,
          accumulate: into.accumulate,
        });
    },
  },
  dropoutGrad: {
    operands: operands.dropoutGrad,
    claims: ({ draws, dy, dx }, size) => [
      ['all three agree', [draws, dy].every((id) => same(size(id), size(dx)))],
    ],
    flops: ({ dy }, size) => 5 * padded(size(dy)),
  },
} as const satisfies RecordsOf<DropoutOp>;
