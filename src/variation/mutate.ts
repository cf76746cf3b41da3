/**
 * One mutation: draw an operator by its rate, try it, and keep the result only if it is valid, within limits and different from the parent in canonical form.
 * Anything else costs another draw. A chromosome on which a hundred draws in a row fail stays as it is, and nothing is recorded.
 */
import type { Architecture } from '../genome/architecture/architecture.ts';
import { canonicalArchitecture } from '../genome/architecture/canonical.ts';
import { featureCount, inferShapes } from '../genome/architecture/shapes.ts';
import type { Chromosome, Genome } from '../genome/genome.ts';
import { architectureHash, ruleHash } from '../genome/identity.ts';
import { canonicalUpdateRule } from '../genome/update-rule/canonical.ts';
import { inferValueShapes } from '../genome/update-rule/shapes.ts';
import { instructionCount } from '../genome/update-rule/traverse.ts';
import type { UpdateRule } from '../genome/update-rule/update-rule.ts';
import type { Random } from '../random/stream.ts';
import { defaultRateOf } from '../search-space/operator-names.ts';
import type { Operator, VariationSettings } from './operator.ts';
import { architectureOperators, ruleOperators } from './table.ts';

/** What was done, as the lineage keeps it. */
export interface Mutation {
  readonly operator: string;
  readonly target: Chromosome;
  readonly locus: string;
  readonly before: string;
  readonly after: string;
}

const draws = 100;
const maxText = 80;
const shorten = (text: string) => (text.length <= maxText ? text : `${text.slice(0, maxText - 3)}...`);

/** Everything about a chromosome kind that mutation needs. */
interface Kind<C> {
  readonly target: Chromosome;
  readonly operators: Readonly<Record<string, Operator<C>>>;
  canonical(chromosome: C): C;
  hash(chromosome: C): string;
  fits(chromosome: C, parent: C, settings: VariationSettings): boolean;
}

const architectureKind: Kind<Architecture> = {
  target: 'architecture',
  operators: architectureOperators,
  canonical: canonicalArchitecture,
  hash: architectureHash,
  fits(architecture, parent, { limits, input, without }) {
    if (architecture.nodes.length > limits.architectureNodes) return false;
    const count = ({ nodes }: Architecture, name: string) => nodes.filter(({ op }) => op === name).length;
    if (without.some((op) => count(architecture, op) > count(parent, op))) return false;
    const inferred = inferShapes(architecture, input);
    return inferred.ok && inferred.shapes.every((shape) => featureCount(shape) <= 65536);
  },
};

const ruleKind: Kind<UpdateRule> = {
  target: 'rule',
  operators: ruleOperators,
  canonical: canonicalUpdateRule,
  hash: ruleHash,
  fits: (rule, _parent, { limits }) =>
    instructionCount(rule) <= limits.ruleInstructions &&
    rule.states.length <= limits.ruleStates &&
    inferValueShapes(rule).issues.length === 0,
};

function mutateChromosome<C>(
  kind: Kind<C>,
  parent: C,
  settings: VariationSettings,
  random: Random,
): { readonly child: C; readonly mutation: Mutation } | null {
  const names = Object.keys(kind.operators);
  const rates = names.map((name) => settings.rates[name] ?? defaultRateOf(name));
  if (!rates.some((rate) => rate > 0)) return null;
  const parentHash = kind.hash(parent);
  for (let draw = 0; draw < draws; draw++) {
    const operator = names[random.weighted(rates)]!;
    const change = kind.operators[operator]!(parent, settings, random);
    if (change === null) continue;
    const child = kind.canonical(change.result);
    if (!kind.fits(child, parent, settings) || kind.hash(child) === parentHash) continue;
    const mutation = {
      operator,
      target: kind.target,
      locus: shorten(change.locus),
      before: shorten(change.before),
      after: shorten(change.after),
    };
    return { child, mutation };
  }
  return null;
}

/** Which chromosomes may change. */
export type Mutable = readonly Chromosome[];

interface Mutated {
  readonly genome: Genome;
  readonly mutations: readonly Mutation[];
}

/** Walks that end where they began, such as an insertion and its deletion, are walked anew so often. */
const walks = 50;

const sameGenome = (a: Genome, b: Genome) =>
  architectureHash(a.architecture) === architectureHash(b.architecture) &&
  ruleHash(a.rule) === ruleHash(b.rule);

/**
 * The genome after `count` mutations, with their record; fewer only where no operator can change anything. It differs from `genome` and from all of `parents` unless no
 * operator can make it so.
 */
export function mutate(
  genome: Genome,
  count: number,
  mutable: Mutable,
  settings: VariationSettings,
  random: Random,
  parents: readonly Genome[] = [],
): Mutated {
  let mutated = walk(genome, count, mutable, settings, random);
  for (let again = 1; again < walks && count > 0; again++) {
    if (![genome, ...parents].some((other) => sameGenome(mutated.genome, other))) break;
    mutated = walk(genome, count, mutable, settings, random);
  }
  return mutated;
}

function walk(
  genome: Genome,
  count: number,
  mutable: Mutable,
  settings: VariationSettings,
  random: Random,
): Mutated {
  let current = genome;
  const mutations: Mutation[] = [];
  for (let i = 0; i < count; i++) {
    const share = mutable.length === 1 ? (mutable[0] === 'architecture' ? 1 : 0) : settings.architectureShare;
    if (random.uniform() < share) {
      const mutated = mutateChromosome(architectureKind, current.architecture, settings, random);
      if (mutated === null) continue;
      current = { ...current, architecture: mutated.child };
      mutations.push(mutated.mutation);
    } else {
      const mutated = mutateChromosome(ruleKind, current.rule, settings, random);
      if (mutated === null) continue;
      current = { ...current, rule: mutated.child };
      mutations.push(mutated.mutation);
    }
  }
  return { genome: current, mutations };
}
