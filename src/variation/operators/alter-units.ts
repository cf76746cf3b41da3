import type { Architecture } from '../../genome/architecture/architecture.ts';
import { exp } from '../../numerics/elementary.ts';
import { logNormalStep, type Operator } from '../operator.ts';
import { geneChange, pickNode } from './architecture-edits.ts';

/** Changes the width of a dense layer, convolution, attention or embedding by a log-normal factor, to a multiple of its groups or heads. */
export const alterUnits: Operator<Architecture> = (architecture, settings, random) => {
  const index = pickNode(architecture, ({ genes }) => 'units' in genes, random);
  if (index === null) return null;
  const { genes } = architecture.nodes[index]!;
  const parts = ((genes['groups'] ?? genes['heads']) as number | undefined) ?? 1;
  const step = logNormalStep(genes['units'] as number, 0.5, random, exp) / parts;
  const most = Math.max(1, Math.floor(settings.limits.units / parts));
  return geneChange(architecture, index, 'units', parts * Math.min(most, Math.max(1, Math.round(step))));
};
