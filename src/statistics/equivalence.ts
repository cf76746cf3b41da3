/**
 * Is an effect small enough not to matter? Tests of a mean of paired differences against a margin: equivalence by two one-sided tests (TOST, Schuirmann 1987), and
 * non-inferiority by one of them. A difference that is not significant shows neither.
 */
import { studentQuantile, studentTail } from './distributions.ts';
import { finite, mean, variance } from './moments.ts';

/** What both tests say about the mean of the differences. */
interface MarginTest {
  readonly n: number;
  readonly mean: number;
  readonly se: number;
  readonly df: number;
  readonly margin: number;
  readonly alpha: number;
  /** The largest p-value of the tests made; null where nothing varies, with all that follows. */
  readonly p: number | null;
  /** Whether p is below alpha. */
  readonly isShown: boolean | null;
}

/** Two one-sided tests by Student's t. */
export interface EquivalenceTest extends MarginTest {
  /** Of a mean above -margin, and of one below the margin. */
  readonly aboveLower: number | null;
  readonly belowUpper: number | null;
  /** The interval of level 1 - 2 alpha: within the margins exactly where equivalence is shown. */
  readonly lower: number | null;
  readonly upper: number | null;
}

/** One one-sided test by Student's t. */
export interface NonInferiorityTest extends MarginTest {
  /** The lower limit of one-sided confidence 1 - alpha: above -margin exactly where non-inferiority is shown. */
  readonly lower: number | null;
}

/** Level of the tests; default 0.05. */
interface Options {
  readonly alpha?: number;
}

/**
 * Does the mean lie within -margin and +margin? As R's `t.test(x, mu = -margin, alternative = "greater")` and `t.test(x, mu = margin, alternative = "less")`, of which the larger
 * p-value counts. @throws RangeError for fewer than two differences, numbers not finite, a margin that is not positive, or a level outside 0 to 0.5.
 */
export function equivalenceTest(
  differences: ArrayLike<number>,
  margin: number,
  { alpha = 0.05 }: Options = {},
): EquivalenceTest {
  if (!(margin > 0)) throw new RangeError(`a margin of ${margin} leaves nothing to be equivalent within`);
  const { sample, distance } = sampleOf(differences, margin, alpha);
  const { mean: centre, se, df } = sample;
  if (!(se > 0))
    return {
      ...{ ...sample, margin, alpha, p: null, isShown: null },
      ...{ aboveLower: null, belowUpper: null, lower: null, upper: null },
    };
  const aboveLower = studentTail((centre + margin) / se, df);
  const belowUpper = studentTail((margin - centre) / se, df);
  const p = Math.max(aboveLower, belowUpper);
  return {
    ...{ ...sample, margin, alpha, p, isShown: p < alpha, aboveLower, belowUpper },
    ...{ lower: centre - distance, upper: centre + distance },
  };
}

/**
 * Is the mean at most `margin` below 0? Higher differences are better; a margin of 0 asks for superiority. As R's `t.test(x, mu = -margin, alternative = "greater")`.
 * @throws RangeError for fewer than two differences, numbers not finite, a negative margin, or a level outside 0 to 0.5.
 */
export function nonInferiorityTest(
  differences: ArrayLike<number>,
  margin: number,
  { alpha = 0.05 }: Options = {},
): NonInferiorityTest {
  if (!(margin >= 0)) throw new RangeError(`a margin of ${margin} is none`);
  const { sample, distance } = sampleOf(differences, margin, alpha);
  const { mean: centre, se, df } = sample;
  if (!(se > 0)) return { ...sample, margin, alpha, p: null, isShown: null, lower: null };
  const p = studentTail((centre + margin) / se, df);
  return { ...sample, margin, alpha, p, isShown: p < alpha, lower: centre - distance };
}

/** Mean and error of the differences, and how far from the mean a one-sided limit lies. */
function sampleOf(differences: ArrayLike<number>, margin: number, alpha: number) {
  const values = finite(differences, 'differences');
  const spread = variance(values);
  if (spread === null) throw new RangeError('at least two differences are needed');
  if (!Number.isFinite(margin)) throw new RangeError('a margin must be finite');
  if (!(alpha > 0 && alpha < 0.5)) throw new RangeError(`a level of ${alpha} is not between 0 and 0.5`);
  const [n, se] = [values.length, Math.sqrt(spread / values.length)];
  const distance = studentQuantile(1 - alpha, n - 1) * se;
  return { sample: { n, mean: mean(values), se, df: n - 1 }, distance };
}
