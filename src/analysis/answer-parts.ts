/** Schemas of what several answers hold. */
import { z } from 'zod';
import type { Tree } from '../lineage/ancestry.ts';
import type { Flow } from '../lineage/flow.ts';
import type { ChiSquareTest, CoxFit } from '../statistics/cox.ts';
import type { CoxCoefficient } from '../statistics/cox-coefficient.ts';
import type { EffectSize } from '../statistics/effect-size.ts';
import type { MeanInterval } from '../statistics/mean-interval.ts';
import { tieMethods } from '../statistics/partial-likelihood.ts';
import type { PermutationTest } from '../statistics/permutation.ts';
import type { PooledEffect } from '../statistics/pooling.ts';
import type { ProfileLimits } from '../statistics/profile-likelihood.ts';
import type { ProportionalHazardsTest } from '../statistics/proportional-hazards.ts';
import { schemaOf } from './question.ts';

export const count = z.int().min(0);
export const runNumber = z.int().min(1);
/** A number, or null where it is not defined. */
export const defined = z.number().nullable();
/** A p-value, or null where there is no test. */
export const probability = z.number().min(0).max(1).nullable();

/** Trees of descent of a run, in the order in which answers have them. */
export const trees = ['architecture', 'rule', 'pedigree'] as const satisfies readonly Tree[];

export const treeName = z.enum(trees);

/** How births become what is analysed. */
export const flow = schemaOf<Flow>()(
  'Flow',
  z.strictObject({
    ...{ births: count, founders: count, living: count },
    evaluations: z.record(z.string(), count),
  }),
);

const chiSquareTest = schemaOf<ChiSquareTest>()(
  'ChiSquareTest',
  z.strictObject({ chiSquare: z.number(), df: z.number(), p: z.number() }),
);

export const coxCoefficient = schemaOf<CoxCoefficient>()(
  'CoxCoefficient',
  z.strictObject({
    name: z.string(),
    status: z.enum(['estimated', 'aliased', 'infinite']),
    direction: z.union([z.literal(1), z.literal(-1), z.null()]),
    ...{ coefficient: defined, hazardRatio: defined, se: defined, robustSe: defined },
    ...{ z: defined, df: defined, p: probability, lower: defined, upper: defined },
  }),
);

/** A Cox regression without the rows that it was fitted to, and without how many they were. */
export type CoxAnswer = Omit<CoxFit, 'n' | 'model'>;

/** What an answer holds of a fit. */
export function coxWithoutRows({ n: _n, model: _model, ...fit }: CoxFit): CoxAnswer {
  return fit;
}

export const coxAnswer = schemaOf<CoxAnswer>()(
  'CoxFit',
  z.strictObject({
    events: count,
    ties: z.enum(tieMethods),
    clusters: count.nullable(),
    coefficients: z.array(coxCoefficient).readonly(),
    logLikelihood: z.strictObject({ atZero: z.number(), atMaximum: z.number() }),
    ...{ likelihoodRatio: chiSquareTest, score: chiSquareTest, wald: chiSquareTest.nullable() },
    covariance: z.array(z.array(z.number()).readonly()).readonly(),
    iterations: count,
  }),
);

export const profileLimits = schemaOf<ProfileLimits>()(
  'ProfileLimits',
  z.strictObject({ name: z.string(), lower: defined, upper: defined }),
);

export const proportionalHazards = schemaOf<ProportionalHazardsTest>()(
  'ProportionalHazardsTest',
  z.strictObject({ term: z.string().nullable(), chiSquare: defined, df: count, p: probability }),
);

export const pooledEffect = schemaOf<PooledEffect>()(
  'PooledEffect',
  z.strictObject({
    ...{ runs: count, mean: z.number(), se: z.number(), lower: z.number(), upper: z.number() },
    p: z.number(),
    ...{ variance: z.number(), heterogeneity: z.number(), heterogeneityP: z.number() },
  }),
);

export const meanInterval = schemaOf<MeanInterval>()(
  'MeanInterval',
  z.strictObject({
    ...{ n: count, mean: z.number(), se: z.number(), lower: z.number(), upper: z.number() },
    p: probability,
  }),
);

export const permutationTest = schemaOf<PermutationTest>()(
  'PermutationTest',
  z.strictObject({ observed: z.number(), p: z.number(), exact: z.boolean(), arrangements: count }),
);

export const effectSize = schemaOf<EffectSize>()(
  'EffectSize',
  z.strictObject({ g: z.number(), se: z.number(), lower: z.number(), upper: z.number() }),
);
