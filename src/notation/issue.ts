/** One thing that a user should mend: what is wrong, where, and what to do. */
export interface Issue {
  /** Stable, for programs: such as `unknown-op`. */
  readonly code: string;
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
  /** File or key path. */
  readonly path?: string;
  readonly hint?: string;
}

/** A value, or all that is wrong with what it was to be made from. */
export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/** The result of a reading that went well. */
export const ok = <T>(value: T): Result<T> => ({ ok: true, value });

/** The result of a reading that found mistakes. */
export const fail = <T>(issues: readonly Issue[]): Result<T> => ({ ok: false, issues });

/** Among more names than this a near one says little, and looking at all would take long. */
const mostNames = 1000;

/** "did you mean ...?" where a known name is within two edits, else null. */
export function didYouMean(word: string, names: readonly string[]): string | null {
  if (names.length > mostNames) return null;
  let best: { readonly name: string; readonly distance: number } | null = null;
  for (const name of names) {
    if (Math.abs(word.length - name.length) > 2) continue;
    const distance = editDistance(word.toLowerCase(), name.toLowerCase());
    if (distance <= Math.min(2, Math.floor(name.length / 2)) && (best === null || distance < best.distance))
      best = { name, distance };
  }
  return best === null ? null : `did you mean \`${best.name}\`?`;
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(change, previous[j]! + 1, row[j - 1]! + 1));
    }
    previous = row;
  }
  return previous[b.length]!;
}

/** How many issues are worth reading at once. */
const mostIssues = 100;

/** An issue for each of the first items, the last of which counts the rest: a text of a million mistakes is told in the time of a hundred. */
export function firstIssues<T, I extends { readonly message: string }>(
  items: readonly T[],
  issueOf: (item: T) => I,
): readonly I[] {
  const left = items.length - mostIssues;
  return items.slice(0, mostIssues).map((item, i): I => {
    const issue = issueOf(item);
    const isLast = i === mostIssues - 1 && left > 0;
    return isLast ? { ...issue, message: `${issue.message}; and ${left} more of this kind` } : issue;
  });
}
