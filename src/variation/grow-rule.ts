/**
 * A random valid update rule, grown from the output down: what is asked for is a value of a kind (of the parameters' shape, one number, or a square matrix), and any op that
 * gives that kind may stand there. Nothing in it knows the rules of the literature, so that founders do not lean toward any of them.
 */
import { canonicalUpdateRule } from '../genome/update-rule/canonical.ts';
import { type ArgumentKind, type RuleOp, type RuleOpName, ruleOps } from '../genome/update-rule/ops.ts';
import { inferValueShapes } from '../genome/update-rule/shapes.ts';
import { instructionCount } from '../genome/update-rule/traverse.ts';
import type { RuleNode, RuleState, Scope, UpdateRule } from '../genome/update-rule/update-rule.ts';
import type { Random } from '../random/stream.ts';
import type { VariationSettings } from './operator.ts';
import { randomConstant } from './operators/rule-edits.ts';

type Kind = 'full' | 'all' | 'square';

/** Ops by the kind of value that they give. Pointwise ops give the kind of their arguments. */
const namesWhere = (holds: (spec: RuleOp) => boolean) =>
  (Object.keys(ruleOps) as RuleOpName[]).filter((name) => holds(ruleOps[name]));
const pointwise = namesWhere(({ kind }) => kind === 'pointwise');
const reductions = namesWhere(({ kind }) => kind === 'reduction');
const noise = namesWhere(({ kind }) => kind === 'noise');
const givesFull = namesWhere(
  ({ kind, gives, takes }) =>
    kind === 'whole' && (gives === 'full' || (gives === 'same' && takes![0] === 'matrix')),
);
const givesAll = namesWhere(({ kind, gives }) => kind === 'whole' && gives === 'all');
const givesSquare = namesWhere(({ kind, takes }) => kind === 'whole' && takes?.[0] === 'square');

const deepest = 5;
const tries = 1000;

/** What rules are grown from, in the order of drawing. */
export const growthGrammar = {
  ...{ pointwise, reductions, noise, givesFull, givesAll, givesSquare },
  ...{ deepest, tries },
} as const;

/** @throws where the limits leave no room for any rule. */
export function growRule({ limits }: VariationSettings, random: Random): UpdateRule {
  for (let tried = 0; tried < tries; tried++) {
    const rule = canonicalUpdateRule(grown(random, limits.ruleStates));
    const isUsable =
      looksAtLoss(rule) &&
      instructionCount(rule) <= limits.ruleInstructions &&
      rule.states.length <= limits.ruleStates &&
      inferValueShapes(rule).issues.length === 0;
    if (isUsable) return rule;
  }
  throw new Error(
    `no valid update rule in ${tries} tries under limits of ${limits.ruleInstructions} instructions and ${limits.ruleStates} states`,
  );
}

/** A rule that reads neither gradient nor loss cannot train anything. */
const looksAtLoss = (rule: UpdateRule) =>
  rule.nodes.some(
    (node) =>
      (node.kind === 'input' && (node.input === 'g' || node.input === 'L')) ||
      (node.kind === 'op' && ['evaluation', 'population'].includes((ruleOps[node.op] as RuleOp).tier ?? '')),
  );

function grown(random: Random, mostStates: number): UpdateRule {
  const nodes: RuleNode[] = [];
  const states: RuleState[] = [];
  const put = (node: RuleNode) => nodes.push(node) - 1;
  const constant = (value: number) => put({ kind: 'constant', value });

  function value(kind: Kind, depth: number): number {
    if (kind === 'square') return square(depth);
    if (depth >= deepest || random.uniform() < 0.1 * depth) return leaf(kind);
    const draw = random.uniform();
    if (draw < 0.15 && states.length < mostStates) return average(kind, depth);
    if (draw < 0.25)
      return op(random.pick(kind === 'full' ? [...givesFull, ...noise, 'matmul'] : givesAll), depth);
    if (draw < 0.4) return reduction(kind, depth);
    const name = random.pick(pointwise);
    const args = Array.from({ length: ruleOps[name].args }, (_, i) =>
      value(i === 0 || random.uniform() < 0.5 ? kind : 'all', depth + 1),
    );
    return put({ kind: 'op', op: name, args });
  }

  function reduction(kind: Kind, depth: number): number {
    const name = random.pick(reductions);
    const args = Array.from({ length: ruleOps[name].args }, () => value('full', depth + 1));
    const over = kind === 'all' ? 'all' : random.pick<Scope>(['row', 'col', 'tensor', 'all']);
    return put({ kind: 'op', op: name, args, over });
  }

  function leaf(kind: Kind): number {
    if (kind === 'full') return put({ kind: 'input', input: random.pick(['g', 'g', 'g', 'w']) });
    return random.uniform() < 0.7
      ? constant(randomConstant(random))
      : put({ kind: 'input', input: random.pick(['t', 'T', 'L']) });
  }

  function average(kind: Kind, depth: number): number {
    const slot = states.length;
    states.push({ next: 0, initial: 0 });
    const args = [
      put({ kind: 'state', slot }),
      value(kind, depth + 1),
      constant(random.pick([0.5, 0.9, 0.99])),
    ];
    const next = put({ kind: 'op', op: 'lerp', args });
    states[slot] = { next, initial: 0 };
    return next;
  }

  function square(depth: number): number {
    if (depth < deepest && random.uniform() < 0.3) return op(random.pick(givesSquare), depth);
    const matrix = value('full', depth + 1);
    const factors = [matrix, put({ kind: 'op', op: 'transpose', args: [matrix] })];
    return put({ kind: 'op', op: 'matmul', args: random.uniform() < 0.5 ? factors : factors.reverse() });
  }

  /** A whole op or noise. A matrix is asked for as one of the parameters' shape; a product has a square one beside it, on either side, fitting or not. */
  function op(name: RuleOpName, depth: number): number {
    const spec: RuleOp = ruleOps[name];
    const asked: Record<ArgumentKind, Kind> = { full: 'full', all: 'all', matrix: 'full', square: 'square' };
    const kinds =
      name === 'matmul' ? (['square', 'full'] as const) : (spec.takes ?? []).map((kind) => asked[kind]);
    const args = kinds.map((kind) => value(kind, depth + 1));
    if (name === 'matmul' && random.uniform() < 0.5) args.reverse();
    const { count } = spec;
    return put({
      kind: 'op',
      op: name,
      args,
      ...(count === undefined ? {} : { count: Math.min(count.default, count.min + random.below(10)) }),
    });
  }

  const step = constant(-random.pick([1e-4, 1e-3, 1e-2, 1e-1]));
  return { nodes, states, output: put({ kind: 'op', op: 'mul', args: [step, value('full', 0)] }) };
}
