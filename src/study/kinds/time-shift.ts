/** Whether architectures of a run are better with the rules of their own time than with earlier and later ones. */
import { z } from 'zod';
import { type SampledRun, sampledRuns } from '../../assays/census-samples.ts';
import { rateTrials } from '../../assays/scores.ts';
import { shiftOf, type TimePair, timeShiftPairs } from '../../assays/time-shift-pairs.ts';
import type { Lineage } from '../../lineage/open.ts';
import type { RunRow } from '../../lineage/runs.ts';
import { UserError } from '../../notation/user-error.ts';
import { assayKind, type Found, found, type Measures, notFound } from './kind.ts';
import { cap, count, name, seeds, tuningSeeds } from './parts.ts';

export const timeShiftKind = assayKind({
  schema: z.strictObject({
    kind: z.literal('time-shift'),
    conditions: z.tuple([name]).describe('the condition, in which both chromosomes evolve'),
    censuses: count
      .min(3)
      .max(50)
      .default(4)
      .describe('times, from the first whole population to the last birth'),
    sample: count.min(2).max(1000).default(4).describe('so many of those who lived at each time, at random'),
    seeds: seeds(),
    tuningSeeds: tuningSeeds('each architecture and rule choose among 9 learning rates'),
    cap: cap(),
  }),
  measures: ['contrast', 'rule trend', 'architecture trend'],
  isTrained: true,
  rules: () => [],
  trainings(assay, { judged }) {
    const pairs = (assay.censuses * assay.sample) ** 2 * judged;
    return pairs * (rateTrials.length * assay.tuningSeeds + assay.seeds);
  },
  candidates({ censuses, sample }, { rows }, lineage) {
    const run = sampledOr(lineage, rows[0]!, { censuses, sample });
    if (!('samples' in run)) return [];
    return run.samples.flatMap(({ time, living, individuals }, i) =>
      individuals.map(({ architecture, rule }) => ({
        ...{ place: 0, side: i + 1, time, living, carriers: 1 },
        ...{ architecture, rule, learningRate: 0 },
      })),
    );
  },
  async measure({ cap: most, censuses, sample, ...effort }, blocks, { lineage, benches, stages }) {
    const sampled = blocks.map(({ rows }) => sampledOr(lineage, rows[0]!, { censuses, sample }));
    const places = await benches();
    const kept = sampled.flatMap((each, i) => ('samples' in each ? [{ run: each, ...places[i]! }] : []));
    const shifted = await timeShiftPairs(
      stages(most),
      kept.map(({ run }) => run),
      kept.map(({ judged }) => judged),
      effort,
    );
    const results = new Map(kept.map(({ run }, i) => [run, measuresOf(shifted.runs[i]!)]));
    return sampled.map((each) => ('samples' in each ? found(results.get(each)!) : each));
  },
});

/** Samples of a run, or why there are none: one run must not keep the others from being measured. */
function sampledOr(
  lineage: Lineage,
  row: RunRow,
  asked: Parameters<typeof sampledRuns>[2],
): SampledRun | Found {
  try {
    return sampledRuns(lineage, [row], asked)[0]!;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return notFound(error.issues.map(({ message }) => message).join('; '));
  }
}

function measuresOf(pairs: readonly TimePair[]): Measures {
  const { contrast, ruleTrend, architectureTrend } = shiftOf(pairs, 'score');
  return {
    ...(contrast === null ? {} : { contrast }),
    ...(ruleTrend === null ? {} : { 'rule trend': ruleTrend.value }),
    ...(architectureTrend === null ? {} : { 'architecture trend': architectureTrend.value }),
  };
}
