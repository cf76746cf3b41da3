/**
 * Every number that `survivorship` prints, for people or as JSON, as rows `what,group,at,value` in full precision: what the R script compares its own with.
 * `at` is a time, or the other group of a pair; an empty value is a number that does not exist.
 */
import { chosenLives, membersOf } from '../statistics/lives.ts';
import { nelsonAalen } from '../statistics/nelson-aalen.ts';
import type { GroupComparison, Survivorship, SurvivorshipSample } from '../statistics/survivorship.ts';
import { type Cell, csvLine } from './csv.ts';

type Row = readonly [what: string, group: string, at: string | number, value: number | null];

/** The numbers as CSV, with a header. */
export function* expectedLines(sample: SurvivorshipSample, analysis: Survivorship): Generator<string> {
  yield csvLine(['what', 'group', 'at', 'value']);
  for (const row of expectedRows(sample, analysis)) yield csvLine(row satisfies readonly Cell[]);
}

function* expectedRows(sample: SurvivorshipSample, { groups, comparison }: Survivorship): Generator<Row> {
  const members = membersOf(sample.groups);
  for (const { group, curve, ages, median, restrictedMean, incidence } of groups) {
    const rows = (prefix: string, at: string | number, values: Readonly<Record<string, number | null>>) =>
      Object.entries(values).map(([name, value]): Row => [`${prefix} ${name}`, group, at, value]);
    yield* rows('lives', '', { n: curve.n, ended: curve.events, censored: curve.n - curve.events });
    yield* rows('median', '', { ...median });
    yield* rows('mean', '', { mean: restrictedMean?.mean ?? null, se: restrictedMean?.se ?? null });
    for (const { time, ...values } of curve.rows) yield* rows('curve', time, values);
    const lives = chosenLives(sample, members.get(group)!);
    for (const { age, ...values } of ages) yield* rows('age', age, values);
    for (const { time, hazard, se } of nelsonAalen(lives)) yield* rows('hazard', time, { hazard, se });
    for (const [cause, each] of incidence?.causes ?? [])
      for (const { time, events, ...values } of each)
        yield* rows(`incidence by ${cause}`, time, {
          events,
          incidence: values.incidence,
          se: values.se,
          lower: values.lower,
          upper: values.upper,
        });
  }
  if (comparison !== null) yield* comparisonRows(comparison);
}

function* comparisonRows({
  logRank,
  differences,
  cox,
  profile,
  proportionalHazards,
  pooled,
}: GroupComparison): Generator<Row> {
  const rows = (
    prefix: string,
    group: string,
    values: Readonly<Record<string, number | null | undefined>>,
  ): Row[] =>
    Object.entries(values).map(([name, value]) => [`${prefix} ${name}`, group, '', value ?? null] as const);
  const { chiSquare, df, p } = logRank;
  yield* rows('log-rank', '', { chisq: chiSquare, df: chiSquare === null ? null : df, p });
  for (const { group, observed, expected } of logRank.groups)
    yield* rows('log-rank', group, { observed, expected });
  for (const [g, { group }] of logRank.groups.entries())
    for (const [h, other] of logRank.groups.entries())
      yield ['log-rank variance', group, other.group, logRank.variance[g]![h]!];
  for (const { group, effect } of differences)
    yield* rows('difference', group, {
      ...{ difference: effect?.difference, se: effect?.se },
      ...{ lower: effect?.lower, upper: effect?.upper, p: effect?.p },
    });
  if (cox === null) return;
  yield* rows('cox', '', { n: cox.n, events: cox.events, clusters: cox.clusters });
  yield* rows('cox log-likelihood', '', { ...cox.logLikelihood });
  for (const [name, test] of [
    ['likelihood-ratio', cox.likelihoodRatio],
    ['score', cox.score],
    ['wald', cox.wald],
  ] as const)
    yield* rows(`cox ${name}`, '', { chisq: test?.chiSquare, df: test?.df, p: test?.p });
  for (const row of cox.coefficients)
    yield* rows('cox', row.name, {
      // 0: estimated; 1 and -1: infinite; none: a combination of others.
      ...{ direction: row.status === 'estimated' ? 0 : row.direction },
      ...{ coefficient: row.coefficient, ratio: row.hazardRatio, se: row.se, 'robust se': row.robustSe },
      ...{ df: row.df, z: row.z, p: row.p, lower: row.lower, upper: row.upper },
    });
  for (const { name, ...limits } of profile) yield* rows('profile', name, limits);
  const estimated = cox.coefficients.filter(({ status }) => status === 'estimated');
  for (const [i, { name }] of estimated.entries())
    for (const [j, other] of estimated.entries())
      yield ['cox covariance', name, other.name, cox.covariance[i]![j]!];
  const overall = proportionalHazards.at(-1);
  if (overall !== undefined)
    yield* rows('proportional hazards', '', {
      ...{ chisq: overall.chiSquare, df: overall.chiSquare === null ? null : overall.df, p: overall.p },
    });
  for (const { group, effect } of pooled)
    yield* rows('pooled', group, {
      ...{ runs: effect?.runs, mean: effect?.mean, se: effect?.se, lower: effect?.lower },
      ...{ upper: effect?.upper, p: effect?.p, variance: effect?.variance },
      ...{ heterogeneity: effect?.heterogeneity, 'heterogeneity p': effect?.heterogeneityP },
    });
}
