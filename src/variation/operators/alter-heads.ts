import type { Architecture } from '../../genome/architecture/architecture.ts';
import type { Operator } from '../operator.ts';
import { divisorsOf, geneChange, pickNode } from './architecture-edits.ts';

/** Changes the number of heads of an attention layer, or whether it is causal. */
export const alterHeads: Operator<Architecture> = (architecture, _settings, random) => {
  const index = pickNode(architecture, ({ op }) => op === 'attention', random);
  if (index === null) return null;
  const { genes } = architecture.nodes[index]!;
  const others = divisorsOf(genes['units'] as number).filter(
    (count) => count <= 256 && count !== genes['heads'],
  );
  return others.length === 0 || random.uniform() < 0.3
    ? geneChange(architecture, index, 'causal', !genes['causal'])
    : geneChange(architecture, index, 'heads', random.pick(others));
};
