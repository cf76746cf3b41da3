/** The genomes that selection saw as the best of a run, with what it saw of them. */
import type { Lineage } from '../lineage/open.ts';
import { individualId } from '../lineage/pack.ts';
import type { RunRow } from '../lineage/runs.ts';
import type { SearchDocument } from '../search-space/document.ts';
import { countedTrial, trialOr } from './winning-trial.ts';

/** A genome by the ids of its rows in `block`, the first born that had its best fitness, and that fitness. */
export interface Winner {
  readonly individual: number;
  readonly architecture: number;
  readonly rule: number;
  readonly fitness: number;
  /** j of the learning-rate trial that its fitness is of: the update times 10^(j/2). */
  readonly trial: number;
}

/** The best of a run, and of how many. */
export interface Winners {
  /** Distinct genomes with a fitness that were allowed to breed. */
  readonly candidates: number;
  /** Births with a fitness that the gate kept from breeding, as they were not confirmed. */
  readonly withheld: number;
  /** The fittest first; of equals the first born. */
  readonly best: readonly Winner[];
}

/** Evaluations with a fitness of the whole budget. */
const evaluated = `
  SELECT e.individual, i.architecture, i.rule, e.fitness, coalesce(r.confirmed, 1) AS confirmed,
    ${countedTrial('e.individual')} AS trial
  FROM evaluation e JOIN individual i ON i.id = e.individual LEFT JOIN reevaluation r ON r.individual = e.individual
  WHERE e.individual >= ? AND e.individual < ? AND e.fitness IS NOT NULL AND e.reason IS NOT 'hurdle'
  ORDER BY e.fitness DESC, e.individual`;

/** At most `count`. What was stopped at a hurdle is not among them: its fitness is of another budget. */
export function winnersOf(
  { db }: Lineage,
  { run }: RunRow,
  document: SearchDocument,
  count: number,
): Winners {
  const rows = db
    .prepare<
      [number, number],
      Omit<Winner, 'trial'> & { readonly confirmed: number; readonly trial: number | null }
    >(evaluated)
    .all(individualId(run, 0), individualId(run + 1, 0));
  const mayBreed = rows.filter(({ confirmed }) => confirmed === 1);
  const genomes = new Map<string, Winner>();
  for (const { confirmed: _, trial, ...row } of mayBreed) {
    const key = `${row.architecture} ${row.rule}`;
    if (!genomes.has(key)) genomes.set(key, { ...row, trial: trialOr(trial, document) });
  }
  return {
    candidates: genomes.size,
    withheld: rows.length - mayBreed.length,
    best: [...genomes.values()].slice(0, count),
  };
}
