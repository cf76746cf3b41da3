/** Lives under observation: when watched from, until when, and how it ended. What every survival estimate starts from. */

/** Lives as parallel arrays. */
export interface Lives {
  /** Delayed entry (left truncation); absent where everyone is watched from the origin. */
  readonly entry?: ArrayLike<number>;
  readonly exit: ArrayLike<number>;
  /** 1 (or true) event, 0 censored. */
  readonly event: ArrayLike<number | boolean>;
}

/** The lives with these indices. */
export function chosenLives({ entry, exit, event }: Lives, rows: ArrayLike<number>): Lives {
  return {
    ...(entry === undefined ? {} : { entry: Float64Array.from(rows, (i) => entry[i]!) }),
    exit: Float64Array.from(rows, (i) => exit[i]!),
    event: Uint8Array.from(rows, (i) => (event[i] ? 1 : 0)),
  };
}

/** Indices by label, labels in order of first appearance. */
export function membersOf<G>(labels: ArrayLike<G>): Map<G, number[]> {
  const members = new Map<G, number[]>();
  for (let i = 0; i < labels.length; i++) {
    const list = members.get(labels[i]!);
    if (list === undefined) members.set(labels[i]!, [i]);
    else list.push(i);
  }
  return members;
}

/** 0, 1, 2 ... by order of first appearance, and the label of each number. */
export function numbered<G>(labels: ArrayLike<G>): {
  readonly codes: Int32Array;
  readonly labels: readonly G[];
} {
  const known = new Map<G, number>();
  const codes = Int32Array.from(labels, (label) => {
    const code = known.get(label) ?? known.size;
    known.set(label, code);
    return code;
  });
  return { codes, labels: [...known.keys()] };
}
