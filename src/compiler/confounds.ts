/** Layers that mean something else under some settings than they are. docs/confounds.md has these and their harmless kin. */
import type { Architecture, Shape } from '../genome/architecture/architecture.ts';

/**
 * Why a layer gives a constant in training and something else when it is measured, or null where none does: no result is to be made of it. `shapes` are those of the nodes for one
 * example. A layer that gives the same constant always, such as a layer norm over one channel, is the architecture's own business: selection sees what it is worth.
 */
export function constantLayer(
  architecture: Architecture,
  shapes: readonly Shape[],
  batchSize: number,
): string | null {
  const blind = architecture.nodes.some(({ op, inputs }) => {
    if (op !== 'batchNorm') return false;
    const [height, width] = shapes[inputs[0]!]!;
    return batchSize * height * width === 1;
  });
  return blind
    ? 'batchNorm in a batch of one example and one position gives its bias whatever it reads; raise evaluation.batchSize'
    : null;
}
