/** An association analysis for people: the run's censuses, or one row per run, and what holds over runs. */
import type { AssociationAnswer } from '../analysis/association-answer.ts';
import type { CensusAssociation, OverRuns, RunAssociation } from '../analysis/census-association.ts';
import { flowText } from '../lineage/flow.ts';
import { tanh } from '../numerics/elementary.ts';
import { type Cell, formatNumber, renderTable } from './table.ts';

/** Columns of the censuses as printed with --csv. */
const csvColumns = [
  'run',
  'birth',
  'n',
  'left_out',
  'values_architecture',
  'values_rule',
  'd',
  'd_prime',
  'r2',
  'd_prime_multi',
  'cramers_v',
  'cramers_v_corrected',
  'mi',
  'mi_corrected',
  'nmi',
  'pearson',
  'spearman',
  'p',
] as const;

const csvRows = (run: number, each: readonly CensusAssociation[]): Cell[][] =>
  each.map(
    ({ time, n, leftOut, alleles, linkage, dPrime, contingency, information, pearson, spearman, test }) => [
      ...[run, time, n, leftOut, ...alleles],
      ...[linkage?.d ?? null, linkage?.dPrime ?? null, linkage?.r2 ?? null, dPrime],
      ...[contingency?.v ?? null, contingency?.correctedV ?? null],
      ...[information?.mutual ?? null, information?.corrected ?? null, information?.normalizedByRoot ?? null],
      ...[pearson, spearman, test?.p ?? null],
    ],
  );

/** The same for reading, without the run. */
const censusTable = (each: readonly CensusAssociation[]): string =>
  renderTable(
    [
      'birth',
      'n',
      'values',
      "D'",
      'r2',
      "D' multi",
      'V',
      'V corrected',
      'MI',
      'MI corrected',
      'NMI',
      'Pearson',
      'Spearman',
      'p within',
    ],
    each.map(({ time, n, alleles, linkage, dPrime, contingency, information, pearson, spearman, test }) => [
      ...[time, n, `${alleles[0]} x ${alleles[1]}`, linkage?.dPrime ?? null, linkage?.r2 ?? null, dPrime],
      ...[contingency?.v ?? null, contingency?.correctedV ?? null],
      ...[information?.mutual ?? null, information?.corrected ?? null, information?.normalizedByRoot ?? null],
      ...[pearson, spearman, test?.p ?? null],
    ]),
  );

/** One line for each run. */
const runTable = (runs: readonly RunAssociation[]): string =>
  renderTable(
    ['run', 'censuses', 'Pearson r', 'z', 'Spearman r', 'z', 'without r', "D' multi", 'MI corrected'],
    runs.map(({ run, censuses, pearson, spearman, dPrime, correctedInformation }) => [
      ...[run, censuses.length, pearson.r, pearson.z, spearman.r, spearman.z, pearson.leftOut],
      ...[dPrime, correctedInformation],
    ]),
  );

/** What the runs together say. */
function overRunsText(each: readonly OverRuns[]): string {
  return each
    .map(({ statistic, z, signFlip }) => {
      if (z === null || signFlip === null)
        return `${statistic}: fewer than two runs have a correlation, so nothing can be said beyond the run.`;
      const p = z.p === null ? 'not defined: the runs agree to the last digit' : formatNumber(z.p);
      return `${statistic}: mean z ${formatNumber(z.mean)} (r ${formatNumber(tanh(z.mean))}), 95 % ${formatNumber(z.lower)} to ${formatNumber(z.upper)}, ${z.n} runs; p by sign flips ${formatNumber(signFlip.p)} (${signFlip.exact ? `exact, all ${signFlip.arrangements}` : `${signFlip.arrangements} drawn`}), by t ${p}.`;
    })
    .join('\n');
}

/** Of an association answer. */
export function associationText({
  runs,
  unfinished,
  architecture,
  rule,
  conventions,
  flow,
  overRuns,
  byRun,
}: AssociationAnswer): string {
  const all = byRun.flatMap(({ censuses }) => censuses);
  const total = (pick: (census: CensusAssociation) => number) =>
    all.reduce((sum, census) => sum + pick(census), 0);
  return [
    [
      `Association of architecture ${architecture} and rule ${rule} among the living, run${runs.length === 1 ? '' : 's'} ${runs.join(', ')}; ${all.length} censuses.`,
      `${flowText(flow)}; counted at censuses ${total(({ n }) => n)}, left out for want of a trait ${total(({ leftOut }) => leftOut)}.`,
      ...unfinished.map((run) => `Run ${run} is not finished.`),
      ...Object.values(conventions).map((each) => `${each}.`),
    ].join('\n'),
    ...(byRun.length === 1 ? [censusTable(byRun[0]!.censuses)] : []),
    runTable(byRun),
    overRuns.every(({ z }) => z === null) && all.every(({ pearson }) => pearson === null)
      ? 'No census has a correlation: a trait does not vary, or is no number. For a trait of names give NAME=VALUE, such as --rule family=adaptive.'
      : overRunsText(overRuns),
  ].join('\n\n');
}

/** The censuses of all runs, one after the other. */
export const associationCsv = ({ byRun }: AssociationAnswer) => ({
  head: csvColumns,
  rows: byRun.flatMap(({ run, censuses }) => csvRows(run, censuses)),
});
