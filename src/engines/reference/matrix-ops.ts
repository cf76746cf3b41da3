/** Matrix ops of update rules on one tensor: plain loops over row-major float64. */
import type { MatrixOpName } from '../../genome/update-rule/ops.ts';
import { eigenbasis, inverseRoot } from '../rules/eigen-ops.ts';
import { newtonSchulz } from '../rules/newton-schulz.ts';

/** A dense row-major matrix. */
export interface Matrix {
  readonly rows: number;
  readonly cols: number;
  readonly values: Float64Array;
}

function product(a: Matrix, b: Matrix): Matrix {
  const values = new Float64Array(a.rows * b.cols);
  for (let i = 0; i < a.rows; i++)
    for (let j = 0; j < b.cols; j++)
      for (let k = 0; k < a.cols; k++)
        values[i * b.cols + j]! += a.values[i * a.cols + k]! * b.values[k * b.cols + j]!;
  return { rows: a.rows, cols: b.cols, values };
}

const transposed = ({ rows, cols, values }: Matrix): Matrix => ({
  rows: cols,
  cols: rows,
  values: values.map((_, at) => values[(at % rows) * cols + Math.floor(at / rows)]!),
});

const combined = (alpha: number, a: Matrix, beta: number, b: Matrix): Matrix => ({
  ...a,
  values: a.values.map((x, i) => alpha * x + beta * b.values[i]!),
});

/** X = a X + (b A + c A A) X with A = X X', on the shorter side. */
function orthogonalized(matrix: Matrix): Matrix {
  if (matrix.rows > matrix.cols) return transposed(orthogonalized(transposed(matrix)));
  const { a, b, c, steps, epsilon } = newtonSchulz;
  const norm = Math.sqrt(matrix.values.reduce((sum, x) => sum + x * x, 0));
  let x: Matrix = { ...matrix, values: matrix.values.map((value) => value / (norm + epsilon)) };
  for (let step = 0; step < steps; step++) {
    const square = product(x, transposed(x));
    x = combined(a, x, 1, product(combined(b, square, c, product(square, square)), x));
  }
  return x;
}

/** `b` is the second matrix, `p` the second argument where that is a number. */
export const matrixOps = {
  matmul: (a, b) => product(a, b!),
  transpose: (a) => transposed(a),
  orthogonalize: (a) => orthogonalized(a),
  inverseRoot: (a, _b, p) => ({ ...a, values: inverseRoot(a.values, a.rows, p) }),
  eigenbasis: (a) => ({ ...a, values: eigenbasis(a.values, a.rows) }),
} as const satisfies Record<MatrixOpName, (a: Matrix, b: Matrix | undefined, p: number) => Matrix>;
