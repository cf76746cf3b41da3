/** Engines that compute in float32 stay with the reference as long as rounding explains, over whole trainings of random genomes. */
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engines/engine.ts';
import { referenceEngine } from '../../src/engines/reference/engine.ts';
import { ruleOps } from '../../src/genome/update-rule/ops.ts';
import type { TaskSignature } from '../../src/tasks/task.ts';
import { randomGenome } from '../support/arbitraries.ts';
import { allEngines, programOf, randomTask } from '../support/engines.ts';
import {
  apartAt,
  disturbedTrajectory,
  float32Rounding,
  type Training,
  type Trajectory,
  trajectoryOn,
} from '../support/trajectory.ts';

const signature: TaskSignature = { input: [1, 6, 1], target: { kind: 'classification', classes: 3 } };
const task = randomTask(signature);
const steps = 20;

/** The reference takes 50 ms or more for a genome, and so does TensorFlow; STREETLIGHT_ALL_GENOMES=1 gives more of them. */
const all = process.env['STREETLIGHT_ALL_GENOMES'] === '1';
const genomes = { reference: 0, wasm: all ? 500 : 200, tensorflow: all ? 500 : 60 };
/** For each of these the reference is disturbed anew, to find the defect. */
const defective = all ? 100 : 50;

/** An engine's errors may be this many times those of the disturbed reference: it rounds every term of a sum, not only the result. */
const allowance = 8;

/** Trainings of the disturbed reference that measure a genome's sensitivity. */
const samples = 4;

/** Where errors of float32's size have grown this far, or training ended otherwise, nothing can be said. */
const chaotic = 1e-3;

/**
 * Genomes may lose digits where no disturbance of the reference reaches: a state that leaves the range of float32, a comparison that rounding decides. No more than this share of
 * them; an engine whose steps are 2 % too long has more than half.
 */
const unexplained = 0.01;

/**
 * With ops that look beyond the step there are more: a line search turns on a comparison of two losses, and the directions of a singular gradient are rounding errors that
 * `orthogonalize` and `eigenbasis` bring to full size. Of these genomes no more than this share.
 */
const unexplainedWhole = 0.1;

const looksBeyond = (n: number) =>
  randomGenome(n).rule.nodes.some((node) => node.kind === 'op' && ruleOps[node.op].kind === 'whole');

/** float32 cannot square a number beyond this. */
const range = 1e18;

const engines = allEngines
  .filter(({ name }) => name !== 'reference')
  .map((engine) => [engine.name, engine] as const);

type Verdict = 'together' | 'chaotic' | 'out of range' | 'apart';

/** The training of a random genome, and the reference's trajectories of it, each computed once for all engines. */
interface Subject {
  readonly training: Training;
  readonly reference: Trajectory;
  disturbed(): readonly Trajectory[];
}

const subjects = new Map<number, Subject>();

function subjectOf(n: number): Subject {
  const known = subjects.get(n);
  if (known !== undefined) return known;
  const program = programOf(randomGenome(n), signature, 8);
  const training = { program, task, steps, seed: `trajectory/${n}` };
  let disturbed: readonly Trajectory[] | null = null;
  const subject: Subject = {
    training,
    reference: trajectoryOn(referenceEngine, training),
    disturbed() {
      disturbed ??= Array.from({ length: samples }, (_, k) => disturbedTrajectory(training, k));
      return disturbed;
    },
  };
  subjects.set(n, subject);
  return subject;
}

function judge(subject: Subject, other: Trajectory): Verdict {
  const { reference } = subject;
  const common = Math.min(reference.losses.length, other.losses.length);
  const stays = (bound: (t: number) => number) =>
    Array.from({ length: common }, (_, t) => apartAt(other, reference, t) <= bound(t)).every(Boolean);
  const sameEnd = reference.losses.length === other.losses.length;
  const unamplified = (t: number) => float32Rounding * (t + 1);
  if (sameEnd && stays((t) => allowance * unamplified(t))) return 'together';
  if (reference.weights.some((weights) => weights.some((w) => !(Math.abs(w) < range)))) return 'out of range';
  const disturbed = subject.disturbed();
  if (disturbed.some(({ losses }) => losses.length !== reference.losses.length)) return 'chaotic';
  const spread = Array.from(reference.losses, (_, t) =>
    disturbed.reduce((most, trajectory) => Math.max(most, apartAt(trajectory, reference, t)), 0),
  );
  const reached = (t: number) => spread.slice(0, t + 1).reduce((most, x) => Math.max(most, x), 0);
  if (sameEnd && stays((t) => allowance * (unamplified(t) + reached(t)))) return 'together';
  return reached(spread.length - 1) < chaotic ? 'apart' : 'chaotic';
}

function verdicts(engine: Engine, count: number): Record<Verdict, number[]> {
  const found: Record<Verdict, number[]> = { together: [], chaotic: [], 'out of range': [], apart: [] };
  for (let n = 0; n < count; n++) {
    const subject = subjectOf(n);
    found[judge(subject, trajectoryOn(engine, subject.training))].push(n);
  }
  return found;
}

/** The reference with a defect: it moves each weight a little too far. */
const overstepping = (excess: number): Engine => ({
  ...referenceEngine,
  prepare(program) {
    const executable = referenceEngine.prepare(program);
    return {
      ...executable,
      update(inputs, noise) {
        const before = executable.readParameters();
        const units = executable.update(inputs, noise);
        const after = executable.readParameters();
        executable.writeParameters(
          after.map((values, p) => values.map((x, i) => x + excess * (x - before[p]![i]!))),
        );
        return units;
      },
    };
  },
});

describe('trajectories of random genomes', { timeout: 600_000 }, () => {
  it.each(engines)('on %s part from the reference no faster than rounding explains', (name, engine) => {
    const found = verdicts(engine, genomes[name]);
    const whole = Array.from({ length: genomes[name] }, (_, n) => n).filter(looksBeyond);
    const [beyond, within] = [found.apart.filter(looksBeyond), found.apart.filter((n) => !looksBeyond(n))];
    expect(within.length, `apart: ${within.join(', ')}`).toBeLessThanOrEqual(
      unexplained * (genomes[name] - whole.length),
    );
    expect(beyond.length, `apart: ${beyond.join(', ')}`).toBeLessThanOrEqual(unexplainedWhole * whole.length);
    // The rest is chaotic: embeddings and pools turn an error of any size into another token or another place.
    expect(found.together.length).toBeGreaterThan(0.8 * genomes[name]);
  });

  it('show an engine whose steps are 2 % too long', () => {
    expect(verdicts(overstepping(0.02), defective).apart.length).toBeGreaterThan(defective / 2);
    expect(verdicts(overstepping(0), defective).apart).toEqual([]);
  });
});
