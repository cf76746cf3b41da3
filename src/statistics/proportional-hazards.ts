/**
 * Are hazards proportional? The score test of Grambsch and Therneau 1994 in the exact form of R's cox.zph since survival 3.0: the model is augmented by
 * x g(t), whose coefficients are 0 if hazards are proportional; the test needs the score and the information of both parts at the fitted coefficients.
 */
import { log } from '../numerics/elementary.ts';
import type { CoxFit } from './cox.ts';
import { chiSquareTail } from './distributions.ts';
import { kaplanMeier } from './kaplan-meier.ts';
import { type CoxLayout, forEachRiskSet, risksOf, tiedShare } from './partial-likelihood.ts';
import { quadraticForm } from './quadratic-form.ts';
import { type SquareMatrix, solveSymmetric, submatrix } from './symmetric.ts';

/** g(t). Names stand in output: permanent. `km`, R's default: 1 - S(t-). */
export const timeTransforms = ['km', 'identity', 'log', 'rank'] as const;
export type TimeTransform = (typeof timeTransforms)[number];

export interface ProportionalHazardsTest {
  /** Of the covariate or group of covariates; null for all together. */
  readonly term: string | null;
  /** Null where events are too few to tell an effect from its change over time. */
  readonly chiSquare: number | null;
  readonly df: number;
  /** Null with `chiSquare`. */
  readonly p: number | null;
}

export interface ProportionalHazardsOptions {
  readonly transform?: TimeTransform;
  /** Covariates tested together, such as the indicators of one factor; others are tested alone. */
  readonly terms?: Readonly<Record<string, readonly string[]>>;
}

/** Rows by term, then the global one. Of estimated coefficients only. @throws RangeError where none is, and for `log` at times that are not positive. */
export function proportionalHazardsTest(
  fit: CoxFit,
  { transform = 'km', terms = {} }: ProportionalHazardsOptions = {},
): ProportionalHazardsTest[] {
  const { layout, beta } = fit.model;
  const kept = fit.coefficients.flatMap(({ status }, a) => (status === 'estimated' ? [a] : []));
  if (kept.length === 0) throw new RangeError('no coefficient is estimated: there is nothing to test');
  const { score, information } = augmented(layout, beta, kept, centredTransform(layout, transform));
  const test = (term: string | null, columns: readonly number[]): ProportionalHazardsTest => {
    const added = columns.map((column) => kept.length + column);
    const variance = conditional(information, kept.length, added);
    const known = columns.flatMap((_, i) =>
      variance[i]![i]! > 1e-9 * information[added[i]!]![added[i]!]! ? [i] : [],
    );
    const { value, df } = quadraticForm(
      known.map((i) => score[columns[i]!]!),
      submatrix(variance, known),
    );
    return { term, chiSquare: df > 0 ? value : null, df, p: df > 0 ? chiSquareTail(value, df) : null };
  };
  const termOf = (name: string) => Object.keys(terms).find((term) => terms[term]!.includes(name)) ?? name;
  const columns = new Map<string, number[]>();
  kept.forEach((a, column) => {
    const term = termOf(fit.coefficients[a]!.name);
    columns.set(term, [...(columns.get(term) ?? []), column]);
  });
  return [...[...columns].map(([term, each]) => test(term, each)), test(null, [...kept.keys()])];
}

/** Of the score of the added columns, once the first `base` coefficients are fitted: I_22 - I_21 I_11^-1 I_12. */
function conditional(information: SquareMatrix, base: number, added: readonly number[]): number[][] {
  const fitted = submatrix(information, [...Array(base).keys()]);
  const solved = added.map((j) => solveSymmetric(fitted, information[j]!.slice(0, base)));
  return added.map((i) =>
    added.map((j, column) =>
      solved[column]!.reduce((left, value, k) => left - information[i]![k]! * value, information[i]![j]!),
    ),
  );
}

/** g at each row's exit, its mean over rows taken off: this changes rounding only, not the test. */
function centredTransform(layout: CoxLayout, transform: TimeTransform): (time: number) => number {
  const g = transforms[transform](layout);
  const mean = layout.exit.reduce((sum, time) => sum + g(time), 0) / layout.n;
  return (time) => g(time) - mean;
}

const transforms = {
  identity: () => (time) => time,
  log: ({ exit }) => {
    if (!exit.every((time) => time > 0)) throw new RangeError('the log transform needs positive times');
    return log;
  },
  // Average ranks of exits, as R's rank().
  rank: ({ exit }) => {
    const sorted = exit.slice().sort();
    const ranks = new Map<number, number>();
    sorted.forEach((time, i) => {
      const first = ranks.get(time);
      const last = sorted[i + 1] !== time;
      if (first === undefined) ranks.set(time, i + 1);
      if (last) ranks.set(time, ((first ?? i + 1) + i + 1) / 2);
    });
    return (time) => ranks.get(time)!;
  },
  km: ({ entry, exit, event }) => {
    const before = new Map<number, number>();
    let survival = 1;
    for (const row of kaplanMeier({ ...(entry === null ? {} : { entry }), exit, event }).rows) {
      before.set(row.time, 1 - survival);
      survival = row.survival;
    }
    return (time) => before.get(time)!;
  },
} as const satisfies Record<TimeTransform, (layout: CoxLayout) => (time: number) => number>;

/** Score of the added part and information of both, at (beta, 0). */
function augmented(
  layout: CoxLayout,
  beta: Float64Array,
  kept: readonly number[],
  g: (time: number) => number,
): { readonly score: number[]; readonly information: number[][] } {
  const { p, x, ties } = layout;
  const size = kept.length;
  const score = new Array<number>(size).fill(0);
  const information = Array.from({ length: 2 * size }, () => new Array<number>(2 * size).fill(0));
  forEachRiskSet(layout, risksOf(layout, beta), ({ time, deaths, s0, s1, s2, d0, d1, d2 }) => {
    const weight = g(time);
    const d = deaths.length;
    kept.forEach((a, i) => {
      for (const row of deaths) score[i]! += weight * x[row * p + a]!;
    });
    for (let k = 0; k < d; k++) {
      const share = tiedShare(ties, k, d);
      const total = s0 - share * d0;
      const mean = (a: number) => (s1[a]! - share * d1[a]!) / total;
      kept.forEach((a, i) => {
        score[i]! -= weight * mean(a);
        kept.forEach((b, j) => {
          const [low, high] = a < b ? [a, b] : [b, a];
          const cell = low * p + high;
          const covariance = (s2[cell]! - share * d2[cell]!) / total - mean(a) * mean(b);
          information[i]![j]! += covariance;
          information[i]![size + j]! += weight * covariance;
          information[size + i]![j]! += weight * covariance;
          information[size + i]![size + j]! += weight * weight * covariance;
        });
      });
    }
  });
  return { score, information };
}
