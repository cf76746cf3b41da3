/** Changes a scale gene by a log-normal factor: the `multiplier` of a dense layer or the starting `value` of a scale. */
import type { Architecture } from '../../genome/architecture/architecture.ts';
import { architectureNodeText } from '../../genome/architecture/print.ts';
import { exp } from '../../numerics/elementary.ts';
import { logNormalStep, type Operator, shortNumber } from '../operator.ts';
import { nodesWhere, replaceArchitectureNode } from './architecture-edits.ts';

export const alterScale: Operator<Architecture> = (architecture, settings, random) => {
  const indices = nodesWhere(architecture, ({ op }) => op === 'dense' || op === 'scale');
  if (indices.length === 0) return null;
  const index = random.pick(indices);
  const node = architecture.nodes[index]!;
  const gene = node.op === 'dense' ? 'multiplier' : 'value';
  const before = node.genes[gene] as number;
  const changed = Math.min(
    1e4,
    Math.max(1e-4, shortNumber(logNormalStep(before, settings.constantSigma, random, exp))),
  );
  const result = replaceArchitectureNode(architecture, index, {
    ...node,
    genes: { ...node.genes, [gene]: changed },
  });
  return {
    result,
    locus: architectureNodeText(architecture, index),
    before: `${gene}: ${before}`,
    after: `${gene}: ${changed}`,
  };
};
