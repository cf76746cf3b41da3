/** A survivorship analysis for people: what was done, with which conventions, on how many, and what came out. */
import type { SurvivorshipAnswer } from '../analysis/survivorship-answer.ts';
import { survivalUnits } from '../lineage/survival-units.ts';
import type { CoxCoefficient } from '../statistics/cox-coefficient.ts';
import type { Establishment } from '../statistics/establishment.ts';
import type { CutRule } from '../statistics/groups.ts';
import { drawCurves } from './curve.ts';
import { poolingText, robustErrorsText } from './hazard.ts';
import { type Cell, formatNumber, renderTable } from './table.ts';

type Comparison = NonNullable<SurvivorshipAnswer['comparison']>;

/** What the parts of an analysis are called. */
export interface SurvivorshipLabels {
  /** What groups are called: the trait. */
  readonly by: string;
  readonly units: string;
  readonly rho: number;
  readonly isStratified: boolean;
}

/** Columns of the curve as printed with --csv. */
const curveColumns = [
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

function curveRows({ groups }: SurvivorshipAnswer): Cell[][] {
  return groups.flatMap(({ group, table }) =>
    table.map((row) => [
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

/** Of what an answer says of groups and of their comparison. */
export function analysisText(
  analysis: Pick<SurvivorshipAnswer, 'tau' | 'groups' | 'comparison'>,
  labels: SurvivorshipLabels,
  colour: boolean,
): string {
  const { groups, comparison, tau } = analysis;
  return [
    renderTable(
      [labels.by, labels.units, 'ended', 'censored', 'median', 'lower', 'upper', `mean to ${tau}`, 'se'],
      groups.map(({ group, n, events, censored, median, restrictedMean }) => [
        ...[group, n, events, censored],
        median.value,
        median.lower,
        median.upper,
        restrictedMean?.mean ?? null,
        restrictedMean?.se ?? null,
      ]),
    ),
    ...earlyZeroLines(groups, labels.units),
    agesText(groups, labels.by),
    ...endings(groups, tau, labels.by),
    ...(comparison === null ? [] : [comparisonText(comparison, tau, labels)]),
    drawCurves(
      groups.map(({ group, table }) => ({
        label: group,
        points: [{ x: 0, y: 1 }, ...table.map(({ time, survival }) => ({ x: time, y: survival }))],
      })),
      { kind: 'step', xLabel: 'births', min: 0, max: 1 },
      colour,
    ),
  ].join('\n\n');
}

/** Curves that late entries have brought to 0 before the last of their lives. */
const earlyZeroLines = (groups: SurvivorshipAnswer['groups'], units: string): string[] =>
  groups.flatMap(({ group, earlyZero }) =>
    earlyZero === null
      ? []
      : [
          `The curve of ${group} is 0 from age ${earlyZero.age} on, as all who were at risk then ended, though ${earlyZero.watchedBeyond} ${units} were watched beyond that age: with late entries few are at risk at young ages. Its median, mean and incidences are of those few; do not read them as of all.`,
        ],
  );

/** Which clades were established by a horizon. */
function establishmentText(
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
const agesText = (groups: SurvivorshipAnswer['groups'], by: string): string =>
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
function endings(groups: SurvivorshipAnswer['groups'], tau: number, by: string): string[] {
  const rows = groups.flatMap(({ group, causes }) =>
    causes.map(({ cause, ended, byTau }): Cell[] =>
      byTau === null
        ? [group, cause, ended, null, null, null, null]
        : [group, cause, ended, byTau.incidence, byTau.se, byTau.lower, byTau.upper],
    ),
  );
  if (rows.length === 0) return [];
  return [
    `Cumulative incidence of each cause by ${tau} births (Aalen-Johansen):\n${renderTable(
      [by, 'ended by', 'ended', 'incidence', 'se', 'lower', 'upper'],
      rows,
    )}`,
  ];
}

const limitsOf = ({ name, lower, upper }: CoxCoefficient, profile: Comparison['profile']): Cell[] => {
  const limits = profile.find((row) => row.name === name);
  return [limits?.lower ?? lower, limits?.upper ?? upper];
};

function comparisonText(
  comparison: Comparison,
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

/** Of a survivorship answer, on a terminal that may have colours. */
export function survivorshipText(answer: SurvivorshipAnswer, colour: boolean): string {
  const { of, units, by, runs, unfinished, groups, groupedBy, tracked } = answer;
  const { confidence, conventions, flow, caution, established, comparison } = answer;
  const unit = survivalUnits[units];
  const outcomes = Object.entries(flow.evaluations).map(([name, count]) => `${name} ${count}`);
  return [
    `Survivorship of ${of} ${unit.plural}, run${runs.length === 1 ? '' : 's'} ${runs.join(', ')}. Time in births since ${unit.began}; it ends when ${unit.ended}; what is there at the end is censored.`,
    `${conventions.survival} of type ${confidence}; median by ${conventions.median}; at risk: ${conventions.atRisk}. As ${conventions.reference}.`,
    `Births ${flow.births} (founders ${flow.founders}), evaluated: ${outcomes.join(', ') || 'none'}; ${unit.plural} ${groups.reduce((sum, { n }) => sum + n, 0)}.`,
    ...unfinished.map(
      (run) =>
        `Run ${run} is not finished: what lives on only in births still to be told counts as ended until it goes on.`,
    ),
    ...(tracked.fromCarriers === 1
      ? []
      : [
          `Watched from the birth of carrier ${tracked.fromCarriers} on (left truncation); ${tracked.leftOut} taxa that had fewer before the end are left out, and the first is watched from age ${tracked.firstAge} on. The curves tell how taxa that came so far went on.`,
        ]),
    ...(caution === null ? [] : [caution]),
    ...(groupedBy === null ? [] : [`Groups by ${by}: ${ruleText(groupedBy)}.`]),
    ...(comparison === null
      ? []
      : [
          runs.length === 1
            ? 'p-values from one run are descriptive: what lives in it shares ancestors and rivals. Compare runs before you claim a difference.'
            : `The run is the unit of inference: trust the effects pooled over ${runs.length} runs. Robust errors are too small for fewer than about 40, and model-based ones take taxa for independent.`,
        ]),
    '',
    ...(established === undefined
      ? []
      : [establishmentText(established.groups, established.horizon, by ?? 'group'), '']),
    analysisText(
      answer,
      {
        by: by ?? 'group',
        units: unit.plural,
        rho: comparison?.rho ?? 0,
        isStratified: comparison?.strata === 'run' && runs.length > 1,
      },
      colour,
    ),
  ].join('\n');
}

/** The curves of all groups, row by row. */
export const survivorshipCsv = (answer: SurvivorshipAnswer) => ({
  head: curveColumns,
  rows: curveRows(answer),
});

const ruleText = (rule: CutRule): string =>
  rule.by === 'cuts'
    ? `cut at ${rule.cuts.join(', ')}`
    : rule.by === 'quantiles'
      ? `cut into ${rule.count} quantiles of the units, equal values together`
      : 'one for each value';
