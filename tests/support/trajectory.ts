/**
 * Trajectories of training on different engines, and how far rounding alone may part them.
 *
 * The rounding errors of one step are small; what training makes of them may not be: a rule may divide by 1e-8, a network may be chaotic. So the reference is asked itself,
 * after Parker's Monte Carlo arithmetic (1997): it trains again with random errors of float32's size in weights, gradients and every value of the update rule. How far these
 * trainings come to lie from the exact one measures what rounding becomes here, and an engine in float32 is allowed a multiple of it.
 */
import type { Program, UpdateNode } from '../../src/compiler/program.ts';
import type { Engine } from '../../src/engines/engine.ts';
import { initialConstants, initialParameters } from '../../src/engines/initial-weights.ts';
import { type NoiseKeys, noiseKeys } from '../../src/engines/noise.ts';
import { referenceEngine } from '../../src/engines/reference/engine.ts';
import { batches } from '../../src/engines/training-loop.ts';
import { ruleOps } from '../../src/genome/update-rule/ops.ts';
import { type Random, stream } from '../../src/random/stream.ts';
import type { Task } from '../../src/tasks/task.ts';

/** Half a unit in the last place of float32. */
export const float32Rounding = 2 ** -24;

/** Roundings of 1 by which a normal number may be off that is made in float32, however small it comes out: of a logarithm, a root and a cosine. */
const noiseError = 4;

export interface Trajectory {
  /** Batch loss before each step; it ends before the first that is not finite. */
  readonly losses: readonly number[];
  /** All weights after each step. */
  readonly weights: readonly Float64Array[];
}

export interface Training {
  readonly program: Program;
  readonly task: Task;
  readonly steps: number;
  readonly seed: string;
}

type Disturb = (tensors: readonly Float64Array[]) => Float64Array[];

interface Disturbance {
  readonly weights: Disturb;
  readonly gradients: Disturb;
  readonly noise: (keys: NoiseKeys) => NoiseKeys;
}

export function trajectoryOn(engine: Engine, training: Training, disturbance?: Disturbance): Trajectory {
  const { program, task, steps, seed } = training;
  const executable = engine.prepare(program);
  const noise = (disturbance?.noise ?? ((keys: NoiseKeys) => keys))(noiseKeys(seed));
  const n = task.splits.train.count;
  const nextBatch = batches(n, program.batchSize, 'shuffled', stream(`${seed}/batches`));
  executable.writeConstants(initialConstants(program, seed));
  executable.writeParameters(initialParameters(program, seed));
  executable.resetStates();
  executable.bind(task, 'train');
  const losses: number[] = [];
  const weights: Float64Array[] = [];
  for (let t = 1; t <= steps; t++) {
    if (disturbance !== undefined)
      executable.writeParameters(disturbance.weights(executable.readParameters()));
    executable.loadRows(nextBatch());
    const L = executable.forward({ mode: 'train', t, noise });
    if (!Number.isFinite(L)) break;
    losses.push(L);
    executable.backward();
    if (disturbance !== undefined)
      executable.writeGradients(disturbance.gradients(executable.readGradients()));
    executable.update({ t, T: steps, L, b: program.batchSize, n }, noise);
    weights.push(Float64Array.from(executable.readParameters().flatMap((values) => [...values])));
  }
  executable.dispose();
  return { losses, weights };
}

/** The reference with errors of float32's size; another one for each `sample`. */
export function disturbedTrajectory(training: Training, sample: number): Trajectory {
  const random = stream(`${training.seed}/disturbed/${sample}`);
  const { program, original } = disturbRule(training.program, random);
  return trajectoryOn(
    referenceEngine,
    { ...training, program },
    {
      weights: ofEach(random),
      gradients: ofLargest(random),
      noise: (keys) => (node) => keys(node === 'dropout' ? node : original[node]!),
    },
  );
}

const rounding = (random: Random) => float32Rounding * (2 * random.uniform() - 1);

const ofEach =
  (random: Random): Disturb =>
  (tensors) =>
    tensors.map((values) => values.map((x) => x * (1 + rounding(random))));

/** By the largest of all gradients: each is a sum, and its terms may be as large where they cancel. */
const ofLargest =
  (random: Random): Disturb =>
  (tensors) => {
    const largest = tensors
      .flatMap((values) => [...values])
      .reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    return tensors.map((values) => values.map((x) => x + largest * rounding(random)));
  };

/** Each constant and each result of an op is multiplied by a number next to 1, and to noise a number next to 0 is added. `original` gives the index that a node had before. */
function disturbRule(program: Program, random: Random): { program: Program; original: readonly number[] } {
  const { update } = program;
  const nodes: UpdateNode[] = [];
  const original: number[] = [];
  const places: number[] = [];
  const push = (node: UpdateNode, from: number) => {
    original.push(from);
    return nodes.push(node) - 1;
  };
  for (const [index, node] of update.nodes.entries()) {
    const args = node.kind === 'op' ? node.args.map((arg) => places[arg]!) : [];
    const place = push(node.kind === 'op' ? { ...node, args } : node, index);
    if (node.kind === 'state' || node.kind === 'input') {
      places.push(place);
      continue;
    }
    const isNoise = node.kind === 'op' && ruleOps[node.op].kind === 'noise';
    const value = isNoise ? noiseError * rounding(random) : 1 + rounding(random);
    const error = push({ kind: 'constant', value, shape: 'all', pass: 0 }, index);
    const op = isNoise ? 'add' : 'mul';
    places.push(push({ kind: 'op', op, args: [place, error], shape: node.shape, pass: node.pass }, index));
  }
  const states = update.states.map((state) => ({ ...state, next: places[state.next]! }));
  return {
    program: { ...program, update: { ...update, nodes, states, output: places[update.output]! } },
    original,
  };
}

/** Largest difference, in weights or loss after step t (from 0), relative to max(1, largest value). */
export const apartAt = (a: Trajectory, b: Trajectory, t: number): number =>
  Math.max(distance(a.weights[t]!, b.weights[t]!), distance([a.losses[t]!], [b.losses[t]!]));

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let apart = 0;
  let size = 1;
  for (let i = 0; i < b.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (!(difference <= apart)) apart = difference;
    size = Math.max(size, Math.abs(b[i]!));
  }
  return apart / size;
}
