/** Matrix ops of update rules on linear memory, tensor by tensor: products by the shared kernels, eigenvalues in float64 on the host. */
import { paddedColumns } from '../../compiler/memory.ts';
import type { Program, UpdateNode } from '../../compiler/program.ts';
import type { MatrixOpName } from '../../genome/update-rule/ops.ts';
import { matrixSize } from '../../genome/update-rule/shapes.ts';
import type { MatrixShape } from '../../genome/update-rule/update-rule.ts';
import { eigenbasis, inverseRoot } from '../rules/eigen-ops.ts';
import { newtonSchulz } from '../rules/newton-schulz.ts';
import { type Layout, materialShape, matrixBytes } from './layout.ts';
import type { Workspace } from './workspace.ts';

/** A matrix in memory, rows padded to vectors. */
interface Placed {
  readonly address: number;
  readonly rows: number;
  readonly cols: number;
}

interface MatrixKernels {
  combine(out: number, alpha: number, a: number, beta: number, b: number, vectors: number): void;
  dot(a: number, b: number, vectors: number): number;
  readonly [gemm: `gemm_${string}`]: (...args: readonly number[]) => void;
}

const stride = ({ cols }: Placed) => 4 * paddedColumns(cols);
const vectorsIn = ({ rows, cols }: Placed) => (rows * paddedColumns(cols)) / 4;

/** Gives the function that computes one matrix op of the update, all tensors in turn. */
export function createMatrixOps(program: Program, layout: Layout, workspace: Workspace) {
  const kernels = workspace.kernels as unknown as MatrixKernels;
  const sizes = program.parameters.map(({ value }) => program.tensors[value]!);

  /** out = init + alpha op(a) op(b), see gemm.ts. Padding that is 0 in `a` and `b` is 0 in `out`. */
  function product(
    kind: 'nn' | 'nt' | 'tn',
    a: Placed,
    b: Placed,
    out: Placed,
    alpha = 1,
    init: Placed | null = null,
  ): void {
    kernels[`gemm_${kind}`]!(
      a.address,
      stride(a),
      b.address,
      stride(b),
      out.address,
      stride(out),
      init?.address ?? 0,
      init === null ? 0 : stride(init),
      out.rows,
      out.cols,
      kind === 'tn' ? a.rows : a.cols,
      layout.scratch,
      alpha,
    );
  }

  const scale = (out: Placed, alpha: number, a: Placed) =>
    kernels.combine(out.address, alpha, a.address, 0, a.address, vectorsIn(a));

  function orthogonalize(a: Placed, x: Placed): void {
    const side = Math.min(a.rows, a.cols);
    const isTall = a.rows > a.cols;
    const gram = { address: layout.matrices[0], rows: side, cols: side };
    const factor = { address: layout.matrices[1], rows: side, cols: side };
    const before = { ...a, address: layout.matrices[2] };
    const norm = Math.sqrt(kernels.dot(a.address, a.address, vectorsIn(a)));
    scale(x, 1 / (norm + newtonSchulz.epsilon), a);
    for (let step = 0; step < newtonSchulz.steps; step++) {
      // The Gram matrix of the shorter side, X X' or X' X; its factor stands on that side of X.
      product(isTall ? 'tn' : 'nt', x, x, gram);
      scale(factor, newtonSchulz.b, gram);
      product('nn', gram, gram, factor, newtonSchulz.c, factor);
      scale(before, 1, x);
      scale(x, newtonSchulz.a, x);
      if (isTall) product('nn', before, factor, x, 1, x);
      else product('nn', factor, before, x, 1, x);
    }
  }

  const view = (matrix: Placed) =>
    new Float32Array(workspace.memory.buffer, matrix.address, matrix.rows * paddedColumns(matrix.cols));

  function transpose(a: Placed, out: Placed): void {
    const [from, to] = [view(a), view(out)];
    to.fill(0);
    for (let i = 0; i < a.rows; i++)
      for (let j = 0; j < a.cols; j++)
        to[j * paddedColumns(a.rows) + i] = from[i * paddedColumns(a.cols) + j]!;
  }

  /** A function of a square matrix in float64. */
  function inFloat64(a: Placed, out: Placed, f: (values: Float64Array, n: number) => Float64Array): void {
    const n = a.rows;
    const padded = paddedColumns(n);
    const [from, to] = [view(a), view(out)];
    const values = new Float64Array(n * n);
    for (let i = 0; i < n; i++) values.set(from.subarray(i * padded, i * padded + n), i * n);
    const result = f(values, n);
    to.fill(0);
    for (let i = 0; i < n; i++) to.set(result.subarray(i * n, (i + 1) * n), i * padded);
  }

  const ops = {
    matmul: (a, out, b) => product('nn', a, b!, out),
    transpose,
    orthogonalize,
    inverseRoot: (a, out, _b, p) => inFloat64(a, out, (values, n) => inverseRoot(values, n, p)),
    eigenbasis: (a, out) => inFloat64(a, out, eigenbasis),
  } as const satisfies Record<MatrixOpName, (a: Placed, out: Placed, b: Placed | null, p: number) => void>;

  /** Computes matrix op `index` for every tensor; `p` is its argument that is a number. */
  return (index: number, p: number): void => {
    const { op, args, shape } = program.update.nodes[index] as Extract<UpdateNode, { kind: 'op' }>;
    const run: (a: Placed, out: Placed, b: Placed | null, p: number) => void = ops[op as MatrixOpName];
    const places = [...layout.wholes.get(index)!.args, layout.results.get(index)!];
    const shapes = [
      ...args.map((arg) => materialShape(program.update.nodes[arg]!.shape)),
      shape as MatrixShape,
    ];
    const offsets = places.map(() => 0);
    for (const size of sizes) {
      const placed = places.map((address, i): Placed | null => {
        if (address === null) return null;
        const here = { address: address + offsets[i]!, ...matrixSize(shapes[i]!, size) };
        offsets[i]! += matrixBytes(shapes[i]!, size);
        return here;
      });
      run(placed[0]!, placed.at(-1)!, placed.length === 3 ? placed[1]! : null, p);
    }
  };
}
