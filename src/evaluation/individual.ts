/**
 * Evaluation of an individual: every pair, task and replicate of its plan, at every learning rate on trial; one fitness. Then, for an elite, the re-run that must confirm it.
 * A function of the plan and the run's seed alone.
 *
 * The streams of a training are named by individual, task and replicate, so that trials and partners are compared on the same weights and batches.
 */
import type { Compiled } from '../compiler/compile.ts';
import type { Engine, Hurdle, Measurement } from '../engines/engine.ts';
import type { Genome } from '../genome/genome.ts';
import { trainingSeeds } from '../random/stream-names.ts';
import type { EvaluationProtocol } from '../search-space/evaluation-schema.ts';
import type { Task } from '../tasks/task.ts';
import { aggregate } from './aggregate.ts';
import { lossHash } from './behaviour.ts';
import {
  compileFor,
  type EvaluationSettings,
  open,
  type Trained,
  type TrainingRequest,
  train,
} from './evaluate.ts';
import { fitnessOf } from './fitness.ts';
import { trialsOf, withRate } from './learning-rate.ts';
import {
  type Behaviour,
  type EvaluationOutcome,
  type Reevaluation,
  type Reuse,
  type Rung,
  type Training,
  type TrainingOutcome,
  withDetails,
} from './outcome.ts';
import type { EvaluationPlan, Known } from './plan.ts';

/** What is the same for every individual of a run. */
export interface Workbench {
  readonly engine: Engine;
  readonly tasks: readonly Task[];
  readonly settings: EvaluationSettings;
  readonly protocol: EvaluationProtocol;
}

/** A workbench with the seed of the run whose individuals are evaluated on it. */
export interface RunWorkbench extends Workbench {
  readonly runSeed: string;
}

/** For whoever wants to know how an evaluation spends its time. */
export interface EvaluationHooks {
  /** Called when the probe, and the verification of a hit, are over. */
  readonly onProbed?: () => void;
}

/** What streams are named by: the task's name, and a number from the second of one name on. */
export function taskKeys(tasks: readonly Pick<Task, 'name'>[]): readonly string[] {
  return tasks.map(({ name }, i) => {
    const before = tasks.slice(0, i).filter((task) => task.name === name).length;
    return before === 0 ? name : `${name}.${before + 1}`;
  });
}

interface Spent {
  steps: number;
  costUnits: number;
}

/** Carries out a plan. A candidate's failure is an outcome; what is thrown is a defect. */
export async function evaluateIndividual(
  bench: RunWorkbench,
  plan: EvaluationPlan,
  { onProbed }: EvaluationHooks = {},
): Promise<EvaluationOutcome> {
  const session = openSession(bench, plan);
  const { cache } = bench.protocol;
  const found = cache === undefined ? null : await session.recognise(cache);
  onProbed?.();
  const result = found?.result ?? (await session.search());
  const reevaluation = await session.confirm(result);
  const { trainings } = session;
  const probe = found?.probe ?? null;
  const behaviour: Behaviour | null =
    cache === undefined || probe === null || found?.reuse != null || result.outcome.status === 'failed'
      ? null
      : { probe, opening: lossHash([session.opening], cache.digits) };
  return {
    ...result.outcome,
    stepsDone: session.spent.steps,
    costUnits: session.spent.costUnits,
    ...withDetails({
      trainings: trainings.length === 1 && reevaluation === null ? [] : trainings,
      rungs: session.rungs,
      reevaluation,
      behaviour,
      reuse: found?.reuse ?? null,
    }),
  };
}

interface Result {
  readonly outcome: TrainingOutcome;
  /** Exponent of the chosen trial. */
  readonly trial: number;
}

interface Recognised {
  readonly probe: string | null;
  readonly reuse: Reuse | null;
  readonly result: Result | null;
}

interface Part {
  readonly partner: number | null;
  readonly genome: Genome;
  readonly task: number;
  readonly replicate: number;
}

function openSession(bench: RunWorkbench, plan: EvaluationPlan) {
  const { engine, tasks, settings, protocol, runSeed } = bench;
  const keys = taskKeys(tasks);
  const trials = trialsOf(protocol.learningRates);
  const compiled = programs(settings);
  const spent: Spent = { steps: 0, costUnits: 0 };
  const trainings: Training[] = [];
  const rungs: Rung[] = [];
  let opening: readonly number[] = [];

  function charge(stepsDone: number, costUnits: number): void {
    spent.steps += stepsDone;
    spent.costUnits += costUnits;
  }

  async function run(genome: Genome, request: TrainingRequest): Promise<Trained> {
    const trained = await train(engine, settings, compiled(genome, request.task), request);
    charge(trained.outcome.stepsDone, trained.outcome.costUnits);
    return trained;
  }

  async function firstLosses(genome: Genome, task: Task, seed: string, steps: number) {
    const opened = await open(engine, settings, compiled(genome, task), { task, seed, steps });
    charge(opened.stepsDone, opened.costUnits);
    return opened.losses;
  }

  const seedOf = (birthIndex: number, task: number, replicate: number) =>
    trainingSeeds.individual(runSeed, birthIndex, keys[task]!, replicate);

  /** Pairs, tasks and replicates in order, with the genomes at one learning rate. */
  function partsAt(j: number): Part[] {
    return plan.pairs.flatMap(({ partner, genome }) => {
      const rated = withRate(genome, j);
      return tasks.flatMap((_, task) =>
        Array.from({ length: protocol.replicates }, (_, replicate) => ({
          partner,
          genome: rated,
          task,
          replicate,
        })),
      );
    });
  }

  function hurdlesFor(task: number, cap: number | null): Hurdle[] {
    const training = trainings.length;
    return (protocol.hurdles?.rungs ?? []).map((step, i) => ({
      step,
      passes(measured: Measurement) {
        const fitness = fitnessOf(settings.fitness, measured, tasks[task]!.untrainedLoss);
        const bar = plan.bars[task]?.[i] ?? null;
        rungs.push({ training, step, fitness, bar });
        return cap === null ? bar === null || fitness >= bar : step < cap;
      },
    }));
  }

  /** Once a training has missed a hurdle the others end at its rung: every task is measured, and none beyond what the candidate is worth. */
  async function trial(j: number): Promise<TrainingOutcome> {
    const outcomes: TrainingOutcome[] = [];
    let cap: number | null = null;
    for (const { partner, genome, task, replicate } of partsAt(j)) {
      const { outcome, losses } = await run(genome, {
        task: tasks[task]!,
        seed: seedOf(plan.birthIndex, task, replicate),
        measure: 'search',
        ...(protocol.hurdles === undefined ? {} : { hurdles: hurdlesFor(task, cap) }),
        ...(protocol.cache === undefined ? {} : { losses: protocol.cache.verifySteps }),
      });
      if (trainings.length === 0) opening = losses;
      trainings.push({ purpose: 'search', task, replicate, trial: j, partner, counts: false, outcome });
      outcomes.push(outcome);
      if (outcome.status === 'failed') break;
      if (outcome.status === 'stopped' && outcome.reason === 'hurdle') cap ??= outcome.stepsDone;
    }
    return aggregate(outcomes, protocol);
  }

  return {
    spent,
    trainings,
    rungs,
    get opening() {
      return opening;
    },

    /** The best trial; of equals the first. Where all fail, the first failure. */
    async search(): Promise<Result> {
      let best: Result | null = null;
      for (const j of trials) {
        const outcome = await trial(j);
        if (best === null || isBetter(outcome, best.outcome)) best = { outcome, trial: j };
      }
      const { trial: chosen } = best!;
      trainings.forEach((training, i) => {
        if (training.trial === chosen) trainings[i] = { ...training, counts: true };
      });
      return best!;
    },

    /** The probe, and whether an earlier outcome may be used again. */
    async recognise(cache: NonNullable<EvaluationProtocol['cache']>): Promise<Recognised> {
      const { genome } = plan.pairs[0]!;
      const usedAgain = (known: Known, by: Reuse['by'], probe: string | null): Recognised => ({
        probe,
        reuse: { source: known.birthIndex, by },
        result: { outcome: takenOver(known, compiled(genome, tasks[0]!)), trial: known.trial },
      });
      if (plan.duplicateOf !== null) return usedAgain(plan.duplicateOf, 'duplicate', null);
      if (cache.probeSteps === 0) return { probe: null, reuse: null, result: null };
      const probed: (readonly number[])[] = [];
      for (const [i, task] of tasks.entries()) {
        const losses = await firstLosses(
          genome,
          task,
          trainingSeeds.probe(runSeed, keys[i]!),
          cache.probeSteps,
        );
        if (losses.length < cache.probeSteps) return { probe: null, reuse: null, result: null };
        probed.push(losses);
      }
      const probe = lossHash(probed, cache.digits);
      const match = plan.known.find(({ behaviour }) => behaviour?.probe === probe);
      if (match === undefined) return { probe, reuse: null, result: null };
      const losses = await firstLosses(
        withRate(genome, trials[0]!),
        tasks[0]!,
        seedOf(match.birthIndex, 0, 0),
        cache.verifySteps,
      );
      return lossHash([losses], cache.digits) === match.behaviour!.opening
        ? usedAgain(match, 'behaviour', probe)
        : { probe, reuse: null, result: null };
    },

    /** An elite is trained again from fresh streams and measured on the select split; it is confirmed where it is an elite there too. */
    async confirm({ outcome, trial: j }: Result): Promise<Reevaluation | null> {
      const { eliteBar: bar } = plan;
      if (bar === null || outcome.status !== 'completed' || outcome.fitness <= bar) return null;
      const outcomes: TrainingOutcome[] = [];
      for (const { partner, genome, task, replicate } of partsAt(j)) {
        const { outcome: again } = await run(genome, {
          task: tasks[task]!,
          seed: trainingSeeds.again(seedOf(plan.birthIndex, task, replicate)),
          measure: 'select',
        });
        trainings.push({
          purpose: 'reeval',
          task,
          replicate,
          trial: j,
          partner,
          counts: false,
          outcome: again,
        });
        outcomes.push(again);
        if (again.status === 'failed') break;
      }
      const whole = aggregate(outcomes, protocol);
      const fitness = whole.status === 'failed' ? null : whole.fitness;
      return { bar, fitness, confirmed: fitness !== null && fitness > bar };
    },
  };
}

const isBetter = (outcome: TrainingOutcome, best: TrainingOutcome) =>
  outcome.status !== 'failed' && (best.status === 'failed' || outcome.fitness > best.fitness);

function takenOver({ ending }: Known, compiled: Compiled): TrainingOutcome {
  const parameters = compiled.ok ? compiled.program.cost.parameters : 0;
  return { ...ending, stepsDone: 0, costUnits: 0, parameters, curve: new Float32Array(0) };
}

/** Compiles each genome for each task once. */
function programs(settings: EvaluationSettings): (genome: Genome, task: Task) => Compiled {
  const made = new Map<Genome, Map<Task, Compiled>>();
  return (genome, task) => {
    const ofGenome = made.get(genome) ?? new Map<Task, Compiled>();
    made.set(genome, ofGenome);
    const compiled = ofGenome.get(task) ?? compileFor(settings, genome, task);
    ofGenome.set(task, compiled);
    return compiled;
  };
}
