/** Features with the training split's mean 0 and deviation 1, whatever units they came in. */
import type { Examples, SplitName } from './task.ts';

/** Standardised splits, and which features are not what they seem. */
export interface Standardised<S> {
  readonly splits: S;
  /** Features that have one value in the training split, but for rounding: 0 in every split. Indices from 0. */
  readonly constant: readonly number[];
  /** Features of which some split has a value too many deviations away for single precision. Indices from 0. */
  readonly beyond: readonly number[];
}

/** Of the largest magnitude of a column: what its values differ by in their last digits, if they were meant to be one. */
const rounding = 4 * Number.EPSILON;
/** Columns that vary by less than this share of their magnitude are measured from their smallest value: in their mean most digits would be lost. */
const narrow = 1 / (1 << 20);
/** The engines compute in single precision. */
const largest = 3e38;

/**
 * Each split's inputs less the training split's mean and divided by its deviation (with n), feature by feature. Columns are first brought near 1 by powers
 * of two, which is exact: 1e-13 and 1e160 are units like others, and no square overflows.
 */
export function standardise<S extends Readonly<Record<SplitName, Examples>>>(
  splits: S,
  features: number,
): Standardised<S> {
  const { inputs, count } = splits.train;
  const { offset, unit, constant } = framesOf(inputs, features);
  const mean = new Float64Array(features);
  const scale = new Float64Array(features);
  for (let i = 0; i < inputs.length; )
    for (let j = 0; j < features; j++) mean[j]! += ((inputs[i++]! - offset[j]!) * unit[j]!) / count;
  for (let i = 0; i < inputs.length; )
    for (let j = 0; j < features; j++) {
      const x = (inputs[i++]! - offset[j]!) * unit[j]! - mean[j]!;
      scale[j]! += (x * x) / count;
    }
  const left = new Set(constant);
  for (let j = 0; j < features; j++) scale[j] = left.has(j) ? 0 : 1 / Math.sqrt(scale[j]!);
  const beyond = new Set<number>();
  const scaled = (examples: Examples): Examples => {
    const out = new Float64Array(examples.inputs.length);
    for (let i = 0; i < out.length; )
      for (let j = 0; j < features; j++, i++) {
        const x = ((examples.inputs[i]! - offset[j]!) * unit[j]! - mean[j]!) * scale[j]!;
        const isTold = Math.abs(x) <= largest;
        if (!isTold && scale[j]! > 0) beyond.add(j);
        out[i] = isTold ? x : 0;
      }
    return { ...examples, inputs: out };
  };
  const changed = Object.fromEntries(
    Object.entries(splits).map(([name, examples]) => [name, scaled(examples)]),
  ) as unknown as S;
  return { splits: changed, constant, beyond: [...beyond].sort((a, b) => a - b) };
}

/** For each column what is taken off, the power of two that it is multiplied by, and which of them are constant. */
function framesOf(inputs: Float64Array, features: number) {
  const low = new Float64Array(features).fill(Number.POSITIVE_INFINITY);
  const high = new Float64Array(features).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < inputs.length; )
    for (let j = 0; j < features; j++) {
      const x = inputs[i++]!;
      if (x < low[j]!) low[j] = x;
      if (x > high[j]!) high[j] = x;
    }
  const offset = new Float64Array(features);
  const unit = new Float64Array(features);
  const constant: number[] = [];
  for (let j = 0; j < features; j++) {
    const magnitude = Math.max(Math.abs(low[j]!), Math.abs(high[j]!));
    unit[j] = inversePower(magnitude);
    const spread = high[j]! * unit[j]! - low[j]! * unit[j]!;
    if (isConstant(low[j]!, high[j]!)) constant.push(j);
    else if (spread < narrow) {
      offset[j] = low[j]!;
      unit[j] = inversePower(high[j]! - low[j]!);
    }
  }
  return { offset, unit, constant };
}

/** Whether numbers from `low` to `high` are one number, but for rounding. */
export function isConstant(low: number, high: number): boolean {
  const unit = inversePower(Math.max(Math.abs(low), Math.abs(high)));
  return high * unit - low * unit <= rounding * Math.max(Math.abs(low * unit), Math.abs(high * unit));
}

const bits = new DataView(new ArrayBuffer(8));

/** 2^-e for a number of the size of 2^e: what it is multiplied by lies in [1, 4), or below where it is subnormal. */
function inversePower(magnitude: number): number {
  bits.setFloat64(0, magnitude);
  const exponent = Math.min(Math.max((bits.getUint16(0) >> 4) & 0x7ff, 1), 2045);
  bits.setBigUint64(0, BigInt(2046 - exponent) << 52n);
  return bits.getFloat64(0);
}
