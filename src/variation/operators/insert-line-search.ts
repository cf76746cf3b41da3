import type { UpdateRule } from '../../genome/update-rule/update-rule.ts';
import type { Random } from '../../random/stream.ts';
import type { Operator } from '../operator.ts';
import { graft, patchAt } from './rule-edits.ts';

const tests = ['backtrack', 'goldstein', 'lipschitz'] as const;

/** Multiplies the update by a step size that is searched for on the batch: Armijo's, Goldstein's or the Lipschitz test. Half of them begin at a multiple of the last step. */
export const insertLineSearch: Operator<UpdateRule> = (rule, settings, random) => {
  const remembers = random.uniform() < 0.5;
  if (remembers && rule.states.length >= settings.limits.ruleStates) return null;
  const edge = { kind: 'output' } as const;
  const patch = patchAt(rule.nodes.length);
  const slot = rule.states.length;
  const one = patch.constant(1);
  const start = remembers
    ? patch.op('mul', [patch.state(slot), patch.constant(random.pick([1.1, 1.5, 2]))])
    : one;
  const test = random.pick(tests);
  const step = search(patch, rule.output, start, test, random);
  const target = patch.op('mul', [step, rule.output]);
  const grafted = graft(rule, edge, patch, target);
  // A search that found nothing must not end all later ones: they begin at 1 again.
  const next = patch.op('where', [step, step, one]);
  const whole = { ...grafted, nodes: [...grafted.nodes, patch.nodes.at(-1)!] };
  return {
    result: remembers ? { ...whole, states: [...whole.states, { next, initial: 1 }] } : grafted,
    locus: 'u',
    before: 'u',
    after: `${test}${remembers ? ' from the last step' : ''}`,
  };
};

function search(
  patch: ReturnType<typeof patchAt>,
  d: number,
  start: number,
  test: (typeof tests)[number],
  random: Random,
): number {
  const g = patch.input('g');
  const c = patch.constant(test === 'lipschitz' ? 0.9 : random.pick([1e-4, 0.1]));
  const shrink = patch.constant(random.pick([0.5, 0.8, 0.9]));
  const count = { count: random.pick([5, 10, 20]) };
  if (test === 'lipschitz') return patch.op(test, [d, g, start, c, shrink], count);
  const slope = patch.op('dot', [g, d], { over: 'all' });
  if (test === 'backtrack') return patch.op(test, [d, slope, start, c, shrink], count);
  const [grow, most] = [patch.constant(2), patch.constant(10)];
  return patch.op(test, [d, slope, start, c, shrink, grow, most], count);
}
