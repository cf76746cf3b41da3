/** Who survived, and for how long: lives of all units, in groups by a trait, and what makes a difference. */
import { z } from 'zod';
import { chosenUnits } from '../lineage/chosen.ts';
import { flowOf } from '../lineage/flow.ts';
import type { Lineage } from '../lineage/open.ts';
import { type RunRow, unfinishedRuns } from '../lineage/runs.ts';
import { survivalUnits, type UnitName } from '../lineage/survival-units.ts';
import { UserError } from '../notation/user-error.ts';
import { incidenceAt } from '../statistics/aalen-johansen.ts';
import { z95 } from '../statistics/confidence.ts';
import { establishment } from '../statistics/establishment.ts';
import type { SurvivalCurve } from '../statistics/kaplan-meier.ts';
import { chosenLives, membersOf } from '../statistics/lives.ts';
import type { GroupSurvival, Survivorship } from '../statistics/survivorship.ts';
import { coxWithoutRows } from './answer-parts.ts';
import { runsParam, wholeFromOne } from './params.ts';
import { param, question } from './question.ts';
import { evolutionOf } from './settings.ts';
import { analysed, type Collected, collect, survivalParams } from './survival-lives.ts';
import { type SurvivorshipAnswer, survivorshipAnswer } from './survivorship-answer.ts';

const survivorshipParams = z.strictObject({
  runs: runsParam(),
  ...survivalParams.shape,
  established: param(z.int(wholeFromOne).min(1, wholeFromOne).exactOptional(), {
    summary: 'of clades: which of them have a living descendant so many births after their founder',
    ...{ value: 'births', conflicts: ['csv'] },
  }),
});

export type SurvivorshipParams = z.output<typeof survivorshipParams>;

function checkEstablished({ units, established }: SurvivorshipParams): void {
  if (established !== undefined && units !== 'clades')
    throw new UserError({
      code: 'established-units',
      message: 'clades become established; other units do not',
      hint: 'add --units clades',
    });
}

const cautionOf = (chosen: readonly RunRow[], units: UnitName) =>
  survivalUnits[units].caution(chosen.map((row) => evolutionOf(row)?.scheme ?? 'unknown'));

const earliest = (entry: ArrayLike<number> | undefined): number =>
  entry === undefined ? 0 : Array.from(entry).reduce((least, age) => Math.min(least, age));

/** How its numbers are to be read. */
const conventions = {
  atRisk: 'entry < t <= exit; ends before censoring at equal times',
  survival: "Kaplan-Meier, Greenwood's variance, 95 % limits",
  median: "R's plateau rule, limits by inverting the band",
  incidence: "Aalen-Johansen, variance by multinomial increments, limits of survival's type",
  reference: 'R 4.2.2, package survival 3.5-3',
} as const;

/** Which clades have a living descendant so many births after their founder, by group. */
function establishments({ sample, followUp }: Collected, groups: readonly string[], horizon: number) {
  const members = membersOf(sample.groups);
  return groups.map((group) => {
    const rows = members.get(group)!;
    const lives = chosenLives(sample, rows);
    return {
      group,
      ...establishment(
        lives,
        rows.map((i) => followUp[i]!),
        horizon,
        z95,
      ),
    };
  });
}

/** How long taxa, clades or individuals survive, and what makes a difference. */
export const survivorship = question({
  name: 'survivorship',
  version: 1,
  summary:
    'how long taxa survive (all individuals that share an architecture, or rule, by descent), and what makes a difference',
  params: survivorshipParams,
  answer: survivorshipAnswer,
  async ask(lineage, params, context) {
    checkEstablished(params);
    const chosen = chosenUnits(lineage, params.runs);
    const numbers = chosen.map(({ run }) => run);
    const collected = await collect(lineage, numbers, params, context);
    return answerOf(lineage, chosen, params, analysed(collected.sample, params), collected);
  },
});

function answerOf(
  lineage: Lineage,
  chosen: readonly RunRow[],
  {
    of,
    by,
    units,
    confType,
    rho,
    ties: tiesBy,
    strata,
    established,
    trackedFrom: carriers = 1,
  }: SurvivorshipParams,
  analysis: Survivorship,
  collected: Collected,
): SurvivorshipAnswer {
  const { rule, untracked, sample } = collected;
  const runs = chosen.map(({ run }) => run);
  return {
    runs,
    unfinished: unfinishedRuns(chosen),
    unit: `${of} ${survivalUnits[units].noun}`,
    ...{ of, units },
    by: by ?? null,
    groupedBy: rule,
    tracked: { fromCarriers: carriers, leftOut: untracked, firstAge: earliest(sample.entry) },
    confidence: confType,
    conventions,
    flow: flowOf(lineage, runs),
    caution: cautionOf(chosen, units),
    ...(established === undefined
      ? {}
      : {
          established: {
            horizon: established,
            groups: establishments(
              collected,
              analysis.groups.map(({ group }) => group),
              established,
            ),
          },
        }),
    ...analysisAnswer(analysis, {
      strata: strata ?? null,
      rho,
      ties: tiesBy,
      descriptive: runs.length === 1,
    }),
  };
}

/** What an answer holds of an analysis, which was asked for so. */
export function analysisAnswer(
  { tau, groups, comparison }: Survivorship,
  asked: Pick<NonNullable<SurvivorshipAnswer['comparison']>, 'strata' | 'rho' | 'ties' | 'descriptive'>,
): Pick<SurvivorshipAnswer, 'tau' | 'groups' | 'comparison'> {
  return {
    tau,
    groups: groups.map((each) => groupAnswer(each, tau)),
    comparison:
      comparison === null
        ? null
        : {
            ...{ reference: comparison.reference, ...asked },
            logRank: comparison.logRank,
            differences: comparison.differences,
            cox: comparison.cox === null ? null : coxWithoutRows(comparison.cox),
            profile: comparison.profile,
            apart: comparison.apart,
            proportionalHazards: comparison.proportionalHazards,
            pooled: comparison.pooled,
          },
  };
}

function groupAnswer(
  { group, curve, ages, median, restrictedMean, incidence }: GroupSurvival,
  tau: number,
): SurvivorshipAnswer['groups'][number] {
  return {
    ...{ group, n: curve.n, events: curve.events, censored: curve.n - curve.events },
    ...{ median, restrictedMean, table: curve.rows, ages, earlyZero: earlyZeroOf(curve) },
    causes: [...(incidence?.causes ?? [])].map(([cause, rows]) => ({
      cause,
      ended: rows.reduce((sum, { events }) => sum + events, 0),
      byTau: restrictedMean === null ? null : incidenceAt(rows, tau),
      table: rows,
    })),
  };
}

/** Where few are at risk at young ages, all of them may end there: the product is 0 ever after, whoever lives on. */
function earlyZeroOf({ rows }: SurvivalCurve): SurvivorshipAnswer['groups'][number]['earlyZero'] {
  const at = rows.findIndex(({ survival }) => survival === 0);
  const watchedBeyond = rows.slice(at + 1).reduce((sum, { events, censored }) => sum + events + censored, 0);
  return at < 0 || watchedBeyond === 0 ? null : { age: rows[at]!.time, watchedBeyond };
}
