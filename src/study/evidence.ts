/** What a verdict rests on, as rows that other programs read: runs, populations, every training of its assays, and the numbers that come of them. */
import { type Population, populationOf } from '../assays/populations.ts';
import type { Trained } from '../assays/train-cells.ts';
import type { Lineage } from '../lineage/open.ts';
import type { WatchedCells } from './assays.ts';
import type { StudyRun } from './runs.ts';
import type { VerdictAnswer } from './verdict-answer.ts';

type Cell = string | number | null;

/** Rows under names, in a file of this name. */
export interface EvidenceTable {
  readonly name: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Populations of a block as an assay compares them, in the order of its conditions. */
export interface ComparedPopulations {
  readonly assay: string;
  readonly block: string;
  readonly conditions: readonly string[];
  readonly populations: readonly Population[];
}

/** The populations of all assays that compare trainings, of blocks with a number. */
export function comparedPopulations(
  { assays }: VerdictAnswer,
  runs: readonly StudyRun[],
  lineage: Lineage,
): ComparedPopulations[] {
  const rows = new Map(runs.flatMap(({ row }) => (row === null ? [] : [[row.run, row] as const])));
  return assays.flatMap(({ name, cells, conditions, blocks }) =>
    cells === null
      ? []
      : blocks.flatMap(({ block, measures, runs: compared }) =>
          measures === null
            ? []
            : [
                {
                  ...{ assay: name, block, conditions },
                  populations: compared.map((run) => populationOf(lineage, rows.get(run)!)),
                },
              ],
        ),
  );
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

const populationsTable = (compared: readonly ComparedPopulations[]): EvidenceTable => ({
  name: 'populations.csv',
  head: ['assay', 'block', 'side', 'condition', 'run', 'architecture', 'rule', 'carriers'],
  rows: compared.flatMap(({ assay, block, conditions, populations }) =>
    populations.flatMap(({ row, genomes }, side) =>
      genomes.map(({ architecture, rule, carriers }): Cell[] => [
        ...[assay, block, side + 1, conditions[side]!, row.run, architecture, rule, carriers],
      ]),
    ),
  ),
});

/** Which block a training belongs to is in the name of its streams. */
const blockOf = (seed: string): string => seed.split('/')[2]!;

const cellsTable = (watched: readonly WatchedCells[]): EvidenceTable => ({
  name: 'cells.csv',
  head: [
    ...['assay', 'stage', 'block', 'task', 'untrained_loss', 'architecture', 'rule', 'learning_rate', 'seed'],
    ...['split', 'reason', 'loss', 'steps', 'cost_units', 'parameters'],
  ],
  rows: watched.flatMap(({ assay, stage, requests, trained }) =>
    requests.map(({ workbench, key }, i): Cell[] => {
      const { reason, loss, steps, costUnits, parameters }: Trained = trained[i]!;
      const { untrainedLoss } = workbench.tasks[key.task]!.task;
      return [
        ...[assay, stage, blockOf(key.seed), key.task, untrainedLoss, key.architecture, key.rule],
        ...[key.learningRate, key.seed, key.split, reason, loss, steps, costUnits, parameters],
      ];
    }),
  ),
});

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
  compared: readonly ComparedPopulations[],
  watched: readonly WatchedCells[],
): EvidenceTable[] => [
  runsTable(runs),
  populationsTable(compared),
  cellsTable(watched),
  valuesTable(verdict),
  endpointsTable(verdict),
];
