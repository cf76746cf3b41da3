import { ruleHash } from '../../genome/identity.ts';
import type { UpdateRule } from '../../genome/update-rule/update-rule.ts';
import type { Operator } from '../operator.ts';

/** Replaces the whole rule by that of a founder. */
export const swapRule: Operator<UpdateRule> = (rule, settings, random) => {
  const others = settings.rules.filter((other) => ruleHash(other) !== ruleHash(rule));
  if (others.length === 0) return null;
  const result = random.pick(others);
  return { result, locus: 'rule', before: ruleHash(rule).slice(0, 8), after: ruleHash(result).slice(0, 8) };
};
