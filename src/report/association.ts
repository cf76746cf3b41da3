/** An association analysis for people: the run's censuses, or one row per run, and what holds over runs. */
import type { CensusAssociation, OverRuns, RunAssociation } from '../analysis/association.ts';
import { tanh } from '../numerics/elementary.ts';
import { type Cell, formatNumber, renderTable } from './table.ts';

/** Head of the table of censuses. */
export const associationColumns = [
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

/** Rows of the table of censuses, of all runs one after the other. */
export const associationRows = (run: number, each: readonly CensusAssociation[]): Cell[][] =>
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
export const censusTable = (each: readonly CensusAssociation[]): string =>
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
export const runTable = (runs: readonly RunAssociation[]): string =>
  renderTable(
    ['run', 'censuses', 'Pearson r', 'z', 'Spearman r', 'z', 'without r', "D' multi", 'MI corrected'],
    runs.map(({ run, censuses, pearson, spearman, dPrime, correctedInformation }) => [
      ...[run, censuses.length, pearson.r, pearson.z, spearman.r, spearman.z, pearson.leftOut],
      ...[dPrime, correctedInformation],
    ]),
  );

/** What the runs together say. */
export function overRunsText(each: readonly OverRuns[]): string {
  return each
    .map(({ statistic, z, signFlip }) => {
      if (z === null || signFlip === null)
        return `${statistic}: fewer than two runs have a correlation, so nothing can be said beyond the run.`;
      const p = z.p === null ? 'not defined: the runs agree to the last digit' : formatNumber(z.p);
      return `${statistic}: mean z ${formatNumber(z.mean)} (r ${formatNumber(tanh(z.mean))}), 95 % ${formatNumber(z.lower)} to ${formatNumber(z.upper)}, ${z.n} runs; p by sign flips ${formatNumber(signFlip.p)} (${signFlip.exact ? `exact, all ${signFlip.arrangements}` : `${signFlip.arrangements} drawn`}), by t ${p}.`;
    })
    .join('\n');
}
