/** How births become what is analysed, over some runs: every birth is accounted for, each failure by its cause. */
import type { Lineage } from './open.ts';
import { runSummary } from './runs.ts';

/** What became of every birth of some runs, so that nobody is missing from a table unnoticed. */
export interface Flow {
  readonly births: number;
  readonly founders: number;
  readonly living: number;
  /** Evaluations by how they ended, such as `failed (diverged)`. */
  readonly evaluations: Readonly<Record<string, number>>;
}

/** Counts of several runs together. */
export function flowOf(lineage: Lineage, runs: readonly number[]): Flow {
  const summaries = runs.map((run) => runSummary(lineage, run));
  const outcomes = new Map<string, number>();
  for (const { evaluations } of summaries)
    for (const { status, reason, count } of evaluations) {
      const name = reason === null ? status : `${status} (${reason})`;
      outcomes.set(name, (outcomes.get(name) ?? 0) + count);
    }
  const total = (pick: (summary: (typeof summaries)[number]) => number) =>
    summaries.reduce((sum, summary) => sum + pick(summary), 0);
  return {
    births: total((summary) => summary.births),
    founders: total((summary) => summary.founders),
    living: total((summary) => summary.living),
    evaluations: Object.fromEntries(outcomes),
  };
}

/** One sentence of it. */
export function flowText({ births, founders, living, evaluations }: Flow): string {
  const outcomes = Object.entries(evaluations).map(([name, count]) => `${name} ${count}`);
  return `Births ${births} (founders ${founders}), evaluated: ${outcomes.join(', ') || 'none'}; living at the end ${living}`;
}
