/** The champion of a run: of its fittest genomes the best when trained anew, judged under its own rule where selection never saw it. Two runs of one budget are compared by what their champions reach. */
import type { WorkbenchContent } from '../dispatch/evaluator.ts';
import type { Lineage } from '../lineage/open.ts';
import type { RunRow } from '../lineage/runs.ts';
import { storedDocument } from '../search/closed-document.ts';
import { bestPlaces, grouped, type Stages, scoresOf, type Trial } from './scores.ts';
import { unseenScores } from './tuning.ts';
import { winnersOf } from './winners.ts';

/** A run whose champion is looked for. */
export interface ChampionHome {
  /** Names the seeds: champions of one block share them. */
  readonly block: string;
  readonly row: RunRow;
  /** Where it evolved: the champion is chosen on it. */
  readonly own: WorkbenchContent;
  readonly judged: WorkbenchContent;
}

/** How much is trained. */
export interface ChampionEffort {
  /** So many of the fittest are trained anew. */
  readonly best: number;
  readonly seeds: number;
}

/** The individual, and its score where it is judged, in decades of loss. */
export interface Champion {
  readonly individual: number;
  readonly score: number;
}

/** In the order of the homes; null where no birth has a fitness of the whole budget and may breed. @throws Interrupted, with what was trained stored. */
export async function championsOf(
  stages: Stages,
  lineage: Lineage,
  homes: readonly ChampionHome[],
  { best, seeds }: ChampionEffort,
): Promise<(Champion | null)[]> {
  const winners = homes.map(({ row }) => winnersOf(lineage, row, storedDocument(row), best).best);
  const candidates = homes.flatMap(({ block, own, judged }, i) =>
    winners[i]!.map(({ architecture, rule, individual, trial: learningRate }) => ({
      ...{ own, judged, individual },
      genome: { block, architecture, rule, learningRate, seeds },
    })),
  );
  const trialOn = (workbench: WorkbenchContent, { genome }: (typeof candidates)[number]): Trial => ({
    ...genome,
    workbench,
  });
  const anew = await unseenScores(
    stages,
    'champions',
    candidates.map((each) => trialOn(each.own, each)),
  );
  const sizes = winners.map(({ length }) => length);
  const ofHomes = grouped(candidates, sizes);
  const chosen = grouped(anew, sizes).map((scores, i) => ofHomes[i]![bestPlaces(scores, 1)[0] ?? -1]);
  const found = chosen.flatMap((each) => each ?? []);
  const scores = await scoresOf(
    stages,
    'judgement',
    'final',
    found.map((each) => trialOn(each.judged, each)),
  );
  return chosen.map((each) =>
    each === undefined ? null : { individual: each.individual, score: scores[found.indexOf(each)]! },
  );
}
