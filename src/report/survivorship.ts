/** A survivorship analysis for people: what was done, with which conventions, on how many, and what came out. */
import { incidenceAt } from '../statistics/aalen-johansen.ts';
import type { CoxCoefficient } from '../statistics/cox-coefficient.ts';
import type { Establishment } from '../statistics/establishment.ts';
import type { GroupComparison, GroupSurvival, Survivorship } from '../statistics/survivorship.ts';
import { drawCurves } from './curve.ts';
import { poolingText, robustErrorsText } from './hazard.ts';
import { type Cell, formatNumber, renderTable } from './table.ts';

/** What groups and units are called in the text. */
export interface SurvivorshipLabels {
  /** What groups are called: the trait. */
  readonly by: string;
  readonly units: string;
  readonly rho: number;
  readonly isStratified: boolean;
}

/** Columns of the curve as printed with --csv. */
export const curveColumns = [
  'group',
  'time',
  'at_risk',
  'events',
  'censored',
  'survival',
  'se',
  'lower',
  'upper',
] as const;

/** Rows of the table of curves, group after group. */
export function curveRows({ groups }: Survivorship): Cell[][] {
  return groups.flatMap(({ group, curve }) =>
    curve.rows.map((row) => [
      group,
      row.time,
      row.atRisk,
      row.events,
      row.censored,
      row.survival,
      row.se,
      row.lower,
      row.upper,
    ]),
  );
}

/** An analysis of survivorship for people: curves, summaries and what makes a difference. */
export function survivorshipText(
  analysis: Survivorship,
  labels: SurvivorshipLabels,
  colour: boolean,
): string {
  const { groups, comparison, tau } = analysis;
  return [
    renderTable(
      [labels.by, labels.units, 'ended', 'censored', 'median', 'lower', 'upper', `mean to ${tau}`, 'se'],
      groups.map(({ group, curve, median, restrictedMean }) => [
        group,
        curve.n,
        curve.events,
        curve.n - curve.events,
        median.value,
        median.lower,
        median.upper,
        restrictedMean?.mean ?? null,
        restrictedMean?.se ?? null,
      ]),
    ),
    agesText(groups, labels.by),
    ...endings(groups, tau, labels.by),
    ...(comparison === null ? [] : [comparisonText(comparison, tau, labels)]),
    drawCurves(
      groups.map(({ group, curve }) => ({
        label: group,
        points: [{ x: 0, y: 1 }, ...curve.rows.map(({ time, survival }) => ({ x: time, y: survival }))],
      })),
      { kind: 'step', xLabel: 'births', min: 0, max: 1 },
      colour,
    ),
  ].join('\n\n');
}

/** Which clades were established by a horizon. */
export function establishmentText(
  groups: readonly (Establishment & { readonly group: string })[],
  horizon: number,
  by: string,
): string {
  const table = renderTable(
    [by, 'established', 'ended', 'undecided', 'too late', 'share', 'lower', 'upper'],
    groups.map((row) => [
      ...[row.group, row.established, row.ended, row.undecided, row.tooLate],
      ...[row.share, row.lower, row.upper],
    ]),
  );
  return `Established: a living descendant ${horizon} births after the founder's birth. Too late: born less than that before the end, and in no share. Undecided: lost sight of. Share of those decided; Wilson's 95 % limits, which take clades for independent: they are too narrow, as clades are nested.\n\n${table}`;
}

/** The curve at ages that are powers of two, to the longest life. */
const agesText = (groups: readonly GroupSurvival[], by: string): string =>
  renderTable(
    [by, 'age', 'at risk', 'surviving', 'se', 'lower', 'upper'],
    groups.flatMap(({ group, ages }) =>
      ages.map(({ age, atRisk, survival, se, lower, upper }) => [
        group,
        age,
        atRisk,
        survival,
        se,
        lower,
        upper,
      ]),
    ),
  );

/** Why they ended: of each cause the share that it has ended by the horizon, where the other causes compete with it. */
function endings(groups: readonly GroupSurvival[], tau: number, by: string): string[] {
  const rows = groups.flatMap(({ group, incidence, restrictedMean }) =>
    [...(incidence?.causes ?? [])].map(([cause, each]): Cell[] => {
      const ended = each.reduce((sum, { events }) => sum + events, 0);
      if (restrictedMean === null) return [group, cause, ended, null, null, null, null];
      const { incidence: share, se, lower, upper } = incidenceAt(each, tau);
      return [group, cause, ended, share, se, lower, upper];
    }),
  );
  if (rows.length === 0) return [];
  return [
    `Cumulative incidence of each cause by ${tau} births (Aalen-Johansen):\n${renderTable(
      [by, 'ended by', 'ended', 'incidence', 'se', 'lower', 'upper'],
      rows,
    )}`,
  ];
}

const limitsOf = ({ name, lower, upper }: CoxCoefficient, profile: GroupComparison['profile']): Cell[] => {
  const limits = profile.find((row) => row.name === name);
  return [limits?.lower ?? lower, limits?.upper ?? upper];
};

function comparisonText(
  comparison: GroupComparison,
  tau: number,
  { by, rho, isStratified }: SurvivorshipLabels,
): string {
  const { logRank, differences, reference, cox, profile, apart, proportionalHazards, pooled } = comparison;
  const test = rho === 0 ? 'Log-rank' : `G-rho (rho = ${rho})`;
  const stratified = isStratified ? ', stratified by run' : '';
  const lines = [
    logRank.chiSquare === null
      ? `${test}${stratified}: the groups are never at risk together.`
      : `${test}${stratified}: chi-square ${formatNumber(logRank.chiSquare)} on ${logRank.df} df, p ${formatNumber(logRank.p!)}.`,
    `\nDifference in mean births to ${tau}, against ${reference}:`,
    renderTable(
      [by, 'difference', 'se', 'lower', 'upper', 'p'],
      differences.map(({ group, effect }) =>
        effect === null
          ? [group, null, null, null, null, null]
          : [group, effect.difference, effect.se, effect.lower, effect.upper, effect.p],
      ),
    ),
  ];
  if (cox === null) return lines.join('\n');
  const errors = pooled.length > 0 ? robustErrorsText(cox.clusters, 'ratios') : 'model-based errors';
  lines.push(
    `\nCox regression against ${reference}, ties by ${cox.ties}${stratified}, ${errors}: likelihood ratio ${formatNumber(cox.likelihoodRatio.chiSquare)} on ${cox.likelihoodRatio.df} df, p ${formatNumber(cox.likelihoodRatio.p)}.`,
    renderTable(
      [by, 'hazard ratio', 'log', 'se', 'lower', 'upper', 'p', 'estimate'],
      cox.coefficients.map((row) =>
        apart.includes(row.name)
          ? [row.name, ...[null, null, null, null, null, null], 'apart']
          : [
              ...[row.name, row.hazardRatio, row.coefficient, row.robustSe ?? row.se],
              ...limitsOf(row, profile),
              row.p,
              row.status === 'infinite' ? (row.direction === 1 ? 'infinite' : 'zero') : row.status,
            ],
      ),
    ),
    ...(profile.length === 0
      ? []
      : [
          'Where a hazard ratio is infinite or zero, its limit is by profile likelihood, without regard to runs.',
        ]),
    ...(apart.length === 0
      ? []
      : [
          `Apart: never at risk when something of ${reference} ended, or the other way round, not even through other groups, so that hazards cannot be compared.`,
        ]),
  );
  const overall = proportionalHazards.at(-1);
  if (overall?.p != null)
    lines.push(
      `Proportional hazards (Grambsch-Therneau, 1 - S(t)): chi-square ${formatNumber(overall.chiSquare!)} on ${overall.df} df, p ${formatNumber(overall.p)}.`,
    );
  if (pooled.length > 0)
    lines.push(
      `\nLog hazard ratios within runs, pooled over runs (${poolingText}); a run is left out where a group is missing, or a ratio infinite or not to be told:`,
      renderTable(
        [by, 'runs', 'log', 'se', 'lower', 'upper', 'p', 'variance between runs'],
        pooled.map(({ group, effect }) =>
          effect === null
            ? [group, null, null, null, null, null, null, null]
            : [
                group,
                effect.runs,
                effect.mean,
                effect.se,
                effect.lower,
                effect.upper,
                effect.p,
                effect.variance,
              ],
        ),
      ),
    );
  return lines.join('\n');
}
