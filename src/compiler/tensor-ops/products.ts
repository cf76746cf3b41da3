/** Products of matrices, whole and by blocks. */
import { paddedColumns } from '../padding.ts';
import { isRow, type RecordsOf, type Size, same, type TensorOpOf } from './record.ts';
import { padded } from './work.ts';

const operands = {
  matmul: { a: 'reads', b: 'reads', bias: 'mayRead', out: 'accumulates' },
  blockMatmul: { a: 'reads', b: 'reads', out: 'accumulates' },
} as const;
type Of<Name extends keyof typeof operands, Attributes> = TensorOpOf<
  Name,
  (typeof operands)[Name],
  Attributes
>;

/** Which operand is transposed, one at most, and what the product is multiplied with. */
interface Factors {
  transposeA: boolean;
  transposeB: boolean;
  alpha: number;
}

/** out = (accumulate ? out : bias, broadcast over rows, or 0) + alpha * op(a) op(b), op = transpose where asked. */
export type Matmul = Of<'matmul', Factors>;
/**
 * The same product on blocks: each operand is cut into `rowBlocks` x `columnBlocks` equal blocks, and each block of out is the product of the blocks of a and b in that place.
 * Attention multiplies per example and head so, a grouped convolution per group.
 */
export type BlockMatmul = Of<'blockMatmul', Factors & { rowBlocks: number; columnBlocks: number }>;

/** The ops of this file. */
export type ProductOp = Matmul | BlockMatmul;

const turned = ({ rows, cols }: Size, transposed: boolean): Size =>
  transposed ? { rows: cols, cols: rows } : { rows, cols };

/** Their records. */
export const products = {
  matmul: {
    operands: operands.matmul,
    claims({ a, b, out, transposeA, transposeB, bias }, size) {
      const [left, right, product] = [turned(size(a), transposeA), turned(size(b), transposeB), size(out)];
      return [
        ['the inner sizes agree', left.cols === right.rows],
        ['the product has the outer sizes', same(product, { rows: left.rows, cols: right.cols })],
        ['the bias has one number per column', bias === null || isRow(size(bias), product.cols)],
        ['one operand at most is transposed', !(transposeA && transposeB)],
      ];
    },
    flops: ({ a, out, transposeA }, size) => 2 * padded(size(out)) * (turned(size(a), transposeA).cols + 1),
    adjoint(tape, { a, b, out, alpha, bias }) {
      const dy = tape.gradient(out);
      if (bias !== null) tape.emit({ op: 'columnSum', x: dy, out: tape.contribution(bias)!.gradient });
      const weight = tape.contribution(b);
      if (weight !== null)
        tape.emit({
          op: 'matmul',
          a,
          b: dy,
          out: weight.gradient,
          transposeA: true,
          transposeB: false,
          alpha,
          bias: null,
          accumulate: weight.accumulate,
        });
      const into = tape.contribution(a);
      if (into !== null)
        tape.emit({
          op: 'matmul',
          a: dy,
          b,
          out: into.gradient,
          transposeA: false,
          transposeB: true,
          alpha,
          bias: null,
          accumulate: into.accumulate,
        });
    },
  },
  blockMatmul: {
    operands: operands.blockMatmul,
    claims({ a, b, out, rowBlocks, columnBlocks, transposeA, transposeB }, size) {
      const whole = [a, b, out].map((id) => size(id));
      const [left, right, product] = whole.map(({ rows, cols }) => ({
        rows: rows / rowBlocks,
        cols: cols / columnBlocks,
      })) as [Size, Size, Size];
      const [first, second] = [turned(left, transposeA), turned(right, transposeB)];
      return [
        [
          'blocks are equal',
          whole.every(({ rows, cols }) => rows % rowBlocks === 0 && cols % columnBlocks === 0),
        ],
        ['the inner sizes agree', first.cols === second.rows],
        ['the product has the outer sizes', same(product, { rows: first.rows, cols: second.cols })],
        ['one operand at most is transposed', !(transposeA && transposeB)],
      ];
    },
    flops({ a, out, rowBlocks, columnBlocks, transposeA }, size) {
      const { rows, cols } = size(a);
      const inner = transposeA ? rows / rowBlocks : cols / columnBlocks;
      const width = size(out).cols / columnBlocks;
      const blockRows = size(out).rows * columnBlocks;
      // Blocks whose rows do not end with a vector are made aside and copied.
      const aside = columnBlocks > 1 && width % 4 !== 0 ? 300 * blockRows : 0;
      return blockRows * paddedColumns(width) * (2 * paddedColumns(inner) + 4) + aside;
    },
    /** One block of the product. */
    room({ out, rowBlocks, columnBlocks }, size) {
      const { rows, cols } = size(out);
      return { aside: (rows / rowBlocks) * paddedColumns(cols / columnBlocks) };
    },
    adjoint(tape, { a, b, out, rowBlocks, columnBlocks, transposeB, alpha }) {
      const dy = tape.gradient(out);
      const blocks = { op: 'blockMatmul', rowBlocks, columnBlocks, alpha } as const;
      const left = tape.contribution(a);
      if (left !== null)
        tape.emit({
          ...blocks,
          a: dy,
          b,
          out: left.gradient,
          transposeA: false,
          transposeB: !transposeB,
          accumulate: left.accumulate,
        });
      const right = tape.contribution(b);
      if (right !== null)
        tape.emit({
          ...blocks,
          ...(transposeB ? { a: dy, b: a } : { a, b: dy }),
          out: right.gradient,
          transposeA: true,
          transposeB: false,
          accumulate: right.accumulate,
        });
    },
  },
} as const satisfies RecordsOf<ProductOp>;
