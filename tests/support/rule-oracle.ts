/** The parameter, the gradient stream and the objective of the rule oracles in tests/fixtures. */
const scales = [
  [-3, -1, 0],
  [0, 1, -2],
].flatMap((row) => row.map((e) => 10 ** e));

export const start = () => Float64Array.of(0.5, -1, 2, 1.5, -0.25, 0.75);

export const openGradient = (t: number) =>
  Float64Array.from(scales, (s, n) => s * (Math.sin(0.7 * t + n) + 0.3 * Math.cos(1.9 * t * (n + 1))));

const A = [1e-3, 1e-1, 1, 2, 10, 0.5];
const B = [0.3, -0.2, 0.1, 0, 0.4, -0.6];

export const objective = (w: ArrayLike<number>) =>
  A.reduce((sum, a, i) => sum + 0.5 * a * (w[i]! - B[i]!) ** 2 + 0.1 * Math.cos(w[i]!), 0);

export const slope = (w: ArrayLike<number>) =>
  Float64Array.from(A, (a, i) => a * (w[i]! - B[i]!) - 0.1 * Math.sin(w[i]!));
