import type { UpdateRule } from '../../genome/update-rule/update-rule.ts';
import { printNumber } from '../../notation/print.ts';
import { exp } from '../../numerics/elementary.ts';
import { logNormalStep, type Operator, shortNumber } from '../operator.ts';
import { replaceNode } from './rule-edits.ts';

/** Multiplies a constant by a log-normal factor; a decay rate near 1 moves in its distance from 1, so that 0.9 can become 0.99. Rarely the sign flips. */
export const alterConstant: Operator<UpdateRule> = (rule, settings, random) => {
  const indices = [...rule.nodes.keys()].filter((i) => rule.nodes[i]!.kind === 'constant');
  if (indices.length === 0) return null;
  const index = random.pick(indices);
  const { value } = rule.nodes[index] as { value: number };
  const step = (x: number) => shortNumber(logNormalStep(x, settings.constantSigma, random, exp));
  const isDecay = value >= 0.5 && value < 1;
  const moved =
    isDecay && random.uniform() < 0.8
      ? shortNumber(Math.max(0, 1 - step(1 - value)))
      : value === 0
        ? shortNumber(0.01 * random.normal())
        : step(value);
  const changed = random.uniform() < 0.05 ? -moved : moved;
  if (!Number.isFinite(changed) || Math.abs(changed) > 1e10) return null;
  return {
    result: replaceNode(rule, index, () => ({ kind: 'constant', value: changed })),
    locus: 'constant',
    before: printNumber(value),
    after: printNumber(changed),
  };
};
