/** Splits never mix: disjoint ranges of rows. */

/** Rows [from, to). */
export type Range = readonly [from: number, to: number];

/** `search` and `select` from the end of `total` rows, `train` what is left before them. */
export function carve(
  total: number,
  sizes: { readonly search: number; readonly select: number },
): { readonly train: Range; readonly search: Range; readonly select: Range } {
  const trainEnd = total - sizes.search - sizes.select;
  return {
    train: [0, trainEnd],
    search: [trainEnd, trainEnd + sizes.search],
    select: [trainEnd + sizes.search, total],
  };
}
