/** McNemar's test (1947): two yes-or-no answers about each of the same units, such as "good enough" under each of two rules. Only units whose answers differ tell them apart. */
import { binomialLower, chiSquareTail } from './distributions.ts';
import { wilson } from './power.ts';

/** Null where no unit's answers differ. */
export interface McNemarTest {
  /** Units with yes to the first question only, and to the second only. */
  readonly firstOnly: number;
  readonly secondOnly: number;
  /** firstOnly / (firstOnly + secondOnly), with limits by Wilson 1927. One half where the answers are alike. */
  readonly share: number;
  readonly lower: number;
  readonly upper: number;
  /** Two-sided, by the binomial distribution: R's `binom.test(firstOnly, firstOnly + secondOnly)`. */
  readonly exactP: number;
  /** (b - c)^2 / (b + c) on one degree of freedom, and its p-value: `mcnemar.test(correct = FALSE)`. */
  readonly chiSquare: number;
  readonly p: number;
  /** The same with (|b - c| - 1)^2, as `mcnemar.test` has it by default; 0 where b = c. */
  readonly correctedChiSquare: number;
  readonly correctedP: number;
}

/** @throws RangeError for what is no count. */
export function mcnemarTest(firstOnly: number, secondOnly: number): McNemarTest | null {
  for (const count of [firstOnly, secondOnly])
    if (!(Number.isSafeInteger(count) && count >= 0)) throw new RangeError(`${count} is no count`);
  const n = firstOnly + secondOnly;
  if (n === 0) return null;
  const difference = Math.abs(firstOnly - secondOnly);
  const chiSquare = (difference * difference) / n;
  const correctedChiSquare = Math.max(0, difference - 1) ** 2 / n;
  return {
    ...{ firstOnly, secondOnly, share: firstOnly / n, ...wilson(firstOnly, n) },
    exactP: Math.min(1, 2 * binomialLower(Math.min(firstOnly, secondOnly), n, 0.5)),
    ...{ chiSquare, p: chiSquareTail(chiSquare, 1) },
    ...{ correctedChiSquare, correctedP: chiSquareTail(correctedChiSquare, 1) },
  };
}
