/** The trainings of the home-advantage assay, block by block: subjects are chosen, learning rates are chosen, and both populations are judged under both rules. */
import type { WorkbenchContent } from '../dispatch/evaluator.ts';
import { homeAdvantage, meanRanks, meanScores } from '../statistics/home-advantage.ts';
import { type HomeAdvantageAnswer, type MeasureName, measureNames } from './home-advantage-answer.ts';
import type { Population } from './populations.ts';
import { grouped, type Stages, scoresOf } from './scores.ts';
import { bestArchitectures } from './subjects.ts';
import { tunedRates } from './tuning.ts';

/** Two populations that are compared with each other. */
export interface HomeBlock {
  readonly name: string;
  readonly populations: readonly [Population, Population];
  /** Where they evolved: subjects are chosen on it. */
  readonly own: WorkbenchContent;
  /** Where they are tuned and judged. */
  readonly judged: WorkbenchContent;
}

/** How much is trained. */
export interface HomeEffort {
  /** Subjects of each population at most. */
  readonly top: number;
  readonly seeds: number;
  readonly tuningSeeds: number;
}

/** What is found of one block. */
export type HomeBlockAnswer = HomeAdvantageAnswer['blocks'][number];

/** `homes`: the rows in `block` of the first population's home and of the second's. @throws Interrupted, with what was trained stored. */
export async function homeAdvantageBlocks(
  stages: Stages,
  homes: readonly [number, number],
  blocks: readonly HomeBlock[],
  { top, seeds, tuningSeeds }: HomeEffort,
): Promise<HomeBlockAnswer[]> {
  const subjects = await bestArchitectures(
    stages,
    blocks.flatMap(({ name: block, populations, own }) =>
      populations.map((population) => ({ block, population, own })),
    ),
    top,
  );
  const crossed = blocks.flatMap(({ name: block, judged: workbench }, b) =>
    [0, 1].flatMap((side) =>
      subjects[2 * b + side]!.flatMap((architecture) =>
        homes.map((rule) => ({ block, workbench, architecture, rule })),
      ),
    ),
  );
  const rates = await tunedRates(stages, crossed, tuningSeeds);
  const final = await scoresOf(
    stages,
    'judgement',
    'final',
    crossed.flatMap((each, i) => [0, rates[i]!].map((learningRate) => ({ ...each, learningRate, seeds }))),
  );
  // By population, subject, rule, and then default before tuned.
  const scores = grouped(
    final,
    subjects.map(({ length }) => 4 * length),
  );
  return blocks.map((block, b) =>
    blockAnswer(block, [scores[2 * b]!, scores[2 * b + 1]!], [subjects[2 * b]!, subjects[2 * b + 1]!]),
  );
}

const byMeasure = <T>(of: (measure: MeasureName) => T): Record<MeasureName, T> =>
  Object.fromEntries(measureNames.map((measure) => [measure, of(measure)])) as Record<MeasureName, T>;

/** `scores` of each population's subjects, each under both rules, at the default rate and the tuned one. */
function blockAnswer(
  { name, populations: [one, other] }: HomeBlock,
  [first, second]: readonly [readonly number[], readonly number[]],
  subjects: readonly [readonly number[], readonly number[]],
): HomeBlockAnswer {
  // A population of which nobody lives has learned nothing anywhere: it is not left out.
  const under = (scores: readonly number[], rule: 0 | 1, rate: 0 | 1) =>
    scores.length === 0 ? [0] : scores.filter((_, i) => i % 4 === 2 * rule + rate);
  const scores = byMeasure((measure) => {
    const rate = measure.startsWith('tuned') ? 1 : 0;
    const crossed = {
      firstAtHome: under(first, 0, rate),
      firstAway: under(first, 1, rate),
      secondAtHome: under(second, 1, rate),
      secondAway: under(second, 0, rate),
    };
    return measure.endsWith('ranks') ? meanRanks(crossed) : meanScores(crossed);
  });
  const population = ({ row, living, genomes }: Population, { length }: readonly number[]) => ({
    ...{ run: row.run, living, subjects: length },
    architectures: new Set(genomes.map(({ architecture }) => architecture)).size,
  });
  return {
    seed: name,
    first: population(one, subjects[0]),
    second: population(other, subjects[1]),
    scores,
    advantages: byMeasure((measure) => homeAdvantage(scores[measure])),
  };
}
