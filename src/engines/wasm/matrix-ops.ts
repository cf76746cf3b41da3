/** Matrix ops of update rules on linear memory, tensor by tensor: products by the shared kernels, eigenvalues in float64 on the host. */
import { paddedColumns } from '../../compiler/memory.ts';
import type { Program, UpdateNode } from '../../compiler/program.ts';
import type { Size } from '../../compiler/whole-ops.ts';
import { isMatrixOp, type MatrixOpName } from '../../genome/update-rule/ops.ts';
import { matrixSize } from '../../genome/update-rule/shapes.ts';
import type { MatrixShape } from '../../genome/update-rule/update-rule.ts';
import { eigenbasis, inverseRoot } from '../rules/eigen-ops.ts';
import { newtonSchulz } from '../rules/newton-schulz.ts';
import { type Layout, materialShape } from './layout.ts';
import type { Workspace } from './workspace.ts';

/** A matrix in memory, rows padded to vectors: `stride` bytes from row to row, `vectors` of four numbers in all. */
interface Placed {
  readonly address: number;
  readonly rows: number;
  readonly cols: number;
  readonly stride: number;
  readonly vectors: number;
}

/** One matrix op on one tensor; `b` is null for ops of one matrix. */
interface Call {
  readonly a: Placed;
  readonly b: Placed | null;
  readonly out: Placed;
}

/** `p` is the argument that is a number. */
type MatrixOp = (call: Call, p: number) => void;

interface MatrixKernels {
  combine(out: number, alpha: number, a: number, beta: number, b: number, vectors: number): void;
  dot(a: number, b: number, vectors: number): number;
  readonly [gemm: `gemm_${string}`]: (...args: readonly number[]) => void;
}

function place(address: number, { rows, cols }: Size): Placed {
  const padded = paddedColumns(cols);
  return { address, rows, cols, stride: 4 * padded, vectors: (rows * padded) / 4 };
}

/**
 * Gives the function that computes one matrix op of the update, all tensors in turn. On matrices of a few numbers the arithmetic takes less time than finding them: where each lies is
 * therefore worked out here, once, and a call does without objects and views of its own.
 */
export function createMatrixOps(program: Program, layout: Layout, workspace: Workspace) {
  const kernels = workspace.kernels as unknown as MatrixKernels;
  const gemm = { nn: kernels.gemm_nn!, nt: kernels.gemm_nt!, tn: kernels.gemm_tn! } as const;
  let heap = new Float32Array(0);

  /** The whole memory as numbers; made anew where it has grown, which leaves a view without elements. */
  function numbers(): Float32Array {
    if (heap.length === 0) heap = new Float32Array(workspace.memory.buffer);
    return heap;
  }

  /** out = init + alpha op(a) op(b), see gemm.ts. Padding that is 0 in `a` and `b` is 0 in `out`. */
  function product(
    kind: keyof typeof gemm,
    a: Placed,
    b: Placed,
    out: Placed,
    alpha = 1,
    init: Placed | null = null,
  ): void {
    gemm[kind](
      a.address,
      a.stride,
      b.address,
      b.stride,
      out.address,
      out.stride,
      init === null ? 0 : init.address,
      init === null ? 0 : init.stride,
      out.rows,
      out.cols,
      kind === 'tn' ? a.rows : a.cols,
      layout.scratch,
      alpha,
    );
  }

  const scale = (out: Placed, alpha: number, a: Placed) =>
    kernels.combine(out.address, alpha, a.address, 0, a.address, a.vectors);

  function orthogonalize({ a, out: x }: Call): void {
    const side = Math.min(a.rows, a.cols);
    const isTall = a.rows > a.cols;
    const gram = place(layout.matrices[0], { rows: side, cols: side });
    const factor = place(layout.matrices[1], { rows: side, cols: side });
    const before = place(layout.matrices[2], a);
    const norm = Math.sqrt(kernels.dot(a.address, a.address, a.vectors));
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

  function transpose({ a, out }: Call): void {
    const heap = numbers();
    const [from, fromStride] = [a.address / 4, a.stride / 4];
    const [to, toStride] = [out.address / 4, out.stride / 4];
    for (let j = 0; j < a.cols; j++) {
      const row = to + j * toStride;
      for (let i = 0; i < a.rows; i++) heap[row + i] = heap[from + i * fromStride + j]!;
      for (let i = a.rows; i < toStride; i++) heap[row + i] = 0;
    }
  }

  /** A function of a square matrix in float64. */
  function inFloat64({ a, out }: Call, f: (values: Float64Array, n: number) => Float64Array): void {
    const n = a.rows;
    const heap = numbers();
    const stride = a.stride / 4;
    const [from, to] = [a.address / 4, out.address / 4];
    const values = new Float64Array(n * n);
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) values[i * n + j] = heap[from + i * stride + j]!;
    const result = f(values, n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < stride; j++) heap[to + i * stride + j] = j < n ? result[i * n + j]! : 0;
  }

  const ops = {
    matmul: ({ a, b, out }) => product('nn', a, b!, out),
    transpose,
    orthogonalize,
    inverseRoot: (call, p) => inFloat64(call, (values, n) => inverseRoot(values, n, p)),
    eigenbasis: (call) => inFloat64(call, eigenbasis),
  } as const satisfies Record<MatrixOpName, MatrixOp>;

  const known = new Map(
    [...layout.wholes.keys()].flatMap((index): [number, { run: MatrixOp; calls: readonly Call[] }][] => {
      const node = program.update.nodes[index]!;
      if (node.kind !== 'op' || !isMatrixOp(node.op)) return [];
      return [[index, { run: ops[node.op], calls: callsOf(program, layout, index) }]];
    }),
  );

  /** Computes matrix op `index` for every tensor; `p` is its argument that is a number. */
  return (index: number, p: number): void => {
    const { run, calls } = known.get(index)!;
    for (const call of calls) run(call, p);
  };
}

/** Gives the matrices of one value, which lie one behind another: asked for each tensor in turn. */
function inTurn(address: number, shape: MatrixShape): (size: Size) => Placed {
  let next = address;
  return (size) => {
    const placed = place(next, matrixSize(shape, size));
    next += 16 * placed.vectors;
    return placed;
  };
}

/** Where arguments and result of a matrix op lie, by tensor. */
function callsOf({ update, parameters, tensors }: Program, layout: Layout, index: number): Call[] {
  const { args, shape } = update.nodes[index] as Extract<UpdateNode, { kind: 'op' }>;
  const addresses = layout.wholes.get(index)!.args;
  const [a, b] = [0, 1].map((i) => {
    const address = addresses[i] ?? null;
    return address === null ? () => null : inTurn(address, materialShape(update.nodes[args[i]!]!.shape));
  });
  const out = inTurn(layout.results.get(index)!, shape as MatrixShape);
  return parameters.map(({ value }) => {
    const size = tensors[value]!;
    return { a: a!(size)!, b: b!(size), out: out(size) };
  });
}
