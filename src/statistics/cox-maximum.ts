/**
 * Where a Cox likelihood is greatest: by Newton's method with step halving, in orthogonal coordinates. Where it has no maximum, its supremum, which is the maximum
 * of the likelihood in the limit along the directions of recession: no coefficient is ever followed to infinity.
 */
import { type CoxBasis, coxBasis } from './cox-basis.ts';
import { limitLayout, recession } from './cox-recession.ts';
import { type CoxLayout, type PartialLikelihood, partialLikelihood } from './partial-likelihood.ts';
import { independentColumns, nullVectors, type SquareMatrix, solveSymmetric } from './symmetric.ts';

export interface CoxMaximum {
  /** The layout given, with finer strata where the likelihood has no maximum. */
  readonly layout: CoxLayout;
  readonly basis: CoxBasis;
  /** That of the layout given. */
  readonly first: CoxBasis;
  /** In coordinates of `first`, where all are 0. */
  readonly atZero: PartialLikelihood;
  /** In the coordinates of the basis. */
  readonly likelihood: PartialLikelihood;
  readonly coordinates: Float64Array;
  readonly iterations: number;
  /** By covariate: along which infinity the likelihood rises, 0 for none. */
  readonly infinite: Int8Array;
}

/** Covariates that are no combination of earlier ones and differ in some risk set. */
export function independentCovariates(layout: CoxLayout, covariates: readonly number[]): readonly number[] {
  const basis = coxBasis(layout, covariates);
  // Without the offset, which may leave little weight to those that differ.
  const { information } = partialLikelihood(
    { ...basis.layout, offset: null },
    new Float64Array(basis.columns.length),
  );
  return independentColumns(information, least(layout)).map((k) => basis.columns[k]!);
}

/** Information of a column of unit variance at or below which it differs in no risk set. */
const least = ({ event, count }: CoxLayout): number =>
  1e-10 * event.reduce((sum, each, i) => sum + each * count[i]!, 0);

/** Over the coefficients of these covariates, which are independent; the others are 0. */
export function coxMaximum(layout: CoxLayout, kept: readonly number[]): CoxMaximum {
  const infinite = new Int8Array(layout.p);
  const first = coxBasis(layout, kept);
  const start = partialLikelihood(first.layout, new Float64Array(first.columns.length));
  let iterations = 0;
  for (let at = layout; ; ) {
    const basis = at === layout ? first : coxBasis(at, independentCovariates(at, kept));
    const atZero =
      at === layout ? start : partialLikelihood(basis.layout, new Float64Array(basis.columns.length));
    const found = newton(basis.layout, atZero);
    iterations += found.iterations;
    const direction = isCertain(basis.layout, found, atZero) ? null : recession(basis.layout, atZero.score);
    if (direction === null)
      return {
        ...{ layout: at, basis, first, atZero: start, iterations, infinite },
        ...{ likelihood: found.likelihood, coordinates: found.coordinates },
      };
    mark(infinite, basis.coefficients(direction));
    at = limitLayout(at, basis.layout, direction);
  }
}

/** What rises along the first direction rises faster than along those found in its limit: the first sign counts. */
function mark(infinite: Int8Array, direction: Float64Array): void {
  const greatest = direction.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
  direction.forEach((each, a) => {
    if (infinite[a] === 0 && Math.abs(each) > 1e-8 * greatest) infinite[a] = each > 0 ? 1 : -1;
  });
}

interface Newton {
  readonly coordinates: Float64Array;
  readonly likelihood: PartialLikelihood;
  readonly iterations: number;
  /** The step that would come next. */
  readonly step: readonly number[];
}

/** R's criterion: the relative change of the log-likelihood. */
const tolerance = 1e-9;
const mostIterations = 100;
/** Of the logarithm of somebody's risk, the most that one step may change it: far from a maximum, where an offset is great, there is little curvature to go by. */
const longestStep = 20;

function newton(layout: CoxLayout, atZero: PartialLikelihood): Newton {
  const next = ({ information, score }: PartialLikelihood) => solveSymmetric(information, score);
  let [coordinates, likelihood] = [new Float64Array(layout.p), atZero];
  let step = next(likelihood);
  for (let iterations = 1; ; iterations++) {
    const before = likelihood.logLikelihood;
    const moved = halved(layout, coordinates, likelihood, step);
    if (moved === null) return { coordinates, likelihood, iterations, step };
    ({ coordinates, likelihood } = moved);
    step = next(likelihood);
    const change = Math.abs(likelihood.logLikelihood - before);
    if (change > tolerance * Math.max(1, Math.abs(before)) && iterations < mostIterations) continue;
    // Quadratic convergence: one more step where there is a maximum takes the coefficients to the last digits.
    const polished =
      reach(layout, step) < stepOfMaximum ? halved(layout, coordinates, likelihood, step) : null;
    return polished === null
      ? { coordinates, likelihood, iterations, step }
      : { ...polished, iterations, step: next(polished.likelihood) };
  }
}

/** The longest of the step, its half, its quarter ... that does not lower the likelihood; null where none does. */
function halved(
  layout: CoxLayout,
  coordinates: Float64Array,
  { logLikelihood }: PartialLikelihood,
  step: readonly number[],
) {
  const first = Math.min(1, longestStep / reach(layout, step));
  for (let factor = first; factor > 1e-6 * first; factor /= 2) {
    const moved = coordinates.map((each, a) => each + factor * step[a]!);
    const likelihood = partialLikelihood(layout, moved);
    if (likelihood.logLikelihood >= logLikelihood - 1e-14 * Math.abs(logLikelihood))
      return { coordinates: moved, likelihood };
  }
  return null;
}

/** By how much, at most, a step changes the logarithm of somebody's risk. */
function reach({ n, p, x }: CoxLayout, step: readonly number[]): number {
  let most = 0;
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let a = 0; a < p; a++) sum += x[i * p + a]! * step[a]!;
    most = Math.max(most, Math.abs(sum));
  }
  return most;
}

/** Near a maximum the next step vanishes; where the likelihood rises for ever it changes the logarithm of some risk by about 1. */
const stepOfMaximum = 1e-3;

/** Whether this is a maximum beyond doubt: the step has vanished, and information is left in every direction. If not, recession is looked for, which costs more. */
function isCertain(layout: CoxLayout, { likelihood, step }: Newton, atZero: PartialLikelihood): boolean {
  if (!(reach(layout, step) < stepOfMaximum)) return false;
  const relative = (information: SquareMatrix) =>
    information.map((row, i) =>
      row.map((each, j) => each / Math.sqrt(atZero.information[i]![i]! * atZero.information[j]![j]!)),
    );
  return independentColumns(relative(likelihood.information), 1e-5, 1e-5).length === layout.p;
}

/** Which of these covariates have a coefficient that the likelihood determines where it is greatest: those outside every direction in which nothing changes there. */
export function determined(
  { layout, basis, first, infinite }: CoxMaximum,
  kept: readonly number[],
): readonly number[] {
  if (infinite.every((each) => each === 0)) return kept;
  const { information } = partialLikelihood(
    { ...first.layout, strata: layout.strata, offset: null },
    new Float64Array(first.columns.length),
  );
  const flat = new Int8Array(layout.p);
  for (const direction of nullVectors(information, least(layout))) mark(flat, first.coefficients(direction));
  return basis.columns.filter((a) => flat[a] === 0);
}
