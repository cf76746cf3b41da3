/**
 * Noise of update rules and draws of dropout, the same on every engine. It is a function of the address, not a sequence: four neighbouring elements of a row take the four words of one Philox block, whose
 * counter is (position in the row / 4, row, parameter or dropout, step) and whose key belongs to the noise node. So engines may fill a tensor in any order, in lanes of four.
 */
import { cos, log, sin } from '../numerics/elementary.ts';
import { philox4x32 } from '../random/philox.ts';
import { stream } from '../random/stream.ts';
import { streamNames } from '../random/stream-names.ts';

/** Standard normal, or uniform on [0, 1). */
export type NoiseKind = 'normal' | 'uniform';

/** The key of a Philox generator: two 32-bit words. */
export interface NoiseKey {
  readonly key0: number;
  readonly key1: number;
}

/** The key of each noise node of one training job, and the one that all its dropouts share. */
export type NoiseKeys = (node: number | 'dropout') => NoiseKey;

/** Keys from the streams that `streamNames.noise` names, under the seed of a training. */
export function noiseKeys(seed: string): NoiseKeys {
  const known = new Map<number | 'dropout', NoiseKey>();
  return (node) => {
    const before = known.get(node);
    if (before !== undefined) return before;
    const random = stream(streamNames.noise(seed, node));
    const key = { key0: random.uint32(), key1: random.uint32() };
    known.set(node, key);
    return key;
  };
}

/** A word as a uniform number in [0, 1) of 24 bits, which float32 holds exactly. */
const uniformOf = (word: number) => (word >>> 8) / 16777216;

const words = new Uint32Array(4);

/** Row-major noise for parameter tensor (or dropout) `parameter` at step t, for one node; normals by Box and Muller (1958), at most 5.8 in size. */
export function fillNoise(
  kind: NoiseKind,
  { key0, key1 }: NoiseKey,
  t: number,
  parameter: number,
  { rows, cols }: { readonly rows: number; readonly cols: number },
  into: Float64Array,
): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      if (j % 4 === 0) philox4x32(j / 4, i, parameter, t, key0, key1, words);
      into[i * cols + j] = kind === 'uniform' ? uniformOf(words[j % 4]!) : normalOf(j % 4);
    }
  }
}

/** Two words make two normals, a cosine and a sine. */
function normalOf(lane: number): number {
  const pair = lane & 2;
  const radius = Math.sqrt(-2 * log(1 - uniformOf(words[pair]!)));
  const angle = 2 * Math.PI * uniformOf(words[pair + 1]!);
  return radius * (lane % 2 === 0 ? cos(angle) : sin(angle));
}
