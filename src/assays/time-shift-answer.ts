/** The schema of what the time-shift assay answers. */
import { z } from 'zod';
import { count, defined, meanInterval, permutationTest, runNumber } from '../analysis/answer-parts.ts';
import { schemaOf } from '../analysis/question.ts';
import type { Slope } from '../statistics/slope.ts';
import type { TimeShift } from '../statistics/time-shift.ts';
import type { TwoStageEstimate } from '../statistics/two-stage.ts';

const slope = schemaOf<Slope>()('Slope', z.strictObject({ value: z.number(), se: defined, df: z.int() }));

const timeShift = schemaOf<TimeShift>()(
  'TimeShift',
  z.strictObject({
    ...{ pairs: count, contemporaneous: defined, past: defined, future: defined, contrast: defined },
    ...{ slope: slope.nullable(), ruleTrend: slope.nullable(), architectureTrend: slope.nullable() },
  }),
);

/** Over runs, each counted alike. Runs have no error of their own here: pairs of one run share architectures and rules. */
export type OverRuns = Omit<TwoStageEstimate, 'pooled'>;

const overRuns = schemaOf<OverRuns>()(
  'OverRuns',
  z.strictObject({
    ...{ runs: count, leftOut: count },
    ...{ mean: meanInterval.nullable(), signFlip: permutationTest.nullable() },
  }),
);

/** What is averaged over runs. */
export const shiftNames = ['contrast', 'slope', 'ruleTrend', 'architectureTrend'] as const;

/** A number that one run shows. */
export type ShiftName = (typeof shiftNames)[number];

const results = z.strictObject({
  ...{ contrast: overRuns, slope: overRuns, ruleTrend: overRuns, architectureTrend: overRuns },
});

export const timeShiftAnswer = z.strictObject({
  unfinished: z.array(runNumber),
  asked: z.strictObject({
    censuses: count,
    sample: count,
    seeds: count,
    tuningSeeds: count,
    cap: z.number(),
  }),
  conventions: z.record(z.string(), z.string()),
  /** Places of their documents at which the runs do not agree. */
  documentsDifferIn: z.array(z.string()),
  /** Those found in the file among them; `judged`: on the final split, of which so many reached the cap. `failed` by reason. */
  cells: z.strictObject({
    ...{ trainings: count, failed: z.record(z.string(), count) },
    judged: z.strictObject({ trainings: count, failed: z.record(z.string(), count), capped: count }),
  }),
  runs: z.array(
    z.strictObject({
      ...{ run: runNumber, seed: z.string() },
      censuses: z.array(
        z.strictObject({
          /** Right after this birth was told. */
          time: count,
          living: count,
          /** Of each of the living. */
          inclusionProbability: z.number(),
          individuals: z.array(z.string()),
        }),
      ),
      /** All pairs of censuses, by the time of the architectures and then of the rules. */
      pairs: z.array(
        z.strictObject({
          ...{ architectureTime: count, ruleTime: count, score: z.number(), rank: z.number() },
          ...{ failed: count, capped: count },
        }),
      ),
      ...{ decades: timeShift, ranks: timeShift },
    }),
  ),
  results: z.strictObject({ decades: results, ranks: results }),
  caution: z.string(),
});

export type TimeShiftAnswer = z.output<typeof timeShiftAnswer>;
