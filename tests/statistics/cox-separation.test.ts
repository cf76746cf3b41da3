/** Cox likelihoods without a maximum, in small samples whose supremum is found by elimination: those at risk are dropped as soon as a direction says so. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coxRegression } from '../../src/statistics/cox.ts';
import type { Lives } from '../../src/statistics/lives.ts';
import type { Covariate } from '../../src/statistics/partial-likelihood.ts';
import { profileLimits } from '../../src/statistics/profile-likelihood.ts';
import { expectClose } from '../support/close.ts';

interface Life {
  readonly exit: number;
  readonly event: boolean;
  readonly x: readonly [number, number];
}

/** Those at risk at each end, with distinct times: who ends, and the others. */
type Sets = readonly { readonly ends: readonly number[]; readonly others: readonly (readonly number[])[] }[];

const riskSets = (lives: readonly Life[]): Sets =>
  lives.flatMap((life) =>
    life.event
      ? [
          {
            ends: life.x,
            others: lives.filter((each) => each !== life && each.exit >= life.exit).map(({ x }) => x),
          },
        ]
      : [],
  );

/** Exact, as coordinates are whole numbers: a direction along which nobody at risk is above who ends, and somebody is below. */
function eliminating(sets: Sets, directions: readonly (readonly [number, number])[]) {
  const along = (d: readonly [number, number], x: readonly number[]) => d[0] * x[0]! + d[1] * x[1]!;
  for (const d of directions) {
    const gaps = sets.flatMap(({ ends, others }) => others.map((x) => along(d, ends) - along(d, x)));
    if (gaps.every((gap) => gap >= 0) && gaps.some((gap) => gap > 0))
      return sets.map(({ ends, others }) => ({
        ends,
        others: others.filter((x) => along(d, ends) === along(d, x)),
      }));
  }
  return null;
}

/** All that could be extreme rays of a cone of such differences: the differences turned by a right angle, both ways, and along the axes. */
function candidates(sets: Sets): [number, number][] {
  const differences = sets.flatMap(({ ends, others }) =>
    others.map((x): [number, number] => [ends[0]! - x[0]!, ends[1]! - x[1]!]),
  );
  return [
    ...differences.flatMap(([a, b]): [number, number][] => [
      [-b, a],
      [b, -a],
    ]),
    ...differences,
    ...([
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ] as [number, number][]),
  ];
}

/** The supremum: risk sets reduced until nothing rises for ever, then climbed by gradient with a bound on what is left. */
function supremum(lives: readonly Life[], unit: readonly [number, number]): number {
  let sets = riskSets(lives);
  for (
    let next = eliminating(sets, candidates(sets));
    next !== null;
    next = eliminating(sets, candidates(sets))
  )
    sets = next;
  const value = (b: readonly [number, number]) =>
    sets.reduce(
      (sum, { ends, others }) =>
        sum -
        Math.log1p(
          others.reduce(
            (total, x) =>
              total + Math.exp((b[0] * (x[0]! - ends[0]!)) / unit[0] + (b[1] * (x[1]! - ends[1]!)) / unit[1]),
            0,
          ),
        ),
      0,
    );
  // Compass search: slow and sure, as the reduced likelihood is concave and has a maximum.
  let [best, at, step] = [value([0, 0]), [0, 0] as [number, number], 4];
  while (step > 1e-7) {
    const moves = [1, -1].flatMap((sign): [number, number][] => [
      [at[0] + sign * step, at[1]],
      [at[0], at[1] + sign * step],
      [at[0] + sign * step, at[1] + sign * step],
      [at[0] + sign * step, at[1] - sign * step],
    ]);
    const better = moves.find((move) => value(move) > best);
    if (better === undefined) step /= 2;
    else [best, at] = [value(better), better];
  }
  return best;
}

const livesOf = (lives: readonly Life[]): Lives => ({
  exit: lives.map(({ exit }) => exit),
  event: lives.map(({ event }) => event),
});

const sample = fc
  .array(
    fc.record({
      event: fc.boolean(),
      x: fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 2 })),
    }),
    {
      minLength: 3,
      maxLength: 9,
    },
  )
  .filter((each) => each.some(({ event }) => event))
  .map((each): Life[] => each.map((life, i) => ({ ...life, exit: i + 1 })));

describe('a Cox likelihood', () => {
  it.each([1, 1e-3, 1e-5])(
    'has the supremum that elimination gives, with covariates that differ by %d',
    (apart) => {
      fc.assert(
        fc.property(sample, (lives) => {
          // Covariates a and a + apart b: the likelihood of (a, b), whose supremum is the same.
          const covariates: Covariate[] = [
            { name: 'a', values: lives.map(({ x }) => x[0]) },
            { name: 'near a', values: lives.map(({ x }) => x[0] + apart * x[1]) },
          ];
          const found = coxRegression(livesOf(lives), covariates);
          expectClose(found.logLikelihood.atMaximum, supremum(lives, [1, 1]), 1e-6);
        }),
        { numRuns: 300 },
      );
    },
  );

  it('is flat beyond its supremum: the test is of what elimination leaves, however small the gaps', () => {
    // Whoever ends has the greatest a + 1e-6 b of those at risk, and no direction but nearly that one separates them.
    const lives: Life[] = [4, 3, 2, 1, 0].flatMap((k, i) => [
      { exit: 2 * i + 1, event: true, x: [k, 7 - k] },
      { exit: 2 * i + 1.5, event: false, x: [k, 6 - k] },
    ]);
    for (const apart of [1, 1e-3, 1e-6]) {
      const covariates: Covariate[] = [
        { name: 'a', values: lives.map(({ x }) => x[0]) },
        { name: 'near a', values: lives.map(({ x }) => x[0] + apart * x[1]) },
      ];
      const found = coxRegression(livesOf(lives), covariates);
      expect(found.coefficients.map(({ status }) => status)).toEqual(['infinite', 'infinite']);
      expectClose(found.logLikelihood.atMaximum, 0, 1e-12);
      const atZero = -lives.reduce((sum, { event }, i) => sum + (event ? Math.log(lives.length - i) : 0), 0);
      expectClose(found.likelihoodRatio.chiSquare, -2 * atZero, 1e-12);
      expect(found.likelihoodRatio.df).toBe(2);
      expect(found.wald).toBeNull();
    }
  });

  it('has profile limits on the finite side of an infinite coefficient, with nearly collinear covariates too', () => {
    const lives: Lives = { exit: [1, 2, 3, 4, 5, 6], event: [1, 1, 1, 0, 0, 0] };
    const x: Covariate = { name: 'x', values: [1, 1, 1, 0, 0, 0] };
    const noise = [0.3, -0.1, 0.2, 0.1, -0.3, 0.4];
    const z: Covariate = { name: 'z', values: noise };
    const reference = profileLimits(lives, [x, z], 'x');
    expect(reference.upper).toBeNull();
    // Of z' = x + 1e-6 z and x the coefficient of x is b - 1e6 c where that of z was c: another number. That of z' is 1e6 c.
    const near: Covariate = { name: 'near', values: noise.map((value, i) => x.values[i]! + 1e-6 * value) };
    const alone = profileLimits(lives, [x, z], 'z');
    const found = profileLimits(lives, [x, near], 'near');
    for (const side of ['lower', 'upper'] as const) {
      if (alone[side] === null) expect(found[side]).toBeNull();
      else expectClose(found[side]! / 1e6, alone[side], 1e-4);
    }
  });
});
