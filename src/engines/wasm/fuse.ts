/**
 * One rewrite before a program becomes calls: a matrix product also does the rectifier behind it, or the rectifier's gradient, on the numbers that it holds in registers.
 *
 * y = relu(t) after t = a b: the product writes y, and t is never made. dx = dy relu'(t) after dy = c d^T: the product writes dx, gated by y, since relu's slope is the
 * same read from y. Both give the bits that the ops one by one give. A tensor that is not made any more gives up its place, and memory is planned anew.
 */
import { operandsOf } from '../../compiler/differentiate.ts';
import { planMemory } from '../../compiler/memory.ts';
import type { Program, TensorId, TensorOp } from '../../compiler/program.ts';

type Matmul = Extract<TensorOp, { op: 'matmul' }>;
type UnaryGrad = Extract<TensorOp, { op: 'unaryGrad' }>;

/** `rectified`: negative elements of the product become 0. `gate`: elements become 0 where this tensor's are not above 0. */
export interface FusedMatmul extends Matmul {
  readonly rectified?: boolean;
  readonly gate?: TensorId;
}

export type FusedOp = Exclude<TensorOp, Matmul> | FusedMatmul;

export interface FusedProgram extends Program {
  readonly forward: readonly FusedOp[];
  readonly backward: readonly FusedOp[];
}

interface Passes {
  readonly forward: readonly FusedOp[];
  readonly backward: readonly FusedOp[];
}

export function fuse(program: Program): FusedProgram {
  const { forward, backward } = gateProducts(rectifyProducts(program, program.output));
  const alive = new Set([...forward, ...backward].flatMap((op) => operandsOf(op).writes));
  const made = new Set([...program.forward, ...program.backward].flatMap((op) => operandsOf(op).writes));
  const tensors = program.tensors.map((tensor, id) =>
    made.has(id) && !alive.has(id) ? { ...tensor, rows: 0 } : tensor,
  );
  return { ...program, ...planMemory({ ...program, tensors, forward, backward }), forward, backward };
}

const readersOf = (id: TensorId, { forward, backward }: Passes) =>
  [...forward, ...backward].filter((op) => operandsOf(op).reads.includes(id));
const writersOf = (id: TensorId, { forward, backward }: Passes) =>
  [...forward, ...backward].filter((op) => operandsOf(op).writes.includes(id));

/** y = relu(t), where t is a product that nothing else reads: y = the rectified product. */
function rectifyProducts(passes: Passes, output: TensorId): Passes {
  for (const unary of passes.forward) {
    if (unary.op !== 'unary' || unary.fn !== 'relu' || unary.x === output) continue;
    const [product, ...others] = writersOf(unary.x, passes);
    if (product?.op !== 'matmul' || product.accumulate || others.length > 0) continue;
    const slopes = readersOf(unary.x, passes).filter((op) => op !== unary);
    const isItsSlope = (op: FusedOp): op is UnaryGrad =>
      op.op === 'unaryGrad' && op.fn === 'relu' && op.y === unary.out && op.dy !== unary.x;
    if (!slopes.every(isItsSlope)) continue;
    const fused: FusedMatmul = { ...product, out: unary.out, rectified: true };
    return rectifyProducts(
      {
        forward: passes.forward.flatMap((op) => (op === product ? fused : op === unary ? [] : op)),
        backward: passes.backward.map((op) =>
          slopes.includes(op as UnaryGrad) ? { ...(op as UnaryGrad), x: unary.out } : op,
        ),
      },
      output,
    );
  }
  return passes;
}

/** dx = dy relu'(x), where dy is a product that nothing else reads: dx = the gated product. */
function gateProducts(passes: Passes): Passes {
  for (const slope of passes.backward) {
    if (slope.op !== 'unaryGrad' || slope.fn !== 'relu' || slope.accumulate) continue;
    const [product, ...others] = writersOf(slope.dy, passes);
    if (product?.op !== 'matmul' || !product.transposeB || product.accumulate || others.length > 0) continue;
    if (readersOf(slope.dy, passes).length !== 1) continue;
    const fused: FusedMatmul = { ...product, out: slope.dx, gate: slope.y };
    return gateProducts({
      forward: passes.forward,
      backward: passes.backward.flatMap((op) => (op === product ? fused : op === slope ? [] : op)),
    });
  }
  return passes;
}
