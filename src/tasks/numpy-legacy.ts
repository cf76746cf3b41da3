/**
 * The legacy generator of numpy (`numpy.random.RandomState`): Mersenne Twister (Matsumoto and Nishimura 1998) and the draws made from it, exactly, so that data
 * published as numpy code can be made again.
 */
import { log } from '../numerics/elementary.ts';

/** The draws of `RandomState` that published tasks use, under numpy's names. */
export interface LegacyRandom {
  uint32(): number;
  /** Uniform over [0, 1), 53 bits. */
  rand(): number;
  /** Standard normal by the polar method: the second variate is returned first, the other kept for the next call. */
  randn(): number;
  /** Uniform over the integers [0, n), by masked rejection. */
  randint(n: number): number;
  permutation(n: number): Int32Array;
}

const size = 624;
const middle = 397;

/** The generator as `RandomState(seed)` leaves it, for seeds from 0 to 2^32 - 1. */
export function legacyRandom(seed: number): LegacyRandom {
  const state = new Uint32Array(size);
  state[0] = seed >>> 0;
  for (let i = 1; i < size; i++) {
    const before = state[i - 1]!;
    state[i] = (Math.imul(1812433253, before ^ (before >>> 30)) + i) >>> 0;
  }
  let next = size;
  let spare: number | null = null;

  function twist(): void {
    for (let i = 0; i < size; i++) {
      const y = (state[i]! & 0x80000000) | (state[(i + 1) % size]! & 0x7fffffff);
      state[i] = state[(i + middle) % size]! ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    next = 0;
  }

  function uint32(): number {
    if (next === size) twist();
    let y = state[next++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  const rand = () => ((uint32() >>> 5) * 67108864 + (uint32() >>> 6)) / 9007199254740992;

  function randn(): number {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    for (;;) {
      const x1 = 2 * rand() - 1;
      const x2 = 2 * rand() - 1;
      const r2 = x1 * x1 + x2 * x2;
      if (r2 >= 1 || r2 === 0) continue;
      const f = Math.sqrt((-2 * log(r2)) / r2);
      spare = f * x1;
      return f * x2;
    }
  }

  function randint(n: number): number {
    if (n === 1) return 0;
    const mask = 0xffffffff >>> Math.clz32(n - 1);
    for (;;) {
      const value = (uint32() & mask) >>> 0;
      if (value < n) return value;
    }
  }

  function permutation(n: number): Int32Array {
    const order = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = randint(i + 1);
      const kept = order[i]!;
      order[i] = order[j]!;
      order[j] = kept;
    }
    return order;
  }

  return { uint32, rand, randn, randint, permutation };
}
