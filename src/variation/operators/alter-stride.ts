import type { Architecture } from '../../genome/architecture/architecture.ts';
import type { Operator } from '../operator.ts';
import { geneChange, pickNode } from './architecture-edits.ts';

/** Changes where windows lie: the stride of a convolution or pool, or the padding of a convolution. */
export const alterStride: Operator<Architecture> = (architecture, _settings, random) => {
  const index = pickNode(architecture, ({ op }) => op === 'conv' || op === 'pool', random);
  if (index === null) return null;
  const { op, genes } = architecture.nodes[index]!;
  if (op === 'conv' && random.uniform() < 0.3) {
    const others = ['same', 'valid', 1, 2].filter((padding) => padding !== genes['padding']);
    return geneChange(architecture, index, 'padding', random.pick(others));
  }
  const stride = (genes['stride'] as number) + random.pick([-1, 1]);
  return geneChange(architecture, index, 'stride', Math.min(64, Math.max(1, stride)));
};
