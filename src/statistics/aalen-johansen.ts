/**
 * Competing causes: the cumulative incidence F_k(t) = sum over t_j <= t of S(t_j -) d_kj / n_j (Aalen and Johansen 1978), where S is the Kaplan-Meier
 * curve of all causes together, so that the incidences and S add up to 1. One minus a Kaplan-Meier curve per cause would overstate each.
 *
 * Variance: multinomial increments, of Greenwood's type; without delayed entry it equals the infinitesimal jackknife of R's survfit. Limits are on the
 * scale named by the confidence type, of F itself, as survfit has them.
 */
import { type ConfidenceType, limitsOf, z95 } from './confidence.ts';
import type { Lives } from './lives.ts';
import { distinct, riskTable, sortedTimes, walk } from './risk-table.ts';
import { mergeTies } from './tied-times.ts';

/** Lives that end by one of several causes. */
export interface CausedLives {
  readonly entry?: ArrayLike<number>;
  readonly exit: ArrayLike<number>;
  /** The label of the cause, or null where censored. */
  readonly cause: readonly (string | null)[];
}

/** One step of a curve of cumulative incidence, at an age at which something ended or was censored. */
export interface IncidenceRow {
  readonly time: number;
  readonly atRisk: number;
  /** Events of this cause. */
  readonly events: number;
  readonly incidence: number;
  readonly se: number;
  /** Null while incidence is 0. */
  readonly lower: number | null;
  readonly upper: number | null;
}

/** The curves of all causes from one sample; at any age they add up to 1 less the survival. */
export interface CumulativeIncidence {
  readonly n: number;
  readonly censored: number;
  readonly confidence: ConfidenceType;
  /** Rows at the times of an event of any cause, ascending; causes in order of their names. */
  readonly causes: ReadonlyMap<string, readonly IncidenceRow[]>;
  /** P(no event yet), at the same times. */
  readonly survival: readonly number[];
}

/** @throws RangeError as `kaplanMeier` says. */
export function aalenJohansen(
  { entry, exit, cause }: CausedLives,
  { confidence = 'log', z = z95 }: { readonly confidence?: ConfidenceType; readonly z?: number } = {},
): CumulativeIncidence {
  const at = entry === undefined ? {} : { entry };
  const all: Lives = { ...at, exit, event: cause.map((each) => each !== null) };
  const merged = mergeTies(all);
  const times = distinct(sortedTimes(merged).ends);
  const table = riskTable(all);
  const names = [...new Set(cause)].filter((name) => name !== null).sort();
  const total = walk(sortedTimes(merged));
  const counters = names.map((name) =>
    walk(
      sortedTimes({
        ...merged,
        event: Uint8Array.from(cause, (each) => (each === name ? 1 : 0)),
      }),
    ),
  );
  const running = names.map(() => new Incidence());
  const rows: IncidenceRow[][] = names.map(() => []);
  const survival: number[] = [];
  let before = 1;
  for (const time of times) {
    const { risk: n, ending: d } = total(time);
    names.forEach((_, k) => {
      const events = counters[k]!(time).ending;
      const state = running[k]!;
      state.step(before, n, d, events);
      const se = Math.sqrt(state.variance());
      const limits = limitsOf(state.value, se / state.value, confidence, z);
      rows[k]!.push({
        time,
        atRisk: n,
        events,
        incidence: state.value,
        se,
        lower: limits.lower,
        upper: limits.upper,
      });
    });
    before *= 1 - d / n;
    survival.push(before);
  }
  return {
    n: table.n,
    censored: cause.filter((each) => each === null).length,
    confidence,
    causes: new Map(names.map((name, k) => [name, rows[k]!])),
    survival,
  };
}

/** Of one cause at a time: its row at the last event up to then; before the first of any cause nothing has happened. */
export function incidenceAt(
  rows: readonly IncidenceRow[],
  time: number,
): Pick<IncidenceRow, 'incidence' | 'se' | 'lower' | 'upper'> {
  return rows.findLast((row) => row.time <= time) ?? { incidence: 0, se: 0, lower: null, upper: null };
}

/**
 * One cause's incidence F and its variance, the sum over past times j of g^2 A - 2 g B + C, with g = F - F_j, A = d / (n (n - d)), B = S d_k / n^2 and
 * C = S^2 d_k (n - d_k) / n^3. Moved along as F grows, so that nothing is subtracted that was added before.
 */
class Incidence {
  value = 0;
  #a = 0;
  #ga = 0;
  #gga = 0;
  #b = 0;
  #gb = 0;
  #c = 0;

  step(survival: number, n: number, d: number, events: number): void {
    const growth = (survival * events) / n;
    this.#gga += growth * (2 * this.#ga + growth * this.#a);
    this.#ga += growth * this.#a;
    this.#gb += growth * this.#b;
    this.value += growth;
    // Where all at risk end, F cannot grow later and the first term stays 0.
    if (n > d) this.#a += d / (n * (n - d));
    this.#b += (survival * events) / (n * n);
    this.#c += (survival * survival * events * (n - events)) / (n * n * n);
  }

  /** 0 where the terms cancel to rounding, as where all have ended by this cause: the root of what is left would look like an error. */
  variance(): number {
    const variance = this.#gga - 2 * this.#gb + this.#c;
    return variance > 1e-14 * (this.#gga + 2 * this.#gb + this.#c) ? variance : 0;
  }
}
