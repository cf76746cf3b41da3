/** Founders: a known architecture and a known rule, chosen uniformly, with a few random mutations on top. */
import type { Genome } from '../genome/genome.ts';
import type { Random } from '../random/stream.ts';
import { type Mutable, type Mutation, mutate } from './mutate.ts';
import type { VariationSettings } from './operator.ts';

export function sampleFounder(
  settings: VariationSettings,
  mutations: readonly [number, number],
  mutable: Mutable,
  random: Random,
): { readonly genome: Genome; readonly mutations: readonly Mutation[] } {
  const genome = { architecture: random.pick(settings.architectures), rule: random.pick(settings.rules) };
  const [from, to] = mutations;
  return mutate(genome, from + random.below(to - from + 1), mutable, settings, random);
}
