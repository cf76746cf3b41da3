import type { Architecture } from '../../genome/architecture/architecture.ts';
import type { Operator } from '../operator.ts';
import { geneChange, pickNode } from './architecture-edits.ts';

/** Changes how far a window reaches: the kernel of a convolution or pool, or the dilation of a convolution. */
export const alterKernel: Operator<Architecture> = (architecture, _settings, random) => {
  const index = pickNode(architecture, ({ op }) => op === 'conv' || op === 'pool', random);
  if (index === null) return null;
  const { op, genes } = architecture.nodes[index]!;
  const gene = op === 'conv' && random.uniform() < 0.25 ? 'dilation' : 'kernel';
  const size = (genes[gene] as number) + random.pick([-2, -1, 1, 2]);
  return geneChange(architecture, index, gene, Math.min(64, Math.max(1, size)));
};
