/** What an answer about diversity holds. */
import { z } from 'zod';
import type { Partition } from '../statistics/hill.ts';
import type { PhylogeneticDiversity } from '../statistics/phylogenetic-diversity.ts';
import type { TreeBalance } from '../statistics/tree-balance.ts';
import { type Distances, type TreeStatistics, treeScopes } from '../statistics/tree-statistics.ts';
import { count, defined, flow, runNumber, treeName } from './answer-parts.ts';
import { type CensusDiversity, nodeKinds } from './census-diversity.ts';
import { schemaOf } from './question.ts';

const partition = schemaOf<Partition>()(
  'Partition',
  z.strictObject({ alpha: z.number(), beta: z.number(), gamma: z.number() }),
);

const byOrder = z.array(z.number()).readonly().describe('of order 0, 1 and 2');
const partitions = z.array(partition).readonly().nullable();

const census = schemaOf<CensusDiversity>()(
  'CensusDiversity',
  z.strictObject({
    time: count.describe('right after this birth was told, with its deaths'),
    living: count,
    hill: z.strictObject({ architecture: byOrder, rule: byOrder, genome: byOrder }),
    partition: z
      .strictObject({ architecture: partitions, rule: partitions, genome: partitions })
      .describe('by order; null where there are no communities, or one of them is empty'),
  }),
);

const phylogeneticDiversity = schemaOf<PhylogeneticDiversity>()(
  'PhylogeneticDiversity',
  z.strictObject({
    ...{ edges: count, edgesBelowAncestor: count.nullable() },
    ...{ length: z.number(), lengthBelowAncestor: defined },
  }),
);

const distances = schemaOf<Distances>()(
  'Distances',
  z.strictObject({ mean: defined, variance: defined, nearest: defined }),
);

const balance = schemaOf<TreeBalance>()(
  'TreeBalance',
  z.strictObject({
    ...{ tips: count, branchPoints: count, sackin: z.number(), colless: defined, correctedColless: defined },
    ...{ collessLike: z.number(), b1: z.number(), b2: z.number(), cherries: count },
  }),
);

const tree = schemaOf<TreeStatistics>()(
  'TreeStatistics',
  z.strictObject({
    scope: z.enum(treeScopes),
    ...{ nodes: count, tips: count, founders: count, unifurcations: count },
    joined: z.boolean().describe('the founders are joined at a root at birth 0'),
    diversity: phylogeneticDiversity,
    ...{ edges: distances, births: distances },
    distinctiveness: z.strictObject({ sum: z.number(), mean: z.number(), variance: defined }).nullable(),
    balance: balance.nullable(),
    empirical: z.strictObject({ sackin: z.number(), collessLike: z.number() }).nullable(),
    commonAncestor: z.strictObject({ origin: count, depth: count }).nullable(),
    outDegrees: z.array(z.strictObject({ children: count, nodes: count })).readonly(),
    meanOrigin: z.strictObject({ tips: z.number(), nodes: z.number(), branchPoints: defined }).nullable(),
  }),
);

/** Times are in births. */
export const diversityAnswer = z.strictObject({
  ...{ run: runNumber, unfinished: z.boolean() },
  lastBirth: count.describe('the last birth told: what is extant is so as of it'),
  ...{ tree: treeName, nodes: z.enum(nodeKinds) },
  conventions: z.strictObject({
    ...{
      hill: z.string(),
      communities: z.string(),
      extant: z.string(),
      full: z.string(),
      joined: z.string(),
    },
    statistics: z
      .array(z.strictObject({ field: z.string(), name: z.string(), convention: z.string() }))
      .readonly()
      .describe('of each number of a tree, by where it is: what it is called and how it is taken'),
  }),
  flow,
  censuses: z.array(census).readonly(),
  trees: z.array(tree).readonly().describe('of the living and their ancestors, and of all'),
});

/** What the answer holds. */
export type DiversityAnswer = z.output<typeof diversityAnswer>;
