import type { Architecture } from '../../genome/architecture/architecture.ts';
import type { Operator } from '../operator.ts';
import { geneChange, pickNode } from './architecture-edits.ts';

const others: Readonly<Record<string, string>> = {
  max: 'mean',
  mean: 'max',
  learned: 'sinusoid',
  sinusoid: 'learned',
};

/** Changes the kind of a pool (max, mean) or of positions (learned, sinusoid). */
export const alterKind: Operator<Architecture> = (architecture, _settings, random) => {
  const index = pickNode(architecture, ({ genes }) => 'kind' in genes, random);
  if (index === null) return null;
  const { genes } = architecture.nodes[index]!;
  return geneChange(architecture, index, 'kind', others[genes['kind'] as string]!);
};
