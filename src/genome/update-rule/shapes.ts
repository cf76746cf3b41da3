/** Shapes of an update rule's values: the smallest that hold what they depend on. */
import { ruleOps } from './ops.ts';
import type { RuleInput, RuleNode, UpdateRule, ValueShape } from './update-rule.ts';

const inputShapes = {
  g: 'full',
  w: 'full',
  L: 'all',
  t: 'all',
  T: 'all',
  b: 'all',
  n: 'all',
} as const satisfies Record<RuleInput, ValueShape>;

const rank = { all: 0, tensor: 1, row: 2, col: 2, full: 3 } as const satisfies Record<ValueShape, number>;

/** The smallest shape that both broadcast to: all < tensor < row, col < full. */
export function joinShapes(a: ValueShape, b: ValueShape): ValueShape {
  if (a === b) return a;
  if (rank[a] === rank[b]) return 'full';
  return rank[a] > rank[b] ? a : b;
}

export interface InferredShapes {
  readonly nodes: readonly ValueShape[];
  readonly states: readonly ValueShape[];
}

/** Least fixpoint: states start at `all` and grow until they hold what they are set to. At most three rounds per state. */
export function inferValueShapes(rule: UpdateRule): InferredShapes {
  const states: ValueShape[] = rule.states.map(() => 'all');
  for (;;) {
    const nodes: ValueShape[] = [];
    for (const node of rule.nodes) nodes.push(shapeOf(node, nodes, states));
    let grew = false;
    for (const [slot, state] of rule.states.entries()) {
      const joined = joinShapes(states[slot]!, nodes[state.next]!);
      if (joined !== states[slot]) {
        states[slot] = joined;
        grew = true;
      }
    }
    if (!grew) return { nodes, states };
  }
}

function shapeOf(node: RuleNode, nodes: readonly ValueShape[], states: readonly ValueShape[]): ValueShape {
  switch (node.kind) {
    case 'input':
      return inputShapes[node.input];
    case 'constant':
      return 'all';
    case 'state':
      return states[node.slot]!;
    case 'op': {
      const { kind } = ruleOps[node.op];
      if (kind === 'noise') return 'full';
      if (kind === 'reduction') return node.over!;
      return node.args.reduce<ValueShape>((shape, arg) => joinShapes(shape, nodes[arg]!), 'all');
    }
  }
}
