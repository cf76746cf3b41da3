import type { Architecture } from '../../genome/architecture/architecture.ts';
import { exp } from '../../numerics/elementary.ts';
import { logNormalStep, type Operator, shortNumber } from '../operator.ts';
import { geneChange, pickNode } from './architecture-edits.ts';

/** Changes the rate of a dropout by a log-normal factor. */
export const alterRate: Operator<Architecture> = (architecture, _settings, random) => {
  const index = pickNode(architecture, ({ op }) => op === 'dropout', random);
  if (index === null) return null;
  const rate = Math.max(0.01, architecture.nodes[index]!.genes['rate'] as number);
  const changed = Math.min(0.95, Math.max(0.01, shortNumber(logNormalStep(rate, 0.5, random, exp))));
  return geneChange(architecture, index, 'rate', changed);
};
