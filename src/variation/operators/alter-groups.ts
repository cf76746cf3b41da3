import type { Architecture } from '../../genome/architecture/architecture.ts';
import type { Operator } from '../operator.ts';
import { divisorsOf, geneChange, pickNode, shapesOf } from './architecture-edits.ts';

/** Changes how many groups of channels a convolution keeps apart: any number that divides channels and units, one per channel among them. */
export const alterGroups: Operator<Architecture> = (architecture, settings, random) => {
  const shapes = shapesOf(architecture, settings);
  const index = pickNode(architecture, ({ op }) => op === 'conv', random);
  if (index === null || shapes === null) return null;
  const { inputs, genes } = architecture.nodes[index]!;
  const channels = shapes[inputs[0]!]![2];
  const others = divisorsOf(genes['units'] as number).filter(
    (count) => channels % count === 0 && count !== genes['groups'],
  );
  return others.length === 0 ? null : geneChange(architecture, index, 'groups', random.pick(others));
};
