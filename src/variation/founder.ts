import type { Genome } from '../genome/genome.ts';
import type { Random } from '../random/stream.ts';
import { growRule } from './grow-rule.ts';
import { type Mutable, type Mutation, mutate } from './mutate.ts';
import type { VariationSettings } from './operator.ts';

/** Founders: a founder architecture and a founder rule, chosen uniformly (or the rule grown at random), with a few random mutations on top. */
export function sampleFounder(
  settings: VariationSettings,
  mutations: readonly [number, number],
  mutable: Mutable,
  random: Random,
): { readonly genome: Genome; readonly mutations: readonly Mutation[] } {
  const architecture = random.pick(settings.architectures);
  const rule = settings.growsRules ? growRule(settings, random) : random.pick(settings.rules);
  const genome = { architecture, rule };
  const [from, to] = mutations;
  return mutate(genome, from + random.below(to - from + 1), mutable, settings, random);
}
