/** Options that several commands share, and how their texts are read. */

import { InvalidArgumentError, Option } from 'commander';
import { mostWorkers } from '../dispatch/pool.ts';
import { blamed } from '../lineage/blame.ts';
import { type Lineage, openLineage } from '../lineage/open.ts';
import { defaultDatabase } from '../notation/shell.ts';
import { isReservedSeed } from '../random/stream-names.ts';
import type { Override } from '../search-space/document.ts';
import { mostRateExponent } from '../search-space/evaluation-schema.ts';

/** `--db`, else STREETLIGHT_DB, else lineage.db. */
export const databaseOption = () =>
  new Option('--db <file>', 'the lineage database').default(defaultDatabase).env('STREETLIGHT_DB');

/** `--json`, which every command that answers has. */
export const jsonOption = () => new Option('--json', 'print JSON');

/** `--debug`, for commands that train. */
export const debugOption = () =>
  new Option('--debug', 'check what every stage of the compiler promises, on every genome');

/** Reads a whole number from 1 on. Throws commander's InvalidArgumentError for anything else. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number from 1 on.');
  return value;
}

/** Reads j of a learning-rate trial 10^(j/2), within the range that documents have. */
export function rateExponent(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || Math.abs(value) > mostRateExponent)
    throw new InvalidArgumentError(
      `It must be a whole number from -${mostRateExponent} to ${mostRateExponent}: j of 10^(j/2).`,
    );
  return value;
}

/** Reads a number of worker threads. Throws commander's InvalidArgumentError beyond what memory holds. */
export function workerCount(text: string): number {
  const value = positiveInteger(text);
  if (value > mostWorkers) throw new InvalidArgumentError(`At most ${mostWorkers} threads.`);
  return value;
}

/** A seed names random streams and is shown in tables: some text on one line. */
export function seedText(text: string): string {
  if (!/^[^\p{Cc}]{1,200}$/u.test(text))
    throw new InvalidArgumentError('It must be 1 to 200 characters without line breaks.');
  if (isReservedSeed(text))
    throw new InvalidArgumentError(
      `Streams that belong to no run begin with ${text.split('/')[0]}/: give another seed.`,
    );
  return text;
}

/** Naming a run twice is naming it once. */
const collectRuns = (text: string, before: readonly number[] = []): readonly number[] => [
  ...new Set([...before, positiveInteger(text)]),
];

/** Reads run numbers between commas; naming one twice is naming it once. */
export const collectRunList = (text: string, before: readonly number[] = []): readonly number[] =>
  text.split(',').reduce((runs, each) => collectRuns(each.trim(), runs), before);

/** Collects `--set path=value`. */
export function collectOverride(text: string, before: readonly Override[]): readonly Override[] {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('Write it as path=value, such as evolution.population=32.');
  return [...before, { path: text.slice(0, equals), value: text.slice(equals + 1) }];
}

/** Opens, for reading unless said otherwise, hands it to `use`, closes. */
export async function withLineage<T>(
  path: string,
  use: (lineage: Lineage) => T | Promise<T>,
  mode: 'read' | 'write' = 'read',
): Promise<T> {
  const lineage = openLineage(path, mode);
  try {
    return await use(lineage);
  } catch (error) {
    throw blamed(lineage, error);
  } finally {
    lineage.close();
  }
}
