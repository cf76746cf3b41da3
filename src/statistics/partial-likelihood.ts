/**
 * Cox's partial likelihood with start-stop rows, strata and tied events (Cox 1972, Breslow 1974, Efron 1977): one pass over risk sets, from the last
 * event time to the first, that everything about a Cox model is made of.
 */
import { exp, log } from '../numerics/elementary.ts';
import { type Lives, membersOf } from './lives.ts';
import { mergeTies } from './tied-times.ts';

/** Names stand in output: permanent. `efron` is R's default. */
export const tieMethods = ['efron', 'breslow'] as const;

/** What stands for the order of events that share a time. */
export type TieMethod = (typeof tieMethods)[number];

/** A named column of numbers, one for each row. */
export interface Covariate {
  readonly name: string;
  readonly values: ArrayLike<number>;
}

/** Rows in the order in which risk sets need them, and covariates by row, centred and in units of their standard deviation. */
export interface CoxLayout {
  /** Rows; lives are as many as `count` adds up to. */
  readonly n: number;
  readonly p: number;
  readonly ties: TieMethod;
  readonly entry: Float64Array | null;
  readonly exit: Float64Array;
  readonly event: Uint8Array;
  /** How many equal lives each row stands for. */
  readonly count: Float64Array;
  /** `x[i * p + a]`. */
  readonly x: Float64Array;
  readonly mean: Float64Array;
  /** Standard deviation, or 1 for a constant column. */
  readonly scale: Float64Array;
  readonly offset: ArrayLike<number> | null;
  readonly strata: readonly StratumOrder[];
}

interface StratumOrder {
  /** Rows by exit, descending. */
  readonly byExit: Int32Array;
  /** Rows by entry, descending; null without delayed entry. */
  readonly byEntry: Int32Array | null;
}

/** @throws RangeError as `kaplanMeier` says, and for covariates, offsets or strata that are not one finite number (label) per row. */
export function coxLayout(
  lives: Lives,
  covariates: readonly Covariate[],
  ties: TieMethod,
  strata: readonly unknown[] | undefined,
  offset: ArrayLike<number> | undefined,
  counts?: ArrayLike<number>,
): CoxLayout {
  const { entry, exit, event } = mergeTies(lives);
  const [n, p] = [exit.length, covariates.length];
  const count = countsOf(counts, n);
  const total = count.reduce((sum, each) => sum + each, 0);
  if (strata !== undefined && strata.length !== n) throw new RangeError('strata must have one label per row');
  checkColumn('the offset', offset, n);
  const x = new Float64Array(n * p);
  const mean = new Float64Array(p);
  const scale = new Float64Array(p);
  covariates.forEach(({ name, values }, a) => {
    checkColumn(`covariate ${name}`, values, n);
    const column = Float64Array.from(values);
    mean[a] = column.reduce((sum, value, i) => sum + count[i]! * value, 0) / total;
    const squares = column.reduce(
      (sum, value, i) => sum + count[i]! * (value - mean[a]!) * (value - mean[a]!),
      0,
    );
    scale[a] = Math.sqrt(squares / total) || 1;
    for (let i = 0; i < n; i++) x[i * p + a] = (column[i]! - mean[a]!) / scale[a]!;
  });
  const all = Int32Array.from({ length: n }, (_, i) => i);
  const groups = strata === undefined ? [all] : [...membersOf(strata).values()];
  return {
    ...{ n, p, ties, entry, exit, event, count, x, mean, scale },
    offset: offset ?? null,
    strata: groups.map((rows) => ({
      byExit: Int32Array.from(rows).sort((a, b) => exit[b]! - exit[a]!),
      byEntry: entry === null ? null : Int32Array.from(rows).sort((a, b) => entry[b]! - entry[a]!),
    })),
  };
}

function countsOf(counts: ArrayLike<number> | undefined, n: number): Float64Array {
  if (counts === undefined) return new Float64Array(n).fill(1);
  if (counts.length !== n) throw new RangeError('counts must be one number per row');
  return Float64Array.from(counts, (count, i) => {
    if (Number.isSafeInteger(count) && count > 0) return count;
    throw new RangeError(`row ${i} stands for ${count} lives: it must be a whole number from 1 on`);
  });
}

function checkColumn(what: string, values: ArrayLike<number> | undefined, n: number): void {
  if (values === undefined) return;
  if (values.length !== n) throw new RangeError(`${what} must have one number per row`);
  for (let i = 0; i < n; i++)
    if (!Number.isFinite(values[i]))
      throw new RangeError(`${what} of row ${i} is ${values[i]}: it must be finite`);
}

/** Sums over those at risk, and over those with an event, at one time. Buffers are reused from one risk set to the next. */
export interface RiskSet {
  readonly stratum: number;
  readonly time: number;
  /** Rows with an event now, and how many lives that is. */
  readonly deaths: readonly number[];
  readonly ended: number;
  /** Of e^eta, x e^eta and x x' e^eta (upper triangle) over those at risk. */
  readonly s0: number;
  readonly s1: Float64Array;
  readonly s2: Float64Array;
  /** The same over `deaths`. */
  readonly d0: number;
  readonly d1: Float64Array;
  readonly d2: Float64Array;
}

/**
 * Sums that rows join and leave. Each is kept as a number and the rounding error it made so far (Neumaier 1974): a row of great risk that has left must
 * not leave its rounding behind among rows of small risk.
 */
class Sums {
  s0 = 0;
  /** The greatest s0 since the last `clear`. */
  peak = 0;
  readonly s1: Float64Array;
  readonly s2: Float64Array;
  readonly #cells: Float64Array;
  readonly #errors: Float64Array;
  readonly #layout: CoxLayout;
  readonly #risk: Float64Array;

  constructor(layout: CoxLayout, risk: Float64Array) {
    this.#layout = layout;
    this.#risk = risk;
    const { p } = layout;
    this.#cells = new Float64Array(1 + p + p * p);
    this.#errors = new Float64Array(1 + p + p * p);
    this.s1 = new Float64Array(p);
    this.s2 = new Float64Array(p * p);
  }

  clear(): void {
    this.peak = 0;
    this.#cells.fill(0);
    this.#errors.fill(0);
  }

  add(row: number, sign: 1 | -1): void {
    const { p, x, count } = this.#layout;
    const weight = sign * count[row]! * this.#risk[row]!;
    this.#addTo(0, weight);
    this.peak = Math.max(this.peak, this.#cells[0]!);
    for (let a = 0; a < p; a++) {
      const along = weight * x[row * p + a]!;
      this.#addTo(1 + a, along);
      for (let b = a; b < p; b++) this.#addTo(1 + p + a * p + b, along * x[row * p + b]!);
    }
  }

  #addTo(cell: number, value: number): void {
    const before = this.#cells[cell]!;
    const after = before + value;
    this.#cells[cell] = after;
    this.#errors[cell]! +=
      Math.abs(before) >= Math.abs(value) ? before - after + value : value - after + before;
  }

  /** Brings `s0`, `s1` and `s2` up to date. */
  settle(): void {
    const { p } = this.#layout;
    this.s0 = this.#cells[0]! + this.#errors[0]!;
    for (let a = 0; a < p; a++) {
      this.s1[a] = this.#cells[1 + a]! + this.#errors[1 + a]!;
      for (let b = a; b < p; b++) {
        const cell = a * p + b;
        this.s2[cell] = this.#cells[1 + p + cell]! + this.#errors[1 + p + cell]!;
      }
    }
  }
}

/** Relative risks e^(eta - shift) by row; the shift keeps them in range and cancels in the likelihood. */
export interface Risks {
  readonly eta: Float64Array;
  readonly risk: Float64Array;
  readonly shift: number;
  /** Greatest less least eta. */
  readonly range: number;
}

/** Relative risks exp(x beta + offset) of all rows, scaled so that none overflows. */
export function risksOf({ n, p, x, offset }: CoxLayout, beta: ArrayLike<number>): Risks {
  const eta = new Float64Array(n);
  let [least, shift] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < n; i++) {
    let sum = offset?.[i] ?? 0;
    for (let a = 0; a < p; a++) sum += x[i * p + a]! * beta[a]!;
    eta[i] = sum;
    shift = Math.max(shift, sum);
    least = Math.min(least, sum);
  }
  return { eta, risk: eta.map((each) => exp(each - shift)), shift, range: shift - least };
}

/** A sum that has shrunk below this share of its peak is made again from those at risk: even the kept errors would show. */
const resolution = 1e-12;

/** Visits every event time of every stratum, latest first. */
export function forEachRiskSet(layout: CoxLayout, { risk }: Risks, visit: (set: RiskSet) => void): void {
  const { entry, exit, event, count } = layout;
  const [sums, ending] = [new Sums(layout, risk), new Sums(layout, risk)];
  layout.strata.forEach(({ byExit, byEntry }, stratum) => {
    sums.clear();
    let left = 0;
    for (let i = 0; i < byExit.length; ) {
      const time = exit[byExit[i]!]!;
      const deaths: number[] = [];
      for (; i < byExit.length && exit[byExit[i]!] === time; i++) {
        sums.add(byExit[i]!, 1);
        if (event[byExit[i]!] === 1) deaths.push(byExit[i]!);
      }
      if (deaths.length === 0) continue;
      for (; byEntry !== null && entry![byEntry[left]!]! >= time; left++) sums.add(byEntry[left]!, -1);
      sums.settle();
      if (sums.s0 < sums.peak * resolution) {
        sums.clear();
        for (let k = 0; k < i; k++) if (entry![byExit[k]!]! < time) sums.add(byExit[k]!, 1);
        sums.settle();
      }
      ending.clear();
      for (const row of deaths) ending.add(row, 1);
      ending.settle();
      visit({
        ...{
          stratum,
          time,
          deaths,
          ended: deaths.reduce((sum, row) => sum + count[row]!, 0),
          s0: sums.s0,
          s1: sums.s1,
          s2: sums.s2,
        },
        ...{ d0: ending.s0, d1: ending.s1, d2: ending.s2 },
      });
    }
  });
}

/**
 * What the events of one time leave of the risk set, one after the other: with T_k = s0 - (k / d) d0 for the k-th of d (s0 for all of them by Breslow), sums over k that every
 * formula needs. Means m_k = (s1 - (k / d) d1) / T_k are linear in s1 and d1, so a risk set costs d + p^2 and not d p^2.
 */
export interface TiedEvents {
  /** Of log T_k. */
  readonly logs: number;
  /** Of a_k = 1 / T_k, and of b_k = (k / d) / T_k. */
  readonly a: number;
  readonly b: number;
  readonly aa: number;
  readonly ab: number;
  readonly bb: number;
}

/** What the events of one time add to the likelihood and its derivatives, by the rule for ties. */
export function tiedEvents({ s0, d0, ended }: RiskSet, ties: TieMethod): TiedEvents {
  let [logs, a, b, aa, ab, bb] = [0, 0, 0, 0, 0, 0];
  for (let k = 0; k < ended; k++) {
    const share = ties === 'efron' ? k / ended : 0;
    const total = s0 - share * d0;
    logs += log(total);
    const [ak, bk] = [1 / total, share / total];
    a += ak;
    b += bk;
    aa += ak * ak;
    ab += ak * bk;
    bb += bk * bk;
  }
  return { logs, a, b, aa, ab, bb };
}

/** Sum over the tied events of the mean of covariate i. */
export const meansOf = ({ s1, d1 }: RiskSet, { a, b }: TiedEvents, i: number): number =>
  a * s1[i]! - b * d1[i]!;

/** Sum over the tied events of the weighted covariance of covariates i <= j, p being the number of them. */
export function covariancesOf(
  { s1, s2, d1, d2 }: RiskSet,
  { a, b, aa, ab, bb }: TiedEvents,
  p: number,
  i: number,
  j: number,
): number {
  const cell = i * p + j;
  const [si, sj, di, dj] = [s1[i]!, s1[j]!, d1[i]!, d1[j]!];
  return a * s2[cell]! - b * d2[cell]! - (aa * si * sj - ab * (si * dj + di * sj) + bb * di * dj);
}

/** Beyond this range of eta risks are no longer numbers of full precision. */
const widest = 600;

/** The logarithm of Cox's partial likelihood with its first and second derivatives. */
export interface PartialLikelihood {
  /** -Infinity where risks differ by more than numbers can hold: no maximum is looked for there. */
  readonly logLikelihood: number;
  readonly score: Float64Array;
  /** Negative second derivative, p x p. */
  readonly information: number[][];
}

/** log L = sum over events of [sum of eta - sum over k < d of log(sum over the risk set of e^eta - (k / d) sum over the events of e^eta)]. */
export function partialLikelihood(layout: CoxLayout, beta: ArrayLike<number>): PartialLikelihood {
  const { p, x, ties, count } = layout;
  const risks = risksOf(layout, beta);
  const score = new Float64Array(p);
  const information = Array.from({ length: p }, () => new Array<number>(p).fill(0));
  let logLikelihood = 0;
  forEachRiskSet(layout, risks, (set) => {
    for (const row of set.deaths) {
      logLikelihood += count[row]! * (risks.eta[row]! - risks.shift);
      for (let a = 0; a < p; a++) score[a]! += count[row]! * x[row * p + a]!;
    }
    const tied = tiedEvents(set, ties);
    logLikelihood -= tied.logs;
    for (let a = 0; a < p; a++) {
      score[a]! -= meansOf(set, tied, a);
      for (let b = a; b < p; b++) information[a]![b]! += covariancesOf(set, tied, p, a, b);
    }
  });
  for (let a = 0; a < p; a++) for (let b = 0; b < a; b++) information[a]![b] = information[b]![a]!;
  return {
    logLikelihood: risks.range > widest ? Number.NEGATIVE_INFINITY : logLikelihood,
    score,
    information,
  };
}
