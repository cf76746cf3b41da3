/**
 * Are hazards proportional? The score test of Grambsch and Therneau 1994 in the exact form of R's cox.zph since survival 3.0: the model is augmented by
 * x g(t), whose coefficients are 0 if hazards are proportional; the test needs the score and the information of both parts at the fitted coefficients.
 */
import { log } from '../numerics/elementary.ts';
import type { CoxFit } from './cox.ts';
import { chiSquareTail } from './distributions.ts';
import { kaplanMeier } from './kaplan-meier.ts';
import {
  type CoxLayout,
  covariancesOf,
  forEachRiskSet,
  meansOf,
  risksOf,
  tiedEvents,
} from './partial-likelihood.ts';
import { quadraticForm } from './quadratic-form.ts';
import { type SquareMatrix, solveSymmetric, submatrix } from './symmetric.ts';

/** g(t). Names stand in output: permanent. `km`, R's default: 1 - S(t-). */
export const timeTransforms = ['km', 'identity', 'log', 'rank'] as const;

/** The scale of time on which a drift of coefficients is looked for, by R's names (`cox.zph`). */
export type TimeTransform = (typeof timeTransforms)[number];

/** Whether coefficients change with time: each, and all together (Grambsch and Therneau 1994). */
export interface ProportionalHazardsTest {
  /** Of the covariate or group of covariates; null for all together. */
  readonly term: string | null;
  /** Null where events are too few to tell an effect from its change over time. */
  readonly chiSquare: number | null;
  readonly df: number;
  /** Null with `chiSquare`. */
  readonly p: number | null;
}

/** How a test of proportional hazards scales time. */
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
  const lives = everyLife(layout);
  const g = transforms[transform](lives);
  const mean = lives.exit.reduce((sum, time) => sum + g(time), 0) / lives.exit.length;
  return (time) => g(time) - mean;
}

type Times = Pick<CoxLayout, 'entry' | 'exit' | 'event'>;

/** Rows as often as they stand for lives. */
function everyLife({ n, entry, exit, event, count }: CoxLayout): Times {
  const rows = Int32Array.from({ length: n }, (_, i) => i);
  if (count.every((each) => each === 1)) return { entry, exit, event };
  const repeated = Array.from(rows).flatMap((i) => new Array<number>(count[i]!).fill(i));
  return {
    entry: entry === null ? null : Float64Array.from(repeated, (i) => entry[i]!),
    exit: Float64Array.from(repeated, (i) => exit[i]!),
    event: Uint8Array.from(repeated, (i) => event[i]!),
  };
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
} as const satisfies Record<TimeTransform, (lives: Times) => (time: number) => number>;

/** Score of the added part and information of both, at (beta, 0). */
function augmented(
  layout: CoxLayout,
  beta: Float64Array,
  kept: readonly number[],
  g: (time: number) => number,
): { readonly score: number[]; readonly information: number[][] } {
  const { p, x, ties, count } = layout;
  const size = kept.length;
  const score = new Array<number>(size).fill(0);
  const information = Array.from({ length: 2 * size }, () => new Array<number>(2 * size).fill(0));
  forEachRiskSet(layout, risksOf(layout, beta), (set) => {
    const weight = g(set.time);
    const tied = tiedEvents(set, ties);
    kept.forEach((a, i) => {
      for (const row of set.deaths) score[i]! += weight * count[row]! * x[row * p + a]!;
      score[i]! -= weight * meansOf(set, tied, a);
      kept.forEach((b, j) => {
        const covariance = covariancesOf(set, tied, p, Math.min(a, b), Math.max(a, b));
        information[i]![j]! += covariance;
        information[i]![size + j]! += weight * covariance;
        information[size + i]![j]! += weight * covariance;
        information[size + i]![size + j]! += weight * weight * covariance;
      });
    });
  });
  return { score, information };
}
