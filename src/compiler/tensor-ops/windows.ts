/** Ops on the windows of an activation's positions: patches, depthwise convolutions, pools. */
import { tapCount, type Windows, windowCount } from '../../genome/architecture/windows.ts';
import { type Claims, isRow, type RecordsOf, type Size, same, type TensorOpOf } from './record.ts';
import { contributionOrScratch } from './tape.ts';
import { overRuns, overTaps, padded } from './work.ts';

const operands = {
  patches: { x: 'reads', out: 'writes' },
  patchesGrad: { dout: 'reads', dx: 'accumulates' },
  depthwise: { x: 'reads', weight: 'reads', bias: 'mayRead', out: 'writes' },
  depthwiseGrad: {
    x: 'reads',
    weight: 'reads',
    dy: 'reads',
    dx: 'accumulates',
    dweight: 'writes',
    dbias: 'mayWrite',
  },
  pool: { x: 'reads', out: 'writes' },
  poolGrad: { x: 'reads', y: 'reads', dy: 'reads', dx: 'accumulates' },
} as const;
type Of<Name extends keyof typeof operands, Attributes> = TensorOpOf<
  Name,
  (typeof operands)[Name],
  Attributes & { windows: Windows }
>;

/**
 * What lies under each window, a row each: out [rows * windows, groups * taps * channels / groups], columns by group, then tap, then channel of the group; 0 where a tap is on
 * padding. A convolution is this times its weight.
 */
export type Patches = Of<'patches', { groups: number }>;
/** dx (+)= dout, each number at the place that it came from. */
export type PatchesGrad = Of<'patchesGrad', { groups: number }>;
/** out[window, channel] = alpha * sum over taps of weight[tap, channel] * x[under tap, channel] + bias[channel]. */
export type Depthwise = Of<'depthwise', { alpha: number }>;
/** The gradients of all three, in one go. */
export type DepthwiseGrad = Of<'depthwiseGrad', { alpha: number }>;
/** Largest or mean value in each window, per channel. Windows have no padding. */
export type Pool = Of<'pool', { kind: 'max' | 'mean' }>;
/** Of several largest values the first one gets the gradient. */
export type PoolGrad = Of<'poolGrad', { kind: 'max' | 'mean' }>;

/** The ops of this file. */
export type WindowOp = Patches | PatchesGrad | Depthwise | DepthwiseGrad | Pool | PoolGrad;

/** Claims of ops that read windows of an example and write one value per window and channel. */
const overWindows = (windows: Windows, x: Size, out: Size): Claims => {
  const [height, width, channels] = windows.input;
  return [
    ['the input is what the windows lie on', x.cols === height * width * channels],
    ['there is one output per window and channel', out.cols === windowCount(windows) * channels],
    ['rows agree', x.rows === out.rows],
  ];
};

const patchesFit = (windows: Windows, groups: number, x: Size, rows: Size): Claims => {
  const [height, width, channels] = windows.input;
  return [
    ['the input is what the windows lie on', x.cols === height * width * channels],
    ['there is a row per window', rows.rows === x.rows * windowCount(windows)],
    ['a row has every tap and channel', rows.cols === tapCount(windows) * channels],
    ['groups divide the channels', channels % groups === 0],
  ];
};

/** Runs of three words for each tap of each window, at most. */
const tableOfTaps = ({ windows }: WindowOp) => ({ kept: 3 * windowCount(windows) * tapCount(windows) });

/** Their records. */
export const windowed = {
  patches: {
    operands: operands.patches,
    room: tableOfTaps,
    claims: ({ windows, groups, x, out }, size) => patchesFit(windows, groups, size(x), size(out)),
    flops: ({ windows, x, out }, size) => overRuns(windows, size(x).rows) + 3 * padded(size(out)),
    adjoint(tape, { windows, groups, x, out }) {
      const into = tape.contribution(x);
      if (into !== null)
        tape.emit({
          op: 'patchesGrad',
          windows,
          groups,
          dout: tape.gradient(out),
          dx: into.gradient,
          accumulate: into.accumulate,
        });
    },
  },
  patchesGrad: {
    operands: operands.patchesGrad,
    room: tableOfTaps,
    claims: ({ windows, groups, dout, dx }, size) => patchesFit(windows, groups, size(dx), size(dout)),
    flops: ({ windows, dout, dx }, size) => overRuns(windows, size(dx).rows) + 4 * padded(size(dout)),
  },
  depthwise: {
    operands: operands.depthwise,
    room: tableOfTaps,
    claims: ({ windows, x, weight, bias, out }, size) => [
      ...overWindows(windows, size(x), size(out)),
      [
        'there is one weight per tap and channel',
        same(size(weight), { rows: tapCount(windows), cols: windows.input[2] }),
      ],
      ['there is one bias per channel', bias === null || isRow(size(bias), windows.input[2])],
    ],
    flops: ({ windows, x }, size) => overTaps(windows, size(x).rows, { each: 15, lane: 3 }),
    adjoint(tape, { windows, alpha, x, weight, bias, out }) {
      const dweight = tape.contribution(weight)!.gradient;
      const dbias = bias === null ? null : tape.contribution(bias)!.gradient;
      const into = contributionOrScratch(tape, x);
      tape.emit({
        op: 'depthwiseGrad',
        windows,
        alpha,
        x,
        weight,
        dy: tape.gradient(out),
        dx: into.gradient,
        dweight,
        dbias,
        accumulate: into.accumulate,
      });
    },
  },
  depthwiseGrad: {
    operands: operands.depthwiseGrad,
    room: tableOfTaps,
    claims: ({ windows, x, weight, dy, dx, dweight, dbias }, size) => [
      ...overWindows(windows, size(x), size(dy)),
      [
        'gradients have the sizes of their values',
        same(size(dx), size(x)) && same(size(dweight), size(weight)),
      ],
      ['the bias has a gradient per channel', dbias === null || isRow(size(dbias), windows.input[2])],
    ],
    flops: ({ windows, x }, size) => overTaps(windows, size(x).rows, { each: 30, lane: 4 }),
  },
  pool: {
    operands: operands.pool,
    room: tableOfTaps,
    claims: ({ windows, x, out }, size) => [
      ...overWindows(windows, size(x), size(out)),
      ['windows have no padding', windows.top + windows.left === 0],
    ],
    flops: ({ kind, windows, x }, size) =>
      overTaps(windows, size(x).rows, kind === 'max' ? { each: 40, lane: 6 } : { each: 10, lane: 2 }),
    adjoint(tape, { kind, windows, x, out }) {
      const into = tape.contribution(x);
      if (into !== null)
        tape.emit({
          op: 'poolGrad',
          kind,
          windows,
          x,
          y: out,
          dy: tape.gradient(out),
          dx: into.gradient,
          accumulate: into.accumulate,
        });
    },
  },
  poolGrad: {
    operands: operands.poolGrad,
    room: tableOfTaps,
    claims: ({ windows, x, y, dy, dx }, size) => [
      ...overWindows(windows, size(x), size(y)),
      ['gradients have the sizes of their values', same(size(dx), size(x)) && same(size(dy), size(y))],
    ],
    flops: ({ windows, x }, size) => overTaps(windows, size(x).rows, { each: 15, lane: 3 }),
  },
} as const satisfies RecordsOf<WindowOp>;
