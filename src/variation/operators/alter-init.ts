import type { Architecture } from '../../genome/architecture/architecture.ts';
import { initSchemes } from '../../genome/architecture/ops.ts';
import { exp } from '../../numerics/elementary.ts';
import { logNormalStep, type Operator, shortNumber } from '../operator.ts';
import { geneChange, isWeighted, pickNode } from './architecture-edits.ts';

/** Changes how a weighted layer begins: its scheme, its gain, or whether it has a bias. */
export const alterInit: Operator<Architecture> = (architecture, settings, random) => {
  const index = pickNode(architecture, isWeighted, random);
  if (index === null) return null;
  const gene = random.pick(['init', 'gain', 'bias'] as const);
  const before = architecture.nodes[index]!.genes[gene]!;
  const clamp = (x: number) => Math.min(1e4, Math.max(1e-4, x));
  const changed = {
    init: () => random.pick(initSchemes.filter((scheme) => scheme !== before)),
    gain: () => clamp(shortNumber(logNormalStep(before as number, settings.constantSigma, random, exp))),
    bias: () => !before,
  }[gene]();
  return geneChange(architecture, index, gene, changed);
};
