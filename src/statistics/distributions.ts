/**
 * Tails and quantiles of the normal, chi-square and t distributions, to about 14 digits, far tails included: the same digits as R's pnorm, pchisq, pt,
 * qnorm and qt. (The tables and series of simple-statistics stop at 4 to 7 digits.)
 */
import { exp, log } from '../numerics/elementary.ts';

const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** log of the gamma function for x > 0 (Lanczos 1964, g = 7). */
export function logGamma(x: number): number {
  if (x < 0.5) return logGamma(x + 1) - log(x);
  const t = x + 6.5;
  let sum = lanczos[0]!;
  for (let i = 1; i < lanczos.length; i++) sum += lanczos[i]! / (x - 1 + i);
  return 0.5 * log(2 * Math.PI) + (x - 0.5) * log(t) - t + log(sum);
}

const negligible = 1e-17;
const tiny = 1e-300;

/** A continued fraction 1 / (b0 + a1 / (b1 + a2 / (b2 + ...))) by the modified method of Lentz (Thompson and Barnett 1986). */
function continuedFraction(a: (k: number) => number, b: (k: number) => number): number {
  let c = 1 / tiny;
  let d = 1 / (b(0) || tiny);
  let value = d;
  for (let k = 1; k < 10000; k++) {
    d = 1 / (b(k) + a(k) * d || tiny);
    c = b(k) + a(k) / c || tiny;
    value *= c * d;
    if (Math.abs(c * d - 1) < negligible * 10) break;
  }
  return value;
}

/** Q(a, x): the upper tail of a gamma variable of shape `a` and scale 1 (Abramowitz and Stegun 6.5.29 and 6.5.31). */
function gammaTail(a: number, x: number): number {
  if (x <= 0) return 1;
  const front = exp(a * log(x) - x - logGamma(a));
  if (x >= a + 1)
    return (
      front *
      continuedFraction(
        (k) => -k * (k - a),
        (k) => x + 2 * k + 1 - a,
      )
    );
  let term = 1 / a;
  let sum = term;
  for (let k = 1; term > sum * negligible; k++) {
    term *= x / (a + k);
    sum += term;
  }
  return 1 - front * sum;
}

/** I(x; a, b): the regularized incomplete beta function (Abramowitz and Stegun 26.5.8). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = exp(a * log(x) + b * log(1 - x) + logGamma(a + b) - logGamma(a) - logGamma(b)) / a;
  const coefficient = (k: number) => {
    const m = Math.floor(k / 2);
    return k % 2 === 0
      ? (m * (b - m) * x) / ((a + k - 1) * (a + k))
      : (-(a + m) * (a + b + m) * x) / ((a + k - 1) * (a + k));
  };
  return front * continuedFraction(coefficient, () => 1);
}

/** P(X > x) for a chi-square variable; 1 for df = 0 and x <= 0. */
export function chiSquareTail(x: number, df: number): number {
  return x <= 0 ? 1 : df === 0 ? 0 : gammaTail(df / 2, x / 2);
}

/** P(Z > z). */
export function normalTail(z: number): number {
  const tail = gammaTail(0.5, (z * z) / 2) / 2;
  return z >= 0 ? tail : 1 - tail;
}

/** P(|Z| > |z|). */
export function normalTwoSided(z: number): number {
  return gammaTail(0.5, (z * z) / 2);
}

/** P(T > t) for Student's t. */
export function studentTail(t: number, df: number): number {
  if (!Number.isFinite(t)) return t > 0 ? 0 : 1;
  const tail = incompleteBeta(df / (df + t * t), df / 2, 0.5) / 2;
  return t >= 0 ? tail : 1 - tail;
}

/** P(|T| > |t|). */
export function studentTwoSided(t: number, df: number): number {
  return 2 * studentTail(Math.abs(t), df);
}

/** P(F > f) for Fisher's F. */
export function fisherTail(f: number, df1: number, df2: number): number {
  return f <= 0 ? 1 : incompleteBeta(df2 / (df2 + df1 * f), df2 / 2, df1 / 2);
}

/** P(X <= k) for a binomial variable: the number of successes of n, each with probability p. */
export function binomialLower(k: number, n: number, p: number): number {
  return k < 0 ? 0 : k >= n ? 1 : incompleteBeta(1 - p, n - k, k + 1);
}

/** z with P(Z <= z) = p: the root, by safeguarded Newton steps, of the tail above. Infinite for p of 0 and 1. */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p <= 0) return Number.NEGATIVE_INFINITY;
  const density = (z: number) => exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  return -tailRoot(normalTail, density, p, Math.sqrt(-2 * log(2 * p)));
}

/** t with P(T <= t) = p. Infinite for p of 0 and 1. */
export function studentQuantile(p: number, df: number): number {
  if (p > 0.5) return -studentQuantile(1 - p, df);
  if (p <= 0) return Number.NEGATIVE_INFINITY;
  const constant = logGamma((df + 1) / 2) - logGamma(df / 2) - 0.5 * log(df * Math.PI);
  const density = (t: number) => exp(constant - ((df + 1) / 2) * log(1 + (t * t) / df));
  return -tailRoot((t) => studentTail(t, df), density, p, Math.sqrt(-2 * log(2 * p)));
}

/** x >= 0 where a decreasing tail is p. */
function tailRoot(
  tail: (x: number) => number,
  density: (x: number) => number,
  p: number,
  start: number,
): number {
  let [low, high] = [0, Math.max(1, start)];
  while (tail(high) > p) high *= 2;
  let x = Math.min(Math.max(start, low), high);
  for (let i = 0; i < 200; i++) {
    const excess = tail(x) - p;
    if (excess > 0) low = x;
    else high = x;
    const newton = x + excess / density(x);
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - x) <= 2 * Number.EPSILON * Math.abs(next)) return next;
    x = next;
  }
  return x;
}
