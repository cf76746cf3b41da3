/** y = f(x), where f'(x) costs little beside it, writes the slopes too: dx = dy f'(x) is a product then, and the costly part of both is made once. */
import type { UnplacedTensor } from '../../compiler/network.ts';
import type { TensorId, TensorOp } from '../../compiler/program.ts';
import { partedActivations } from './activation-kernels.ts';
import type { FusedOp, FusedUnary, Passes } from './fused-ops.ts';

type UnaryGrad = Extract<TensorOp, { op: 'unaryGrad' }>;

export function keepSlopes(
  { forward, backward }: Passes,
  tensors: readonly UnplacedTensor[],
  add: (tensor: UnplacedTensor) => TensorId,
): Passes {
  const isParted = (op: FusedOp): op is UnaryGrad => op.op === 'unaryGrad' && partedActivations.has(op.fn);
  const slopes = new Map<TensorId, TensorId>();
  for (const { y } of backward.filter(isParted)) {
    const { name, rows, cols } = tensors[y]!;
    slopes.set(y, add({ name: `slope of ${name}`, role: 'activation', rows, cols }));
  }
  return {
    forward: forward.map((op) => {
      const slope = op.op === 'unary' ? slopes.get(op.out) : undefined;
      return slope === undefined ? op : { ...(op as FusedUnary), slope };
    }),
    backward: backward.map((op) =>
      isParted(op)
        ? { op: 'multiply', a: slopes.get(op.y)!, b: op.dy, out: op.dx, accumulate: op.accumulate }
        : op,
    ),
  };
}
