/** Properties of chromosomes that people group by. Functions of the canonical chromosome alone; names are permanent. */
import type { Architecture } from './architecture/architecture.ts';
import { activationNames } from './architecture/ops.ts';
import { type RuleOp, ruleOps, type Tier, tiers } from './update-rule/ops.ts';
import { instructionCount } from './update-rule/traverse.ts';
import type { UpdateRule } from './update-rule/update-rule.ts';

const usesOp = (rule: UpdateRule, ...ops: readonly string[]) =>
  rule.nodes.some((node) => node.kind === 'op' && ops.includes(node.op));

/**
 * What a rule's program is made of, coarsely: `sign` (the update passes through a sign), `adaptive` (it divides by something that a state feeds), `momentum` (a state, no such
 * division), `normalised` (a reduction, no state), `plain` (none of these). A reading of the text and not of behaviour.
 */
export function ruleFamily(rule: UpdateRule): string {
  if (usesOp(rule, 'sign')) return 'sign';
  if (dividesByState(rule)) return 'adaptive';
  if (rule.states.length > 0) return 'momentum';
  return usesOp(rule, 'mean', 'norm', 'dot', 'max', 'rms') ? 'normalised' : 'plain';
}

function dividesByState(rule: UpdateRule): boolean {
  const fed: boolean[] = [];
  // A value that becomes a state counts as fed by it: v = lerp(v', ...) and what reads v alike.
  for (const node of rule.nodes)
    fed.push(node.kind === 'state' || (node.kind === 'op' && node.args.some((arg) => fed[arg]!)));
  return rule.nodes.some((node) => node.kind === 'op' && node.op === 'div' && fed[node.args[1]!]!);
}

/** The tiers of what a rule is made of: what it asks of an engine. Every rule is elementwise; a state makes it an average too. */
export function tiersOf(rule: UpdateRule): ReadonlySet<Tier> {
  const present = new Set<Tier>(rule.states.length > 0 ? ['elementwise', 'average'] : ['elementwise']);
  for (const node of rule.nodes) {
    if (node.kind !== 'op') continue;
    const { kind, tier }: RuleOp = ruleOps[node.op];
    if (kind === 'reduction') present.add('reduction');
    if (tier !== undefined) present.add(tier);
  }
  return present;
}

/** The highest of its tiers. */
export function ruleTier(rule: UpdateRule): Tier {
  const present = tiersOf(rule);
  return tiers.findLast((tier) => present.has(tier))!;
}

/** Traits that are read off a rule, each as the text that groups and tables show. Names are stored in databases: permanent. */
export const ruleTraits = {
  family: ruleFamily,
  tier: ruleTier,
  instructions: (rule) => String(instructionCount(rule)),
  states: (rule) => String(rule.states.length),
  'has-noise': (rule) => yesNo(usesOp(rule, 'normal', 'uniform')),
  'has-reduction': (rule) => yesNo(usesOp(rule, 'mean', 'norm', 'dot', 'max', 'rms')),
} as const satisfies Record<string, (rule: UpdateRule) => string>;

const yesNo = (holds: boolean) => (holds ? 'yes' : 'no');
const hasOp = (architecture: Architecture, ...ops: readonly string[]) =>
  architecture.nodes.some((node) => ops.includes(node.op));

const weighted = ['dense', 'conv', 'attention'];

/** Dense, convolution and attention layers on the longest path from input to output. */
export function architectureDepth(architecture: Architecture): number {
  const depths: number[] = [];
  for (const node of architecture.nodes)
    depths.push(
      node.inputs.reduce((most, i) => Math.max(most, depths[i]!), 0) + (weighted.includes(node.op) ? 1 : 0),
    );
  return depths[architecture.output]!;
}

/** Traits that are read off an architecture, each as the text that groups and tables show. Names are stored in databases: permanent. */
export const architectureTraits = {
  depth: (architecture) => String(architectureDepth(architecture)),
  nodes: (architecture) => String(architecture.nodes.length),
  'has-norm': (architecture) => yesNo(hasOp(architecture, 'layerNorm', 'rmsNorm', 'batchNorm')),
  'has-conv': (architecture) => yesNo(hasOp(architecture, 'conv')),
  'has-attention': (architecture) => yesNo(hasOp(architecture, 'attention')),
  'has-pool': (architecture) => yesNo(hasOp(architecture, 'pool', 'globalPool')),
  'has-dropout': (architecture) => yesNo(hasOp(architecture, 'dropout')),
  'has-embedding': (architecture) => yesNo(hasOp(architecture, 'embed', 'positions')),
  'has-rotation': (architecture) => yesNo(architecture.nodes.some(({ genes }) => genes['rotation'] === true)),
  'has-residual': (architecture) => yesNo(hasOp(architecture, 'add', 'multiply', 'concat')),
  'has-activation': (architecture) =>
    yesNo(hasOp(architecture, ...activationNames.filter((name) => name !== 'identity'))),
} as const satisfies Record<string, (architecture: Architecture) => string>;
