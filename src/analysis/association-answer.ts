/** What an answer about association holds. */
import { z } from 'zod';
import type { Contingency } from '../statistics/contingency.ts';
import type { AverageCorrelation } from '../statistics/correlation.ts';
import type { LinkageDisequilibrium } from '../statistics/linkage.ts';
import type { Information } from '../statistics/mutual-information.ts';
import { count, defined, flow, meanInterval, permutationTest, runNumber } from './answer-parts.ts';
import type { CensusAssociation, OverRuns, RunAssociation } from './census-association.ts';
import { schemaOf } from './question.ts';

const linkage = schemaOf<LinkageDisequilibrium>()(
  'LinkageDisequilibrium',
  z.strictObject({ n: count, d: z.number(), dPrime: z.number(), r: z.number(), r2: z.number() }),
);

const contingency = schemaOf<Contingency>()(
  'Contingency',
  z.strictObject({ n: count, chiSquare: z.number(), df: count, v: defined, correctedV: defined }),
);

const information = schemaOf<Information>()(
  'Information',
  z.strictObject({
    ...{ n: count, first: z.number(), second: z.number(), mutual: z.number(), g: z.number(), df: count },
    ...{ bias: z.number(), corrected: z.number() },
    ...{ normalizedByLesser: defined, normalizedByRoot: defined },
  }),
);

const averageCorrelation = schemaOf<AverageCorrelation>()(
  'AverageCorrelation',
  z.strictObject({ censuses: count, leftOut: count, z: defined, r: defined }),
);

const census = schemaOf<CensusAssociation>()(
  'CensusAssociation',
  z.strictObject({
    time: count.describe('right after this birth was told, with its deaths'),
    n: count.describe('the living of whom both traits are known'),
    leftOut: count,
    alleles: z.tuple([count, count]).readonly().describe('different values of either trait'),
    linkage: linkage.nullable(),
    dPrime: defined,
    contingency: contingency.nullable(),
    information: information.nullable(),
    ...{ pearson: defined, spearman: defined, test: permutationTest.nullable() },
  }),
);

const runAssociation = schemaOf<RunAssociation>()(
  'RunAssociation',
  z.strictObject({
    run: runNumber,
    censuses: z.array(census).readonly(),
    ...{ pearson: averageCorrelation, spearman: averageCorrelation },
    ...{ dPrime: defined, correctedInformation: defined },
  }),
);

const overRuns = schemaOf<OverRuns>()(
  'OverRuns',
  z.strictObject({
    statistic: z.enum(['pearson', 'spearman']),
    z: meanInterval.nullable(),
    signFlip: permutationTest.nullable(),
  }),
);

/** Times are in births. */
export const associationAnswer = z.strictObject({
  ...{ runs: z.array(runNumber).readonly(), unfinished: z.array(runNumber).readonly() },
  ...{ architecture: z.string(), rule: z.string() },
  conventions: z.strictObject({
    ...{ linkage: z.string(), information: z.string(), correlation: z.string() },
    ...{ within: z.string(), between: z.string() },
  }),
  flow,
  overRuns: z.array(overRuns).readonly().describe('each run one unit'),
  byRun: z.array(runAssociation).readonly(),
});

export type AssociationAnswer = z.output<typeof associationAnswer>;
