/**
 * Does a budget of cost units bound time? Evaluations of known, mutated and adversarial genomes on `wasm`, as a default document has them, but for batches of several sizes. What each takes in CPU
 * seconds is compared with the work that was counted for it, and with what Adam takes on the same network under the same budget.
 */
import { type Compiled, compile } from '../src/compiler/compile.ts';
import type { Program } from '../src/compiler/program.ts';
import { wasmEngine } from '../src/engines/wasm/engine.ts';
import { type EvaluationSettings, evaluate } from '../src/evaluation/evaluate.ts';
import type { TrainingOutcome } from '../src/evaluation/outcome.ts';
import { architectureHash } from '../src/genome/identity.ts';
import { knownArchitecture, knownRule } from '../src/genome/known.ts';
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

/** One evaluation: CPU seconds of the process, compilers and collectors of V8 included, and flop-equivalents as counted. */
interface Timed {
  readonly name: string;
  readonly cpu: number;
  readonly work: number;
  readonly outcome: TrainingOutcome;
}

const cpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** Work of what was charged, and of measuring the search split, which every evaluation does once. */
function countedWork({ cost, batchSize }: Program, outcome: TrainingOutcome, task: Task): number {
  const batches = Math.ceil(task.splits.search.count / batchSize);
  return outcome.costUnits * cost.unitFlops + batches * cost.forwardFlops;
}

/** Null where nothing is trained: the genome is refused. */
async function timed(
  { task, evaluation }: Setting,
  { name, genome, batchSize }: Candidate,
  repeats: number,
): Promise<Timed | null> {
  const { limits } = evaluation;
  const compiled: Compiled = compile(genome, task.signature, { batchSize, limits });
  if (!compiled.ok) return null;
  const { program } = compiled;
  const affordable = Math.floor(mostWork / (3 * program.cost.unitFlops));
  const steps = Math.min(mostSteps, Math.max(leastSteps, affordable));
  const settings = {
    ...evaluation,
    budget: { ...evaluation.budget, batchSize, steps, costUnits: 3 * steps },
  };
  const each: number[] = [];
  let last: TrainingOutcome | null = null;
  for (let i = 0; i < repeats; i++) {
    const start = cpuSeconds();
    last = await evaluate(wasmEngine, task, settings, genome, 'bounds');
    each.push(cpuSeconds() - start);
  }
  return { name, cpu: least(each), work: countedWork(program, last!, task), outcome: last! };
}

/** Times of Adam by network and batch, each measured once. */
function adamTimes(setting: Setting, repeats: number) {
  const known = new Map<string, number>();
  return async ({ genome: { architecture }, batchSize }: Candidate): Promise<number> => {
    const key = `${architectureHash(architecture)}/${batchSize}`;
    const genome = { architecture, rule: knownRule('adam')! };
    const cpu = known.get(key) ?? (await timed(setting, { name: 'adam', genome, batchSize }, repeats))?.cpu;
    known.set(key, cpu ?? Number.NaN);
    return cpu ?? Number.NaN;
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
      note: names(sorted.slice(-10).reverse()),
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

/** The least of `repeats` evaluations counts; `every` takes that share of the genomes alone. */
export async function boundsRows(mutants: number, every = 1, repeats = 2): Promise<Row[]> {
  const { setting, variation } = await defaultSetting();
  const candidates = [
    ...knownCandidates(),
    ...mutantCandidates(mutants, variation),
    ...adversarialCandidates(),
  ].filter((_, i) => i % every === 0);
  // V8 has compiled our own code when what counts begins.
  for (let i = 0; i < 10; i++) await timed(setting, reference, 1);
  const unit = (await timed(setting, reference, 3 * repeats))!;
  const adam = adamTimes(setting, repeats);
  const byWork: Ratio[] = [];
  const byAdam: Ratio[] = [];
  let refused = 0;
  for (const candidate of candidates) {
    const here = await timed(setting, candidate, repeats);
    if (here === null) {
      refused += 1;
      continue;
    }
    const { name } = candidate;
    byWork.push({ name, ratio: here.cpu / here.work / (unit.cpu / unit.work) });
    byAdam.push({ name, ratio: here.cpu / (await adam(candidate)) });
  }
  return [
    {
      what: 'CPU time of one flop-equivalent, Adam on two hidden layers of 100',
      value: (1e9 * unit.cpu) / unit.work,
      unit: 'ns',
      note: `${candidates.length} genomes, ${refused} refused`,
    },
    ...summary('CPU time for the counted work, over that of Adam', byWork, 'both ways'),
    ...summary("CPU time of an evaluation, over Adam's on the same network and budget", byAdam, 'above'),
  ];
}

export const bounds: Bench = {
  question: 'Does a budget of cost units bound the time of every genome, within a factor of 3?',
  run: () => boundsRows(250),
};
