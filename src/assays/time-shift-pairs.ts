/** The trainings of the time-shift assay: in each run the architectures of every census under the rules of every census. */
import type { WorkbenchContent } from '../dispatch/evaluator.ts';
import { averageRanks } from '../statistics/correlation.ts';
import { mean } from '../statistics/moments.ts';
import { livingPairsMean, type TimeShift, timeShift } from '../statistics/time-shift.ts';
import type { SampledRun } from './census-samples.ts';
import { grouped, type Stages, scoresBySeed } from './scores.ts';
import type { Trained } from './train-cells.ts';
import { tunedRates } from './tuning.ts';

/** Architectures of one census under rules of one census. */
export interface TimePair {
  readonly architectureTime: number;
  readonly ruleTime: number;
  /** Means over all pairs of those who lived then, as estimated from the samples: in decades, and in ranks over all scores of the run as shares of the highest. */
  readonly score: number;
  readonly rank: number;
  readonly failed: number;
  /** Trainings whose score is the cap. */
  readonly capped: number;
}

/** The pairs of each run, and what was trained for them on the final split. */
export interface Shifted {
  readonly runs: readonly (readonly TimePair[])[];
  readonly judged: readonly Trained[];
}

/** Every pair of an architecture and a rule is tuned for itself on one grid; those of one run are judged from the same seeds. @throws Interrupted, with what was trained stored. */
export async function timeShiftPairs(
  stages: Stages,
  runs: readonly SampledRun[],
  benches: readonly WorkbenchContent[],
  { seeds, tuningSeeds }: { readonly seeds: number; readonly tuningSeeds: number },
): Promise<Shifted> {
  const crossed = runs.map(({ row, samples }, r) =>
    samples.flatMap((architectures) =>
      samples.map((rules) =>
        architectures.individuals.flatMap(({ architecture }) =>
          rules.individuals.map(({ rule }) => ({
            ...{ workbench: benches[r]!, block: row.seed, architecture, rule },
          })),
        ),
      ),
    ),
  );
  const all = crossed.flat(2);
  const rates = await tunedRates(stages, all, tuningSeeds);
  const before = stages.all.length;
  const scores = await scoresBySeed(
    stages,
    'judgement',
    'final',
    all.map((each, i) => ({ ...each, learningRate: rates[i]!, seeds })),
  );
  const judged = stages.all.slice(before);
  const trained = grouped(
    judged,
    all.map(({ workbench }) => seeds * workbench.tasks.length),
  );
  const sizes = crossed.map((pairs) => pairs.flat().length);
  const [scoresOfRuns, trainedOfRuns] = [grouped(scores, sizes), grouped(trained, sizes)];
  return {
    judged,
    runs: runs.map((run, r) => pairsOf(run, scoresOfRuns[r]!, trainedOfRuns[r]!, stages.cap)),
  };
}

/** What the pairs of a run show; trends are in decades, or shares of ranks, per 1,000 births. */
export const shiftOf = (pairs: readonly TimePair[], what: 'score' | 'rank'): TimeShift =>
  timeShift(
    pairs.map((pair) => ({
      architectureTime: pair.architectureTime / 1000,
      ruleTime: pair.ruleTime / 1000,
      score: pair[what],
    })),
  );

/** `scores`, `trained`: of each architecture and rule, in the order of pairs of censuses. */
function pairsOf(
  { samples }: SampledRun,
  scores: readonly (readonly (readonly number[])[])[],
  trained: readonly (readonly Trained[])[],
  cap: number,
): TimePair[] {
  const bySeed = scores.map((seeds) => seeds.map((tasks) => mean(tasks)));
  const ranks = averageRanks(bySeed.flat());
  const decades = bySeed.map((seeds) => mean(seeds));
  const shares = grouped(
    Array.from(ranks, (rank) => rank / ranks.length),
    bySeed.map(({ length }) => length),
  ).map((own) => mean(own));
  let next = 0;
  return samples.flatMap((architectures) =>
    samples.map((rules): TimePair => {
      const width = rules.individuals.length;
      const [from, to] = [next, next + architectures.individuals.length * width];
      next = to;
      const table = (values: readonly number[]) =>
        grouped(
          values.slice(from, to),
          architectures.individuals.map(() => width),
        );
      const living = architectures.time === rules.time ? rules.living : null;
      return {
        ...{ architectureTime: architectures.time, ruleTime: rules.time },
        score: livingPairsMean(table(decades), living),
        rank: livingPairsMean(table(shares), living),
        failed: trained
          .slice(from, to)
          .flat()
          .filter(({ loss }) => loss === null).length,
        capped: scores
          .slice(from, to)
          .flat(2)
          .filter((score) => score === cap).length,
      };
    }),
  );
}
