/** What an answer about conditions holds. */
import { z } from 'zod';
import type { BootstrapInterval } from '../statistics/bootstrap.ts';
import type { StudentTest } from '../statistics/moments.ts';
import type { Power } from '../statistics/power.ts';
import type { Plan, RunComparison, RunValue } from '../statistics/run-comparison.ts';
import {
  count,
  defined,
  effectSize,
  flow,
  meanInterval,
  permutationTest,
  pooledEffect,
  probability,
  runNumber,
} from './answer-parts.ts';
import type { Compared, ConditionValues } from './comparison.ts';
import type { DocumentDifferences, Pairing } from './conditions.ts';
import { schemaOf } from './question.ts';

const bootstrapInterval = schemaOf<BootstrapInterval>()(
  'BootstrapInterval',
  z.strictObject({
    ...{ estimate: z.number(), lower: z.number(), upper: z.number() },
    ...{ level: z.number(), draws: count },
  }),
);

const studentTest = schemaOf<StudentTest>()(
  'StudentTest',
  z.strictObject({
    ...{ difference: z.number(), se: z.number(), t: defined, df: z.number() },
    ...{ lower: defined, upper: defined, p: probability },
  }),
);

const power = schemaOf<Power>()(
  'Power',
  z.strictObject({
    ...{ power: z.number(), rejections: count, simulations: count },
    ...{ lower: z.number(), upper: z.number() },
  }),
);

const plan = schemaOf<Plan>()(
  'Plan',
  z.strictObject({
    power: z.array(z.strictObject({ effect: z.number(), power })).readonly(),
    runsNeeded: count.nullable(),
  }),
);

export const runComparison = schemaOf<RunComparison>()(
  'RunComparison',
  z.strictObject({
    isPaired: z.boolean(),
    runs: z.tuple([count, count]).readonly(),
    means: z.tuple([meanInterval.nullable(), meanInterval.nullable()]).readonly(),
    ...{ difference: bootstrapInterval, student: studentTest, effect: effectSize.nullable() },
    permutation: permutationTest,
    pooled: z
      .strictObject({
        arms: z.tuple([pooledEffect.nullable(), pooledEffect.nullable()]).readonly(),
        difference: pooledEffect.nullable(),
      })
      .nullable(),
  }),
);

const runValue = schemaOf<RunValue>()(
  'RunValue',
  z.strictObject({ value: z.number(), se: z.number().exactOptional() }),
);

const conditionValues = schemaOf<ConditionValues>()(
  'ConditionValues',
  z.strictObject({
    condition: z.string(),
    values: z
      .array(
        z.strictObject({
          ...{ run: runNumber, seed: z.string() },
          value: runValue.nullable(),
          missing: z.string().nullable().describe('why it has no value'),
        }),
      )
      .readonly(),
  }),
);

const compared = schemaOf<Compared>()(
  'Compared',
  z.strictObject({
    ...{ statistic: z.string(), title: z.string() },
    note: z.string().nullable().describe('what was chosen on the way, such as a horizon'),
    ...{ first: conditionValues, second: conditionValues },
    comparison: runComparison.nullable().describe('null with a reason'),
    ...{ reason: z.string().nullable(), plan: plan.nullable() },
    ...{ holm: probability, benjaminiHochberg: probability },
  }),
);

export const pairing = schemaOf<Pairing>()(
  'Pairing',
  z.strictObject({
    ...{ of: z.string(), less: z.string(), pairs: count },
    reason: z.string().nullable().describe('why these are no pairs'),
  }),
);

const places = z.array(z.string()).readonly();
/** In what the documents of conditions differ. */
export const documentDifferences = schemaOf<DocumentDifferences>()(
  'DocumentDifferences',
  z.strictObject({ between: places, inPart: places, within: places }),
);

export const condition = z.strictObject({
  name: z.string(),
  runs: z.array(z.strictObject({ run: runNumber, seed: z.string() })).readonly(),
  leftOut: z.array(z.strictObject({ run: runNumber, reason: z.string() })).readonly(),
});

/** Each condition beside the first, in every statistic. */
export const compareAnswer = z.strictObject({
  conditions: z.array(condition).readonly(),
  pairing: z.array(pairing).readonly(),
  documentsDifferIn: documentDifferences,
  traits: z
    .strictObject({ architecture: z.string(), rule: z.string() })
    .nullable()
    .describe('of the statistic `association`; null where it is not compared'),
  conventions: z.strictObject({
    ...{ unit: z.string(), intervals: z.string(), effect: z.string(), tests: z.string() },
    ...{ family: z.string(), pooled: z.string(), power: z.string() },
  }),
  flow: z.record(z.string(), flow).describe('of each condition'),
  caution: z.string().nullable().describe('what to know before one believes the limits'),
  comparisons: z.array(compared).readonly(),
});

export type CompareAnswer = z.output<typeof compareAnswer>;
