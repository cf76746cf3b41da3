/** How runs became subjects and trainings, in words: for assays on chosen architectures of each run. */

interface Flow {
  readonly asked: {
    readonly top: number | null;
    readonly sample: number | null;
    readonly seeds: number;
    readonly tuningSeeds: number;
    readonly cap: number;
  };
  readonly populations: readonly {
    readonly living: number;
    readonly architectures: number;
    readonly subjects: number;
    readonly inclusion: number | null;
  }[];
  readonly cells: { readonly trainings: number; readonly failed: Readonly<Record<string, number>> };
  readonly documents: readonly string[];
  readonly unfinished: readonly number[];
  readonly conventions: Readonly<Record<string, string>>;
}

/** Who was chosen of whom, what was trained and what failed, by how many seeds; `more` after that; what the runs differ in, and which are not finished. */
export function subjectsFlow(
  { asked, populations, cells, documents, unfinished, conventions }: Flow,
  more: readonly string[] = [],
): string[] {
  const total = (of: 'living' | 'architectures' | 'subjects') =>
    populations.reduce((sum, each) => sum + each[of], 0);
  const failed = Object.entries(cells.failed).map(([reason, count]) => `${count} ${reason}`);
  const chosen =
    asked.sample === null
      ? `the best ${asked.top} of each run`
      : `${asked.sample} of each run at random (inclusion ${populations.map(({ inclusion }) => inclusion!.toPrecision(3)).join(', ')})`;
  return [
    `Living ${total('living')}, of ${total('architectures')} distinct architectures; ${chosen}, ${total('subjects')} in all, are subjects. ${cells.trainings} trainings, failed ${failed.join(', ') || 'none'} (they count as 0 decades). Fresh seeds ${asked.seeds}, for tuning ${asked.tuningSeeds}; cap ${asked.cap} decades. Engine ${conventions['engine']}.`,
    ...more,
    ...(documents.length === 0 ? [] : [`The documents of the runs differ in ${documents.join(', ')}.`]),
    ...unfinished.map((run) => `Run ${run} is not finished.`),
  ];
}

/** Runs as a headline names them. */
export const runsList = (populations: readonly { readonly run: number }[]): string =>
  `${populations.length} run${populations.length === 1 ? '' : 's'} (${populations.map(({ run }) => run).join(', ')})`;

/** Conventions, one line for each key. */
export const conventionLines = (
  conventions: Readonly<Record<string, string>>,
  keys: readonly string[],
): string => keys.map((key) => `${key}: ${conventions[key]!}.`).join('\n');
