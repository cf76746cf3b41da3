/**
 * Named deterministic streams. A name is a path such as `7/birth/12`; equal names give equal draws on every machine.
 *
 * seedrandom turns the name into a key; draws come from Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"), a
 * counter-based generator, so a stream is a key and a counter and nothing else.
 */
import seedrandom from 'seedrandom';
import { cos, log, sin } from '../numerics/elementary.ts';
import { philox4x32 } from './philox.ts';

/** A source of chance. Passed as an argument wherever chance is used. */
export interface Random {
  /** Uniform over [0, 2^32). */
  uint32(): number;
  /** Uniform over [0, 1), 53 bits. */
  uniform(): number;
  /** Standard normal (Box and Muller 1958). */
  normal(): number;
  /** Uniform over the integers [0, n), without bias. */
  below(n: number): number;
  /** A uniformly chosen item; throws on an empty list. */
  pick<T>(items: readonly T[]): T;
  /** An index with probability proportional to its weight; throws where no weight is positive. */
  weighted(weights: readonly number[]): number;
  /** A uniformly chosen permutation of 0..n-1 (Fisher-Yates). */
  permutation(n: number): Int32Array;
  /** The stream named `<own name>/<name>`; independent of what was drawn so far. */
  fork(name: string | number): Random;
}

/** The stream of this name, from its beginning. */
export function stream(name: string): Random {
  const keyed = seedrandom(name);
  const key0 = keyed.int32() >>> 0;
  const key1 = keyed.int32() >>> 0;
  const block = new Uint32Array(4);
  let counter = 0;
  let used = 4;
  let spareNormal: number | null = null;

  function uint32(): number {
    if (used === 4) {
      philox4x32(counter >>> 0, Math.floor(counter / 4294967296), 0, 0, key0, key1, block);
      counter += 1;
      used = 0;
    }
    return block[used++]!;
  }
  const uniform = () => ((uint32() >>> 5) * 67108864 + (uint32() >>> 6)) / 9007199254740992;

  function normal(): number {
    if (spareNormal !== null) {
      const value = spareNormal;
      spareNormal = null;
      return value;
    }
    const radius = Math.sqrt(-2 * log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spareNormal = radius * sin(angle);
    return radius * cos(angle);
  }

  function below(n: number): number {
    if (!(Number.isInteger(n) && n > 0 && n <= 4294967296))
      throw new RangeError(`below(${n}) needs an integer from 1 to 2^32`);
    const limit = 4294967296 - (4294967296 % n);
    for (;;) {
      const word = uint32();
      if (word < limit) return word % n;
    }
  }

  function weighted(weights: readonly number[]): number {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    if (!(total > 0)) throw new RangeError('weighted() needs at least one positive weight');
    let left = uniform() * total;
    let last = 0;
    for (let i = 0; i < weights.length; i++) {
      const weight = weights[i]!;
      if (weight <= 0) continue;
      if (left < weight) return i;
      left -= weight;
      last = i;
    }
    return last;
  }

  function permutation(n: number): Int32Array {
    const order = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = below(i + 1);
      const kept = order[i]!;
      order[i] = order[j]!;
      order[j] = kept;
    }
    return order;
  }

  return {
    uint32,
    uniform,
    normal,
    below,
    pick(items) {
      if (items.length === 0) throw new RangeError('pick() needs at least one item');
      return items[below(items.length)]!;
    },
    weighted,
    permutation,
    fork: (child) => stream(`${name}/${child}`),
  };
}
