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

/** Lives that are equal in everything as one row, in order of first appearance. */
export interface CollapsedLives {
  /** The first life of each row. */
  readonly rows: Int32Array;
  /** How many lives it stands for. */
  readonly counts: Int32Array;
}

/** Collapses by times, event and labels: one number per life from 0 on for each kind of label. */
export function collapsedLives({ entry, exit, event }: Lives, labels: readonly Int32Array[]): CollapsedLives {
  const known = new Map<string, number>();
  const [rows, counts]: [number[], number[]] = [[], []];
  for (let i = 0; i < exit.length; i++) {
    const key = `${entry?.[i] ?? ''} ${exit[i]} ${Number(event[i])} ${labels.map((each) => each[i]).join(' ')}`;
    const row = known.get(key);
    if (row === undefined) {
      known.set(key, rows.length);
      rows.push(i);
      counts.push(1);
    } else counts[row]! += 1;
  }
  return { rows: Int32Array.from(rows), counts: Int32Array.from(counts) };
}
