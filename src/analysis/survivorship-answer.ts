/** What an answer about survivorship holds. */
import { z } from 'zod';
import { unitNames } from '../lineage/survival-units.ts';
import { heritables } from '../lineage/taxa.ts';
import type { IncidenceRow } from '../statistics/aalen-johansen.ts';
import { confidenceTypes } from '../statistics/confidence.ts';
import type { Establishment } from '../statistics/establishment.ts';
import type { CutRule } from '../statistics/groups.ts';
import type { SurvivalRow } from '../statistics/kaplan-meier.ts';
import type { AgeRow } from '../statistics/kaplan-meier-ages.ts';
import type { LogRankTest } from '../statistics/log-rank.ts';
import { tieMethods } from '../statistics/partial-likelihood.ts';
import type { MeanDifference, RestrictedMean } from '../statistics/restricted-mean.ts';
import type { Quantile } from '../statistics/survival-quantile.ts';
import {
  count,
  coxAnswer,
  defined,
  flow,
  pooledEffect,
  probability,
  profileLimits,
  proportionalHazards,
  runNumber,
} from './answer-parts.ts';
import { schemaOf } from './question.ts';

const cutRule = schemaOf<CutRule>()(
  'CutRule',
  z.discriminatedUnion('by', [
    z.strictObject({ by: z.literal('cuts'), cuts: z.array(z.number()).readonly() }),
    z.strictObject({ by: z.literal('quantiles'), count }),
    z.strictObject({ by: z.literal('value') }),
  ]),
);

const survivalRow = schemaOf<SurvivalRow>()(
  'SurvivalRow',
  z.strictObject({
    ...{ time: z.number(), atRisk: count, events: count, censored: count },
    ...{ survival: z.number(), se: defined, lower: defined, upper: defined },
  }),
);

const ageRow = schemaOf<AgeRow>()(
  'AgeRow',
  z.strictObject({
    ...{ age: count, atRisk: count },
    ...{ survival: z.number(), se: defined, lower: defined, upper: defined },
  }),
);

const incidenceRow = schemaOf<IncidenceRow>()(
  'IncidenceRow',
  z.strictObject({
    ...{ time: z.number(), atRisk: count, events: count },
    ...{ incidence: z.number(), se: z.number(), lower: defined, upper: defined },
  }),
);

const median = schemaOf<Quantile>()(
  'Quantile',
  z.strictObject({ value: defined, lower: defined, upper: defined }),
);

const restrictedMean = schemaOf<RestrictedMean>()(
  'RestrictedMean',
  z.strictObject({ tau: z.number(), mean: z.number(), se: z.number() }),
);

const meanDifference = schemaOf<MeanDifference>()(
  'MeanDifference',
  z.strictObject({
    ...{ tau: z.number(), difference: z.number(), se: z.number() },
    ...{ lower: defined, upper: defined, p: probability },
  }),
);

const logRank = schemaOf<LogRankTest<string>>()(
  'LogRankTest',
  z.strictObject({
    rho: z.number(),
    groups: z
      .array(z.strictObject({ group: z.string(), n: count, observed: z.number(), expected: z.number() }))
      .readonly(),
    variance: z.array(z.array(z.number()).readonly()).readonly(),
    ...{ chiSquare: defined, df: count, p: probability },
  }),
);

const establishment = schemaOf<Establishment & { readonly group: string }>()(
  'Establishment',
  z.strictObject({
    group: z.string(),
    ...{ established: count, ended: count, undecided: count, tooLate: count },
    ...{ share: defined, lower: defined, upper: defined },
  }),
);

/** The last row up to the horizon; of a cause that ended nothing by then, 0 and no row. */
const incidenceByTau = incidenceRow.extend({
  time: z.number().exactOptional(),
  atRisk: count.exactOptional(),
  events: count.exactOptional(),
});

const group = z.strictObject({
  ...{ group: z.string(), n: count, events: count, censored: count },
  ...{ median, restrictedMean: restrictedMean.nullable() },
  table: z.array(survivalRow).readonly().describe('the Kaplan-Meier curve, a row for each exit time'),
  ages: z.array(ageRow).readonly().describe('the curve at ages that are powers of two'),
  earlyZero: z
    .strictObject({ age: z.number(), watchedBeyond: count })
    .nullable()
    .describe(
      'the age at which all who were at risk ended though so many lives were watched beyond it, as late entries can have it; from there on the curve tells nothing of them',
    ),
  causes: z
    .array(
      z.strictObject({
        ...{ cause: z.string(), ended: count },
        byTau: incidenceByTau
          .nullable()
          .describe('at the horizon; null where the group is not watched to it'),
        table: z.array(incidenceRow).readonly(),
      }),
    )
    .readonly(),
});

const comparison = z.strictObject({
  ...{
    reference: z.string(),
    strata: z.literal('run').nullable(),
    rho: z.number(),
    ties: z.enum(tieMethods),
  },
  descriptive: z.boolean().describe('true for one run: what lives in it shares ancestors and rivals'),
  logRank,
  differences: z.array(z.strictObject({ group: z.string(), effect: meanDifference.nullable() })).readonly(),
  cox: coxAnswer.nullable(),
  profile: z.array(profileLimits).readonly(),
  apart: z.array(z.string()).readonly(),
  proportionalHazards: z.array(proportionalHazards).readonly(),
  pooled: z.array(z.strictObject({ group: z.string(), effect: pooledEffect.nullable() })).readonly(),
});

/** Times are in births. */
export const survivorshipAnswer = z.strictObject({
  runs: z.array(runNumber).readonly(),
  unfinished: z.array(runNumber).readonly(),
  unit: z.string().describe('what lives and dies, such as `rule taxon`'),
  ...{ of: z.enum(heritables), units: z.enum(unitNames) },
  by: z.string().nullable(),
  groupedBy: cutRule.nullable().describe('null where the trait has categories, or there is none'),
  tracked: z.strictObject({
    ...{ fromCarriers: z.int().min(1), leftOut: count },
    firstAge: z.number().describe('the least age at which one of them came under observation'),
  }),
  confidence: z.enum(confidenceTypes),
  conventions: z.strictObject({
    ...{ atRisk: z.string(), survival: z.string(), median: z.string(), incidence: z.string() },
    reference: z.string(),
  }),
  flow,
  caution: z.string().nullable(),
  tau: z.number(),
  groups: z.array(group).readonly(),
  established: z
    .strictObject({ horizon: z.int().min(1), groups: z.array(establishment).readonly() })
    .exactOptional(),
  comparison: comparison.nullable().describe('null for one group'),
});

export type SurvivorshipAnswer = z.output<typeof survivorshipAnswer>;
