/** An answer about hazards for people: which lives, how they were counted, the model within runs and pooled over them; and the rows behind it. */
import type { HazardAnswer } from '../analysis/hazard.ts';
import type { HazardScope } from '../analysis/hazard-lives.ts';
import type { HazardRowsAnswer } from '../analysis/hazard-rows.ts';
import { otherChromosome } from '../analysis/hazard-sample.ts';
import { flowText } from '../lineage/flow.ts';
import type { CoxCoefficient } from '../statistics/cox-coefficient.ts';
import { type Cell, formatNumber, renderTable } from './table.ts';

type Profile = HazardAnswer['profile'];

const coefficientCells = (row: CoxCoefficient, profile: Profile = []): Cell[] => [
  ...[row.hazardRatio, row.coefficient, row.robustSe ?? row.se],
  ...[limitsOf(row, profile).lower, limitsOf(row, profile).upper, row.p],
  row.status === 'infinite' ? (row.direction === 1 ? 'infinite' : 'zero') : row.status,
];

/** Errors of a regression over several runs. */
export const robustErrorsText = (clusters: number | null, terms: string): string =>
  clusters === null
    ? `model-based errors without limits or p (errors robust to runs need more runs than there are ${terms}; trust what is pooled)`
    : `errors robust to ${clusters} runs, limits and p by t with one degree of freedom less than runs that tell of the ratio, errors times sqrt(G / (G - 1)) of these`;

/** How effects of runs are pooled. */
export const poolingText = 'Paule-Mandel, Hartung-Knapp with max(1, q)';

const limitsOf = (row: CoxCoefficient, profile: Profile) =>
  profile.find(({ name }) => name === row.name) ?? row;

/** What the words in the last column mean, where they occur. */
const explained = (coefficients: readonly CoxCoefficient[]): string[] => [
  ...(coefficients.some(({ status }) => status === 'infinite')
    ? [
        'Infinite or zero: whoever ended had the greatest (least) value of all at risk, so that the ratio has no bound on that side; the limit on the other is by profile likelihood, without regard to runs.',
      ]
    : []),
  ...(coefficients.some(({ status }) => status === 'aliased')
    ? [
        'Aliased: the term is the same for all at risk together, or a combination of the terms above it, so that it has no ratio of its own. Leave it out.',
      ]
    : []),
];

const columns = ['hazard ratio', 'log', 'se', 'lower', 'upper', 'p', 'estimate'] as const;

/** Coefficients by run and pooled, with what is wrong with them where something is. */
export function hazardModelText(
  answer: Pick<HazardAnswer, 'cox' | 'profile' | 'proportionalHazards' | 'byRun' | 'pooled'>,
): string {
  const { cox, profile, proportionalHazards, byRun, pooled } = answer;
  const { clusters, likelihoodRatio } = cox;
  const scope =
    byRun.length === 1 ? 'model-based errors' : `stratified by run, ${robustErrorsText(clusters, 'terms')}`;
  const departures = new Map(proportionalHazards.map((row) => [row.term, row]));
  const overall = departures.get(null);
  return [
    `Cox regression, ties by ${cox.ties}, ${scope}: likelihood ratio ${formatNumber(likelihoodRatio.chiSquare)} on ${likelihoodRatio.df} df, p ${formatNumber(likelihoodRatio.p)}.`,
    renderTable(
      ['term', ...columns, 'p of proportional hazards'],
      cox.coefficients.map((row) => [
        row.name,
        ...coefficientCells(row, profile),
        departures.get(row.name)?.p ?? null,
      ]),
    ),
    ...explained(cox.coefficients),
    ...(overall?.p == null
      ? []
      : [
          `Proportional hazards (Grambsch-Therneau, 1 - S(t)): chi-square ${formatNumber(overall.chiSquare!)} on ${overall.df} df, p ${formatNumber(overall.p)}.`,
        ]),
    ...(pooled.length === 0
      ? []
      : [
          '\nWithin each run:',
          renderTable(
            ['run', 'term', ...columns],
            byRun.flatMap(({ run, coefficients }) =>
              (coefficients ?? []).map((row) => [run, row.name, ...coefficientCells(row)]),
            ),
          ),
          `\nPooled over runs (${poolingText}); a run is left out where a ratio is infinite or cannot be told, and from all terms with residents where one is aliased:`,
          renderTable(
            ['term', 'runs', 'log', 'se', 'lower', 'upper', 'p', 'variance between runs'],
            pooled.map(({ name, effect }) =>
              effect === null
                ? [name, ...[null, null, null, null, null, null, null]]
                : [
                    ...[name, effect.runs, effect.mean, effect.se],
                    ...[effect.lower, effect.upper, effect.p, effect.variance],
                  ],
            ),
          ),
        ]),
  ].join('\n');
}

/** Which runs, in a sentence. */
const runsText = (runs: readonly number[]) => `run${runs.length === 1 ? '' : 's'} ${runs.join(', ')}`;

/** How births became the rows that are analysed, and what residents are. */
function scopeLines(
  { of, resident, cause, trackedFrom, flow, taxa, unfinished }: HazardScope,
  rows: number,
  residentConvention: string,
): string[] {
  const { analysed, ended, censored, withoutTrait, withoutTime, untracked } = taxa;
  return [
    `${flowText(flow)}; taxa analysed ${analysed} (ended ${ended}${cause === null ? '' : ` by ${cause}`}, censored ${censored}${cause === null ? '' : ', other ends among them'}) in ${rows} rows; left out ${withoutTrait} without a trait, ${withoutTime} watched for no time${trackedFrom === 1 ? '' : `, ${untracked} that never had ${trackedFrom} carriers`}.`,
    ...unfinished.map((run) => `Run ${run} is not finished.`),
    ...(resident === null
      ? []
      : [
          `resident: ${otherChromosome[of]} ${resident}, ${residentConvention}. A product asks whether the trait costs more where residents have more of it.`,
        ]),
  ];
}

/** Of a hazard answer. */
export function hazardText(answer: HazardAnswer): string {
  const { runs, rows, conventions, descriptive, inR } = answer;
  return [
    `Hazard of ${answer.of} taxa, ${runsText(runs)}: ${conventions.time}. As ${conventions.reference}.`,
    ...scopeLines(answer, rows, conventions.resident),
    descriptive
      ? 'p-values from one run are descriptive: what lives in it shares ancestors and rivals. Compare runs before you claim an effect.'
      : `The run is the unit of inference: trust the effects pooled over ${runs.length} runs. The likelihood-ratio test and model-based errors take taxa for independent.`,
    '',
    hazardModelText(answer),
    '',
    `The rows are printed with --csv. In R: ${inR}`,
  ].join('\n');
}

/** Of the rows behind a hazard model. */
export function hazardRowsText(answer: HazardRowsAnswer): string {
  const { runs, conventions, columns, rows } = answer;
  return [
    `Lives of ${answer.of} taxa, ${runsText(runs)}: ${conventions.time}.`,
    ...scopeLines(answer, rows.length, conventions.resident),
    '',
    renderTable([...rowColumns, ...columns.map(({ name }) => name)], rowCells(answer)),
  ].join('\n');
}

const rowColumns = ['run', 'unit', 'entry', 'exit', 'event'] as const;

const rowCells = ({ rows }: HazardRowsAnswer): Cell[][] =>
  rows.map(({ run, unit, entry, exit, event, values }) => [run, unit, entry, exit, event, ...values]);

/** The rows under names that R takes as they are. */
export const hazardRowsCsv = (answer: HazardRowsAnswer) => ({
  head: [...rowColumns, ...answer.columns.map(({ inR }) => inR)],
  rows: rowCells(answer),
});
