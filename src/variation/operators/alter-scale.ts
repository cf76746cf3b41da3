import type { Architecture } from '../../genome/architecture/architecture.ts';
import type { ArchitectureOpName } from '../../genome/architecture/ops.ts';
import { exp } from '../../numerics/elementary.ts';
import { logNormalStep, type Operator, shortNumber } from '../operator.ts';
import { geneChange, pickNode } from './architecture-edits.ts';

const scaleGenes: Readonly<Partial<Record<ArchitectureOpName, string>>> = {
  dense: 'multiplier',
  conv: 'multiplier',
  attention: 'multiplier',
  scale: 'value',
  embed: 'gain',
};

/** Changes a scale gene by a log-normal factor: the `multiplier` of a weighted layer, the starting `value` of a scale or the `gain` of an embedding. */
export const alterScale: Operator<Architecture> = (architecture, settings, random) => {
  const index = pickNode(architecture, ({ op }) => scaleGenes[op] !== undefined, random);
  if (index === null) return null;
  const { op, genes } = architecture.nodes[index]!;
  const gene = scaleGenes[op]!;
  const step = shortNumber(logNormalStep(genes[gene] as number, settings.constantSigma, random, exp));
  return geneChange(architecture, index, gene, Math.min(1e4, Math.max(1e-4, step)));
};
