/**
 * Cox's proportional hazards regression, h(t | x) = h0(t) exp(x' beta), as R's coxph: ties by Efron or Breslow, start-stop rows, strata, and the
 * cluster-robust variance of Lin and Wei 1989.
 *
 * A coefficient may have no finite maximum (every event on one side of a combination of covariates): the likelihood is then monotone, Wald's test means
 * nothing, and the coefficient is reported as infinite with its direction. Likelihood-ratio and score tests remain: the former is of the supremum, which is
 * found exactly (`cox-maximum.ts`), however near to collinear the covariates are; `profileLimits` gives the coefficient's finite limit.
 */
import { z95 } from './confidence.ts';
import { type CoxCoefficient, estimatedCoefficient, unestimatedCoefficient } from './cox-coefficient.ts';
import { type CoxMaximum, coxMaximum, determined, independentCovariates } from './cox-maximum.ts';
import { type RobustErrors, robustErrors } from './cox-robust.ts';
import { chiSquareTail, fisherTail } from './distributions.ts';
import { type Lives, membersOf } from './lives.ts';
import { type Covariate, type CoxLayout, coxLayout, type TieMethod } from './partial-likelihood.ts';
import { quadraticForm } from './quadratic-form.ts';
import { inverseSymmetric, type SquareMatrix, submatrix } from './symmetric.ts';

/** What is asked of a Cox regression besides the lives and covariates. */
export interface CoxOptions {
  readonly ties?: TieMethod;
  /** One label per row: a baseline hazard for each. */
  readonly strata?: readonly unknown[];
  /** One label per row: rows of a cluster are not independent; standard errors are the sandwich's, and nothing is tested where clusters are too few for it. */
  readonly cluster?: readonly unknown[];
  /** Added to x' beta, with coefficient 1. */
  readonly offset?: ArrayLike<number>;
  /** How many equal lives each row stands for (of one cluster): the fit is that of the rows repeated, and costs less. */
  readonly counts?: ArrayLike<number>;
  /** Normal quantile of the limits. */
  readonly z?: number;
}

/** A statistic that is chi-square distributed under its null hypothesis, with its p-value. */
export interface ChiSquareTest {
  readonly chiSquare: number;
  readonly df: number;
  readonly p: number;
}

/** A fitted Cox regression, coefficients in the order of the covariates. */
export interface CoxFit {
  /** Lives. */
  readonly n: number;
  readonly events: number;
  readonly ties: TieMethod;
  /** That the robust errors are of; null without robust errors. */
  readonly clusters: number | null;
  readonly coefficients: readonly CoxCoefficient[];
  readonly logLikelihood: { readonly atZero: number; readonly atMaximum: number };
  readonly likelihoodRatio: ChiSquareTest;
  /** Of beta = 0, from its gradient there. */
  readonly score: ChiSquareTest;
  /** Null where the likelihood is monotone, nothing is estimated, or a robust variance vanishes or is of too few clusters. Of robust errors p is by Hotelling's T-square, as clusters are few. */
  readonly wald: ChiSquareTest | null;
  /** Covariance of the estimated coefficients, in their order: the sandwich where clusters were given. */
  readonly covariance: readonly (readonly number[])[];
  readonly iterations: number;
  /** For residuals: the rows, in finer strata where the likelihood is monotone, and the coefficients of standardised covariates (0 where aliased or infinite). */
  readonly model: { readonly layout: CoxLayout; readonly beta: Float64Array };
}

/** @throws RangeError as `kaplanMeier` says, for columns that are not finite, and where there is no event. */
export function coxRegression(
  lives: Lives,
  covariates: readonly Covariate[],
  options: CoxOptions = {},
): CoxFit {
  const { ties = 'efron', z = z95, cluster } = options;
  const layout = coxLayout(lives, covariates, ties, options.strata, options.offset, options.counts);
  const total = (of: (row: number) => number) =>
    layout.count.reduce((sum, count, row) => sum + count * of(row), 0);
  const events = total((row) => layout.event[row]!);
  if (events === 0) throw new RangeError('no life ends in an event: there is no hazard to compare');
  if (cluster !== undefined && cluster.length !== layout.n)
    throw new RangeError('cluster must have one label per row');
  const kept = independentCovariates(layout, [...covariates.keys()]);
  const found = coxMaximum(layout, kept);
  const beta = found.basis.coefficients(found.coordinates);
  const finite = determined(found, kept);
  const inBasis = found.basis.columns;
  const naive = inverseInformation(found);
  const clusters = cluster === undefined ? null : [...membersOf(cluster).values()];
  const robust = clusters && robustErrors(found.layout, beta, inBasis, finite, naive, clusters);
  const natural = (matrix: SquareMatrix) =>
    submatrix(
      matrix,
      finite.map((a) => inBasis.indexOf(a)),
    ).map((row, i) => row.map((v, j) => v / (layout.scale[finite[i]!]! * layout.scale[finite[j]!]!)));
  const [model, covariance] = [natural(naive), natural(robust?.covariance ?? naive)];
  const robustError = (k: number) =>
    robust === null
      ? clusters === null
        ? 'none'
        : 'too few'
      : { se: rootOf(covariance[k]![k]!, model[k]![k]!), clusters: robust.telling[k]! };
  const coefficients = covariates.map(({ name }, a) => {
    const [k, estimate] = [finite.indexOf(a), beta[a]! / layout.scale[a]!];
    if (k >= 0) return estimatedCoefficient(name, estimate, Math.sqrt(model[k]![k]!), robustError(k), z);
    // Where nothing rises along it, but what goes to infinity takes with it all that would tell of it, either sign is as good.
    return unestimatedCoefficient(name, kept.includes(a) ? (found.infinite[a]! < 0 ? -1 : 1) : null);
  });
  const { atZero } = found;
  const score = quadraticForm([...atZero.score], atZero.information);
  const ratio = 2 * (found.likelihood.logLikelihood - atZero.logLikelihood);
  return {
    ...{ n: total(() => 1), events, ties, covariance, coefficients, iterations: found.iterations },
    clusters: robust === null ? null : clusters!.length,
    logLikelihood: { atZero: atZero.logLikelihood, atMaximum: found.likelihood.logLikelihood },
    likelihoodRatio: chiSquare(Math.max(0, ratio), kept.length),
    score: chiSquare(score.value, score.df),
    wald: waldTest(coefficients, covariance, robust),
    model: { layout: found.layout, beta },
  };
}

/** The inverse information of the covariates in the basis, in units of the layout. */
function inverseInformation({ basis, likelihood }: CoxMaximum): number[][] {
  const variance = inverseSymmetric(likelihood.information);
  const made = basis.columns.map((_, k) =>
    basis.coefficients(basis.columns.map((_, l) => (l === k ? 1 : 0))),
  );
  return basis.columns.map((a) =>
    basis.columns.map((b) =>
      variance.reduce(
        (sum, row, k) => row.reduce((each, v, l) => each + made[k]![a]! * v * made[l]![b]!, sum),
        0,
      ),
    ),
  );
}

/** A sandwich of few clusters can be 0: what rounding leaves of it is none. */
const rootOf = (robustVariance: number, variance: number): number =>
  robustVariance > 1e-14 * variance ? Math.sqrt(robustVariance) : 0;

const chiSquare = (value: number, df: number): ChiSquareTest => ({
  chiSquare: value,
  df,
  p: df === 0 ? 1 : chiSquareTail(value, df),
});

/** Of all coefficients; of one it is the test of the coefficient, also where its errors are robust: then Hotelling's T-square of the least number of clusters that tell of one. */
function waldTest(
  coefficients: readonly CoxCoefficient[],
  covariance: SquareMatrix,
  robust: RobustErrors | null,
): ChiSquareTest | null {
  const kept = coefficients.filter(({ status }) => status !== 'aliased');
  if (kept.length === 0 || kept.some(({ z }) => z === null)) return null;
  const { value, df } = quadraticForm(
    kept.map(({ coefficient }) => coefficient!),
    covariance,
  );
  if (robust === null) return chiSquare(value, df);
  const clusters = Math.min(...robust.telling);
  const f = ((clusters - df) / (clusters * df)) * value;
  return clusters > df ? { chiSquare: value, df, p: fisherTail(f, df, clusters - df) } : null;
}
