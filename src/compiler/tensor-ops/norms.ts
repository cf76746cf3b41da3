/** Ops that norm or scale an activation channel by channel. An activation's columns are groups (positions) of `channels` numbers each. */
import { type Claims, isRow, type RecordsOf, type Size, same, type TensorOpOf } from './record.ts';
import { contributionOrScratch } from './tape.ts';
import { overGroups } from './work.ts';

const operands = {
  norm: { x: 'reads', gain: 'reads', bias: 'mayRead', stats: 'writes', out: 'writes' },
  normGrad: {
    x: 'reads',
    gain: 'reads',
    stats: 'reads',
    dy: 'reads',
    dx: 'accumulates',
    dgain: 'writes',
    dbias: 'mayWrite',
  },
  batchNorm: { x: 'reads', gain: 'reads', bias: 'reads', running: 'keeps', stats: 'writes', out: 'writes' },
  batchNormGrad: {
    x: 'reads',
    gain: 'reads',
    stats: 'reads',
    dy: 'reads',
    dx: 'accumulates',
    dgain: 'writes',
    dbias: 'writes',
  },
  channelScale: { x: 'reads', gain: 'reads', out: 'writes' },
  channelScaleGrad: { x: 'reads', gain: 'reads', dy: 'reads', dx: 'accumulates', dgain: 'writes' },
} as const;
type Of<Name extends keyof typeof operands, Attributes = unknown> = TensorOpOf<
  Name,
  (typeof operands)[Name],
  Attributes & { channels: number }
>;

/**
 * Layer norm (Ba et al. 2016) or RMS norm (Zhang and Sennrich 2019) over each group of `channels` consecutive columns, epsilon 1e-5 inside the root:
 * out = gain * xhat (+ bias). `stats` [rows, 2 * groups] keeps (mean, 1/deviation) per group for the backward pass; rms stores mean 0.
 */
export type Norm = Of<'norm', { kind: 'layer' | 'rms' }>;
/** The gradients of input, gain and bias, in one go. */
export type NormGrad = Of<'normGrad', { kind: 'layer' | 'rms' }>;
/**
 * Batch norm (Ioffe and Szegedy 2015) per channel over all rows and groups, epsilon 1e-5. `stats` [2, channels] keeps mean and 1/deviation of the batch for the backward pass.
 * A `train` pass also moves `running` [2, channels] (mean, variance) by momentum 0.1 towards mean and unbiased variance of the batch; a `measure` pass uses it instead. The
 * backward pass is that of batch statistics.
 */
export type BatchNorm = Of<'batchNorm'>;
/** The gradients of input, gain and bias, in one go. */
export type BatchNormGrad = Of<'batchNormGrad'>;
/** out = x * gain[channel], gain [1, channels], over each group of `channels` columns. */
export type ChannelScale = Of<'channelScale'>;
/** The gradients of input and gain, in one go. */
export type ChannelScaleGrad = Of<'channelScaleGrad'>;

/** The ops of this file. */
export type NormOp = Norm | NormGrad | BatchNorm | BatchNormGrad | ChannelScale | ChannelScaleGrad;

const grouped = (channels: number, x: Size, gain: Size): Claims => [
  ['channels divide the columns', x.cols % channels === 0],
  ['there is one gain per channel', isRow(gain, channels)],
];

/** Their records. */
export const norms = {
  norm: {
    operands: operands.norm,
    claims: ({ channels, x, gain, bias, stats, out }, size) => [
      ...grouped(channels, size(x), size(gain)),
      ['there is one bias per channel', bias === null || isRow(size(bias), channels)],
      [
        'there are two statistics per group',
        same(size(stats), { rows: size(x).rows, cols: (2 * size(x).cols) / channels }),
      ],
      ['input and output agree', same(size(x), size(out))],
    ],
    flops: ({ channels, x }, size) => overGroups(size(x), channels, { each: 180, lane: 12 }),
    adjoint(tape, { kind, channels, x, gain, bias, stats, out }) {
      const dgain = tape.contribution(gain)!.gradient;
      const dbias = bias === null ? null : tape.contribution(bias)!.gradient;
      const into = contributionOrScratch(tape, x);
      tape.emit({
        op: 'normGrad',
        kind,
        channels,
        x,
        gain,
        stats,
        dy: tape.gradient(out),
        dx: into.gradient,
        dgain,
        dbias,
        accumulate: into.accumulate,
      });
    },
  },
  normGrad: {
    operands: operands.normGrad,
    claims: ({ channels, x, gain, dy, dx, dgain, dbias }, size) => [
      ...grouped(channels, size(x), size(gain)),
      ['gradients have the sizes of their values', same(size(dgain), size(gain)) && same(size(dx), size(x))],
      ['the bias has a gradient per channel', dbias === null || isRow(size(dbias), channels)],
      ['the incoming gradient has the size of the output', same(size(dy), size(x))],
    ],
    flops: ({ channels, x }, size) => overGroups(size(x), channels, { each: 120, lane: 14 }),
  },
  batchNorm: {
    operands: operands.batchNorm,
    claims: ({ channels, x, gain, bias, running, stats, out }, size) => [
      ...grouped(channels, size(x), size(gain)),
      ['there is one bias per channel', isRow(size(bias), channels)],
      [
        'there are two statistics per channel',
        [running, stats].every((id) => same(size(id), { rows: 2, cols: channels })),
      ],
      ['input and output agree', same(size(x), size(out))],
    ],
    flops: ({ channels, x }, size) => overGroups(size(x), channels, { each: 150, lane: 8 }),
    adjoint(tape, { channels, x, gain, bias, stats, out }) {
      const dgain = tape.contribution(gain)!.gradient;
      const dbias = tape.contribution(bias)!.gradient;
      const into = contributionOrScratch(tape, x);
      tape.emit({
        op: 'batchNormGrad',
        channels,
        x,
        gain,
        stats,
        dy: tape.gradient(out),
        dx: into.gradient,
        dgain,
        dbias,
        accumulate: into.accumulate,
      });
    },
    /** Mean 0 and variance 1. */
    initial: ({ channels }) => ({ running: new Float64Array(2 * channels).fill(1, channels) }),
  },
  batchNormGrad: {
    operands: operands.batchNormGrad,
    claims: ({ channels, x, gain, dy, dx, dgain, dbias }, size) => [
      ...grouped(channels, size(x), size(gain)),
      ['all three agree', [dy, dx].every((id) => same(size(id), size(x)))],
      ['gain and bias have a gradient per channel', [dgain, dbias].every((id) => isRow(size(id), channels))],
    ],
    flops: ({ channels, x }, size) => overGroups(size(x), channels, { each: 150, lane: 15 }),
  },
  channelScale: {
    operands: operands.channelScale,
    claims: ({ channels, x, gain, out }, size) => [
      ...grouped(channels, size(x), size(gain)),
      ['input and output agree', same(size(x), size(out))],
    ],
    flops: ({ channels, x }, size) => overGroups(size(x), channels, { each: 40, lane: 4 }),
    adjoint(tape, { channels, x, gain, out }) {
      const dgain = tape.contribution(gain)!.gradient;
      const into = contributionOrScratch(tape, x);
      tape.emit({
        op: 'channelScaleGrad',
        channels,
        x,
        gain,
        dy: tape.gradient(out),
        dx: into.gradient,
        dgain,
        accumulate: into.accumulate,
      });
    },
  },
  channelScaleGrad: {
    operands: operands.channelScaleGrad,
    claims: ({ channels, x, gain, dy, dx, dgain }, size) => [
      ...grouped(channels, size(x), size(gain)),
      ['gradients have the sizes of their values', same(size(dgain), size(gain)) && same(size(dx), size(x))],
      ['the incoming gradient has the size of the output', same(size(dy), size(x))],
    ],
    flops: ({ channels, dx }, size) => overGroups(size(dx), channels, { each: 40, lane: 7 }),
  },
} as const satisfies RecordsOf<NormOp>;
