/** Changes the width of a dense layer by a log-normal factor. */
import type { Architecture } from '../../genome/architecture/architecture.ts';
import { architectureNodeText } from '../../genome/architecture/print.ts';
import { exp } from '../../numerics/elementary.ts';
import { logNormalStep, type Operator } from '../operator.ts';
import { nodesWhere, replaceArchitectureNode } from './architecture-edits.ts';

export const alterUnits: Operator<Architecture> = (architecture, settings, random) => {
  const indices = nodesWhere(architecture, ({ op }) => op === 'dense');
  if (indices.length === 0) return null;
  const index = random.pick(indices);
  const node = architecture.nodes[index]!;
  const units = node.genes['units'] as number;
  const changed = Math.min(
    settings.limits.units,
    Math.max(1, Math.round(logNormalStep(units, 0.5, random, exp))),
  );
  const result = replaceArchitectureNode(architecture, index, {
    ...node,
    genes: { ...node.genes, units: changed },
  });
  return {
    result,
    locus: architectureNodeText(architecture, index),
    before: `units: ${units}`,
    after: `units: ${changed}`,
  };
};
