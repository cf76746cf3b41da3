/** What an answer about selection holds. */
import { z } from 'zod';
import { heritables } from '../lineage/taxa.ts';
import { evolutionSchema } from '../search-space/evolution-schema.ts';
import type { Fixation, Sweep } from '../statistics/fixation.ts';
import type { PriceTerms } from '../statistics/price.ts';
import type { Gradient, SelectionGradients } from '../statistics/selection-gradients.ts';
import { count, defined, flow, permutationTest, runNumber, treeName } from './answer-parts.ts';
import type { EffectiveSize, Takeover } from './descent.ts';
import { schemaOf } from './question.ts';
import type { SelectionParts } from './selection-events.ts';
import type { IntervalGradients, MeanGradient, TraitTotals } from './selection-measures.ts';

const byOperator = z
  .record(z.string(), z.number())
  .describe('transmission by what changed the trait from parent to child; an empty name is no change');

/** Operators as a record: JSON has no maps. */
interface ByOperator {
  readonly byOperator: Readonly<Record<string, number>>;
}

const parts = schemaOf<SelectionParts>()(
  'SelectionParts',
  z.strictObject({
    scheme: z.number().describe("the scheme's chances at every birth, less even ones"),
    ...{ drift: z.number(), driftSd: z.number(), viability: z.number(), turnover: z.number() },
  }),
);

const totals = schemaOf<Omit<TraitTotals, 'byOperator'> & ByOperator>()(
  'TraitTotals',
  z.strictObject({
    ...{ trait: z.string(), intervals: count, first: z.number(), last: z.number(), delta: z.number() },
    selection: z.number().describe('all of Cov(w, z) / mean w: its parts add up to it'),
    ...{ parts, driftZ: defined, transmission: z.number(), byOperator },
    unlinked: z.number().describe('new lines'),
    residual: z.number().describe('the largest of all intervals'),
    ...{ differential: z.number(), intensity: defined, opportunity: z.number() },
  }),
);

const interval = z.strictObject({
  ...{ from: count, to: count, parents: count, children: count, begun: z.number(), orphaned: z.number() },
  descendants: z.array(z.number()).readonly().describe('of each parent, in the order of birth'),
  traits: z
    .record(
      z.string(),
      schemaOf<PriceTerms & SelectionParts & ByOperator>()(
        'TraitSelection',
        z.strictObject({
          ...{ parents: count, children: z.number(), meanBefore: z.number(), meanAfter: z.number() },
          ...{ delta: z.number(), selection: z.number(), transmission: z.number(), unlinked: z.number() },
          ...{ residual: z.number(), ...parts.shape, byOperator },
        }),
      ),
    )
    .nullable()
    .describe('null where no parent has a living descendant'),
});

const gradient = schemaOf<Gradient>()(
  'Gradient',
  z.strictObject({
    ...{ traits: z.array(z.string()).readonly(), estimate: z.number(), se: z.number(), p: defined },
  }),
);

const selectionGradients = schemaOf<SelectionGradients>()(
  'SelectionGradients',
  z.strictObject({
    ...{ n: count, linear: z.array(gradient).readonly(), quadratic: z.array(gradient).readonly().nullable() },
  }),
);

const intervalGradients = schemaOf<IntervalGradients>()(
  'IntervalGradients',
  z.strictObject({
    ...{ from: count, to: count, gradients: selectionGradients.nullable() },
    reason: z.string().nullable().describe('why there are none'),
  }),
);

const meanGradient = schemaOf<MeanGradient>()(
  'MeanGradient',
  z.strictObject({
    ...{ gradient: z.enum(['beta', 'gamma']), traits: z.array(z.string()).readonly(), intervals: count },
    ...{ mean: z.number(), se: defined },
  }),
);

const effectiveSize = schemaOf<EffectiveSize>()(
  'EffectiveSize',
  z.strictObject({
    lives: count.describe('over, with all their children told; without founders'),
    ...{ meanOffspring: z.number(), varianceOffspring: z.number() },
    generation: z.number().describe('mean age of donors, in births'),
    effectiveSize: defined.describe('null where the number of offspring does not vary'),
  }),
);

const fixation = schemaOf<Fixation>()('Fixation', z.strictObject({ individual: count, at: count }));

const takeover = schemaOf<Takeover>()(
  'Takeover',
  z.strictObject({
    ...{ decided: count, fixed: count, neutralShare: defined, substitutions: z.array(fixation).readonly() },
    quartiles: z.tuple([z.number(), z.number(), z.number()]).readonly().nullable(),
  }),
);

const coalescence = z.strictObject({
  tree: treeName,
  ...{ events: count, births: count },
  ...{ lower: defined, median: defined, upper: defined },
  changes: z.array(count).readonly().describe('births at which the last common ancestor became another'),
  censuses: z
    .array(z.strictObject({ time: count, ancestor: count.nullable(), age: count.nullable() }))
    .readonly(),
});

const sweep = schemaOf<Sweep>()('Sweep', z.strictObject({ from: count, to: count, leastAge: count }));

const sweeps = z.strictObject({
  runs: z.array(runNumber).readonly().describe('without selection'),
  schemes: z.array(z.string()).readonly(),
  quantile: z.number(),
  trees: z
    .array(
      z.strictObject({
        ...{ tree: treeName, births: count },
        threshold: defined.describe('null where the living of those runs never had one common ancestor'),
        sweeps: z.array(sweep).readonly().nullable(),
      }),
    )
    .readonly(),
});

const shared = { price: z.string(), parts: z.string(), newLines: z.string(), gradients: z.string() };
const inference = { inference: z.string(), test: z.string() };

const conventions = z.union([
  z.strictObject({ ...shared, ...inference, effectiveSize: z.string(), ages: z.string() }),
  z.strictObject({
    ...{ ...shared, ...inference, shares: z.string(), reassortment: z.string(), descent: z.string() },
  }),
]);

/** Times are in births. What is about descent is null for genomes, which have no one line of it. */
export const selectionAnswer = z.strictObject({
  ...{ run: runNumber, unfinished: z.boolean(), lastBirth: count },
  of: z.enum(heritables),
  scheme: evolutionSchema.shape.scheme.unwrap(),
  condition: evolutionSchema.shape.condition.unwrap(),
  conventions,
  flow,
  censuses: z.array(count).readonly().describe('right after these births were told'),
  counted: z.strictObject({
    individuals: count.describe('alive at some census'),
    ...{ parents: count, children: count, begun: z.number(), orphaned: z.number() },
  }),
  named: z.array(z.string()).readonly().describe('the traits that were asked for'),
  traits: z.array(totals).readonly().describe('over all intervals in which parents have descendants'),
  leftOut: z.array(z.strictObject({ trait: z.string(), reason: z.string() })).readonly(),
  intervals: z.array(interval).readonly(),
  withinCensusTests: z
    .array(z.strictObject({ trait: z.string(), test: permutationTest.nullable() }))
    .readonly(),
  gradients: z.strictObject({
    mean: z.array(meanGradient).readonly(),
    intervals: z
      .array(z.array(intervalGradients).readonly())
      .readonly()
      .describe('of the traits asked for together, or of each by itself'),
  }),
  communities: z
    .array(z.strictObject({ trait: z.string(), between: z.number(), within: z.number() }))
    .readonly()
    .nullable()
    .describe('null where the run has no two species'),
  effectiveSize: effectiveSize.nullable(),
  neutralGeneration: defined.describe('mean age of a parent that is drawn evenly, where the oldest dies'),
  takeover: takeover.nullable(),
  coalescence: z.array(coalescence).readonly().nullable(),
  sweeps: sweeps.nullable().describe('null unless runs without selection are named'),
});

/** What the answer holds. */
export type SelectionAnswer = z.output<typeof selectionAnswer>;
