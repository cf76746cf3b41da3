/** Assays of single populations: each run judged where it evolved, with what they all train by. */
import type { AskContext } from '../analysis/question.ts';
import { chosenUnits, requireBirths } from '../lineage/chosen.ts';
import type { Lineage } from '../lineage/open.ts';
import { populationOf, requireLiving } from './populations.ts';
import { type Stages, stagesOf } from './scores.ts';
import type { JudgedHome } from './subjects.ts';
import { withTrainer } from './with-trainer.ts';
import { workbenchesOf } from './workbench.ts';

/** What was asked of such an assay. */
interface Asked {
  readonly runs: readonly number[];
  readonly cap: number;
  readonly workers?: number | undefined;
}

/** What it works with. `open`: the file, for writing where it may be. */
export interface Work {
  readonly open: Lineage;
  readonly homes: readonly JudgedHome[];
  readonly stages: Stages;
}

/** @throws UserError for runs that do not exist, have no births, nobody alive, or were not trained alike. */
export async function withHomes<T>(
  lineage: Lineage,
  assay: string,
  { runs, cap, workers }: Asked,
  context: AskContext,
  use: (work: Work) => Promise<T>,
): Promise<T> {
  const chosen = chosenUnits(lineage, runs);
  requireBirths(...chosen);
  const benches = await workbenchesOf(chosen.map((row) => [row]));
  const homes = chosen.map((row, i): JudgedHome => {
    const own = benches[i]!;
    return { block: row.seed, population: populationOf(lineage, row), own, judged: own };
  });
  requireLiving(homes.map(({ population }) => population));
  return withTrainer(lineage, workers, context, (open, trainer) =>
    use({ open, homes, stages: stagesOf(assay, trainer, cap) }),
  );
}
