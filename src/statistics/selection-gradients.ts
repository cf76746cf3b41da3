/**
 * Selection measured on traits: differential, intensity and opportunity (Crow 1958), and the gradients of Lande and Arnold 1983, which tell selection on
 * a trait from selection on its correlates.
 */
import { inverse, Matrix, QrDecomposition } from 'ml-matrix';
import { studentTwoSided } from './distributions.ts';
import { covariance, finite, mean } from './moments.ts';

/** Covariance of a trait with relative fitness, and the same in standard deviations of the trait. */
export interface SelectionDifferential {
  /** s = Cov(w / mean w, z), population moments: the first term of the Price equation. */
  readonly differential: number;
  /** i = s / standard deviation of z (1 / N); null where z does not vary. */
  readonly intensity: number | null;
  /** I = Var(w) / (mean w)^2: no trait's intensity is beyond its root. */
  readonly opportunity: number;
}

/** @throws RangeError for numbers not finite, arrays of unequal length, or a mean fitness that is not positive. */
export function selectionDifferential(
  trait: ArrayLike<number>,
  fitness: ArrayLike<number>,
): SelectionDifferential {
  const [z, w] = [finite(trait, 'traits'), relativeFitness(fitness, trait.length)];
  const differential = covariance(w, z);
  const spread = Math.sqrt(covariance(z, z));
  return {
    differential,
    intensity: spread > 0 ? differential / spread : null,
    opportunity: covariance(w, w),
  };
}

function relativeFitness(fitness: ArrayLike<number>, n: number): Float64Array {
  const w = finite(fitness, 'fitness');
  const centre = mean(w);
  if (w.length !== n || !(centre > 0))
    throw new RangeError('fitness needs one number per trait and a positive mean');
  return w.map((value) => value / centre);
}

/** A coefficient of relative fitness on a standardised trait, with its error. */
export interface Gradient {
  /** One trait for beta and gamma_ii, two for gamma_ij. */
  readonly traits: readonly string[];
  readonly estimate: number;
  readonly se: number;
  /** Two-sided, of ordinary least squares: descriptive, as counts are not normal; test by permutation. Null where residuals vanish. */
  readonly p: number | null;
}

/** Linear and quadratic selection on several traits at once (Lande and Arnold 1983). */
export interface SelectionGradients {
  readonly n: number;
  /** Per standard deviation of the trait. */
  readonly linear: readonly Gradient[];
  /** gamma_ii = twice the coefficient of z_i^2 (its error doubled too), gamma_ij that of z_i z_j; null with too few individuals for the quadratic model. */
  readonly quadratic: readonly Gradient[] | null;
}

/**
 * beta from the regression of relative fitness on standardised traits alone, gamma from the one with squares and products added (Lande and Arnold 1983,
 * equations 4 and 16; Stinchcombe et al. 2008 on the factor 2). Traits are standardised with n - 1, as R's scale.
 * @throws RangeError as `selectionDifferential`, for fewer individuals than coefficients, and for traits that are constant or combinations of others.
 */
export function selectionGradients(
  traits: Readonly<Record<string, ArrayLike<number>>>,
  fitness: ArrayLike<number>,
): SelectionGradients {
  const names = Object.keys(traits);
  const n = fitness.length;
  const w = relativeFitness(fitness, n);
  const z = names.map((name) => standardised(name, traits[name]!, n));
  const linear = leastSquares(z, w);
  const products = names.flatMap((a, i) =>
    names.slice(i).map((b, k) => ({ traits: a === b ? [a] : [a, b], i, j: i + k })),
  );
  const quadratic =
    n > 1 + z.length + products.length
      ? leastSquares([...z, ...products.map(({ i, j }) => z[i]!.map((value, row) => value * z[j]![row]!))], w)
      : null;
  return {
    n,
    linear: names.map((name, i) => ({ traits: [name], ...linear[i]! })),
    quadratic:
      quadratic?.slice(z.length).map(({ estimate, se, p }, k) => {
        const { traits: of } = products[k]!;
        const factor = of.length === 1 ? 2 : 1;
        return { traits: of, estimate: factor * estimate, se: factor * se, p };
      }) ?? null,
  };
}

function standardised(name: string, values: ArrayLike<number>, n: number): Float64Array {
  const z = finite(values, `trait ${name}`);
  if (z.length !== n) throw new RangeError(`trait ${name} must have one number per individual`);
  const centre = mean(z);
  const spread = Math.sqrt((covariance(z, z) * n) / (n - 1));
  if (!(spread > 0)) throw new RangeError(`trait ${name} does not vary`);
  return z.map((value) => (value - centre) / spread);
}

/** Coefficients of the columns, the intercept left out. */
function leastSquares(columns: readonly Float64Array[], y: Float64Array): Omit<Gradient, 'traits'>[] {
  const [n, p] = [y.length, columns.length + 1];
  if (n <= p) throw new RangeError(`${n} individuals are too few for ${p} coefficients`);
  const x = new Matrix(n, p);
  for (let i = 0; i < n; i++) {
    x.set(i, 0, 1);
    columns.forEach((column, a) => x.set(i, a + 1, column[i]!));
  }
  const qr = new QrDecomposition(x);
  const r = qr.upperTriangularMatrix;
  const pivots = r.diagonal().map(Math.abs);
  if (Math.min(...pivots) < 1e-9 * Math.max(...pivots))
    throw new RangeError('a trait, its square or a product is a combination of the others');
  const response = Matrix.columnVector(Array.from(y));
  const coefficients = qr.solve(response);
  const residuals = Matrix.sub(response, x.mmul(coefficients));
  const spread = residuals.dot(residuals) / (n - p);
  const root = inverse(r);
  const unscaled = root.mmul(root.transpose());
  return columns.map((_, a) => {
    const estimate = coefficients.get(a + 1, 0);
    const se = Math.sqrt(spread * unscaled.get(a + 1, a + 1));
    return { estimate, se, p: se > 0 ? studentTwoSided(estimate / se, n - p) : null };
  });
}
