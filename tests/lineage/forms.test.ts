/** Stored forms by their bytes, each against a second statement of it: contestants, curves, digests of births, jump pointers. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { architectureFromText, ruleFromText } from '../../src/lineage/codec.ts';
import { createJumpTree } from '../../src/lineage/jump-tree.ts';
import { packContestants, packCurve, unpackContestants, unpackCurve } from '../../src/lineage/pack.ts';
import { sealBirth, sealedOf, unsealedBirths } from '../../src/lineage/seal.ts';

describe('contestants', () => {
  it('are distances in groups of seven bits, the lowest first, a high bit where more follow', () => {
    const birth = 2 ** 40;
    const distances = [1, 127, 128, 255, 300, 16383, 16384, 2 ** 31, 2 ** 32 + 5, 2 ** 40];
    for (const distance of distances) {
      const groups = BigInt(distance)
        .toString(2)
        .padStart(7 * Math.ceil(distance.toString(2).length / 7), '0')
        .match(/.{7}/g)!;
      const bytes = groups.reverse().map((bits, i) => `${i === groups.length - 1 ? 0 : 1}${bits}`);
      expect([...packContestants(birth, [birth - distance])]).toEqual(
        bytes.map((byte) => Number.parseInt(byte, 2)),
      );
    }
    const contestants = distances.map((distance) => birth - distance);
    expect(unpackContestants(birth, packContestants(birth, contestants))).toEqual(contestants);
    expect([...packContestants(9, [8, 7, 8])]).toEqual([1, 2, 1]);
    expect(unpackContestants(9, Uint8Array.of())).toEqual([]);
  });

  it('are born before the child', () => {
    for (const contestant of [5, 6])
      expect(() => packContestants(5, [contestant])).toThrow(
        `birth 5 cannot have birth ${contestant} as a contestant`,
      );
  });
});

describe('curves', () => {
  it('are little-endian float32, read from wherever they lie', () => {
    const bytes = packCurve(Float32Array.of(1, -2, Number.POSITIVE_INFINITY));
    expect(Buffer.from(bytes).toString('hex')).toBe('0000803f000000c00000807f');
    const inside = new Uint8Array(20).fill(9);
    inside.set(bytes, 3);
    expect([...unpackCurve(inside.subarray(3, 15))]).toEqual([1, -2, Number.POSITIVE_INFINITY]);
    expect([...unpackCurve(packCurve(new Float32Array(0)))]).toEqual([]);
  });

  it('are numbers', () => {
    expect(() => packCurve(Float32Array.of(1, Number.NaN))).toThrow('point 1 of a training curve is NaN');
  });
});

describe('the digest of births', () => {
  const hash = (...parts: (string | Uint8Array)[]) => {
    const sha = createHash('sha256');
    for (const part of parts) sha.update(part);
    return sha.digest('hex');
  };

  it('is of the one before, the lengths, the times and all bytes', () => {
    expect(Buffer.from(unsealedBirths).toString('hex')).toBe('00'.repeat(32));
    const curves = [Uint8Array.of(1, 2), Uint8Array.of(), Uint8Array.of(3)];
    const first = sealBirth(unsealedBirths, { curves, times: [40, 5] });
    expect(first.toString('hex')).toBe(hash(new Uint8Array(32), '2,0,1;40,5;', Uint8Array.of(1, 2, 3)));
    const second = sealBirth(first, { curves: [], times: null });
    expect(second.toString('hex')).toBe(hash(first, ';;'));
  });

  it('covers the curve of the evaluation and those of its trainings, and its times in microseconds', () => {
    const spent = { stepsDone: 1, costUnits: 1, parameters: 1 };
    const failed = (...points: number[]) => ({
      ...({ status: 'failed', reason: 'diverged', ...spent } as const),
      curve: Float32Array.from(points),
    });
    const nothing = { rungs: [], reevaluation: null, behaviour: null, reuse: null };
    const training = (...points: number[]) => ({
      ...({ purpose: 'search', task: 0, replicate: 0, trial: 0, partner: null, counts: true } as const),
      outcome: failed(...points),
    });
    const outcome = { ...failed(1), details: { ...nothing, trainings: [training(2, 3), training()] } };
    const { curves, times } = sealedOf(outcome, { cpuMs: 1.5, probeMs: 0.25 });
    expect(curves.map((curve) => [...unpackCurve(curve)])).toEqual([[1], [2, 3], []]);
    expect(times).toEqual([1500, 250]);
    expect(sealedOf(failed(4), undefined)).toEqual({ curves: [packCurve(Float32Array.of(4))], times: null });
  });
});

describe('chromosomes', () => {
  it('that cannot be read back are shown with what is wrong', () => {
    for (const read of [architectureFromText, ruleFromText])
      expect(() => read('nonsense(')).toThrow(/^A stored chromosome cannot be read back: .+\nnonsense\($/);
  });
});

describe('jump pointers', () => {
  /** A depth as a sum of the numbers 1, 3, 7, 15 ..., each as large as fits: the pointer skips the last, which is the smallest (Myers 1983). */
  function smallestTerm(depth: number): number {
    let [left, last] = [depth, 0];
    while (left > 0) {
      last = 2 ** Math.floor(Math.log2(left + 1)) - 1;
      left -= last;
    }
    return last;
  }

  it('skip the smallest skew-binary term of the depth, in every line of a forest', () => {
    const tree = createJumpTree(4);
    const lines: number[][] = [];
    const parents: (number | null)[] = [null, ...Array.from({ length: 200 }, (_, i) => i)];
    // A second root, a branch in the middle and a line below the branch.
    parents.push(null, 201, 202, 100, ...Array.from({ length: 90 }, (_, i) => 204 + i));
    parents.forEach((parent, node) => {
      const line = [...(parent === null ? [] : lines[parent]!), node];
      lines.push(line);
      const depth = line.length - 1;
      const jump = line[depth - smallestTerm(depth)]!;
      expect(tree.add(parent)).toEqual({ depth, jump });
      expect([tree.size, tree.depth(node), tree.jump(node)]).toEqual([node + 1, depth, jump]);
    });
    parents.forEach((_, node) => expect(tree.depth(node)).toBe(lines[node]!.length - 1));
  });
});
