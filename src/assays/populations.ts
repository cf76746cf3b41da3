/** Who lives at the end of a run, as an assay takes its subjects from. */
import { individualText } from '../lineage/chosen.ts';
import type { Lineage } from '../lineage/open.ts';
import { individualId } from '../lineage/pack.ts';
import type { RunRow } from '../lineage/runs.ts';
import type { Issue } from '../notation/issue.ts';
import { UserError } from '../notation/user-error.ts';
import { storedDocument } from '../search/closed-document.ts';
import { countedTrial, trialOr } from './winning-trial.ts';

/** A genome of a population by the ids of its rows in `block`, with how many of the living have it. */
export interface Carried {
  readonly architecture: number;
  readonly rule: number;
  readonly carriers: number;
  /** The first born of them. */
  readonly individual: number;
  /** j of the learning-rate trial at which selection saw that one: the update times 10^(j/2). */
  readonly trial: number;
}

/** A run with its living, each distinct genome once, in the order of their first births: rows of chromosomes are numbered as they come into a file, by several runs at once. */
export interface Population {
  readonly row: RunRow;
  readonly living: number;
  readonly genomes: readonly Carried[];
}

/** The living at the end of what was told. */
export function populationOf({ db }: Lineage, row: RunRow): Population {
  const document = storedDocument(row);
  const genomes = db
    .prepare<[number, number], Omit<Carried, 'trial'> & { readonly trial: number | null }>(
      `SELECT g.*, ${countedTrial('g.individual')} AS trial
       FROM (SELECT i.architecture, i.rule, count(*) AS carriers, min(i.id) AS individual
             FROM individual i LEFT JOIN death d ON d.individual = i.id
             WHERE i.id >= ? AND i.id < ? AND d.individual IS NULL GROUP BY 1, 2) g ORDER BY g.individual`,
    )
    .all(individualId(row.run, 0), individualId(row.run + 1, 0))
    .map(({ trial, ...genome }): Carried => ({ ...genome, trial: trialOr(trial, document) }));
  return { row, living: genomes.reduce((sum, { carriers }) => sum + carriers, 0), genomes };
}

/** The first born of the living that have an architecture, which stands for it in answers. */
export const firstBearer = ({ genomes }: Population, architecture: number): string =>
  individualText(
    Math.min(
      ...genomes.filter((each) => each.architecture === architecture).map(({ individual }) => individual),
    ),
  );

/** Distinct architectures of the living. */
export const architecturesOf = ({ genomes }: Population): number[] => [
  ...new Set(genomes.map(({ architecture }) => architecture)),
];

/** @throws UserError with all runs in which nobody lives. */
export function requireLiving(populations: readonly Population[]): void {
  const issues = populations.filter(({ living }) => living === 0).map(({ row }) => nobodyLives(row.run));
  if (issues.length > 0) throw new UserError(issues);
}

/** What is wrong with a run that has no subjects. */
export const nobodyLives = (run: number): Issue => ({
  code: 'nobody-lives',
  message: `nobody lives in run ${run}`,
  hint: 'leave it out, or resume it first',
});
