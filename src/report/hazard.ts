/** A hazard model for people. */
import type { CoxCoefficient } from '../statistics/cox-coefficient.ts';
import type { HazardModel } from '../statistics/hazard-model.ts';
import { type Cell, formatNumber, renderTable } from './table.ts';

const coefficientCells = (row: CoxCoefficient, profile: HazardModel['profile'] = []): Cell[] => [
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

const limitsOf = (row: CoxCoefficient, profile: HazardModel['profile']) =>
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

/** A regression of hazards for people: coefficients by run and pooled, with what is wrong with them where something is. */
export function hazardText({ fit, profile, proportionalHazards, byRun, pooled }: HazardModel): string {
  const { clusters, likelihoodRatio } = fit;
  const scope =
    byRun.length === 1 ? 'model-based errors' : `stratified by run, ${robustErrorsText(clusters, 'terms')}`;
  const departures = new Map(proportionalHazards.map((row) => [row.term, row]));
  const overall = departures.get(null);
  return [
    `Cox regression, ties by ${fit.ties}, ${scope}: likelihood ratio ${formatNumber(likelihoodRatio.chiSquare)} on ${likelihoodRatio.df} df, p ${formatNumber(likelihoodRatio.p)}.`,
    renderTable(
      ['term', ...columns, 'p of proportional hazards'],
      fit.coefficients.map((row) => [
        row.name,
        ...coefficientCells(row, profile),
        departures.get(row.name)?.p ?? null,
      ]),
    ),
    ...explained(fit.coefficients),
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
