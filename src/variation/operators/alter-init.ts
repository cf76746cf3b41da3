/** Changes how a dense layer begins: its scheme, its gain, or whether it has a bias. */
import type { Architecture } from '../../genome/architecture/architecture.ts';
import { initSchemes } from '../../genome/architecture/ops.ts';
import { architectureNodeText } from '../../genome/architecture/print.ts';
import { exp } from '../../numerics/elementary.ts';
import { logNormalStep, type Operator, shortNumber } from '../operator.ts';
import { nodesWhere, replaceArchitectureNode } from './architecture-edits.ts';

export const alterInit: Operator<Architecture> = (architecture, settings, random) => {
  const indices = nodesWhere(architecture, ({ op }) => op === 'dense');
  if (indices.length === 0) return null;
  const index = random.pick(indices);
  const node = architecture.nodes[index]!;
  const gene = random.pick(['init', 'gain', 'bias'] as const);
  const before = node.genes[gene]!;
  const clamp = (x: number) => Math.min(1e4, Math.max(1e-4, x));
  const changed = {
    init: () => random.pick(initSchemes.filter((scheme) => scheme !== before)),
    gain: () => clamp(shortNumber(logNormalStep(before as number, settings.constantSigma, random, exp))),
    bias: () => !before,
  }[gene]();
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
