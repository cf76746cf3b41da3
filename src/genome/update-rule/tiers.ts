/** Tiers of rule ops: what a rule needs beyond arithmetic on one gradient. Names are permanent. */
import { type RuleOp, type RuleOpName, ruleOps } from './ops.ts';
import type { UpdateRule } from './update-rule.ts';

export const ruleTiers = ['elementwise', 'averages', 'reductions', 'noise'] as const;
export type RuleTier = (typeof ruleTiers)[number];

const tierOfKind = {
  pointwise: 'elementwise',
  reduction: 'reductions',
  noise: 'noise',
} as const satisfies Record<RuleOp['kind'], RuleTier>;

/** `lerp` and `debias` are pointwise in form and exist for averages. */
const averages: readonly RuleOpName[] = ['lerp', 'debias'];

export const tierOf = (op: RuleOpName): RuleTier =>
  averages.includes(op) ? 'averages' : tierOfKind[ruleOps[op].kind];

/** The tiers that a rule makes use of; a state is of the averages. */
export function tiersOf({ nodes, states }: UpdateRule): ReadonlySet<RuleTier> {
  const tiers = new Set<RuleTier>(states.length > 0 ? ['averages'] : []);
  for (const node of nodes) if (node.kind === 'op') tiers.add(tierOf(node.op));
  return tiers;
}
