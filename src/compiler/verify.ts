/**
 * What every stage of the compiler promises, checked: tests run it on everything that they compile, and `--debug` on everything that a run compiles.
 *
 * The check of memory replays a whole training step and tracks which tensors are still intact. So it finds a tensor that was overwritten before its last reader without relying
 * on what the planner assumed about lifetimes.
 */
import { ruleOps } from '../genome/update-rule/ops.ts';
import { joinShapes } from '../genome/update-rule/shapes.ts';
import type { ValueShape } from '../genome/update-rule/update-rule.ts';
import { paddedColumns } from './memory.ts';
import type { Network, TrainedNetwork, UnplacedTensor } from './network.ts';
import type { Program, TensorId, TensorOp, Update } from './program.ts';
import { brokenClaim, copiedWhole, operandsOf, selectorsOf, statesOf } from './tensor-ops/table.ts';
import { closesPass } from './update.ts';

/** A stage of the compiler broke its promise: a defect of ours, never of the genome. */
export class CompilerInvariantError extends Error {
  override readonly name = 'CompilerInvariantError';
  constructor(stage: string, what: string) {
    super(
      `The compiler's stage \`${stage}\` broke an invariant: ${what}. This is a defect of streetlight; please report it with the genome.`,
    );
  }
}

function demand(holds: boolean, stage: string, what: () => string): void {
  if (!holds) throw new CompilerInvariantError(stage, what());
}

/** Every op has operands of fitting sizes that were written before it reads them; head and loss are computed. */
export function verifyNetwork(network: Network): void {
  const written = new Set<TensorId>([
    network.input,
    network.target,
    ...[...network.parameters, ...network.constants].map(({ value }) => value),
  ]);
  verifyOps('lower', network.forward, network.tensors, written);
  demand(written.has(network.output), 'lower', () => 'the head is never computed');
  demand(written.has(network.loss), 'lower', () => 'the loss is never computed');
}

/** The backward pass reads only what is there, and leaves a gradient for every parameter that the loss depends on. */
export function verifyTrained(network: TrainedNetwork): void {
  const { tensors, parameters, constants, forward, backward } = network;
  const written = new Set<TensorId>([
    network.input,
    network.target,
    ...[...parameters, ...constants].map(({ value }) => value),
    ...forward.flatMap((op) => operandsOf(op).writes),
  ]);
  verifyOps('differentiate', backward, tensors, written);
  const influential = influencesOf(network);
  for (const { name, value, gradient } of parameters) {
    const [w, d] = [tensors[value]!, tensors[gradient]!];
    demand(
      w.rows === d.rows && w.cols === d.cols,
      'differentiate',
      () => `the gradient of ${name} has another shape than ${name}`,
    );
    demand(
      written.has(gradient) || !influential.has(value),
      'differentiate',
      () => `the loss depends on ${name}, and nothing computes its gradient`,
    );
  }
}

/** The whole program: both passes, the places of all tensors, and the update. */
export function verifyProgram(program: Program): void {
  verifyNetwork(program);
  verifyTrained(program);
  verifyPlaces(program);
  verifyUpdate(program.update);
}

function verifyOps(
  stage: string,
  ops: readonly TensorOp[],
  tensors: readonly UnplacedTensor[],
  written: Set<TensorId>,
): void {
  for (const [i, op] of ops.entries()) {
    const where = () => `op ${i} (${op.op})`;
    const { reads, writes } = operandsOf(op);
    for (const id of [...reads, ...writes])
      demand(tensors[id] !== undefined, stage, () => `${where()} names tensor ${id}, which does not exist`);
    for (const id of reads)
      demand(
        written.has(id),
        stage,
        () => `${where()} reads ${tensors[id]!.name} before anything has written it`,
      );
    const complaint = brokenClaim(op, (id) => tensors[id]!);
    demand(complaint === null, stage, () => `${where()}: ${complaint}`);
    for (const id of writes) written.add(id);
  }
}

/** Tensors that the loss depends on differentiably. An op that selects rows of a table passes no gradient to what it selects by. */
function influencesOf({ forward, loss }: Network): ReadonlySet<TensorId> {
  const influential = new Set<TensorId>([loss]);
  for (const op of [...forward].reverse()) {
    const { reads, writes } = operandsOf(op);
    if (!writes.some((id) => influential.has(id))) continue;
    const selectors = selectorsOf(op);
    for (const id of reads) if (!selectors.includes(id)) influential.add(id);
  }
  return influential;
}

function verifyPlaces(program: Program): void {
  const { tensors, parameters, arenaLength, parameterLength } = program;
  const sizeOf = (id: TensorId) => tensors[id]!.rows * tensors[id]!.stride;
  for (const [id, { name, offset, stride, cols }] of tensors.entries()) {
    demand(stride === paddedColumns(cols), 'planMemory', () => `rows of ${name} are not padded to vectors`);
    demand(
      offset >= 0 && offset % 4 === 0 && offset + sizeOf(id) <= arenaLength,
      'planMemory',
      () => `${name} lies at ${offset}, unaligned or outside the arena`,
    );
  }
  let next = 0;
  for (const { name, value, gradient } of parameters) {
    demand(
      tensors[value]!.offset === next && tensors[gradient]!.offset === parameterLength + next,
      'planMemory',
      () => `${name} or its gradient leaves the parameter region`,
    );
    next += sizeOf(value);
  }
  followStep(program, sizeOf);
}

/** One training step, op by op, with what each place holds. */
function followStep(program: Program, sizeOf: (id: TensorId) => number): void {
  const { tensors, parameters, constants, forward, backward } = program;
  const held = new Set<TensorId>();
  const hold = (id: TensorId) => {
    const [from, to] = [tensors[id]!.offset, tensors[id]!.offset + sizeOf(id)];
    for (const other of held) {
      const start = tensors[other]!.offset;
      if (other !== id && start < to && from < start + sizeOf(other)) held.delete(other);
    }
    held.add(id);
  };
  const given = [...parameters, ...constants].map(({ value }) => value);
  for (const id of [program.input, program.target, ...given]) hold(id);
  for (const op of [...forward, ...backward]) {
    const { reads, writes } = operandsOf(op);
    for (const id of reads)
      demand(
        held.has(id),
        'planMemory',
        () => `${op.op} reads ${tensors[id]!.name} after another tensor was laid over it`,
      );
    // A copy in place writes nothing: whatever is there stays.
    const copy = copiedWhole(op, tensors);
    if (copy !== null && tensors[copy.from]!.offset === tensors[copy.into]!.offset) held.add(copy.into);
    else for (const id of writes) hold(id);
  }
  const kept = forward.flatMap((op) => statesOf(op).map(({ id }) => id));
  for (const id of [...given, ...kept])
    demand(
      held.has(id),
      'planMemory',
      () => `a tensor is laid over ${tensors[id]!.role} ${tensors[id]!.name}`,
    );
}

/** Arguments precede their readers, nothing is read before its pass, and shapes are joins of what they depend on. */
function verifyUpdate({ nodes, states, output, passes }: Update): void {
  for (const [index, node] of nodes.entries()) {
    demand(
      node.pass >= 0 && node.pass < passes,
      'scheduleUpdate',
      () => `node ${index} is in pass ${node.pass} of ${passes}`,
    );
    if (node.kind !== 'op') continue;
    const { kind } = ruleOps[node.op];
    for (const arg of node.args) {
      const read = nodes[arg]!;
      demand(arg < index, 'scheduleUpdate', () => `node ${index} reads node ${arg}, which comes later`);
      demand(
        read.pass + (closesPass(read) ? 1 : 0) <= node.pass,
        'scheduleUpdate',
        () => `node ${index} reads node ${arg} before its pass has ended`,
      );
    }
    const joined = node.args.reduce<ValueShape | null>(
      (shape, arg) => shape && joinShapes(shape, nodes[arg]!.shape),
      'all',
    );
    demand(
      kind !== 'pointwise' || node.shape === joined,
      'scheduleUpdate',
      () => `node ${index} has shape ${node.shape} and its arguments join to ${joined}`,
    );
  }
  for (const [slot, { next, shape }] of states.entries())
    demand(
      nodes[next] !== undefined && joinShapes(shape, nodes[next].shape) === shape,
      'scheduleUpdate',
      () => `state ${slot} cannot hold what it is set to`,
    );
  demand(nodes[output] !== undefined, 'scheduleUpdate', () => 'the output does not exist');
}
