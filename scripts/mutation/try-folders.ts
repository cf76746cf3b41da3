/** StrykerJS on one folder after another, and what came of all that were ever tried. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/genome/known.ts';
import { renderTable } from '../../src/report/table.ts';
import { folderVariable, type MutatedFolder, mutatedFolders, reportOf } from './folders.ts';
import { addUp, countMutants, type MutantCounts, type MutationReport, scoreOf } from './report.ts';

const root = packageRoot();

/** The exit status of StrykerJS. */
function tryFolder(folder: MutatedFolder, options: readonly string[]): number {
  process.stderr.write(`${folder} ...\n`);
  const stryker = join(root, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js');
  const chosen = options.some((option) => /^(-m|--mutate)(=|$)/.test(option))
    ? options
    : ['--mutate', `src/${folder}/**/*.ts`, ...options];
  const { status, error } = spawnSync(
    process.execPath,
    [stryker, 'run', '--incrementalFile', reportOf(folder), ...chosen],
    { cwd: root, stdio: 'inherit', env: { ...process.env, [folderVariable]: folder } },
  );
  if (error !== undefined) throw error;
  return status ?? 1;
}

function row(name: string, counts: MutantCounts): readonly string[] {
  const { files, killed, timedOut, survived, notCovered, ignored } = counts;
  const numbers = [files, killed, timedOut, survived, notCovered, ignored].map(String);
  return [name, ...numbers, `${(100 * scoreOf(counts)).toFixed(1)} %`];
}

function renderSummary(): string {
  const tried = mutatedFolders.flatMap((folder) => {
    const file = join(root, reportOf(folder));
    if (!existsSync(file)) return [];
    const report: MutationReport = JSON.parse(readFileSync(file, 'utf8'));
    return [{ folder, counts: countMutants(report) }];
  });
  if (tried.length === 0) return 'No folder has been tried to its end yet.';
  const header = ['folder', 'files', 'killed', 'timed out', 'survived', 'not covered', 'ignored', 'score'];
  const rows = tried.map(({ folder, counts }) => row(folder, counts));
  return renderTable(header, [...rows, row('all', addUp(tried.map(({ counts }) => counts)))]);
}

/** Tries the folders, with these options of StrykerJS, and shows the counts of every folder that has a report. The exit status: that of the first run that failed, or 0. */
export function tryFolders(folders: readonly MutatedFolder[], options: readonly string[]): number {
  const statuses = folders.map((folder) => tryFolder(folder, options));
  process.stdout.write(`${renderSummary()}\n`);
  return statuses.find((status) => status !== 0) ?? 0;
}
