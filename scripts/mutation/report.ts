/** Counts of the mutants in a report of StrykerJS. */

/** What is read of a report in the mutation testing report schema. */
export interface MutationReport {
  readonly files: Readonly<Record<string, { readonly mutants: readonly { readonly status: string }[] }>>;
}

export interface MutantCounts {
  readonly files: number;
  readonly killed: number;
  /** The program no longer ended: noticed as well. */
  readonly timedOut: number;
  readonly survived: number;
  /** No test runs the code. */
  readonly notCovered: number;
  /** Not tried: what runs only while the sources are loaded, and what does not compile. */
  readonly ignored: number;
}

const columnOf = {
  Killed: 'killed',
  Timeout: 'timedOut',
  Survived: 'survived',
  NoCoverage: 'notCovered',
} as const satisfies Readonly<Record<string, keyof MutantCounts>>;

export function countMutants({ files }: MutationReport): MutantCounts {
  const counts = { files: 0, killed: 0, timedOut: 0, survived: 0, notCovered: 0, ignored: 0 };
  for (const { mutants } of Object.values(files)) {
    counts.files += 1;
    for (const { status } of mutants) {
      counts[Object.hasOwn(columnOf, status) ? columnOf[status as keyof typeof columnOf] : 'ignored'] += 1;
    }
  }
  return counts;
}

export function addUp(each: readonly MutantCounts[]): MutantCounts {
  const sum = (column: keyof MutantCounts) => each.reduce((total, counts) => total + counts[column], 0);
  return {
    files: sum('files'),
    killed: sum('killed'),
    timedOut: sum('timedOut'),
    survived: sum('survived'),
    notCovered: sum('notCovered'),
    ignored: sum('ignored'),
  };
}

/** The noticed share of the mutants that were tried, code that no test runs among them; NaN where there are none. */
export function scoreOf({ killed, timedOut, survived, notCovered }: MutantCounts): number {
  return (killed + timedOut) / (killed + timedOut + survived + notCovered);
}
