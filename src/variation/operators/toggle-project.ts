import type { Architecture } from '../../genome/architecture/architecture.ts';
import type { Operator } from '../operator.ts';
import { geneChange, pickNode } from './architecture-edits.ts';

/** Lets an addition project its second input to the shape of the first, or no longer. */
export const toggleProject: Operator<Architecture> = (architecture, _settings, random) => {
  const index = pickNode(architecture, ({ op }) => op === 'add', random);
  if (index === null) return null;
  return geneChange(architecture, index, 'project', !architecture.nodes[index]!.genes['project']);
};
