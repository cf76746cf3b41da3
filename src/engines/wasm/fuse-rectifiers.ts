/**
 * A matrix product also does the rectifier behind it, or the rectifier's gradient, on the numbers that it holds in registers.
 *
 * y = relu(t) after t = a b: the product writes y, and t is never made. dx = dy relu'(t) after dy = c d^T: the product writes dx, gated by y, since relu's slope is the
 * same read from y. A reshape between the two is no obstacle: it then cuts what is rectified, or gated, already.
 */
import type { TensorId } from '../../compiler/program.ts';
import type { UnaryGrad } from '../../compiler/tensor-ops/elementwise.ts';
import type { Reshape } from '../../compiler/tensor-ops/moves.ts';
import {
  areSameInMemory,
  type FusedMatmul,
  type FusedOp,
  type Passes,
  readersOf,
  writersOf,
} from './fused-ops.ts';
import { isRectifier, isRectifierGrad } from './tensor-ops/elementwise.ts';
import { isReshape } from './tensor-ops/moves.ts';
import { isProduct } from './tensor-ops/products.ts';

type Program = Passes & {
  readonly output: TensorId;
  readonly tensors: readonly { readonly rows: number; readonly cols: number }[];
};

/** Takes every rectifier and every rectifier's gradient into the product before it, where nothing else reads that product. */
export function fuseRectifiers(program: Program): Passes {
  return gateProducts({ ...program, ...rectifyProducts(program) });
}

/** The product that makes a tensor, and the reshape between, if there is one; null where anything else has a hand in it, or where others read the product. */
function productOf(
  id: TensorId,
  passes: Passes,
): { readonly product: FusedMatmul; readonly cut: Reshape | null } | null {
  const [writer, ...others] = writersOf(id, passes);
  if (writer === undefined || others.length > 0) return null;
  if (isProduct(writer)) return writer.accumulate ? null : { product: writer, cut: null };
  if (!isReshape(writer) || writer.accumulate || readersOf(writer.x, passes).length > 1) return null;
  const [product, ...more] = writersOf(writer.x, passes);
  return product !== undefined && isProduct(product) && !product.accumulate && more.length === 0
    ? { product, cut: writer }
    : null;
}

/** The passes with other ops in the place of some; null takes one out. */
function replaced({ forward, backward }: Passes, by: ReadonlyMap<FusedOp, FusedOp | null>): Passes {
  const replace = (ops: readonly FusedOp[]) =>
    ops.flatMap((op): readonly FusedOp[] => {
      const other = by.get(op);
      return other === undefined ? [op] : other === null ? [] : [other];
    });
  return { forward: replace(forward), backward: replace(backward) };
}

/** The product, changed so, and the reshape, with `out` as what comes out at their end. */
const ending = (
  { product, cut }: NonNullable<ReturnType<typeof productOf>>,
  out: TensorId,
  change: Partial<FusedMatmul>,
): readonly (readonly [FusedOp, FusedOp])[] =>
  cut === null
    ? [[product, { ...product, ...change, out }]]
    : [
        [product, { ...product, ...change }],
        [cut, { ...cut, out }],
      ];

/** y = relu(t), where t is a product that nothing else reads: y = the rectified product. */
function rectifyProducts(program: Program): Passes {
  for (const unary of program.forward) {
    if (!isRectifier(unary) || unary.x === program.output) continue;
    const made = productOf(unary.x, program);
    if (made === null || made.product.out === program.output) continue;
    const slopes = readersOf(unary.x, program).filter((op) => op !== unary);
    const isItsSlope = (op: FusedOp): op is UnaryGrad =>
      isRectifierGrad(op) && op.y === unary.out && op.dy !== unary.x;
    if (!slopes.every(isItsSlope)) continue;
    const by = new Map<FusedOp, FusedOp | null>([
      ...ending(made, unary.out, { rectified: true }),
      [unary, null],
      ...slopes.map((slope) => [slope, { ...slope, x: unary.out }] as const),
    ]);
    return rectifyProducts({ ...program, ...replaced(program, by) });
  }
  return program;
}

/** dx = dy relu'(x), where dy is a product that nothing else reads: dx = the gated product. */
function gateProducts(program: Program): Passes {
  for (const slope of program.backward) {
    if (!isRectifierGrad(slope) || slope.accumulate) continue;
    const made = productOf(slope.dy, program);
    if (made === null || !made.product.transposeB) continue;
    if (readersOf(slope.dy, program).length !== 1) continue;
    const { tensors } = program;
    if (!areSameInMemory(tensors[made.product.out]!, tensors[slope.y]!)) continue;
    const by = new Map<FusedOp, FusedOp | null>([
      ...ending(made, slope.dx, { gate: slope.y }),
      [slope, null],
    ]);
    return gateProducts({ ...program, ...replaced(program, by) });
  }
  return program;
}
