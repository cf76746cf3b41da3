/** What `export` can write: the closed table of formats. */
import { survivalLines } from '../../interchange/survival-lives.ts';
import { expectedLines } from '../../interchange/survival-numbers.ts';
import { survivalScript } from '../../interchange/survival-script.ts';
import type { Tree } from '../../lineage/ancestry.ts';
import type { Lineage } from '../../lineage/open.ts';
import type { RunRow } from '../../lineage/runs.ts';
import type { UnitName } from '../../lineage/survival-units.ts';
import { UserError } from '../../notation/user-error.ts';
import type { Output } from '../output.ts';
import type { OutputFile } from '../write-files.ts';
import { type AnalysisOptions, analysed, collect } from './survival-question.ts';

export interface ExportOptions extends Omit<AnalysisOptions, 'of' | 'units'> {
  readonly of?: Tree;
  readonly units?: UnitName;
}

interface Exported {
  readonly files: readonly OutputFile[];
  /** What to say once they are written, and what to type next. */
  note(path: string): string;
}

interface Format {
  readonly summary: string;
  /** Names of the options that it knows. */
  readonly options: readonly string[];
  /** Whether the first of several files goes to standard output where no folder is given. */
  readonly printsFirst: boolean;
  /** Null where it was interrupted. */
  files(
    output: Output,
    lineage: Lineage,
    runs: readonly RunRow[],
    options: ExportOptions,
  ): Promise<Exported | null>;
}

/** Names are typed by people and in scripts: permanent. */
export const formats = {
  survival: {
    summary: 'lives as CSV, with an R script that computes again what `survivorship` prints',
    options: ['of', 'units', 'by', 'cuts', 'quantiles', 'confType', 'tau', 'rho', 'ties', 'strata'],
    printsFirst: true,
    files: survivalFiles,
  },
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof formats;
export const formatNames = Object.keys(formats) as FormatName[];

async function survivalFiles(
  output: Output,
  lineage: Lineage,
  chosen: readonly RunRow[],
  options: ExportOptions,
): Promise<Exported | null> {
  const { of = 'architecture', units = 'taxa', confType, rho, ties } = options;
  if (of === 'pedigree')
    throw new UserError({
      code: 'chromosome-needed',
      message: 'lives are those of one chromosome',
      hint: 'give --of architecture or --of rule',
    });
  const runs = chosen.map(({ run }) => run);
  const question = { ...options, of, units };
  const collected = await collect(output, lineage, runs, question);
  if (collected === null) return null;
  const { sample } = collected;
  const analysis = analysed(sample, question);
  const script = survivalScript({
    command: ['streetlight survivorship', ...runs, ...flags(question)].join(' '),
    groups: analysis.groups.map(({ group }) => group),
    ...{ confidence: confType, tau: analysis.tau, rho, ties },
    stratifyByRun: options.strata === 'run',
  });
  return {
    files: [
      { name: 'survival.csv', lines: survivalLines(lineage, { runs, of, units }, sample.groups) },
      { name: 'expected.csv', lines: expectedLines(sample, analysis) },
      { name: 'check.R', lines: [script.trimEnd()] },
    ],
    note: (path) =>
      `${sample.exit.length} lives are in ${path}. Compute every number again with R (package survival):\n  Rscript ${path}/check.R`,
  };
}

const flags = ({ of, units, by, cuts, quantiles, confType, tau, rho, ties, strata }: AnalysisOptions) => [
  ...['--of', of, '--units', units],
  ...(by === undefined ? [] : ['--by', by]),
  ...(cuts === undefined ? [] : ['--cuts', cuts.join(',')]),
  ...(quantiles === undefined ? [] : ['--quantiles', quantiles]),
  ...['--conf-type', confType, '--rho', rho, '--ties', ties],
  ...(tau === undefined ? [] : ['--tau', tau]),
  ...(strata === undefined ? [] : ['--strata', strata]),
];
