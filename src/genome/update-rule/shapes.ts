/** Shapes of an update rule's values: the smallest that hold what they depend on. What has no shape is ill-typed, and no such rule is ever built. */
import { type ArgumentKind, type RuleOp, ruleOps } from './ops.ts';
import type { MatrixShape, RuleInput, RuleNode, UpdateRule, ValueShape } from './update-rule.ts';

const inputShapes = {
  g: 'full',
  w: 'full',
  L: 'all',
  t: 'all',
  T: 'all',
  b: 'all',
  n: 'all',
  rows: 'tensor',
  cols: 'tensor',
} as const satisfies Record<RuleInput, ValueShape>;

const rank = {
  all: 0,
  tensor: 1,
  row: 2,
  col: 2,
  full: 3,
  transposed: 3,
  rowrow: 3,
  colcol: 3,
} as const satisfies Record<ValueShape, number>;

/** Dimensions of the matrices, in those of the tensor. */
const axes = {
  full: ['rows', 'cols'],
  transposed: ['cols', 'rows'],
  rowrow: ['rows', 'rows'],
  colcol: ['cols', 'cols'],
} as const satisfies Record<MatrixShape, readonly ['rows' | 'cols', 'rows' | 'cols']>;

/** The shapes that are matrices, as against one number for each scope. */
export const matrixShapes = Object.keys(axes) as readonly MatrixShape[];

/** True of a value that is a matrix for each parameter tensor. */
export const isMatrix = (shape: ValueShape): shape is MatrixShape => shape in axes;

/** True of what broadcasts to `full`. */
export const broadcastsToFull = (shape: ValueShape): boolean => shape === 'full' || !isMatrix(shape);

/** The size of a matrix of this shape for a tensor of this size. */
export function matrixSize<Size extends { readonly rows: number; readonly cols: number }>(
  shape: MatrixShape,
  size: Size,
): { readonly rows: number; readonly cols: number } {
  const [down, across] = axes[shape];
  return { rows: size[down], cols: size[across] };
}

const withAxes = (down: 'rows' | 'cols', across: 'rows' | 'cols'): MatrixShape =>
  matrixShapes.find((shape) => axes[shape][0] === down && axes[shape][1] === across)!;

/** The shape of the transpose. */
export const transposedShape = (shape: MatrixShape): MatrixShape => withAxes(axes[shape][1], axes[shape][0]);

/** The shape of a matrix product, or null where the inner dimensions differ. */
export const productShape = (a: MatrixShape, b: MatrixShape): MatrixShape | null =>
  axes[a][1] === axes[b][0] ? withAxes(axes[a][0], axes[b][1]) : null;

/** The smallest shape that both broadcast to: all < tensor < row, col < full, and tensor < the other matrices. Null where there is none. */
export function joinShapes(a: ValueShape, b: ValueShape): ValueShape | null {
  if (a === b) return a;
  const [small, large] = rank[a] < rank[b] ? [a, b] : [b, a];
  if (rank[small] <= 1) return large;
  return broadcastsToFull(a) && broadcastsToFull(b) ? 'full' : null;
}

/** Why a value has no shape. */
export interface ShapeIssue {
  /** The node that is wrong; for a state or the output, the node that it is set to. */
  readonly node: number;
  readonly message: string;
  readonly hint: string;
}

/** The shape of every value that a rule computes or keeps, with what is ill-typed. */
export interface InferredShapes {
  readonly nodes: readonly ValueShape[];
  readonly states: readonly ValueShape[];
  /** Empty for every rule that was read or bred. */
  readonly issues: readonly ShapeIssue[];
}

/** A shape, or null while nothing is known of it: a state that so far depends on itself alone. */
type Known = ValueShape | null;

/** What is found out about one op: its shape, or what is wrong. */
type Finding = { readonly shape: Known } | { readonly wrong: string; readonly hint: string };

/** Least fixpoint: states start unknown and grow until they hold what they are set to. A few rounds per state at most. */
export function inferValueShapes(rule: UpdateRule): InferredShapes {
  let states: Known[] = rule.states.map(() => null);
  for (;;) {
    const nodes = shapesGiven(rule, states).map((finding) => ('shape' in finding ? finding.shape : null));
    const grown = rule.states.map(({ next }, slot) => grow(states[slot]!, nodes[next]!));
    if (grown.every((shape, slot) => shape === states[slot])) break;
    states = grown;
  }
  // What depends on itself alone is one number.
  const held = states.map((shape): ValueShape => shape ?? 'all');
  const findings = shapesGiven(rule, held);
  const nodes = findings.map(
    (finding): ValueShape => ('shape' in finding ? (finding.shape ?? 'all') : 'all'),
  );
  return { nodes, states: held, issues: issuesOf(rule, findings, nodes, held) };
}

/** A state's shape after one round; one that cannot hold its new value keeps what it had, and is reported in the end. */
function grow(state: Known, next: Known): Known {
  if (state === null || next === null) return state ?? next;
  return joinShapes(state, next) ?? state;
}

function shapesGiven(rule: UpdateRule, states: readonly Known[]): Finding[] {
  const findings: Finding[] = [];
  const known = (index: number): Known => {
    const finding = findings[index]!;
    return 'shape' in finding ? finding.shape : null;
  };
  for (const node of rule.nodes) findings.push(findingOf(node, known, states));
  return findings;
}

function findingOf(node: RuleNode, known: (index: number) => Known, states: readonly Known[]): Finding {
  switch (node.kind) {
    case 'input':
      return { shape: inputShapes[node.input] };
    case 'constant':
      return { shape: 'all' };
    case 'state':
      return { shape: states[node.slot]! };
    case 'op': {
      const spec: RuleOp = ruleOps[node.op];
      const args = node.args.map(known);
      if (spec.kind === 'noise') return { shape: 'full' };
      if (spec.kind === 'whole') return wholeFinding(node.op, spec, args);
      const joined = joinAll(node.op, args);
      if (spec.kind === 'pointwise' || !('shape' in joined)) return joined;
      return (node.over === 'row' || node.over === 'col') &&
        joined.shape !== null &&
        !broadcastsToFull(joined.shape)
        ? {
            wrong: `\`${node.op}\` over ${node.over} of a ${joined.shape} matrix`,
            hint: 'such a matrix can be reduced over: tensor or over: all',
          }
        : { shape: node.over! };
    }
  }
}

function joinAll(op: string, args: readonly Known[]): Finding {
  let joined: Known = null;
  for (const arg of args) {
    if (arg === null) continue;
    const next: Known = joined === null ? arg : joinShapes(joined, arg);
    if (next === null)
      return {
        wrong: `\`${op}\` of shapes ${joined} and ${arg}, which do not fit`,
        hint: 'numbers for all parameters or per tensor broadcast to every matrix, rows and columns to full alone',
      };
    joined = next;
  }
  return { shape: joined };
}

const demands = {
  full: 'something of the shape of the parameters',
  all: 'one number for all parameters: a constant, or a reduction over: all',
  matrix: 'a matrix: full, transposed, rowrow or colcol',
  square: 'a square matrix, such as matmul(g, transpose(g))',
} as const satisfies Record<ArgumentKind, string>;

const satisfied: Readonly<Record<ArgumentKind, (shape: ValueShape) => boolean>> = {
  full: broadcastsToFull,
  all: (shape) => shape === 'all',
  matrix: isMatrix,
  square: (shape) => shape === 'rowrow' || shape === 'colcol',
};

function wholeFinding(op: string, spec: RuleOp, args: readonly Known[]): Finding {
  for (const [i, arg] of args.entries()) {
    const demand = spec.takes![i];
    if (arg !== null && demand !== undefined && !satisfied[demand](arg))
      return {
        wrong: `argument ${i + 1} of \`${op}\` is of shape ${arg}`,
        hint: `it takes ${demands[demand]}`,
      };
  }
  if (spec.gives === 'full' || spec.gives === 'all') return { shape: spec.gives };
  const [a, b] = args as readonly [MatrixShape | null, MatrixShape | null];
  if (a === null) return { shape: null };
  if (spec.gives === 'same') return { shape: a };
  if (spec.gives === 'transpose') return { shape: transposedShape(a) };
  if (b === null) return { shape: null };
  const product = productShape(a, b);
  return product !== null
    ? { shape: product }
    : {
        wrong: `the matrix product of shapes ${a} and ${b} does not exist`,
        hint: 'the columns of the first must be the rows of the second: transpose one of them',
      };
}

function issuesOf(
  rule: UpdateRule,
  findings: readonly Finding[],
  nodes: readonly ValueShape[],
  states: readonly ValueShape[],
): ShapeIssue[] {
  const issues = findings.flatMap((finding, node): ShapeIssue[] =>
    'wrong' in finding ? [{ node, message: finding.wrong, hint: finding.hint }] : [],
  );
  for (const [slot, { next }] of rule.states.entries()) {
    if (joinShapes(states[slot]!, nodes[next]!) !== states[slot])
      issues.push({
        node: next,
        message: `a state of shape ${states[slot]} is set to a value of shape ${nodes[next]}`,
        hint: 'a state has one shape, which everything that it is set to must broadcast to',
      });
  }
  if (!broadcastsToFull(nodes[rule.output]!))
    issues.push({
      node: rule.output,
      message: `the update is of shape ${nodes[rule.output]}, and the parameter is not`,
      hint: 'what is added to a parameter has its shape: multiply by a matrix on the other side',
    });
  return issues;
}
