/** What is asked of hazards, and the lives it is asked of: shared by `hazard`, which fits a model to them, and by `hazard-rows`, which hands them out. */
import { z } from 'zod';
import { runCensusTimes } from '../lineage/census.ts';
import { chosenUnits, requireBirths } from '../lineage/chosen.ts';
import { causes } from '../lineage/deaths.ts';
import { flowOf } from '../lineage/flow.ts';
import type { Lineage } from '../lineage/open.ts';
import { type RunRow, unfinishedRuns } from '../lineage/runs.ts';
import { UserError } from '../notation/user-error.ts';
import { count, flow, runNumber } from './answer-parts.ts';
import { type HazardSample, hazardSample, otherChromosome, type WatchedRun } from './hazard-sample.ts';
import { measureTraits } from './measured-traits.ts';
import { positive, runsParam, trackedFrom } from './params.ts';
import { type AskContext, param } from './question.ts';
import { evolutionOf } from './settings.ts';

const chromosomes = z.enum(['architecture', 'rule']);

/** A loss of the machine ends nothing. */
const endings = z.enum(causes).exclude(['worker-lost']);

/** Which lives, with what beside them. */
export const hazardParams = z.strictObject({
  runs: runsParam(),
  of: param(chromosomes.default('architecture'), { summary: 'taxa of which chromosome', value: 'what' }),
  trait: param(
    z
      .array(z.string())
      .min(1)
      .overwrite((traits) => [...new Set(traits)]),
    {
      summary:
        'a trait of that chromosome that is a number or yes/no, or NAME=VALUE; give it again for another',
      value: 'trait',
    },
  ),
  resident: param(z.string().exactOptional(), {
    summary:
      'a trait of the other chromosome: its mean over the living, as it changes, and its products with the traits',
    value: 'trait',
  }),
  trackedFrom: trackedFrom(),
  every: param(positive().exactOptional(), {
    summary: 'with --resident: births between looks at the living; default the population size',
    value: 'births',
  }),
  cause: param(endings.exactOptional(), {
    summary: 'count only ends by this cause, as `survivorship` names them; all others censor',
    value: 'cause',
  }),
});

/** Which lives are asked about. */
export type HazardParams = z.output<typeof hazardParams>;

/** How times and residents are to be read. */
export const hazardConventions = {
  time: 'ages in births since the origin of a taxon; at risk: entry < t <= exit; ends before censoring at equal times',
  resident:
    'mean over the living at the last look before, which holds up to the next; taxa are watched from the first look on, as late entries',
} as const;

/** What every answer about hazards says of the lives that it is about. */
export const hazardScope = z.strictObject({
  ...{ runs: z.array(runNumber).readonly(), unfinished: z.array(runNumber).readonly() },
  unit: z.string().describe('what lives and dies, such as `rule taxon`'),
  of: chromosomes,
  traits: z.array(z.string()).readonly(),
  resident: z.string().nullable().describe('a trait of the other chromosome'),
  trackedFrom: z.int().min(1),
  cause: endings.nullable().describe('null where every end counts'),
  flow,
  taxa: z.strictObject({
    ...{ analysed: count, ended: count, censored: count },
    withoutTrait: count.describe('left out: without one of the traits'),
    withoutTime: count.describe('left out: watched for no time; with residents, not after the first look'),
    untracked: count.describe('left out: never of so many carriers'),
  }),
});

/** What is said of the lives. */
export type HazardScope = z.output<typeof hazardScope>;

/** Looks at the living are taken for the sake of residents alone. */
function checkEvery({ every, resident }: HazardParams): void {
  if (every !== undefined && resident === undefined)
    throw new UserError({
      code: 'nothing-to-look-at',
      message: '--every says how often residents are looked at, and none are asked for',
      hint: 'name a trait of theirs with --resident, or leave out --every',
    });
}

/** Lives of taxa as rows of a regression, and what an answer says of them. @throws UserError for what makes no sense; Interrupted in the measuring of a trait. */
export async function hazardLives(
  lineage: Lineage,
  params: HazardParams,
  context: AskContext,
): Promise<{ readonly sample: HazardSample; readonly scope: HazardScope }> {
  checkEvery(params);
  const { of, trait, resident, cause, trackedFrom: carriers = 1 } = params;
  const chosen = chosenUnits(lineage, params.runs);
  requireBirths(...chosen);
  const runs = chosen.map(({ run }) => run);
  await measureTraits(lineage, runs, of, trait, context);
  if (resident !== undefined) await measureTraits(lineage, runs, otherChromosome[of], [resident], context);
  const sample = hazardSample(
    lineage,
    chosen.map((row) => watchedRun(row, params)),
    {
      ...{ of, traits: trait, trackedFrom: carriers },
      ...(resident === undefined ? {} : { resident }),
      ...(cause === undefined ? {} : { cause }),
    },
  );
  const { lives, events, withoutTrait, withoutTime, untracked } = sample;
  return {
    sample,
    scope: {
      ...{ runs, unfinished: unfinishedRuns(chosen), unit: `${of} taxon`, of, traits: trait },
      ...{ resident: resident ?? null, trackedFrom: carriers, cause: cause ?? null },
      flow: flowOf(lineage, runs),
      taxa: {
        analysed: lives,
        ended: events,
        censored: lives - events,
        withoutTrait,
        withoutTime,
        untracked,
      },
    },
  };
}

function watchedRun(row: RunRow, { every }: HazardParams): WatchedRun {
  const population = evolutionOf(row)?.population ?? 1;
  return { run: row.run, times: runCensusTimes(row.lastTold, population, every ?? population) };
}

/** Names that R takes as they are. */
export const nameInR = (name: string): string => name.replaceAll(/[^A-Za-z0-9]+/g, '_');
