/** Which runs make up a condition that is to be compared, and in what the documents of the conditions differ. */
import type { RunRow } from '../lineage/runs.ts';
import { repeatedRuns, requireDistinct } from '../lineage/same-runs.ts';
import { UserError } from '../notation/user-error.ts';

/** A condition with the runs that stand for it. */
export interface ComparedCondition {
  readonly name: string;
  /** In the order of seeds. */
  readonly runs: readonly RunRow[];
  /** Not compared, and why. */
  readonly leftOut: readonly { readonly run: number; readonly reason: string }[];
}

/**
 * `text`: run numbers between commas, or a name: of documents, of `evolution.condition` or of `evolution.scheme`.
 * @throws UserError where no run answers to it, or fewer than two of them are finished.
 */
export function conditionOf(text: string, all: readonly RunRow[]): ComparedCondition {
  const isNumbered = /^\s*\d+\s*(,\s*\d+\s*)*$/.test(text);
  const chosen = isNumbered ? numberedRuns(text, all) : namedRuns(text, all);
  if (isNumbered) requireDistinct(chosen);
  const finished = chosen.filter(({ endReason }) => endReason !== null);
  const repeated = new Map(repeatedRuns(finished).map(({ run, of }) => [run.run, of.run]));
  const isUsed = ({ run, endReason }: RunRow) => endReason !== null && !repeated.has(run);
  const runs = chosen
    .filter(isUsed)
    .sort((a, b) => a.seed.localeCompare(b.seed, 'en', { numeric: true }) || a.run - b.run);
  const leftOut = chosen.flatMap((row) => {
    if (isUsed(row)) return [];
    const of = repeated.get(row.run);
    const reason =
      of === undefined
        ? 'it is not finished'
        : `it is run ${of} once more: the same document, seed and births`;
    return [{ run: row.run, reason }];
  });
  if (runs.length >= 2) return { name: text, runs, leftOut };
  const unfinished = chosen
    .filter(({ endReason }) => endReason === null)
    .map(({ run }) => run)
    .join(', ');
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
    const [first, last] = [all[0], all.at(-1)];
    throw new UserError({
      code: 'no-such-run',
      message: `there is no run ${number}`,
      hint: first === undefined ? 'launch some runs first' : `there are runs ${first.run} to ${last!.run}`,
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

/** @throws UserError for a run that stands in two conditions, by its number or by its births. */
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
  requireDistinct(conditions.flatMap(({ runs }) => runs));
}

const seedsOf = ({ runs }: ComparedCondition) => runs.map(({ seed }) => seed);

/** Whether each run of one has a partner of the other by its seed. */
export function arePaired(a: ComparedCondition, b: ComparedCondition): boolean {
  const [first, second] = [seedsOf(a), seedsOf(b)];
  return (
    new Set(first).size === first.length &&
    first.length === second.length &&
    first.every((seed, i) => seed === second[i])
  );
}

/** Why two conditions are not paired, for people. */
export function whyUnpaired(a: ComparedCondition, b: ComparedCondition): string {
  const [first, second] = [seedsOf(a), seedsOf(b)];
  const alone = [...new Set([...first, ...second])].filter(
    (seed) => !first.includes(seed) || !second.includes(seed),
  );
  return alone.length > 0
    ? `seed ${alone.join(', ')} has runs of one only`
    : 'a seed has several runs of one of them';
}

/** How the runs of a condition go with those of the first. */
export interface Pairing {
  readonly of: string;
  readonly less: string;
  /** 0 with a reason. */
  readonly pairs: number;
  readonly reason: string | null;
}

/** Each condition beside the first: paired, or why not. `mayPair` is false where seeds are to count for nothing. */
export const pairingsOf = (
  [reference, ...others]: readonly ComparedCondition[],
  mayPair: boolean,
): readonly Pairing[] =>
  others.map((other) => {
    const isPaired = mayPair && arePaired(other, reference!);
    return {
      ...{ of: other.name, less: reference!.name, pairs: isPaired ? other.runs.length : 0 },
      reason: isPaired ? null : mayPair ? whyUnpaired(other, reference!) : 'as --no-paired says',
    };
  });

/** Places of the documents, such as `evolution.scheme`, at which runs do not agree. */
export interface DocumentDifferences {
  /** Each condition agrees with itself there, and not with the others. */
  readonly between: readonly string[];
  /** Runs of one condition differ there, and conditions have its values in different shares: it cannot be told from what they are compared for. */
  readonly inPart: readonly string[];
  /** Runs of one condition differ there, in the same shares in every condition. */
  readonly within: readonly string[];
}

/** Keys of documents that differ between conditions, and those that runs within one condition do not agree in. */
export function documentDifferences(conditions: readonly (readonly RunRow[])[]): DocumentDifferences {
  const flat = conditions.map((runs) =>
    runs.map(
      ({ document, numericClass }): Record<string, string> => ({
        ...flattened(JSON.parse(document), ''),
        'numeric class': numericClass,
      }),
    ),
  );
  const places = [...new Set(flat.flat().flatMap(Object.keys))].sort().filter((place) => place !== 'name');
  const shares = new Map(
    places.map((place) => [place, flat.map((runs) => sharesOf(runs.map((each) => each[place])))]),
  );
  const isMixed = (place: string) => shares.get(place)!.some((each) => each.size > 1);
  const isUneven = (place: string) => {
    const [first, ...others] = shares.get(place)!;
    return others.some((each) => !areEqual(each, first!));
  };
  return {
    between: places.filter((place) => isUneven(place) && !isMixed(place)),
    inPart: places.filter((place) => isUneven(place) && isMixed(place)),
    within: places.filter((place) => !isUneven(place) && isMixed(place)),
  };
}

type Shares = ReadonlyMap<string | undefined, number>;

function sharesOf(values: readonly (string | undefined)[]): Shares {
  const counts = new Map<string | undefined, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return new Map([...counts].map(([value, count]) => [value, count / values.length]));
}

const areEqual = (a: Shares, b: Shares): boolean =>
  a.size === b.size && [...a].every(([value, share]) => b.get(value) === share);

/** Every value of plain data by its path, such as `evolution.scheme`, as JSON; a list is one value. */
export function flattened(value: unknown, path: string): Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { [path]: JSON.stringify(value) };
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, inner]) => flattened(inner, path === '' ? key : `${path}.${key}`)),
  ) as Record<string, string>;
}
