/** Draws from a stream against a second, naive statement of each: what is drawn, from which words of the stream, and how many words it takes. */
import seedrandom from 'seedrandom';
import { describe, expect, it } from 'vitest';
import { philox4x32 } from '../../src/random/philox.ts';
import { stream } from '../../src/random/stream.ts';

/** The words of a stream: the blocks of Philox under the key of its name, one after another. */
function* wordsOf(name: string): Generator<number, never> {
  const keyed = seedrandom(name);
  const key = [keyed.int32() >>> 0, keyed.int32() >>> 0] as const;
  for (let block = 0; ; block++) {
    const out = new Uint32Array(4);
    philox4x32(block, 0, 0, 0, ...key, out);
    yield* out;
  }
}

/** Draws that take their words from `words`. */
function naive(words: Generator<number, never>) {
  const uint32 = () => words.next().value;
  const uniform = () => {
    const [high, low] = [BigInt(uint32()) >> 5n, BigInt(uint32()) >> 6n];
    return Number((high << 26n) | low) / 2 ** 53;
  };
  /** The words below the largest multiple of n, modulo n. */
  const below = (n: number) => {
    const whole = BigInt(n) * (2n ** 32n / BigInt(n));
    let word = BigInt(uint32());
    while (word >= whole) word = BigInt(uint32());
    return Number(word % BigInt(n));
  };
  const normals = () => {
    const [first, second] = [uniform(), uniform()];
    const radius = Math.sqrt(-2 * Math.log(1 - first));
    return [radius * Math.cos(2 * Math.PI * second), radius * Math.sin(2 * Math.PI * second)] as const;
  };
  /** Fisher and Yates: the last place takes a place up to itself, then the last but one; the first has no choice. */
  const permutation = (n: number) => {
    const order = [...Array(n).keys()];
    for (const i of [...order].reverse().slice(0, -1)) {
      const j = below(i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    return order;
  };
  return { uint32, uniform, below, normals, permutation };
}

const both = (name: string) => [stream(name), naive(wordsOf(name))] as const;

describe('draws, against their naive statement', () => {
  it('takes whole words and 53 bits', () => {
    const [random, expected] = both('words');
    for (let i = 0; i < 50; i++) {
      expect(random.uint32()).toBe(expected.uint32());
      expect(random.uniform()).toBe(expected.uniform());
    }
  });

  it('rejects the words that would bias below(n), and no other', () => {
    // Of 3 * 2^30 + 1 and 2^31 + 1 a quarter and a half of the words are rejected.
    for (const n of [1, 2, 3, 7, 2 ** 31, 2 ** 31 + 1, 3 * 2 ** 30 + 1, 2 ** 32 - 1, 2 ** 32]) {
      const [random, expected] = both(`below ${n}`);
      const drawn = Array.from({ length: 200 }, () => random.below(n));
      expect(drawn).toEqual(drawn.map(() => expected.below(n)));
      expect(random.uint32()).toBe(expected.uint32());
    }
  });

  it('gives both normals of a pair, and takes four words for the two', () => {
    const [random, expected] = both('normals');
    for (let i = 0; i < 50; i++) {
      for (const value of expected.normals()) expect(random.normal()).toBeCloseTo(value, 12);
      expect(random.uint32()).toBe(expected.uint32());
    }
  });

  it('permutes by the words that Fisher and Yates need', () => {
    for (const n of [0, 1, 2, 5, 40]) {
      const [random, expected] = both(`permutation ${n}`);
      for (let i = 0; i < 20; i++) expect([...random.permutation(n)]).toEqual(expected.permutation(n));
      expect(random.uint32()).toBe(expected.uint32());
    }
  });

  it('picks the item at below(length)', () => {
    const [random, expected] = both('pick');
    const items = ['a', 'b', 'c'];
    for (let i = 0; i < 50; i++) expect(random.pick(items)).toBe(items[expected.below(3)]);
  });

  it('takes the index in whose share of the total a uniform number falls', () => {
    const [random, expected] = both('weighted');
    const weights = [0, 2, 0, 5, 1, 0];
    for (let i = 0; i < 200; i++) {
      const place = expected.uniform() * 8;
      expect(random.weighted(weights)).toBe(place < 2 ? 1 : place < 7 ? 3 : 4);
    }
  });

  it('says what it cannot draw', () => {
    const random = stream('refusals');
    for (const n of [0, -1, 1.5, Number.NaN, 2 ** 32 + 1]) {
      expect(() => random.below(n)).toThrow(`below(${n}) needs an integer from 1 to 2^32`);
    }
    expect(() => random.pick([])).toThrow('pick() needs at least one item');
    expect(() => random.weighted([0, 0])).toThrow('weighted() needs at least one positive weight');
  });
});
