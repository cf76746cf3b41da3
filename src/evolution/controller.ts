/**
 * The controller, pure: `breed` makes a birth from a population, `tell` makes the next population from an outcome. Aging evolution (Real et al. 2019) and its controls.
 *
 * Chance in birth b comes from the stream `<seed>/birth/<b>` alone, so a birth is a function of (settings, seed, b, population), and nothing else has to be saved.
 */
import type { EvaluationOutcome } from '../evaluation/outcome.ts';
import type { Chromosome } from '../genome/genome.ts';
import { architectureHash, ruleHash } from '../genome/identity.ts';
import { type Random, stream } from '../random/stream.ts';
import type { SearchDocument } from '../search-space/document.ts';
import { sampleFounder } from '../variation/founder.ts';
import { mutate } from '../variation/mutate.ts';
import type { VariationSettings } from '../variation/operator.ts';
import { replacingOperators } from '../variation/table.ts';
import type { Birth, Death } from './birth.ts';
import type { Population } from './population.ts';
import { select } from './selection.ts';

export interface ControllerSettings {
  readonly seed: string;
  readonly evolution: SearchDocument['evolution'];
  readonly founderMutations: readonly [number, number];
  readonly variation: VariationSettings;
}

const mutableIn = {
  joint: ['architecture', 'rule'],
  'rule-fixed': ['architecture'],
  'architecture-fixed': ['rule'],
} as const satisfies Record<SearchDocument['evolution']['condition'], readonly Chromosome[]>;

/** Breeds birth `birthIndex` from the population as it stood after birth `birthIndex - inFlight` was told. */
export function breed(settings: ControllerSettings, birthIndex: number, population: Population): Birth {
  const random = stream(`${settings.seed}/birth/${birthIndex}`);
  const { evolution } = settings;
  const isFounder = birthIndex < evolution.population || population.length === 0;
  const selected = isFounder ? null : select(evolution.scheme, population, evolution.tournament, random);
  return selected === null
    ? founder(settings, birthIndex, random)
    : child(settings, birthIndex, population, selected, random);
}

const hashesOf = ({ architecture, rule }: Birth['genome']) => ({
  architectureHash: architectureHash(architecture),
  ruleHash: ruleHash(rule),
});

function founder(
  { variation, founderMutations, evolution }: ControllerSettings,
  birthIndex: number,
  random: Random,
): Birth {
  const { genome, mutations } = sampleFounder(
    variation,
    founderMutations,
    mutableIn[evolution.condition],
    random,
  );
  return {
    birthIndex,
    genome,
    ...hashesOf(genome),
    parent: null,
    otherParent: null,
    architectureFrom: null,
    ruleFrom: null,
    mutations,
    contestants: [],
  };
}

function child(
  { variation, evolution }: ControllerSettings,
  birthIndex: number,
  population: Population,
  { parent, contestants }: NonNullable<ReturnType<typeof select>>,
  random: Random,
): Birth {
  const second =
    random.uniform() < evolution.reassortment
      ? select(evolution.scheme, population, evolution.tournament, random)
      : null;
  const other = second === null || second.parent.birthIndex === parent.birthIndex ? null : second.parent;
  // Which chromosome comes from the second parent is even.
  const fromOther: Chromosome | null =
    other === null ? null : random.uniform() < 0.5 ? 'architecture' : 'rule';
  const giver = (chromosome: Chromosome) => (fromOther === chromosome ? other! : parent);
  const start = { architecture: giver('architecture').genome.architecture, rule: giver('rule').genome.rule };
  const [from, to] = variation.mutationsPerChild;
  const { genome, mutations } = mutate(
    start,
    from + random.below(to - from + 1),
    mutableIn[evolution.condition],
    variation,
    random,
    [parent.genome, ...(other === null ? [] : [other.genome])],
  );
  const donor = (chromosome: Chromosome) =>
    mutations.some(({ operator, target }) => target === chromosome && replacingOperators.has(operator))
      ? null
      : giver(chromosome).birthIndex;
  return {
    birthIndex,
    genome,
    ...hashesOf(genome),
    parent: parent.birthIndex,
    otherParent: other?.birthIndex ?? null,
    architectureFrom: donor('architecture'),
    ruleFrom: donor('rule'),
    mutations,
    contestants: [...contestants, ...(second?.contestants ?? [])],
  };
}

/** The population after an outcome is told, and who died of it. A child whose evaluation failed never joins; while there are too many, the oldest dies. */
export function tell(
  population: Population,
  birth: Birth,
  outcome: EvaluationOutcome,
  populationSize: number,
): { readonly population: Population; readonly deaths: readonly Death[] } {
  if (outcome.status === 'failed')
    return {
      population,
      deaths: [{ birthIndex: birth.birthIndex, cause: 'failed', at: birth.birthIndex + 1 }],
    };
  const grown = [
    ...population,
    { birthIndex: birth.birthIndex, genome: birth.genome, fitness: outcome.fitness },
  ];
  const excess = Math.max(0, grown.length - populationSize);
  return {
    population: grown.slice(excess),
    deaths: grown
      .slice(0, excess)
      .map(({ birthIndex }): Death => ({ birthIndex, cause: 'aged', at: birth.birthIndex })),
  };
}
