/** Where f'(x) costs little once f(x) is known, the forward pass stores it, too. The backward pass is then a product, dx = dy * slope, and the expensive part of both is computed once. */
import type { UnplacedTensor } from '../../compiler/network.ts';
import type { TensorId } from '../../compiler/program.ts';
import type { Passes } from './fused-ops.ts';
import { hasCheapSlope, isActivation } from './tensor-ops/elementwise.ts';

/** The passes with such activations and their gradients replaced; `add` makes the tensors for the slopes. */
export function keepSlopes(
  { forward, backward }: Passes,
  tensors: readonly UnplacedTensor[],
  add: (tensor: UnplacedTensor) => TensorId,
): Passes {
  const slopes = new Map<TensorId, TensorId>();
  for (const { y } of backward.filter(hasCheapSlope)) {
    const { name, rows, cols } = tensors[y]!;
    slopes.set(y, add({ name: `slope of ${name}`, role: 'activation', rows, cols }));
  }
  return {
    forward: forward.map((op) => {
      const slope = isActivation(op) ? slopes.get(op.out) : undefined;
      return isActivation(op) && slope !== undefined ? { ...op, slope } : op;
    }),
    backward: backward.map((op) =>
      hasCheapSlope(op)
        ? { op: 'multiply', a: slopes.get(op.y)!, b: op.dy, out: op.dx, accumulate: op.accumulate }
        : op,
    ),
  };
}
