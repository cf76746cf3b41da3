/** Training the cells of an assay: those that the file has are taken from it, the others are trained on all cores and stored as they come. */
import { availableParallelism } from 'node:os';
import { type AskContext, Interrupted, type Work } from '../analysis/question.ts';
import type { Evaluator, WorkbenchContent } from '../dispatch/evaluator.ts';
import { openPool } from '../dispatch/pool.ts';
import type { CellRecord } from '../evaluation/cell.ts';
import type { Genome } from '../genome/genome.ts';
import { type CellKey, type CellRow, type CellStore, openCells } from '../lineage/cells.ts';
import { architectureFromText, ruleFromText } from '../lineage/codec.ts';
import type { Lineage } from '../lineage/open.ts';
import { UserError } from '../notation/user-error.ts';

/** What an assay found of a cell. Beside what is stored there are trainings that lost their workers twice, which tell nothing of the genome. */
export type Trained = Omit<CellRow, 'reason'> & { readonly reason: CellRow['reason'] | 'worker-lost' };

/** A cell to train, and the workbench that it is a cell of. */
export interface CellRequest {
  readonly workbench: WorkbenchContent;
  readonly key: CellKey;
}

/** Trains cells of any workbenches, on one pool of threads. */
export interface CellTrainer {
  /** In the order asked for. @throws Interrupted, with what was trained stored. */
  train(what: string, requests: readonly CellRequest[]): Promise<Trained[]>;
  close(): Promise<void>;
}

/** Cells are stored at the latest after so many, or so many milliseconds. */
const [cellsPerTransaction, transactionMs] = [32, 250];

/** `lineage`: open for writing where cells are to be stored. `workers`: threads; default one per core. */
export function openTrainer(
  lineage: Lineage,
  context: AskContext,
  workers = availableParallelism(),
): CellTrainer {
  const storeOf = cellStores(lineage);
  const genomeOf = genomes(lineage);
  let pool: Evaluator | null = null;
  return {
    async train(what, requests) {
      const places = firstPlaces(requests);
      const found: (Trained | null)[] = requests.map(({ workbench, key }, i) =>
        places[i] === i ? storeOf(workbench).find(key) : null,
      );
      const missing = requests.flatMap((_, i) => (places[i] === i && found[i] === null ? [i] : []));
      if (missing.length > 0) {
        pool ??= openPool({ workers });
        const { register, train } = pool;
        const idOf = once(register);
        const one = async (i: number) => {
          const { workbench, key } = requests[i]!;
          const { architecture, rule, task, seed, learningRate, split } = key;
          const place = split === 'final' ? ({ split, claim: true } as const) : { split };
          const { budget } = workbench.settings;
          const cell = { genome: genomeOf(architecture, rule), task, budget, seed, learningRate, ...place };
          return trainedOf((await train({ workbench: idOf(workbench), run: what, cell })).record);
        };
        const work = context.begin(what, missing.length);
        try {
          // Two for each thread: one is being trained, one is there when it is done.
          await trainAll(missing, 2 * workers, one, work, (done) => {
            for (const [workbench, cells] of byBench(requests, done)) storeOf(workbench).add(cells);
            for (const [i, trained] of done) found[i] = trained;
          });
        } finally {
          work.end();
        }
      }
      return places.map((place) => {
        const each = found[place] ?? null;
        if (each !== null) return each;
        throw new Interrupted(
          'Interrupted. What was trained is stored, where the database could be written; the same command goes on.',
        );
      });
    },
    close: async () => pool?.close(),
  };
}

/** Gives the cells that the file has, and trains none. */
export function storedCells(lineage: Lineage): CellTrainer {
  const storeOf = cellStores(lineage);
  return {
    async train(what, requests) {
      const found = requests.map(({ workbench, key }) => storeOf(workbench).find(key));
      const missing = found.filter((cell) => cell === null).length;
      if (missing > 0)
        throw new UserError({
          code: 'cells-missing',
          path: lineage.path,
          message: `${missing} of ${requests.length} trainings (${what}) are not in this file yet`,
          hint: 'carry the assays out first',
        });
      return found.map((cell) => cell!);
    },
    close: async () => {},
  };
}

/** The store of each workbench; of those with equal content it is one. */
function cellStores(lineage: Lineage): (workbench: WorkbenchContent) => CellStore {
  const ofText = once((text: string) => openCells(lineage, text));
  return once((workbench) => ofText(contentText(workbench)));
}

/** A function that is asked once for each value. */
function once<Key, T>(of: (key: Key) => T): (key: Key) => T {
  const known = new Map<Key, T>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const made = of(key);
    known.set(key, made);
    return made;
  };
}

/** What is to be stored of some cells that were trained, by their workbenches. */
function byBench(requests: readonly CellRequest[], done: Done): Map<WorkbenchContent, [CellKey, CellRow][]> {
  const cells = new Map<WorkbenchContent, [CellKey, CellRow][]>();
  for (const [i, trained] of done) {
    const { workbench, key } = requests[i]!;
    cells.set(workbench, [...(cells.get(workbench) ?? []), ...storable(key, trained)]);
  }
  return cells;
}

/** What names a workbench in a file: all that a cell depends on, and nothing that it does not (the protocol is of plans). */
const contentText = ({ engine, tasks, settings }: WorkbenchContent): string =>
  JSON.stringify({
    engine: engine.numericClass,
    tasks: tasks.map(({ task, digest }) => [task.name, digest]),
    fitness: settings.fitness,
    budget: settings.budget,
    limits: settings.limits,
  });

/** Chromosomes of the file by the ids of their rows, each read once. */
function genomes({ db }: Lineage): (architecture: number, rule: number) => Genome {
  const text = db.prepare<[number], string>('SELECT canon FROM block WHERE id = ?').pluck();
  const architectureOf = once((id: number) => architectureFromText(text.get(id)!));
  const ruleOf = once((id: number) => ruleFromText(text.get(id)!));
  return (architecture, rule) => ({ architecture: architectureOf(architecture), rule: ruleOf(rule) });
}

/** Where each request stands for the first time. */
function firstPlaces(requests: readonly CellRequest[]): number[] {
  const contentOf = once(contentText);
  const first = new Map<string, number>();
  return requests.map(({ workbench, key }, i) => {
    const text = JSON.stringify([contentOf(workbench), key]);
    const before = first.get(text);
    if (before === undefined) first.set(text, i);
    return before ?? i;
  });
}

type Done = readonly (readonly [index: number, trained: Trained])[];

/** Some at a time; `keep` gets them in bundles. Ends early, with what is in hand kept, where the work is to stop. */
async function trainAll(
  indices: readonly number[],
  atOnce: number,
  one: (index: number) => Promise<Trained>,
  work: Work,
  keep: (done: Done) => void,
): Promise<void> {
  let [next, count] = [0, 0];
  let bundle: [number, Trained][] = [];
  let keptAt = performance.now();
  const flush = () => {
    keep(bundle);
    bundle = [];
    keptAt = performance.now();
  };
  const lane = async () => {
    while (next < indices.length && !work.shouldStop()) {
      const index = indices[next++]!;
      // Not in the call: the bundle may be another one by the time that the training is done.
      const trained = await one(index);
      bundle.push([index, trained]);
      work.update(++count, indices.length);
      if (bundle.length >= cellsPerTransaction || performance.now() - keptAt > transactionMs) flush();
    }
  };
  try {
    await Promise.all(Array.from({ length: atOnce }, lane));
  } finally {
    flush();
  }
}

function trainedOf(record: CellRecord): Trained {
  const { stepsDone: steps, costUnits, parameters } = record;
  const spent = { steps, costUnits, parameters };
  if (record.status === 'failed') return { reason: record.reason, loss: null, accuracy: null, ...spent };
  // A cell has no hurdles: what stops is stopped by its budget.
  const reason = record.status === 'stopped' ? 'budget' : null;
  const { loss, accuracy } = record.measured;
  return { reason, loss, accuracy, ...spent };
}

const storable = (key: CellKey, { reason, ...rest }: Trained): [CellKey, CellRow][] =>
  reason === 'worker-lost' ? [] : [[key, { reason, ...rest }]];
