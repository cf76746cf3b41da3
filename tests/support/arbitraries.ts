/** Random chromosomes: founders of the known library walked away from by mutation, which reaches every op that a search can reach. */

import type { Genome } from '../../src/genome/genome.ts';
import {
  knownArchitecture,
  knownArchitectureNames,
  knownRule,
  knownRuleNames,
} from '../../src/genome/known.ts';
import { stream } from '../../src/random/stream.ts';
import { mutate } from '../../src/variation/mutate.ts';
import type { VariationSettings } from '../../src/variation/operator.ts';

const architectures = knownArchitectureNames().map((name) => knownArchitecture(name)!);
const rules = knownRuleNames().map((name) => knownRule(name)!);

export const testSettings: VariationSettings = {
  without: [],
  rates: { 'swap-rule': 0.2, 'swap-architecture': 0.2 },
  architectureShare: 0.5,
  constantSigma: 1,
  mutationsPerChild: [1, 1],
  limits: { architectureNodes: 16, ruleInstructions: 40, ruleStates: 6, units: 12 },
  input: [1, 6, 1],
  architectures: architectures.filter((a) => a.nodes.length < 4),
  rules,
  growsRules: false,
};

/** The same genome for the same number. */
export function randomGenome(number: number, mutations = 12): Genome {
  const random = stream(`genome/${number}`);
  const founder = { architecture: random.pick(testSettings.architectures), rule: random.pick(rules) };
  return mutate(founder, random.below(mutations + 1), ['architecture', 'rule'], testSettings, random).genome;
}
