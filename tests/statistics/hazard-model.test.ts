import { describe, expect, it } from 'vitest';
import { stream } from '../../src/random/stream.ts';
import { hazardModelText } from '../../src/report/hazard.ts';
import { formatNumber } from '../../src/report/table.ts';
import { hazardModel, hazardTerms } from '../../src/statistics/hazard-model.ts';
import { profileLimits } from '../../src/statistics/profile-likelihood.ts';
import { splitLives } from '../../src/statistics/split-lives.ts';

/** Lives whose hazard is 0.02 exp(0.3 x + 0.5 q + planted x q), q changing every 25 births, told birth by birth. */
function simulated(planted: number, run: number, count = 400) {
  const random = stream(`hazard/${run}`);
  const changes = Array.from({ length: 40 }, (_, k) => 25 * k);
  const q = changes.map(() => random.uniform());
  const x = Array.from({ length: count }, () => random.below(2));
  const origin = x.map(() => random.below(600));
  const exit = origin.map((from, i) => {
    for (let time = from + 1; time < 1000; time++) {
      const now = q[changes.findLastIndex((change) => change < time)]!;
      if (random.uniform() < 0.02 * Math.exp(0.3 * x[i]! + 0.5 * now + planted * x[i]! * now)) return time;
    }
    return 1000;
  });
  const parts = splitLives(
    { origin, watched: origin, exit, event: exit.map((at) => Number(at < 1000)) },
    changes,
  );
  return { ...parts, run, x: [...parts.life].map((i) => x[i]!), q: [...parts.period].map((k) => q[k]!) };
}

function model(planted: number) {
  const runs = [1, 2, 3, 4, 5, 6].map((run) => simulated(planted, run));
  const terms = hazardTerms(
    [{ name: 'x', values: runs.flatMap(({ x }) => x) }],
    runs.flatMap(({ q }) => q),
  );
  return hazardModel(
    {
      entry: Float64Array.from(runs.flatMap(({ entry }) => [...entry])),
      exit: Float64Array.from(runs.flatMap(({ exit }) => [...exit])),
      event: Uint8Array.from(runs.flatMap(({ event }) => [...event])),
      runs: runs.flatMap(({ run, entry }) => Array.from(entry, () => run)),
      terms,
    },
    'efron',
  );
}

describe('the hazard model with residents', () => {
  it('finds an interaction that was planted, within four standard errors, and none where there is none', () => {
    for (const planted of [1.2, 0]) {
      const { fit, pooled } = model(planted);
      expect(fit.coefficients.map(({ name }) => name)).toEqual(['x', 'resident', 'x x resident']);
      [0.3, 0.5, planted].forEach((truth, k) => {
        const { coefficient, se } = fit.coefficients[k]!;
        expect(Math.abs(coefficient! - truth), fit.coefficients[k]!.name).toBeLessThan(4 * se!);
      });
      const { effect } = pooled[2]!;
      expect(effect!.runs).toBe(6);
      expect(effect!.lower < 0 && 0 < effect!.upper).toBe(planted === 0);
    }
  });

  it('pools no run whose residents do not vary: its effects are others', () => {
    const runs = [1, 2, 3].map((run) => simulated(0, run));
    const rows = (constant: boolean) => ({
      entry: Float64Array.from(runs.flatMap(({ entry }) => [...entry])),
      exit: Float64Array.from(runs.flatMap(({ exit }) => [...exit])),
      event: Uint8Array.from(runs.flatMap(({ event }) => [...event])),
      runs: runs.flatMap(({ run, entry }) => Array.from(entry, () => run)),
      terms: hazardTerms(
        [{ name: 'x', values: runs.flatMap(({ x }) => x) }],
        runs.flatMap(({ run, q }) => (constant && run === 3 ? q.map(() => 1) : q)),
      ),
    });
    const counted = (constant: boolean) =>
      hazardModel(rows(constant), 'efron').pooled.map(({ effect }) => effect?.runs);
    expect(counted(false)).toEqual([3, 3, 3]);
    expect(counted(true)).toEqual([2, 2, 2]);
  });

  it('needs an end, and skips runs without one', () => {
    const rows = (event: readonly number[]) => ({
      entry: new Float64Array(4),
      exit: Float64Array.of(1, 2, 3, 4),
      event: Uint8Array.from(event),
      runs: [1, 1, 2, 2],
      terms: [{ name: 'x', values: [0, 1, 1, 0] }],
    });
    expect(() => hazardModel(rows([0, 0, 0, 0]), 'efron')).toThrow(RangeError);
    const { byRun, pooled } = hazardModel(rows([1, 1, 0, 0]), 'efron');
    expect(byRun.map(({ coefficients }) => coefficients === null)).toEqual([false, true]);
    expect(pooled).toEqual([{ name: 'x', effect: null }]);
  });

  it('gives an infinite ratio its limit, and says what infinite and aliased mean', () => {
    const terms = [
      { name: 'x', values: [1, 1, 1, 0, 0, 0] },
      { name: 'twice x', values: [2, 2, 2, 0, 0, 0] },
    ];
    const lives = {
      entry: new Float64Array(6),
      exit: Float64Array.of(1, 2, 3, 4, 5, 6),
      event: Uint8Array.of(1, 1, 1, 0, 0, 0),
    };
    const found = hazardModel({ ...lives, runs: [1, 1, 1, 1, 1, 1], terms }, 'efron');
    expect(found.fit.coefficients.map(({ status }) => status)).toEqual(['infinite', 'aliased']);
    expect(found.profile).toEqual([profileLimits(lives, [terms[0]!], 'x')]);
    expect(found.profile[0]).toMatchObject({ lower: expect.any(Number), upper: null });
    const text = hazardModelText({ cox: found.fit, ...found });
    expect(text).toContain(formatNumber(found.profile[0]!.lower!));
    expect(text).toMatch(/^Infinite or zero: .*by profile likelihood/m);
    expect(text).toMatch(/^Aliased: the term is the same for all at risk together, or a combination/m);
  });
});
