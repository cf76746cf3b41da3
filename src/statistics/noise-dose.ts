/** How much noise is tolerated: the dose at which something has become worse by so much, between doses by interpolation in the logarithm of the dose, censored where no dose tells. */
import { mean } from './moments.ts';

/** A dose above 0, and a measure of how much worse something is there. */
export interface Dosed {
  readonly dose: number;
  readonly worsening: number;
}

/** Where the threshold is reached. */
export interface Tolerance {
  readonly dose: number;
  /** `below`: already at the least dose, which stands there; `above`: at none, and the largest stands there. */
  readonly censored: 'below' | 'above' | null;
}

/**
 * The least dose at which the worsening reaches the threshold; later doses at which it is less again do not count. @throws RangeError for no dose, doses that are not above 0 and rising, a worsening that is
 * not finite, or a threshold that is not above 0.
 */
export function tolerance(curve: readonly Dosed[], threshold: number): Tolerance {
  const [first, last] = [curve[0], curve.at(-1)];
  if (first === undefined || last === undefined) throw new RangeError('a tolerance needs a dose');
  if (curve.some(({ dose }, i) => !(dose > (curve[i - 1]?.dose ?? 0))))
    throw new RangeError('doses must be above 0 and rise');
  if (curve.some(({ worsening }) => !Number.isFinite(worsening)))
    throw new RangeError('between doses there are only finite numbers');
  if (!(threshold > 0)) throw new RangeError(`a threshold of ${threshold} is reached without noise`);
  const reached = curve.findIndex(({ worsening }) => worsening >= threshold);
  if (reached === -1) return { dose: last.dose, censored: 'above' };
  if (reached === 0) return { dose: first.dose, censored: 'below' };
  const [before, at] = [curve[reached - 1]!, curve[reached]!];
  const share = (threshold - before.worsening) / (at.worsening - before.worsening);
  return { dose: before.dose * (at.dose / before.dose) ** share, censored: null };
}

/** Below every dose, then by dose, then above every dose. */
const place = { below: -1, above: 1 } as const;
const order = (a: Tolerance, b: Tolerance) =>
  (a.censored === null ? 0 : place[a.censored]) - (b.censored === null ? 0 : place[b.censored]) ||
  a.dose - b.dose;

/** The lower median, which censored ones leave what it is as long as they are on one side of it. Null for none. */
export function medianTolerance(tolerances: readonly Tolerance[]): Tolerance | null {
  return tolerances.toSorted(order)[(tolerances.length - 1) >> 1] ?? null;
}

/** Of one architecture on one task, one number for each dose, that without noise first. */
export interface DoseCurve {
  /** Mean scores in decades of loss, over seeds. */
  readonly scores: readonly number[];
  /** Mean shares of wrong predictions; null where nothing is classified. */
  readonly errors: readonly number[] | null;
}

/** What is tolerated until loss and error are worse. Null where there is no room to become so: as good as untrained, nothing wrong, or nearly all wrong; or where nothing is classified. */
export interface Tolerances {
  readonly loss: Tolerance | null;
  readonly error: Tolerance | null;
}

/**
 * `doses`: those above 0. `worse`: by which share. Between doses the loss is interpolated in its logarithm, as scores are, which have a cap; the error in itself, as it may be 0, which has no logarithm.
 * @throws RangeError where the curve has another number of doses.
 */
export function tolerances(
  { scores, errors }: DoseCurve,
  doses: readonly number[],
  worse: number,
): Tolerances {
  if ([scores, ...(errors === null ? [] : [errors])].some(({ length }) => length !== doses.length + 1))
    throw new RangeError('a curve needs a number for every dose, and one without noise');
  const decades = Math.log10(1 + worse);
  const at = (threshold: number, worsening: (i: number) => number) =>
    tolerance(
      doses.map((dose, i) => ({ dose, worsening: worsening(i + 1) })),
      threshold,
    );
  const clean = errors?.[0] ?? 0;
  const hasRoom = clean > 0 && clean * (1 + worse) <= 1;
  return {
    loss: scores[0]! < decades ? null : at(decades, (i) => scores[0]! - scores[i]!),
    error: hasRoom ? at(clean * worse, (i) => errors![i]! - clean) : null,
  };
}

/** What is tolerated in a population: medians over its cells. */
export interface PopulationTolerances extends Tolerances {
  readonly cells: number;
  /** Cells without a tolerance of the loss, and of the error; they are in no median. */
  readonly undefined: { readonly loss: number; readonly error: number };
  /** Mean decades of loss by which each dose is worse than no noise. */
  readonly worsening: readonly number[];
}

/** `cells` of one population and rule. @throws RangeError for none. */
export function populationTolerances(
  cells: readonly DoseCurve[],
  doses: readonly number[],
  worse: number,
): PopulationTolerances {
  const found = cells.map((cell) => tolerances(cell, doses, worse));
  const defined = (of: keyof Tolerances) => found.flatMap((each) => each[of] ?? []);
  const [loss, error] = [defined('loss'), defined('error')];
  return {
    ...{ cells: cells.length, loss: medianTolerance(loss), error: medianTolerance(error) },
    undefined: { loss: cells.length - loss.length, error: cells.length - error.length },
    worsening: doses.map((_, i) => mean(cells.map(({ scores }) => scores[0]! - scores[i + 1]!))),
  };
}
