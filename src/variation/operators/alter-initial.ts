import type { UpdateRule } from '../../genome/update-rule/update-rule.ts';
import { printNumber } from '../../notation/print.ts';
import type { Operator } from '../operator.ts';
import { randomConstant } from './rule-edits.ts';

/** Changes the value that a state has before the first step. */
export const alterInitial: Operator<UpdateRule> = (rule, _settings, random) => {
  if (rule.states.length === 0) return null;
  const slot = random.below(rule.states.length);
  const { initial } = rule.states[slot]!;
  const changed = initial !== 0 && random.uniform() < 0.5 ? 0 : Math.abs(randomConstant(random));
  const states = rule.states.map((state, i) => (i === slot ? { ...state, initial: changed } : state));
  return {
    result: { ...rule, states },
    locus: `init s${slot + 1}`,
    before: printNumber(initial),
    after: printNumber(changed),
  };
};
