/** What answers of assays on chosen architectures of each run have in common: what was asked, who the subjects are, and what was trained. */
import { z } from 'zod';
import { count, defined, runNumber } from '../analysis/answer-parts.ts';
import { documentDifferences } from '../analysis/conditions.ts';
import { type RunRow, unfinishedRuns } from '../lineage/runs.ts';
import { architecturesOf } from './populations.ts';
import { failures, type Stages } from './scores.ts';
import { type Home, subjectsConvention } from './subjects.ts';
import { unseenSplit } from './workbench.ts';

/** Trainings of an assay, those found in the file among them; `failed` by reason. */
export const cellsAnswer = z.strictObject({ trainings: count, failed: z.record(z.string(), count) });

/** What was asked of an assay whose rates are tuned. */
export const askedFields = {
  ...{ top: count.nullable(), sample: count.nullable() },
  ...{ seeds: count, tuningSeeds: count, cap: z.number() },
};

/** A population and its subjects. */
export const populationFields = {
  ...{ run: runNumber, seed: z.string(), living: count, architectures: count, subjects: count },
  /** Probability with which an architecture of the living is a subject; null where the best are. */
  inclusion: defined,
};

/** Runs, keys in which their documents differ, and trainings. */
export const runsAndCells = (rows: readonly RunRow[], { all }: Stages) => ({
  ...{ runs: rows.map(({ run }) => run), unfinished: [...unfinishedRuns(rows)] },
  documents: [...documentDifferences([rows]).within],
  cells: { trainings: all.length, failed: failures(all) },
});

/** The runs of some homes. */
export const rowsOf = (homes: readonly Home[]): RunRow[] => homes.map(({ population }) => population.row);

interface Asked {
  readonly top: number;
  readonly sample?: number | undefined;
  readonly seeds: number;
  readonly tuningSeeds: number;
  readonly cap: number;
}

/** `top` is null where a sample was asked for. */
export const askedAnswer = ({ top, sample, seeds, tuningSeeds, cap }: Asked) => ({
  ...{ top: sample === undefined ? top : null, sample: sample ?? null },
  ...{ seeds, tuningSeeds, cap },
});

/** Conventions that depend on what was asked and on the workbenches. */
export const homesConventions = (homes: readonly Home[], sample: number | undefined) => ({
  subjects: subjectsConvention(sample),
  ...benchConventions(homes),
});

/** The engine, and the split on which what is no claim was measured. */
export const benchConventions = (homes: readonly Home[]) => ({
  engine: homes[0]!.own.engine.numericClass,
  unseen: [...new Set(homes.map(({ own }) => unseenSplit(own)))].join(', '),
});

/** Of one population of which so many are subjects. */
export function populationAnswer({ population }: Home, subjects: number, sample: number | undefined) {
  const { row, living } = population;
  const architectures = architecturesOf(population).length;
  return {
    ...{ run: row.run, seed: row.seed, living, architectures, subjects },
    inclusion: sample === undefined ? null : subjects / architectures,
  };
}
