/** Which traits make taxa short-lived, and whether it depends on what lives beside them. */
import { z } from 'zod';
import { UserError } from '../notation/user-error.ts';
import { hazardModel } from '../statistics/hazard-model.ts';
import {
  count,
  coxAnswer,
  coxCoefficient,
  coxWithoutRows,
  pooledEffect,
  profileLimits,
  proportionalHazards,
  runNumber,
} from './answer-parts.ts';
import { hazardConventions, hazardLives, hazardParams, hazardScope, nameInR } from './hazard-lives.ts';
import type { HazardSample } from './hazard-sample.ts';
import { ties } from './params.ts';
import { question } from './question.ts';

const params = z.strictObject({ ...hazardParams.shape, ties: ties('tied ends') });

type Params = z.output<typeof params>;

/** How its numbers are to be read. */
const conventions = { ...hazardConventions, reference: 'R 4.2.2, package survival 3.5-3: coxph, cox.zph' };

/** Times are in births. */
const hazardAnswer = z.strictObject({
  ...hazardScope.shape,
  conventions: z.strictObject({ time: z.string(), resident: z.string(), reference: z.string() }),
  rows: count.describe('the lives in parts, cut where the value of the residents changes'),
  descriptive: z.boolean().describe('true for one run: what lives in it shares ancestors and rivals'),
  cox: coxAnswer.describe('within runs; of several with errors robust to runs'),
  profile: z.array(profileLimits).readonly().describe('the limits of ratios that are infinite or zero'),
  proportionalHazards: z
    .array(proportionalHazards)
    .readonly()
    .describe('Grambsch and Therneau, on 1 - S(t), for each term and in the end for all'),
  byRun: z
    .array(
      z.strictObject({
        run: runNumber,
        coefficients: z.array(coxCoefficient).readonly().nullable().describe('null where nothing ends'),
      }),
    )
    .readonly(),
  pooled: z
    .array(z.strictObject({ name: z.string(), effect: pooledEffect.nullable() }))
    .readonly()
    .describe('over runs, each one unit; empty for one run'),
  inR: z.string().describe('the call that gives the same numbers, of what `hazard --csv` prints'),
});

/** What an answer about hazards holds. */
export type HazardAnswer = z.output<typeof hazardAnswer>;

/** Cox regression of the lives of taxa on their traits and on what lives beside them, within runs and pooled over them. */
export const hazard = question({
  name: 'hazard',
  version: 1,
  summary:
    'which traits make taxa short-lived (Cox regression), and whether it depends on what the living beside them carry',
  params,
  answer: hazardAnswer,
  async ask(lineage, asked, context) {
    const { sample, scope } = await hazardLives(lineage, asked, context);
    requireEvents(sample, asked);
    const { fit, ...model } = hazardModel(sample.rows, asked.ties);
    return {
      ...scope,
      conventions,
      rows: sample.rows.exit.length,
      descriptive: scope.runs.length === 1,
      cox: coxWithoutRows(fit),
      ...model,
      inR: callInR(asked, scope.runs.length, fit.clusters),
    };
  },
});

function requireEvents({ lives, events }: HazardSample, { cause }: Params): void {
  if (events > 0) return;
  if (lives > 0 && cause !== undefined)
    throw new UserError({
      code: 'nothing-ended',
      message: `none of ${lives} taxa has ended by ${cause}`,
      hint: '`survivorship` says what ended them',
    });
  throw new UserError({
    code: 'nothing-ended',
    message:
      lives === 0
        ? 'no taxon is left to analyse'
        : `none of ${lives} taxa has ended, so there is no hazard yet`,
    hint:
      lives === 0 ? 'leave out --tracked-from, or choose traits that the taxa have' : 'resume the run first',
  });
}

function callInR({ trait, resident, ties: tiesBy }: Params, runs: number, clusters: number | null): string {
  const names = trait.map(nameInR);
  const terms =
    resident === undefined ? names : [...names, 'resident', ...names.map((name) => `${name}:resident`)];
  const formula = `Surv(entry, exit, event) ~ ${[...terms, ...(runs > 1 ? ['strata(run)'] : [])].join(' + ')}`;
  return `coxph(${formula}, data = read.csv("hazard.csv"), ties = "${tiesBy}"${clusters === null ? '' : ', cluster = run'})`;
}
