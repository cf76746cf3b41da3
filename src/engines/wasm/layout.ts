/** Where everything of one program lies in linear memory, in bytes: the arena, update states, results of reductions, noise, scratch. */
import { paddedColumns } from '../../compiler/memory.ts';
import type { Program, TensorOp } from '../../compiler/program.ts';
import { needsOf } from '../../compiler/whole-ops.ts';
import { isMatrixOp, type RuleOp, type RuleOpName, ruleOps } from '../../genome/update-rule/ops.ts';
import { isMatrix, matrixShapes, matrixSize } from '../../genome/update-rule/shapes.ts';
import type { MatrixShape, ValueShape } from '../../genome/update-rule/update-rule.ts';
import { panelColumns } from './gemm.ts';
import type { Table } from './tables.ts';
import { scratchOf, tableOf } from './tensor-ops/table.ts';

/** Words of a tensor descriptor, in order: all in bytes but rows and cols. */
export const descriptorWords = [
  'element',
  'rows',
  'cols',
  'stride',
  'rowBase',
  'colBase',
  'tensorBase',
] as const;
/** Bytes of a descriptor: the words above, then the tensor's own rows and cols, whatever the shape of the matrix. */
export const descriptorBytes = 36;

/** Byte offsets of the tensor's own rows and columns in its descriptor. */
export const descriptorOffset = { rows: 28, cols: 32 } as const;

/** The tensors as matrices of one shape: where their descriptors are, and how many bytes a value of that shape has. */
export interface Space {
  readonly descriptors: number;
  readonly bytes: number;
}

/** What a whole op has in memory: its arguments (null where one is a number), and what it keeps. */
export interface WholePlace {
  readonly args: readonly (number | null)[];
  readonly kept: readonly number[];
}

/** Addresses in bytes. */
export interface Layout {
  readonly arena: number;
  /** By matrix shape: `full` always, the others where a value has them. */
  readonly spaces: ReadonlyMap<MatrixShape, Space>;
  readonly rowIndices: number;
  /** What one op needs besides its operands. */
  readonly scratch: number;
  /** By op, for ops that read one. */
  readonly tables: ReadonlyMap<TensorOp, Table>;
  /** By state slot. States of shape `col` have a second buffer, `colBytes` after the first: new values wait there until every row has read the old ones. */
  readonly states: readonly number[];
  /** By node: results of reductions that are kept in memory (row, col, tensor), and of whole ops. */
  readonly results: ReadonlyMap<number, number>;
  /** By node: noise, in the layout of the parameter region. */
  readonly noise: ReadonlyMap<number, number>;
  /** By node: whole ops. */
  readonly wholes: ReadonlyMap<number, WholePlace>;
  /** Vectors that all whole ops share: copies of w and g while those are replaced, the point at which the loss is evaluated, and a sum of gradients. */
  readonly aside: { readonly w: number; readonly g: number; readonly place: number; readonly sum: number };
  /** Two square matrices and one of any shape, for matrix ops. */
  readonly matrices: readonly [number, number, number];
  readonly colBytes: number;
  readonly end: number;
}

const align = (address: number) => Math.ceil(address / 16) * 16;

/** So many rows behind the last matrix must be readable: a product reads whole panels, and masks what does not belong to the matrix. */
const rowsReadBehind = panelColumns;

/** Lays a program out from `base` on. */
export function planLayout(program: Program, base: number): Layout {
  const { tensors, parameters, update } = program;
  const sizes = parameters.map(({ value }) => tensors[value]!);
  const rows = sizes.reduce((total, size) => total + size.rows, 0);
  const colBytes = 4 * sizes.reduce((total, size) => total + size.stride, 0);
  const bytesOf = (shape: ValueShape): number => {
    if (isMatrix(shape)) return sizes.reduce((total, size) => total + matrixBytes(shape, size), 0);
    return { all: 8, tensor: 8 * sizes.length, row: 8 * rows, col: colBytes }[shape];
  };
  let end = align(base);
  const reserve = (bytes: number) => {
    const address = end;
    end = align(end + bytes);
    return address;
  };
  const arena = reserve(4 * program.arenaLength);
  const spaces = new Map<MatrixShape, Space>();
  for (const shape of matrixShapesIn(update))
    spaces.set(shape, { descriptors: reserve(descriptorBytes * sizes.length), bytes: bytesOf(shape) });
  const rowIndices = reserve(4 * program.batchSize);
  const scratch = reserve(4 * scratchNumbers(program, sizes));
  const tables = new Map<TensorOp, Table>();
  for (const op of [...program.forward, ...program.backward]) {
    const values = tableOf(op, tensors);
    if (values !== null) tables.set(op, { address: reserve(4 * values.length), values });
  }
  const states = update.states.map(({ shape }) => reserve(shape === 'col' ? 2 * colBytes : bytesOf(shape)));
  const results = new Map<number, number>();
  const noise = new Map<number, number>();
  const wholes = new Map<number, WholePlace>();
  for (const [index, node] of update.nodes.entries()) {
    if (node.kind !== 'op') continue;
    const { kind }: RuleOp = ruleOps[node.op];
    if (kind === 'noise') noise.set(index, reserve(bytesOf('full')));
    if (kind === 'reduction' && node.over !== 'all') results.set(index, reserve(bytesOf(node.over!)));
    if (kind !== 'whole') continue;
    if (node.shape !== 'all') results.set(index, reserve(bytesOf(node.shape)));
    wholes.set(index, {
      args: node.args.map((arg, i) =>
        takesNumber(node.op, i) ? null : reserve(bytesOf(materialShape(update.nodes[arg]!.shape))),
      ),
      kept: Array.from({ length: needsOf(node.op)?.vectors(node.count ?? 0) ?? 0 }, () =>
        reserve(bytesOf('full')),
      ),
    });
  }
  const looks = update.nodes.some((node) => node.kind === 'op' && needsOf(node.op) !== null);
  const vector = () => (looks ? reserve(bytesOf('full')) : 0);
  const aside = { w: vector(), g: vector(), place: vector(), sum: vector() };
  const squareBytes = Math.max(...sizes.map((size) => matrixBytes('full', square(size))));
  const hasMatrixOps = update.nodes.some((node) => node.kind === 'op' && isMatrixOp(node.op));
  const matrix = (bytes: number) => (hasMatrixOps ? reserve(bytes) : 0);
  const matrices = [
    matrix(squareBytes),
    matrix(squareBytes),
    matrix(Math.max(...sizes.map((size) => matrixBytes('full', size)))),
  ] as const;
  if (hasMatrixOps) reserve(4 * rowsReadBehind * Math.max(...sizes.map(longestRow)));
  return {
    arena,
    spaces,
    rowIndices,
    scratch,
    tables,
    states,
    results,
    noise,
    wholes,
    aside,
    matrices,
    colBytes,
    end,
  };
}

type Size = Program['tensors'][number];

/** The square of the shorter side. */
const square = ({ rows, cols }: Size) => {
  const side = Math.min(rows, cols);
  return { rows: side, cols: side };
};

const longestRow = ({ rows, cols }: Size) => paddedColumns(Math.max(rows, cols));

/** Bytes of a tensor as a matrix of this shape, rows padded. */
export function matrixBytes(
  shape: MatrixShape,
  size: { readonly rows: number; readonly cols: number },
): number {
  const { rows, cols } = matrixSize(shape, size);
  return 4 * rows * paddedColumns(cols);
}

/** The shape in which an argument of a whole op lies in memory: its own, or `full` where it broadcasts. */
export const materialShape = (shape: ValueShape): MatrixShape => (isMatrix(shape) ? shape : 'full');

/** Whether an argument of an op is one number for all parameters, passed as such. */
export const takesNumber = (op: RuleOpName, arg: number): boolean =>
  (ruleOps[op] as RuleOp).takes?.[arg] === 'all';

function matrixShapesIn({ nodes, states }: Program['update']): MatrixShape[] {
  const shapes = new Set<ValueShape>([...nodes, ...states].map(({ shape }) => shape));
  return matrixShapes.filter((shape) => shape === 'full' || shapes.has(shape));
}

function scratchNumbers({ forward, backward, tensors, update }: Program, sizes: readonly Size[]): number {
  const network = scratchOf([...forward, ...backward], tensors);
  const hasMatrixOps = update.nodes.some((node) => node.kind === 'op' && isMatrixOp(node.op));
  return hasMatrixOps
    ? Math.max(network, ...sizes.map(({ rows, cols }) => panelColumns * Math.max(rows, cols)))
    : network;
}

/** One descriptor per parameter tensor as a matrix of this shape, as 32-bit words. Rows and columns of results belong to `full`. */
export function descriptorTable(program: Program, shape: MatrixShape): Int32Array {
  const table = new Int32Array((descriptorBytes / 4) * program.parameters.length);
  let element = 0;
  let rowBase = 0;
  let colBase = 0;
  for (const [p, { value }] of program.parameters.entries()) {
    const size = program.tensors[value]!;
    const { rows, cols } = matrixSize(shape, size);
    const stride = 4 * paddedColumns(cols);
    table.set(
      [element, rows, cols, stride, rowBase, colBase, 8 * p, size.rows, size.cols],
      (descriptorBytes / 4) * p,
    );
    element += matrixBytes(shape, size);
    rowBase += 8 * rows;
    colBase += stride;
  }
  return table;
}
