/** Adjusted p-values of a family of tests, as R's p.adjust. Null (a test without a result) stays null and does not count. */

/** Holm 1979: keeps the chance of any false rejection, whatever the dependence. For the primary family. */
export function holm(p: readonly (number | null)[]): (number | null)[] {
  return adjusted(p, (sorted) => {
    let least = 0;
    return sorted.map((value, rank) => {
      least = Math.max(least, Math.min(1, (sorted.length - rank) * value));
      return least;
    });
  });
}

/** Benjamini and Hochberg 1995: keeps the expected share of false ones among rejections. For exploration. */
export function benjaminiHochberg(p: readonly (number | null)[]): (number | null)[] {
  return adjusted(p, (sorted) => {
    let most = 1;
    const result = sorted.slice();
    for (let rank = sorted.length - 1; rank >= 0; rank--) {
      most = Math.min(most, (sorted.length / (rank + 1)) * sorted[rank]!);
      result[rank] = most;
    }
    return result;
  });
}

/** @throws RangeError for a p-value outside 0 to 1. */
function adjusted(
  p: readonly (number | null)[],
  rule: (sorted: number[]) => readonly number[],
): (number | null)[] {
  const present = p.flatMap((value, i) => (value === null ? [] : [{ value, i }]));
  for (const { value, i } of present)
    if (!(value >= 0 && value <= 1)) throw new RangeError(`p-value ${i} is ${value}`);
  present.sort((a, b) => a.value - b.value);
  const result: (number | null)[] = p.map(() => null);
  rule(present.map(({ value }) => value)).forEach((value, rank) => {
    result[present[rank]!.i] = value;
  });
  return result;
}
