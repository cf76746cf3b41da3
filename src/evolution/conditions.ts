/** Conditions: which chromosomes of a child may change, and where the others come from. Each is a function of settings, birth index, population and the birth's own stream. */
import type { Pair } from '../evaluation/plan.ts';
import type { Chromosome, Genome } from '../genome/genome.ts';
import { ruleHash, ruleText } from '../genome/identity.ts';
import type { Random } from '../random/stream.ts';
import type { SearchDocument } from '../search-space/document.ts';
import { mutate } from '../variation/mutate.ts';
import { replacingOperators } from '../variation/table.ts';
import type { MutationRecord } from './birth.ts';
import type { Member, Population } from './population.ts';
import { eligible, fittest, type Selected, select } from './selection.ts';
import type { ControllerSettings, PanelRule } from './settings.ts';
import { speciesOf } from './survival.ts';

/** What evolves and what is held fixed. Names stand in documents: permanent. */
export type ConditionName = SearchDocument['evolution']['condition'];

/** A child before it is given its hashes. */
export interface Draft {
  readonly genome: Genome;
  readonly parent: number | null;
  readonly otherParent: number | null;
  readonly architectureFrom: number | null;
  readonly ruleFrom: number | null;
  readonly mutations: readonly MutationRecord[];
  readonly contestants: readonly number[];
  /** What to train in place of the genome alone. */
  readonly pairs?: readonly Pair[];
}

/** What a condition has to breed a child with. */
export interface Breeding {
  readonly settings: ControllerSettings;
  readonly birthIndex: number;
  /** Not empty. */
  readonly population: Population;
  readonly random: Random;
}

/** Which chromosomes may change, and where a child's chromosomes come from. */
export interface Condition {
  /** What mutations of founders may change. */
  readonly founders: readonly Chromosome[];
  /** Null where a founder must be born: the scheme has no parents, or there is none. */
  child(breeding: Breeding): Draft | null;
}

const both = ['architecture', 'rule'] as const;

/** The closed table of conditions. */
export const conditions = {
  joint: { founders: both, child: inherit(both) },
  'rule-fixed': { founders: ['architecture'], child: inherit(['architecture']) },
  'architecture-fixed': { founders: ['rule'], child: inherit(['rule']) },
  'rule-resampled': { founders: ['architecture'], child: resampled },
  alternating: { founders: ['architecture'], child: alternate },
  cooperative: { founders: both, child: cooperate },
} as const satisfies Record<ConditionName, Condition>;

const selected = ({ settings, random }: Breeding, members: Population): Selected | null =>
  select(settings.evolution.scheme, members, settings.evolution, random);

/** Both chromosomes of the winner, or one of them from a second winner. */
function inherit(mutable: readonly Chromosome[]): Condition['child'] {
  return (breeding) => {
    const { settings, population, random } = breeding;
    const first = selected(breeding, population);
    if (first === null) return null;
    const { parent } = first;
    const second = random.uniform() < settings.evolution.reassortment ? selected(breeding, population) : null;
    const other = second === null || second.parent.birthIndex === parent.birthIndex ? null : second.parent;
    // Which chromosome comes from the second parent is even.
    const fromOther: Chromosome | null =
      other === null ? null : random.uniform() < 0.5 ? 'architecture' : 'rule';
    return {
      ...descend(
        breeding,
        parent,
        fromOther === 'architecture' ? other! : parent,
        fromOther === 'rule' ? other! : parent,
        mutable,
      ),
      otherParent: other?.birthIndex ?? null,
      contestants: [...first.contestants, ...(second?.contestants ?? [])],
    };
  };
}

function descend(
  breeding: Breeding,
  parent: Member,
  architectureGiver: Member,
  ruleGiver: Member,
  mutable: readonly Chromosome[],
): Omit<Draft, 'contestants'> {
  const { settings, random } = breeding;
  const start = { architecture: architectureGiver.genome.architecture, rule: ruleGiver.genome.rule };
  const other = [architectureGiver, ruleGiver].find(({ birthIndex }) => birthIndex !== parent.birthIndex);
  const [from, to] = settings.variation.mutationsPerChild;
  const count = from + random.below(to - from + 1);
  const parents = other === undefined ? [parent.genome] : [parent.genome, other.genome];
  const { genome, mutations } = mutate(start, count, mutable, settings.variation, random, parents);
  const donor = (chromosome: Chromosome, giver: Member) =>
    mutations.some(({ operator, target }) => target === chromosome && replacingOperators.has(operator))
      ? null
      : giver.birthIndex;
  return {
    genome,
    parent: parent.birthIndex,
    otherParent: other?.birthIndex ?? null,
    architectureFrom: donor('architecture', architectureGiver),
    ruleFrom: donor('rule', ruleGiver),
    mutations,
  };
}

/** The architecture evolves; the rule is drawn from the panel anew, and the mutation log says so where it changed. */
function resampled(breeding: Breeding): Draft | null {
  const first = selected(breeding, breeding.population);
  if (first === null) return null;
  const draft = descend(breeding, first.parent, first.parent, first.parent, ['architecture']);
  const drawn = drawnRule(breeding, draft);
  const ruleFrom = drawn.genome.rule === draft.genome.rule ? draft.ruleFrom : null;
  return { ...draft, ...drawn, ruleFrom, contestants: first.contestants };
}

/** A genome with a rule of the panel, and the mutation that it amounts to. */
export function drawnRule(
  { settings, random }: Pick<Breeding, 'settings' | 'random'>,
  { genome, mutations }: Pick<Draft, 'genome' | 'mutations'>,
): Pick<Draft, 'genome' | 'mutations'> {
  const { name, rule }: PanelRule = random.pick(settings.panel);
  if (ruleHash(rule) === ruleHash(genome.rule)) return { genome, mutations };
  const before =
    settings.panel.find((each) => ruleHash(each.rule) === ruleHash(genome.rule))?.name ??
    lastLine(ruleText(genome.rule));
  const record = {
    operator: 'resample-rule',
    target: 'rule',
    locus: 'u',
    before: shorten(before),
    after: shorten(name),
  } as const;
  return { genome: { ...genome, rule }, mutations: [...mutations, record] };
}

const lastLine = (text: string) => text.trimEnd().split('\n').at(-1)!;
const shorten = (text: string) => (text.length <= 80 ? text : `${text.slice(0, 77)}...`);

/** The chromosome that evolves in the generation of a birth: the architecture first, and the other one every `period` generations. */
export function evolvingChromosome(
  { population, period }: ControllerSettings['evolution'],
  birthIndex: number,
): Chromosome {
  const generation = Math.floor(birthIndex / population) - 1;
  return Math.floor(Math.max(0, generation) / period) % 2 === 0 ? 'architecture' : 'rule';
}

/** One chromosome from the winner, mutated; the other from the fittest of the living, as it is. */
function alternate(breeding: Breeding): Draft | null {
  const { settings, birthIndex, population } = breeding;
  const first = selected(breeding, population);
  if (first === null) return null;
  const best = fittest(eligible(population));
  const evolving = evolvingChromosome(settings.evolution, birthIndex);
  const giver = (chromosome: Chromosome) => (chromosome === evolving ? first.parent : best);
  return {
    ...descend(breeding, first.parent, giver('architecture'), giver('rule'), [evolving]),
    contestants: first.contestants,
  };
}

export const randomPartners = 2;

/** Two populations in one: the child's own chromosome comes from its species and mutates; it is trained with the other chromosome of the best of the other species, and of random ones. */
function cooperate(breeding: Breeding): Draft | null {
  const { birthIndex, population, random } = breeding;
  const species = speciesOf(birthIndex);
  const own = population.filter((member) => speciesOf(member.birthIndex) === species);
  const others = eligible(population.filter((member) => speciesOf(member.birthIndex) !== species));
  if (own.length === 0) return null;
  const first = selected(breeding, own);
  if (first === null) return null;
  const evolving: Chromosome = species === 0 ? 'architecture' : 'rule';
  const best = others.length === 0 ? first.parent : fittest(others);
  const giver = (chromosome: Chromosome) => (chromosome === evolving ? first.parent : best);
  const draft = descend(breeding, first.parent, giver('architecture'), giver('rule'), [evolving]);
  if (others.length === 0) return { ...draft, contestants: first.contestants };
  const partners = [best, ...Array.from({ length: randomPartners }, () => random.pick(others))];
  const other: Chromosome = evolving === 'rule' ? 'architecture' : 'rule';
  return {
    ...draft,
    contestants: first.contestants,
    pairs: partners.map((partner) => ({
      partner: partner.birthIndex,
      genome: { ...draft.genome, [other]: partner.genome[other] },
    })),
  };
}
