/** What an update rule takes beside the network: work, evaluations, memory and length, counted before anything runs. */
import { isMatrixOp, isWholeOp, type RuleOp, type RuleOpName, ruleOps } from '../genome/update-rule/ops.ts';
import { isMatrix, matrixShapes, matrixSize } from '../genome/update-rule/shapes.ts';
import type { MatrixShape, ValueShape } from '../genome/update-rule/update-rule.ts';
import { paddedColumns } from './padding.ts';
import type { Update, UpdateNode } from './program.ts';
import { nodesNeeded } from './update.ts';
import { needsOf, type Size, wholeFlops } from './whole-ops.ts';

export interface RuleCost {
  /** Flop-equivalents of a step (see cost.ts), evaluations aside. */
  readonly flops: number;
  /** The share that matrix ops have in them. */
  readonly matrixFlops: number;
  /** States, noise, results that outlive their pass, and what whole ops keep. */
  readonly bytes: number;
  /** Passes of the network on the step's batch that whole ops make for sure. */
  readonly evaluations: { readonly forward: number; readonly backward: number };
  /** Nodes over all loops, each as often as it is computed anew: the length of the update as code. */
  readonly length: number;
  /** The same, with the elementary functions counted as the code that they are. */
  readonly code: number;
}

type OpNode = Extract<UpdateNode, { kind: 'op' }>;

/** Work of a vector's number that is loaded, and of one that is stored. */
const workOfLoad = 2;
const workOfStore = 4;
/** Work of a row's begin and end in a loop over rows. */
const workOfRow = 60;
/** Work of each call that fills one tensor with noise. */
const workOfNoiseCall = 8000;

/** Work of a loop over one tensor, beside its rows. */
const workOfLoopBegin = 800;

/**
 * What an op of a long loop takes more, in flop-equivalents for each number. A processor works on several rounds of a short loop at once; in a loop of hundreds of ops, each of which
 * waits for the one before, it waits too, and by the op's latency.
 */
const latencies: { readonly [Name in RuleOpName]?: number } = { sqrt: 50, lerp: 14 };
const workOfWaiting = (node: UpdateNode, length: number): number =>
  ((node.kind === 'op' ? (latencies[node.op] ?? 8) : 8) * length) / (length + 100);

/** An elementary function in lanes is so many ops of machine code for one of the rule. */
const codeOf = (node: UpdateNode): number =>
  node.kind === 'op' && ruleOps[node.op].kind === 'pointwise' && (ruleOps[node.op] as RuleOp).work![0] > 100
    ? 3
    : 1;

export function costOfRule(update: Update, sizes: readonly Size[]): RuleCost {
  const count = counterOf(sizes);
  let flops = 0;
  let matrixFlops = 0;
  let length = 0;
  let code = 0;
  const evaluations = { forward: 0, backward: 0 };
  for (const node of update.nodes) {
    if (node.kind !== 'op') continue;
    const { kind, work }: RuleOp = ruleOps[node.op];
    if (kind === 'noise') flops += work![0] * count('full') + workOfNoiseCall * sizes.length;
    if (kind === 'pointwise' && node.shape === 'all') flops += work![1];
    if (!isWholeOp(node.op)) continue;
    const passes = needsOf(node.op)?.evaluations(node.count ?? 0) ?? { forward: 0, backward: 0 };
    evaluations.forward += passes.forward;
    evaluations.backward += passes.backward;
    const here = wholeFlops(node, update.nodes, sizes);
    flops += here;
    if (isMatrixOp(node.op)) matrixFlops += here;
  }
  for (let pass = 0; pass < update.passes; pass++)
    for (const shape of matrixShapes) {
      const loop = loopOf(update, pass, shape);
      if (loop === null) continue;
      length += loop.needed.length + loop.reductions.length + 1;
      code += loop.needed.reduce(
        (total, index) => total + codeOf(update.nodes[index]!),
        loop.reductions.length + 1,
      );
      flops += workOfLoop(update, loop, shape, count);
    }
  return {
    flops: Math.round(flops),
    matrixFlops,
    bytes: bytesOfRule(update, sizes),
    evaluations,
    length,
    code,
  };
}

/** How many numbers a value of a shape has over all tensors, with the padding of its rows. */
function counterOf(sizes: readonly Size[]): (shape: ValueShape) => number {
  const sum = (of: (size: Size) => number) => sizes.reduce((total, size) => total + of(size), 0);
  const known = new Map<ValueShape, number>([
    ['all', 1],
    ['tensor', sizes.length],
    ['row', sum(({ rows }) => rows)],
    ['col', sum(({ cols }) => paddedColumns(cols))],
  ]);
  return (shape) => {
    if (isMatrix(shape) && !known.has(shape))
      known.set(
        shape,
        sum((size) => {
          const { rows, cols } = matrixSize(shape, size);
          return rows * paddedColumns(cols);
        }),
      );
    return known.get(shape)!;
  };
}

/** One loop nest of a pass: what it is for, and the nodes that it computes for that. */
interface Loop {
  readonly reductions: readonly OpNode[];
  /** Arguments of whole ops, which are stored. */
  readonly materials: number;
  /** Vectors that the last pass stores. */
  readonly stores: number;
  readonly needed: readonly number[];
}

const matrixOf = (shape: ValueShape): MatrixShape => (isMatrix(shape) ? shape : 'full');

/** Null where the pass has nothing to do for values of this matrix shape. */
function loopOf({ nodes, states, output, passes }: Update, pass: number, shape: MatrixShape): Loop | null {
  const isLast = pass === passes - 1;
  const belongs = (args: readonly number[]) =>
    (args.map((arg) => nodes[arg]!.shape).find(isMatrix) ?? 'full') === shape;
  const closing = nodes.filter((node): node is OpNode => node.kind === 'op' && node.pass === pass);
  const reductions = closing.filter(({ op, args }) => ruleOps[op].kind === 'reduction' && belongs(args));
  const materials = closing
    .filter(({ op }) => isWholeOp(op))
    .flatMap(({ op, args }) =>
      args.filter((arg, i) => (ruleOps[op] as RuleOp).takes?.[i] !== 'all' && belongs([arg])),
    );
  const slots = isLast ? states.filter((state) => matrixOf(state.shape) === shape) : [];
  const writesParameters = isLast && shape === 'full';
  if (reductions.length + materials.length + slots.length === 0 && !writesParameters) return null;
  const roots = [
    ...reductions.flatMap(({ args }) => args),
    ...materials,
    ...(writesParameters ? [output] : []),
    ...slots.map(({ next }) => next),
  ];
  return {
    reductions,
    materials: materials.length,
    stores: slots.length + Number(writesParameters),
    needed: nodesNeeded(nodes, roots, pass),
  };
}

function workOfLoop(
  update: Update,
  loop: Loop,
  shape: MatrixShape,
  count: (shape: ValueShape) => number,
): number {
  const lanes = count(shape);
  const inner = workOfStore * (loop.materials + loop.stores);
  const scalars = loop.needed.reduce((total, index) => total + scalarWork(update.nodes[index]!, count), 0);
  const vectors = loop.needed.reduce((total, index) => {
    const node = update.nodes[index]!;
    const work = laneWork(update, node);
    return total + (work === 0 ? 0 : work + workOfWaiting(node, loop.needed.length));
  }, inner);
  const reduced = loop.reductions.reduce(
    (total, { op, over }) =>
      total + (ruleOps[op] as RuleOp).work![0] * lanes + (ruleOps[op] as RuleOp).work![1] * count(over!),
    0,
  );
  return workOfLoopBegin * count('tensor') + workOfRow * count('row') + scalars + vectors * lanes + reduced;
}

/** Of a node that has one number for a tensor or a row, in a loop that needs it. */
function scalarWork(node: UpdateNode, count: (shape: ValueShape) => number): number {
  if (node.shape !== 'tensor' && node.shape !== 'row') return 0;
  const isComputed = node.kind === 'op' && ruleOps[node.op].kind === 'pointwise';
  return count(node.shape) * (isComputed ? (ruleOps[node.op] as RuleOp).work![1] : 20);
}

/** Of a node that is computed or loaded for every vector of the inner loop. */
function laneWork({ nodes }: Update, node: UpdateNode): number {
  if (node.shape === 'all' || node.shape === 'tensor' || node.shape === 'row') return 0;
  if (node.kind !== 'op' || ruleOps[node.op].kind !== 'pointwise') return workOfLoad;
  // Where beta is one number for the whole loop, so is the factor.
  if (node.op === 'debias' && ['all', 'tensor', 'row'].includes(nodes[node.args[1]!]!.shape)) return 1;
  return (ruleOps[node.op] as RuleOp).work![0];
}

/** As `wasm` lays it out, each part rounded up to a vector. */
function bytesOfRule({ nodes, states }: Update, sizes: readonly Size[]): number {
  const count = counterOf(sizes);
  const bytesOf = (shape: ValueShape) => (isMatrix(shape) || shape === 'col' ? 4 : 8) * count(shape) + 16;
  const [full] = [bytesOf('full')];
  let bytes = states.reduce((total, { shape }) => total + (shape === 'col' ? 2 : 1) * bytesOf(shape), 0);
  for (const node of nodes) {
    if (node.kind !== 'op') continue;
    const { kind, takes }: RuleOp = ruleOps[node.op];
    if (kind === 'noise') bytes += full;
    if (kind === 'reduction') bytes += bytesOf(node.over!);
    if (kind !== 'whole') continue;
    const needs = needsOf(node.op);
    bytes += bytesOf(node.shape) + (needs?.vectors(node.count ?? 0) ?? 0) * full;
    bytes += 8 * (needs?.numbers(node.count ?? 0) ?? 0);
    for (const [i, arg] of node.args.entries())
      if (takes?.[i] !== 'all') bytes += bytesOf(matrixOf(nodes[arg]!.shape));
  }
  const ops = nodes.filter((node) => node.kind === 'op');
  // w and g while they are replaced, a place elsewhere and a sum.
  if (ops.some(({ op }) => needsOf(op) !== null)) bytes += 4 * full;
  if (ops.some(({ op }) => isMatrixOp(op))) bytes += matrixBytes(sizes);
  return bytes;
}

/** Room for matrix ops: two squares of a shorter side, a matrix, and rows and panels of the longer side. */
function matrixBytes(sizes: readonly Size[]): number {
  const most = (of: (size: Size) => number) => Math.max(0, ...sizes.map(of));
  const shorter = most(({ rows, cols }) => Math.min(rows, cols));
  const longer = most(({ rows, cols }) => Math.max(rows, cols));
  const largest = most(({ rows, cols }) => rows * paddedColumns(cols));
  return 4 * (2 * shorter * paddedColumns(shorter) + largest + 128 * paddedColumns(longer));
}
