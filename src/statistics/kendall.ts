/** Kendall's rank correlation: how much more often two pairs are ordered alike than not. */
import { checkPairs } from './correlation.ts';

/**
 * tau-b = (alike - opposed) / sqrt((pairs - tied in x) (pairs - tied in y)) over all pairs of observations (Kendall 1945), as R's `cor(x, y, method = "kendall")`. Null for fewer than two observations or
 * where x or y does not vary. Looks at every pair: meant for thousands of observations, not for a million. @throws RangeError for arrays of unequal length or numbers not finite.
 */
export function kendallTau(x: ArrayLike<number>, y: ArrayLike<number>): number | null {
  checkPairs(x, y);
  let [score, variedX, variedY] = [0, 0, 0];
  for (let i = 0; i < x.length; i++)
    for (let j = 0; j < i; j++) {
      const dx = Math.sign(x[i]! - x[j]!);
      const dy = Math.sign(y[i]! - y[j]!);
      score += dx * dy;
      variedX += dx * dx;
      variedY += dy * dy;
    }
  if (variedX === 0 || variedY === 0) return null;
  // The root of the product, which is exact where both are alike: then tau is 1, not nearly 1.
  return score / Math.sqrt(variedX * variedY);
}
