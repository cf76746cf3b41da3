/** Layers that would train without complaint and learn nothing where they stand: they are refused, so that no result is made of them. docs/confounds.md has these and their harmless kin. */
import type { Architecture, Shape } from '../genome/architecture/architecture.ts';

/** Why a layer gives a constant whatever it reads, or null where none does. `shapes` are those of the nodes for one example. */
export function constantLayer(
  architecture: Architecture,
  shapes: readonly Shape[],
  batchSize: number,
): string | null {
  for (const { op, inputs } of architecture.nodes) {
    if (op !== 'batchNorm' && op !== 'layerNorm') continue;
    const [height, width, channels] = shapes[inputs[0]!]!;
    if (op === 'batchNorm' && batchSize * height * width === 1)
      return 'batchNorm in a batch of one example and one position gives its bias whatever it reads; raise evaluation.batchSize';
    if (op === 'layerNorm' && channels === 1)
      return 'layerNorm over one channel gives its bias whatever it reads';
  }
  return null;
}
