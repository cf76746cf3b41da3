/**
 * Does a budget of cost units bound time? Evaluations of known, mutated and adversarial genomes on `wasm`, as a default document has them, but for batches of several sizes. What each takes in CPU
 * seconds is compared with the work that was counted for it, and with what Adam takes on the same network under the same budget.
 */
import { compile } from '../src/compiler/compile.ts';
import { wasmEngine } from '../src/engines/wasm/engine.ts';
import { type EvaluationSettings, evaluate } from '../src/evaluation/evaluate.ts';
import { architectureHash } from '../src/genome/identity.ts';
import { knownArchitecture, knownRule } from '../src/genome/known.ts';
import { countedWork } from '../src/search/cost-bound.ts';
import { evaluationSettings } from '../src/search/setup.ts';
import { parseDocument } from '../src/search-space/document.ts';
import type { Task } from '../src/tasks/task.ts';
import { variationSettings } from '../src/variation/settings.ts';
import {
  adversarialCandidates,
  type Candidate,
  knownCandidates,
  mutantCandidates,
} from './bounds-genomes.ts';
import { type Bench, least, type Row } from './lib.ts';
import { mnist1d } from './training-step.ts';

/** Budgets that count for more than so many flop-equivalents are cut down to it, at a second or less each; making ready then weighs all the more. */
const mostWork = 1e10;
const mostSteps = 300;
const leastSteps = 20;

/** Adam on the two hidden layers of the MNIST-1D paper: what the others are measured by. */
const reference: Candidate = {
  name: 'adam on mlp',
  genome: { architecture: knownArchitecture('mlp')!, rule: knownRule('adam')! },
  batchSize: 100,
};

interface Setting {
  readonly task: Task;
  readonly evaluation: EvaluationSettings;
}

/** Evaluations that take less are repeated more often: what V8 compiles and collects meanwhile, for whomever, can take several times as long as they do. */
const briefSeconds = 0.1;

/** How often all are evaluated, and how often those that are brief. The least counts. */
const rounds = { all: 2, brief: 8 } as const;

/** A genome with the budget it is given, and what its evaluations have taken. */
interface Subject {
  readonly name: string;
  /** Evaluates it once: CPU seconds of the process, compilers and collectors of V8 included. */
  evaluate(): Promise<void>;
  /** The least of all evaluations. */
  cpu(): number;
  /** The mean of all evaluations. */
  meanCpu(): number;
  /** Flop-equivalents, as counted. */
  work(): number;
}

const cpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

const sumOf = <T>(values: readonly T[], of: (value: T) => number) =>
  values.reduce((total, value) => total + of(value), 0);

/** Null where nothing is trained: the genome is refused. */
function subjectOf({ task, evaluation }: Setting, candidate: Candidate): Subject | null {
  const { name, genome, batchSize } = candidate;
  const compiled = compile(genome, task.signature, { batchSize, limits: evaluation.limits });
  if (!compiled.ok) return null;
  const { cost } = compiled.program;
  const affordable = Math.floor(mostWork / (3 * cost.unitFlops));
  const steps = Math.min(mostSteps, Math.max(leastSteps, affordable));
  const costUnits = 3 * steps;
  const settings = { ...evaluation, budget: { ...evaluation.budget, batchSize, steps, costUnits } };
  const examples = { train: task.splits.train.count, measured: task.splits.search.count };
  const taken: number[] = [];
  let spent = 0;
  return {
    name,
    async evaluate() {
      const start = cpuSeconds();
      const outcome = await evaluate(wasmEngine, task, settings, genome, 'bounds');
      taken.push(cpuSeconds() - start);
      spent = outcome.costUnits;
    },
    cpu: () => least(taken),
    meanCpu: () => sumOf(taken, (seconds) => seconds) / taken.length,
    work: () => countedWork(cost, batchSize, spent, examples),
  };
}

/** Adam on the network of each, one subject for all that share it. */
function adamOn(setting: Setting) {
  const known = new Map<string, Subject>();
  return {
    known,
    of({ genome: { architecture }, batchSize }: Candidate): Subject {
      const key = `${architectureHash(architecture)}/${batchSize}`;
      const genome = { architecture, rule: knownRule('adam')! };
      const subject = known.get(key) ?? subjectOf(setting, { name: 'adam', genome, batchSize });
      if (subject === null) throw new Error('Adam does not train where another rule does');
      known.set(key, subject);
      return subject;
    },
  };
}

interface Ratio {
  readonly name: string;
  readonly ratio: number;
}

const quantile = (sorted: readonly Ratio[], share: number) =>
  sorted[Math.floor(share * (sorted.length - 1))]!;

function summary(what: string, ratios: readonly Ratio[], judged: 'both ways' | 'above'): Row[] {
  const sorted = ratios.filter(({ ratio }) => ratio > 0).sort((a, b) => a.ratio - b.ratio);
  const [least, most] = [quantile(sorted, 0), quantile(sorted, 1)];
  const names = (of: readonly Ratio[]) =>
    of.map(({ name, ratio }) => `${name} ${ratio.toFixed(2)}`).join('; ');
  return [
    {
      what: `${what}, least of ${sorted.length}`,
      value: least.ratio,
      unit: 'x',
      ...(judged === 'above' ? {} : { target: 'at least 1/3', met: least.ratio >= 1 / 3 }),
      note: names(sorted.slice(0, 5)),
    },
    { what: `${what}, median`, value: quantile(sorted, 0.5).ratio, unit: 'x' },
    { what: `${what}, 95th percentile`, value: quantile(sorted, 0.95).ratio, unit: 'x' },
    {
      what: `${what}, most`,
      value: most.ratio,
      unit: 'x',
      target: 'at most 3',
      met: most.ratio <= 3,
      note: names(sorted.slice(-20).reverse()),
      raw: sorted.map(({ ratio }) => Number(ratio.toPrecision(4))),
    },
  ];
}

/** The search of a document with every default, on MNIST-1D. */
async function defaultSetting() {
  const document = parseDocument(JSON.stringify({ name: 'bounds', task: { name: 'mnist1d' } }), 'bounds');
  if (!document.ok) throw new Error(document.issues.map(({ message }) => message).join('; '));
  const task = await mnist1d();
  return {
    setting: { task, evaluation: evaluationSettings(document.value) },
    variation: variationSettings(document.value, task.signature.input),
  };
}

/**
 * `every` takes that share of the genomes alone. All are evaluated once, then all again, and the least counts: evaluated at once again, a genome would find its code compiled. What is
 * brief is evaluated in more rounds. What all evaluations take together is given too, with all that V8 compiles of our own code and collects while they run.
 */
export async function boundsRows(mutants: number, every = 1): Promise<Row[]> {
  const { setting, variation } = await defaultSetting();
  const candidates = [
    ...knownCandidates(),
    ...mutantCandidates(mutants, variation),
    ...adversarialCandidates(),
  ].filter((_, i) => i % every === 0);
  const adam = adamOn(setting);
  const subjects = candidates.flatMap((candidate) => {
    const subject = subjectOf(setting, candidate);
    return subject === null ? [] : [{ subject, adam: adam.of(candidate) }];
  });
  const unit = subjectOf(setting, reference)!;
  // V8 has compiled our own code when what counts begins.
  for (let i = 0; i < 20; i++) await unit.evaluate();
  const all = [...adam.known.values(), ...subjects.map(({ subject }) => subject)];
  for (let round = 0; round < rounds.brief; round++)
    for (const subject of all)
      if (round < rounds.all || subject.cpu() < briefSeconds) await subject.evaluate();
  const perWork = unit.cpu() / unit.work();
  const byWork = subjects.map(({ subject }) => ({
    name: subject.name,
    ratio: subject.cpu() / subject.work() / perWork,
  }));
  const byAdam = subjects.map(({ subject, adam }) => ({
    name: subject.name,
    ratio: subject.cpu() / adam.cpu(),
  }));
  return [
    {
      what: 'CPU time of one flop-equivalent, Adam on two hidden layers of 100',
      value: 1e9 * perWork,
      unit: 'ns',
      note: `${subjects.length} genomes, and ${candidates.length - subjects.length} that are refused`,
    },
    ...summary('CPU time for the counted work, over that of Adam', byWork, 'both ways'),
    {
      what: 'CPU time of all evaluations together, over their counted work at the speed of Adam',
      value: sumOf(all, (subject) => subject.meanCpu()) / sumOf(all, (subject) => subject.work()) / perWork,
      unit: 'x',
    },
    ...summary("CPU time of an evaluation, over Adam's on the same network and budget", byAdam, 'above'),
  ];
}

export const bounds: Bench = {
  question: 'Does a budget of cost units bound the time of every genome, within a factor of 3?',
  run: () => boundsRows(250),
};
