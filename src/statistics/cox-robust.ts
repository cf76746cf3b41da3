/**
 * Errors of a Cox model whose rows come in clusters that are not independent (Lin and Wei 1989): the sandwich of the clusters' summed score residuals, as R's
 * coxph has it. Of few clusters it is too small, and a test by the normal distribution finds far too much: see docs/decisions/0180.
 */
import { scoreResiduals } from './cox-residuals.ts';
import type { CoxLayout } from './partial-likelihood.ts';
import { type SquareMatrix, sandwich } from './symmetric.ts';

export interface RobustErrors {
  /** Of the columns fitted, in units of the layout. */
  readonly covariance: SquareMatrix;
  /** Of each column tested: the clusters whose score depends on it. A cluster in which its covariate does not vary tells nothing of it. */
  readonly telling: readonly number[];
}

/** Relative to the greatest score of a cluster, below which it is rounding. */
const tolerance = 1e-7;

/**
 * `fitted`: columns of the layout, `naive` the inverse of their information; `tested`: those of them that are told. Null where clusters are too few: their scores
 * add up to 0, so that the sandwich's rank is at most one less than the clusters that tell something, and what is told of more columns can be absurdly sure.
 */
export function robustErrors(
  layout: CoxLayout,
  beta: ArrayLike<number>,
  fitted: readonly number[],
  tested: readonly number[],
  naive: SquareMatrix,
  clusters: readonly (readonly number[])[],
): RobustErrors | null {
  const residuals = scoreResiduals(layout, beta);
  const scores = clusters.map((rows) =>
    fitted.map((a) => rows.reduce((sum, i) => sum + layout.count[i]! * residuals[i * layout.p + a]!, 0)),
  );
  const told = tested.map((a) => {
    const each = scores.map((score) => Math.abs(score[fitted.indexOf(a)]!));
    const greatest = each.reduce((most, score) => Math.max(most, score), 0);
    return each.map((score) => score > tolerance * greatest);
  });
  const telling = clusters.filter((_, g) => told.some((each) => each[g])).length;
  if (telling <= tested.length) return null;
  const meat = fitted.map((_, i) =>
    fitted.map((_, j) => scores.reduce((sum, each) => sum + each[i]! * each[j]!, 0)),
  );
  return {
    covariance: sandwich(naive, meat),
    telling: told.map((each) => each.filter(Boolean).length),
  };
}
