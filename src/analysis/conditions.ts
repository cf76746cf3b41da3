/** Which runs make up a condition that is to be compared, and in what the documents of the conditions differ. */
import type { RunRow } from '../lineage/runs.ts';
import { UserError } from '../notation/user-error.ts';

export interface ComparedCondition {
  readonly name: string;
  /** In the order of seeds. */
  readonly runs: readonly RunRow[];
  /** Not finished: not compared. */
  readonly leftOut: readonly RunRow[];
}

/**
 * `text`: run numbers between commas, or a name: of documents, of `evolution.condition` or of `evolution.scheme`.
 * @throws UserError where no run answers to it, or fewer than two of them are finished.
 */
export function conditionOf(text: string, all: readonly RunRow[]): ComparedCondition {
  const chosen = /^\d+(,\d+)*$/.test(text) ? numberedRuns(text, all) : namedRuns(text, all);
  const runs = chosen
    .filter(({ endReason }) => endReason !== null)
    .sort((a, b) => a.seed.localeCompare(b.seed, 'en', { numeric: true }) || a.run - b.run);
  const leftOut = chosen.filter(({ endReason }) => endReason === null);
  if (runs.length >= 2) return { name: text, runs, leftOut };
  const unfinished = leftOut.map(({ run }) => run).join(', ');
  throw new UserError({
    code: 'too-few-runs',
    message: `\`${text}\` has ${runs.length === 0 ? 'no finished run' : 'one finished run'}, and the run is the unit of comparison`,
    hint:
      unfinished === ''
        ? 'launch more, each with its own --seed'
        : `resume run ${unfinished}, or launch more`,
  });
}

function numberedRuns(text: string, all: readonly RunRow[]): RunRow[] {
  return [...new Set(text.split(',').map(Number))].map((number) => {
    const row = all.find(({ run }) => run === number);
    if (row !== undefined) return row;
    throw new UserError({
      code: 'no-such-run',
      message: `there is no run ${number}`,
      hint: '`streetlight runs` lists them',
    });
  });
}

function namedRuns(text: string, all: readonly RunRow[]): RunRow[] {
  const found = all.filter((row) => namesOf(row).includes(text));
  if (found.length > 0) return found;
  const names = [...new Set(all.flatMap(namesOf))].sort();
  throw new UserError({
    code: 'no-such-condition',
    message: `no run has a document, condition or scheme called \`${text}\``,
    hint:
      names.length === 0
        ? 'launch some runs first'
        : `there are ${names.join(', ')}; or give run numbers between commas`,
  });
}

function namesOf({ document }: RunRow): string[] {
  const { name, evolution } = JSON.parse(document) as {
    readonly name?: string;
    readonly evolution?: { readonly condition?: string; readonly scheme?: string };
  };
  return [name, evolution?.condition, evolution?.scheme].filter((each) => each !== undefined);
}

/** @throws UserError for a run that stands in two conditions. */
export function requireApart(conditions: readonly ComparedCondition[]): void {
  const seen = new Map<number, string>();
  for (const { name, runs } of conditions)
    for (const { run } of runs) {
      const other = seen.get(run);
      if (other !== undefined)
        throw new UserError({
          code: 'run-twice',
          message: `run ${run} is in \`${other}\` and in \`${name}\``,
          hint: 'give each run to one condition',
        });
      seen.set(run, name);
    }
}

/** Whether each run of one has a partner of the other by its seed. */
export function arePaired(a: ComparedCondition, b: ComparedCondition): boolean {
  const seeds = (condition: ComparedCondition) => condition.runs.map(({ seed }) => seed);
  const [first, second] = [seeds(a), seeds(b)];
  return (
    new Set(first).size === first.length &&
    first.length === second.length &&
    first.every((seed, i) => seed === second[i])
  );
}

/** Places of the documents, such as `evolution.scheme`, at which the runs do not all agree. */
export function documentDifferences(runs: readonly RunRow[]): string[] {
  const flat = runs.map(({ document, numericClass }) => ({
    ...flattened(JSON.parse(document), ''),
    'numeric class': numericClass,
  }));
  const places = [...new Set(flat.flatMap(Object.keys))].sort();
  return places.filter(
    (place) => place !== 'name' && new Set(flat.map((each: Record<string, string>) => each[place])).size > 1,
  );
}

function flattened(value: unknown, path: string): Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { [path]: JSON.stringify(value) };
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, inner]) => flattened(inner, path === '' ? key : `${path}.${key}`)),
  ) as Record<string, string>;
}
