/** What a verdict rests on, as rows that other programs read: runs, populations, every training of its assays, and the numbers that come of them. */
import type { Trained } from '../assays/train-cells.ts';
import type { WorkbenchContent } from '../dispatch/evaluator.ts';
import type { Lineage } from '../lineage/open.ts';
import type { WatchedCells } from './assays.ts';
import type { ReadStudy } from './document.ts';
import type { Candidate, DerivedRow, SampledBirthRow } from './kinds/kind.ts';
import { kindOf } from './kinds/table.ts';
import type { StudyRun } from './runs.ts';
import type { VerdictAnswer } from './verdict-answer.ts';

type Cell = string | number | null;

/** Rows under names, in a file of this name. */
export interface EvidenceTable {
  readonly name: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** The genomes that the assays of a study chose their subjects among. */
export interface AssayCandidates {
  readonly assay: string;
  readonly block: string;
  /** Of its conditions. */
  readonly runs: readonly number[];
  readonly conditions: readonly string[];
  readonly candidates: readonly Candidate[];
  readonly births: readonly SampledBirthRow[];
  readonly derived: readonly DerivedRow[];
}

/** Of all assays, in blocks with a number. */
export function assayCandidates(
  { assays }: VerdictAnswer,
  { document }: ReadStudy,
  runs: readonly StudyRun[],
  lineage: Lineage,
): AssayCandidates[] {
  const rows = new Map(runs.flatMap(({ row }) => (row === null ? [] : [[row.run, row] as const])));
  return assays.flatMap(({ name, conditions, blocks }) => {
    const assay = document.assays[name]!;
    return blocks.flatMap(({ block, measures, runs: compared }) => {
      if (measures === null) return [];
      const own = { name: block, rows: compared.map((run) => rows.get(run)!) };
      const kind = kindOf(assay);
      return [
        {
          ...{ assay: name, block, runs: compared, conditions },
          candidates: kind.candidates(assay, own, lineage),
          births: kind.births?.(assay, own, lineage) ?? [],
          derived: kind.derived?.(assay, own, lineage) ?? [],
        },
      ];
    });
  });
}

/** The runs of the study and what they were functions of. */
const runsTable = (runs: readonly StudyRun[]): EvidenceTable => ({
  name: 'runs.csv',
  head: [
    'block',
    'condition',
    'run',
    'seed',
    'document_hash',
    'told',
    'ended',
    'event_hash',
    'numeric_class',
  ],
  rows: runs.map(({ planned: { block, condition, seed, documentHash }, row }) => [
    ...[block.name, condition, row?.run ?? null, seed, documentHash, (row?.lastTold ?? -1) + 1],
    ...[row?.endReason ?? null, row?.eventHash ?? null, row?.numericClass ?? null],
  ]),
});

const populationsTable = (all: readonly AssayCandidates[]): EvidenceTable => ({
  name: 'populations.csv',
  head: [
    ...['assay', 'block', 'side', 'condition', 'run', 'time', 'living'],
    ...['architecture', 'rule', 'carriers', 'learning_rate'],
  ],
  rows: all.flatMap(({ assay, block, conditions, runs, candidates }) =>
    candidates.map(({ place, side, time, living, architecture, rule, carriers, learningRate }): Cell[] => [
      ...[assay, block, side, conditions[place]!, runs[place]!, time, living],
      ...[architecture, rule, carriers, learningRate],
    ]),
  ),
});

const birthsTable = (all: readonly AssayCandidates[]): EvidenceTable => ({
  name: 'births.csv',
  head: [
    ...['assay', 'block', 'side', 'condition', 'run', 'birth', 'fate', 'of_fate'],
    ...['architecture', 'rule', 'sharing', 'lives_on', 'lost_architectures'],
  ],
  rows: all.flatMap(({ assay, block, conditions, runs, births }) =>
    births.map(({ place, side, birth, fate, ofFate, sharing, livesOn, ...rest }): Cell[] => [
      ...[assay, block, side, conditions[place]!, runs[place]!, birth, fate, ofFate],
      ...[rest.architecture, rest.rule, sharing, livesOn ? 1 : 0, rest.lostArchitectures],
    ]),
  ),
});

const derivedTable = (all: readonly AssayCandidates[]): EvidenceTable => ({
  name: 'derived.csv',
  head: ['assay', 'block', 'architecture', 'as', 'derived'],
  rows: all.flatMap(({ assay, block, derived: rows }) =>
    rows.map(({ architecture, as, derived }): Cell[] => [assay, block, architecture, as, derived]),
  ),
});

/** Which block a training belongs to is in the name of its streams, which is that of the block or of one of its runs. */
function blockNames(runs: readonly StudyRun[]): (seed: string) => string {
  const blocks = new Map(runs.map(({ planned: { seed, block } }) => [seed, block.name]));
  return (seed) => {
    const named = seed.split('/')[2]!;
    return blocks.get(named) ?? named;
  };
}

/** Numbers the workbenches of each assay in each block, from 1 on, in the order in which it trained on them: one network on two workbenches is two trainings. */
function benchNumbers(): (assay: string, block: string, workbench: WorkbenchContent) => number {
  const known = new Map<string, WorkbenchContent[]>();
  return (assay, block, workbench) => {
    const key = JSON.stringify([assay, block]);
    const benches = known.get(key) ?? [];
    known.set(key, benches);
    if (!benches.includes(workbench)) benches.push(workbench);
    return 1 + benches.indexOf(workbench);
  };
}

function cellsTable(watched: readonly WatchedCells[], blockOf: (seed: string) => string): EvidenceTable {
  const benchOf = benchNumbers();
  return {
    name: 'cells.csv',
    head: [
      ...['assay', 'stage', 'block', 'workbench', 'task', 'untrained_loss'],
      ...['architecture', 'rule', 'learning_rate', 'seed', 'split'],
      ...['reason', 'loss', 'steps', 'cost_units', 'parameters'],
    ],
    rows: watched.flatMap(({ assay, stage, requests, trained }) =>
      requests.map(({ workbench, key }, i): Cell[] => {
        const { reason, loss, steps, costUnits, parameters }: Trained = trained[i]!;
        const { untrainedLoss } = workbench.tasks[key.task]!.task;
        const block = blockOf(key.seed);
        return [
          ...[assay, stage, block, benchOf(assay, block, workbench), key.task, untrainedLoss],
          ...[key.architecture, key.rule, key.learningRate, key.seed, key.split],
          ...[reason, loss, steps, costUnits, parameters],
        ];
      }),
    ),
  };
}

const valuesTable = ({ assays }: VerdictAnswer): EvidenceTable => ({
  name: 'values.csv',
  head: ['assay', 'block', 'measure', 'value'],
  rows: assays.flatMap(({ name, blocks }) =>
    blocks.flatMap(({ block, measures }) =>
      Object.entries(measures ?? {}).map(([measure, value]): Cell[] => [name, block, measure, value]),
    ),
  ),
});

const endpointsTable = ({ controls, primary, secondary }: VerdictAnswer): EvidenceTable => ({
  name: 'endpoints.csv',
  head: ['role', 'assay', 'measure', 'blocks', 'mean', 'sd', 'lower', 'upper', 'g', 'p', 'holm', 'finding'],
  rows: [
    ...controls.map((each) => ({
      ...each,
      as: 'control',
      holm: null,
      finding: each.holds ? 'holds' : 'fails',
    })),
    ...(primary === null ? [] : [{ ...primary, as: 'primary', holm: null }]),
    ...secondary.map((each) => ({ ...each, as: 'secondary', finding: each.finding ?? 'not tested' })),
  ].map(({ as, assay, measure, result, holm, finding }) => [
    ...[as, assay, measure, result?.blocks ?? 0, result?.mean ?? null, result?.sd ?? null],
    ...[result?.lower ?? null, result?.upper ?? null, result?.effect?.g ?? null, result?.signFlip.p ?? null],
    ...[holm, finding],
  ]),
});

/** All tables of a verdict. */
export const evidenceTables = (
  verdict: VerdictAnswer,
  runs: readonly StudyRun[],
  candidates: readonly AssayCandidates[],
  watched: readonly WatchedCells[],
): EvidenceTable[] => [
  runsTable(runs),
  populationsTable(candidates),
  birthsTable(candidates),
  derivedTable(candidates),
  cellsTable(watched, blockNames(runs)),
  valuesTable(verdict),
  endpointsTable(verdict),
];
