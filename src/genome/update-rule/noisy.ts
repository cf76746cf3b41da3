/** Update rules whose updates are disturbed. */
import { canonicalUpdateRule } from './canonical.ts';
import type { RuleNode, UpdateRule } from './update-rule.ts';

/**
 * The rule with noise on its updates, tensor by tensor: u becomes u + dose * rms(u) * normal, so that the noise of a tensor of d numbers has the variance dose^2 |u|^2 / d in each. States take
 * what the undisturbed rule gives them: it is not told of the noise. Dose 0 is the rule itself. All doses draw the same numbers from the same seed; a rule that draws numbers of its own
 * may draw others than without noise.
 */
export function noisyRule({ nodes, states, output }: UpdateRule, dose: number): UpdateRule {
  if (dose === 0) return { nodes, states, output };
  const at = nodes.length;
  const added: readonly RuleNode[] = [
    { kind: 'op', op: 'rms', args: [output], over: 'tensor' },
    { kind: 'constant', value: dose },
    { kind: 'op', op: 'mul', args: [at + 1, at] },
    { kind: 'op', op: 'normal', args: [] },
    { kind: 'op', op: 'mul', args: [at + 2, at + 3] },
    { kind: 'op', op: 'add', args: [output, at + 4] },
  ];
  return canonicalUpdateRule({ nodes: [...nodes, ...added], states, output: at + 5 });
}
