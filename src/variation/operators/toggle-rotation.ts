import type { Architecture } from '../../genome/architecture/architecture.ts';
import type { Operator } from '../operator.ts';
import { geneChange, isWeighted, pickNode } from './architecture-edits.ts';

/** Gives a weight a rotation, or takes it away: the same network in other coordinates. */
export const toggleRotation: Operator<Architecture> = (architecture, _settings, random) => {
  const index = pickNode(architecture, isWeighted, random);
  if (index === null) return null;
  return geneChange(architecture, index, 'rotation', !architecture.nodes[index]!.genes['rotation']);
};
