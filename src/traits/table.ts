/**
 * Traits of chromosomes: named functions of the canonical chromosome alone, by which people group and correlate. Names and versions are stored with their values; a trait
 * that comes to mean something else gets the next version, and its stored values are made again when they are asked for.
 */
import type { Architecture } from '../genome/architecture/architecture.ts';
import { architectureOps } from '../genome/architecture/ops.ts';
import type { Chromosome } from '../genome/genome.ts';
import { architectureTraits, ruleTraits } from '../genome/traits.ts';
import { ruleOps } from '../genome/update-rule/ops.ts';
import type { UpdateRule } from '../genome/update-rule/update-rule.ts';
import { adamLikeness, type RuleSignature, ruleSignature } from './rule-signature.ts';

/** Null where a trait is not defined for a chromosome. */
export type TraitValue = string | number | null;

/** A named function of a chromosome, with what its values mean and how they part groups. */
export interface Trait<C> {
  readonly kind: 'category' | 'number';
  readonly version: number;
  readonly meaning: string;
  readonly of: (chromosome: C) => TraitValue;
  /** Where a number parts groups, unless others are asked for. */
  readonly cuts?: readonly number[];
  /** Traits of one such name come out of one measurement and are stored together. */
  readonly measurement?: string;
}

type Texts<C> = Readonly<Record<string, (chromosome: C) => string>>;

/** What is read off the text: words as they are, numbers as numbers. */
const read = <C, T extends Texts<C>>(from: T, name: keyof T, meaning: string): Trait<C> => ({
  kind: 'category',
  version: 1,
  meaning,
  of: (chromosome) => from[name]!(chromosome),
});
const count = <C>(meaning: string, of: (chromosome: C) => number): Trait<C> => ({
  kind: 'number',
  version: 1,
  meaning,
  of,
});

const ofArchitecture = (name: keyof typeof architectureTraits, meaning: string) =>
  read<Architecture, typeof architectureTraits>(architectureTraits, name, meaning);
const ofRule = (name: keyof typeof ruleTraits, meaning: string) =>
  read<UpdateRule, typeof ruleTraits>(ruleTraits, name, meaning);

const units = ({ nodes }: Architecture): number[] =>
  nodes.flatMap(({ genes }) => (typeof genes['units'] === 'number' ? [genes['units']] : []));
const ops = (rule: UpdateRule): string[] =>
  rule.nodes.flatMap((node) => (node.kind === 'op' ? [node.op] : []));

/** Of a rule, the longest chain of ops from an input, a constant or a state to the update. */
function ruleDepth({ nodes, output }: UpdateRule): number {
  const depths: number[] = [];
  for (const node of nodes)
    depths.push(
      node.kind === 'op' ? 1 + node.args.reduce((most, arg) => Math.max(most, depths[arg]!), 0) : 0,
    );
  return depths[output]!;
}

/** The signature of the rule that was asked for last: the traits made from it ask one after the other. */
let latest: { readonly rule: UpdateRule; readonly signature: RuleSignature | null } | undefined;

function signatureOf(rule: UpdateRule): RuleSignature | null {
  if (latest?.rule !== rule) latest = { rule, signature: ruleSignature(rule) };
  return latest.signature;
}

const measured = (
  meaning: string,
  of: (signature: RuleSignature) => TraitValue,
  rest: Partial<Trait<UpdateRule>> = {},
): Trait<UpdateRule> => ({
  ...{ kind: 'number', version: 1, meaning, measurement: 'signature' },
  of: (rule) => {
    const signature = signatureOf(rule);
    return signature === null ? null : of(signature);
  },
  ...rest,
});

/** Like Adam in both, in one or in none. Two components, and the classes keep them apart. */
function likenessClass(signature: RuleSignature): string | null {
  const { scale, memory } = adamLikeness(signature);
  if (scale === null || memory === null) return null;
  const alike = [...(scale > 0.5 ? ['scale'] : []), ...(memory > 0.5 ? ['memory'] : [])];
  return alike.length === 0 ? 'neither' : alike.length === 2 ? 'both' : `${alike[0]!} only`;
}

/** The closed table of traits by chromosome. Names are stored with their values: permanent. */
export const traits = {
  architecture: {
    depth: count('dense, convolution and attention layers on the longest path from input to output', (of) =>
      Number(architectureTraits.depth(of)),
    ),
    nodes: count('nodes, the input among them', (of) => Number(architectureTraits.nodes(of))),
    units: count('units of all nodes together', (of) => units(of).reduce((sum, each) => sum + each, 0)),
    width: count('units of the widest node, 0 where none has units', (of) => Math.max(0, ...units(of))),
    'distinct-ops': count('different ops', ({ nodes }) => new Set(nodes.map(({ op }) => op)).size),
    'has-norm': ofArchitecture('has-norm', 'a layer, rms or batch norm'),
    'has-conv': ofArchitecture('has-conv', 'a convolution'),
    'has-attention': ofArchitecture('has-attention', 'attention'),
    'has-pool': ofArchitecture('has-pool', 'pooling, local or global'),
    'has-dropout': ofArchitecture('has-dropout', 'dropout'),
    'has-embedding': ofArchitecture('has-embedding', 'an embedding or positions'),
    'has-rotation': ofArchitecture('has-rotation', 'a weight in a rotated basis'),
    'has-residual': ofArchitecture('has-residual', 'a node that joins paths: add, multiply or concat'),
    'has-activation': ofArchitecture('has-activation', 'an activation other than identity'),
    ...counts<Architecture>(Object.keys(architectureOps), ({ nodes }, op) =>
      nodes.reduce((sum, node) => sum + (node.op === op ? 1 : 0), 0),
    ),
  },
  rule: {
    family: ofRule('family', 'sign, adaptive, momentum, normalised or plain, by the text'),
    tier: ofRule('tier', 'the highest tier of its ops'),
    instructions: count('ops: the size of the rule', (of) => Number(ruleTraits.instructions(of))),
    states: count('values kept from step to step', ({ states }) => states.length),
    depth: count('the longest chain of ops that ends in the update', ruleDepth),
    'distinct-ops': count('different ops', (of) => new Set(ops(of)).size),
    'has-noise': ofRule('has-noise', 'an op that draws noise'),
    'has-reduction': ofRule('has-reduction', 'a mean, norm, dot, max or rms'),
    'al-scale': measured(
      "likeness of its adaptivity to Adam's, 0 to 1: exp(-(kappa-global^2 + kappa-coord^2) - ((log scale-drop - Adam's) / 1.5)^2 / 2)",
      (signature) => adamLikeness(signature).scale,
      { cuts: [0.5] },
    ),
    'al-mem': measured(
      "likeness of its memory to Adam's, 0 to 1: exp(-((autocorrelation - Adam's) / 0.5)^2 / 2)",
      (signature) => adamLikeness(signature).memory,
      { cuts: [0.5] },
    ),
    'adam-like': measured('which of al-scale and al-mem exceed 0.5: both, one or neither', likenessClass, {
      kind: 'category',
    }),
    'kappa-global': measured(
      'd log |u| / d log |g| when all gradients are rescaled: 1 SGD, 0 Adam',
      ({ kappaGlobal }) => kappaGlobal,
      { cuts: [0.5] },
    ),
    'kappa-coord': measured(
      'the same of one coordinate whose gradients alone are rescaled',
      ({ kappaCoord }) => kappaCoord,
      { cuts: [0.5] },
    ),
    'scale-drop': measured(
      'size of the updates after gradients fell to 0.03 of their size, over the size before',
      ({ scaleDrop }) => scaleDrop,
    ),
    autocorrelation: measured(
      'correlation of an update with the next where gradients are noise: 0 SGD, 0.9 a momentum of 0.9',
      ({ autocorrelation }) => autocorrelation,
      { cuts: [0.5] },
    ),
    ...counts<UpdateRule>(Object.keys(ruleOps), (rule, op) =>
      ops(rule).reduce((sum, each) => sum + (each === op ? 1 : 0), 0),
    ),
  },
} as const satisfies {
  readonly architecture: Readonly<Record<string, Trait<Architecture>>>;
  readonly rule: Readonly<Record<string, Trait<UpdateRule>>>;
};

/** One trait for each op of a table: how often it stands in the chromosome. */
function counts<C>(
  names: readonly string[],
  of: (chromosome: C, op: string) => number,
): Readonly<Record<`count-${string}`, Trait<C>>> {
  return Object.fromEntries(
    names.map((op) => [`count-${op}`, count<C>(`how many ${op}`, (chromosome) => of(chromosome, op))]),
  );
}

/** The same for whoever has the chromosome's name at run time: what is handed to `of` must be such a chromosome. */
export const traitTable: Readonly<Record<Chromosome, Readonly<Record<string, Trait<never>>>>> = traits;

/** Names of all traits of a chromosome, in the order of the table. */
export const traitNames = (chromosome: Chromosome): string[] => Object.keys(traitTable[chromosome]);
