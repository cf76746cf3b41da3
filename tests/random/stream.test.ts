import { describe, expect, it } from 'vitest';
import { philox4x32 } from '../../src/random/philox.ts';
import { stream } from '../../src/random/stream.ts';

const draws = 40_000;

describe('philox4x32-10', () => {
  // Known-answer vectors of Random123 (kat_vectors, philox 4x32 10).
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ])('counter %j key %j', (c, k, expected) => {
    const out = new Uint32Array(4);
    philox4x32(c[0]!, c[1]!, c[2]!, c[3]!, k[0]!, k[1]!, out);
    expect([...out]).toEqual(expected);
  });
});

describe('stream', () => {
  it('is a function of its name alone', () => {
    const first = stream('7/birth/12');
    const second = stream('7/birth').fork(12);
    expect(Array.from({ length: 9 }, () => first.uniform())).toEqual(
      Array.from({ length: 9 }, () => second.uniform()),
    );
    expect(stream('7/birth/13').uint32()).not.toBe(stream('7/birth/12').uint32());
  });

  it('keeps its first draws for ever', () => {
    const random = stream('golden');
    expect([random.uint32(), random.uint32(), random.uniform(), random.normal(), random.below(1000)]).toEqual(
      [318331779, 3830607108, 0.903693932721528, 0.10457015246273361, 956],
    );
  });

  it('draws uniform numbers with the right mean and variance', () => {
    const random = stream('moments');
    const values = Array.from({ length: draws }, () => random.uniform());
    const mean = values.reduce((a, b) => a + b) / draws;
    const variance = values.reduce((a, b) => a + (b - mean) * (b - mean), 0) / draws;
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / draws));
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(4 * Math.sqrt(1 / 180 / draws));
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
  });

  it('draws normal numbers with the moments of a normal', () => {
    const random = stream('normal');
    const values = Array.from({ length: draws }, () => random.normal());
    const moment = (k: number) => values.reduce((a, x) => a + x ** k, 0) / draws;
    expect(Math.abs(moment(1))).toBeLessThan(4 / Math.sqrt(draws));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2 / draws));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96 / draws));
  });

  it('picks below(n) and weighted() with the stated probabilities', () => {
    const random = stream('counts');
    const weights = [1, 0, 3, 6];
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < draws; i++) counts[random.weighted(weights)]! += 1;
    expect(counts[1]).toBe(0);
    for (const [i, weight] of weights.entries()) {
      const p = weight / 10;
      expect(Math.abs(counts[i]! - p * draws)).toBeLessThanOrEqual(4 * Math.sqrt(draws * p * (1 - p)) + 1e-9);
    }
    const sevenths = new Array<number>(7).fill(0);
    for (let i = 0; i < draws; i++) sevenths[random.below(7)]! += 1;
    const chiSquare = sevenths.reduce((sum, count) => sum + (count - draws / 7) ** 2 / (draws / 7), 0);
    expect(chiSquare).toBeLessThan(22.46); // 0.999 quantile, 6 degrees of freedom
  });

  it('permutes: every item once, every place alike', () => {
    const random = stream('permutation');
    const firstPlace = new Array<number>(5).fill(0);
    for (let i = 0; i < draws / 4; i++) {
      const order = random.permutation(5);
      expect([...order].sort()).toEqual([0, 1, 2, 3, 4]);
      firstPlace[order[0]!]! += 1;
    }
    const each = draws / 20;
    expect(firstPlace.reduce((sum, count) => sum + (count - each) ** 2 / each, 0)).toBeLessThan(18.47);
  });

  it('refuses what has no answer', () => {
    const random = stream('bad');
    expect(() => random.below(0)).toThrow(RangeError);
    expect(() => random.pick([])).toThrow(RangeError);
    expect(() => random.weighted([0, 0])).toThrow(RangeError);
  });
});
