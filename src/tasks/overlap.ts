/** Rows that stand in more than one split: what was trained on is no measure of what was learned. */
import type { Issue } from '../notation/issue.ts';
import type { Examples, HeldOutSplit, SplitName } from './task.ts';

/** How much of a held-out split was seen before, in the splits that it is to be independent of. */
export interface Overlap {
  readonly split: HeldOutSplit;
  readonly count: number;
  /** Of how many. */
  readonly of: number;
}

/**
 * 52 bits of each row, inputs and target, so that equal rows have equal numbers and others, but for one chance in 10^15 for each pair, have not. The
 * mixing is that of MurmurHash3 (Appleby 2011).
 */
function rowHashes({ count, inputs, targets }: Examples): Float64Array {
  const words = (values: Float64Array) =>
    new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
  const parts = [words(inputs), words(targets)].map((all) => ({
    all,
    width: count === 0 ? 0 : all.length / count,
  }));
  const hashes = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    let [a, b] = [0x811c9dc5, 0x9747b28c];
    for (const { all, width } of parts)
      for (let i = row * width; i < (row + 1) * width; i += 2) {
        let k = Math.imul(all[i]!, 0x2545f491) + all[i + 1]!;
        k = Math.imul(k, 0xcc9e2d51);
        k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
        a ^= k;
        a = Math.imul((a << 13) | (a >>> 19), 5) + 0xe6546b64;
        b = Math.imul(((b ^ k) << 16) | ((b ^ k) >>> 16), 0x85ebca6b) + 0x38b34ae5;
      }
    hashes[row] = (finished(a) >>> 6) * 0x4000000 + (finished(b) >>> 6);
  }
  return hashes;
}

function finished(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function contains(sorted: Float64Array, value: number): boolean {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === value;
}

const joined = (parts: readonly Float64Array[]): Float64Array => {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all.sort();
};

/** `search` and `select` against `train`; `final` against all the others, and whether it holds just the rows that they hold. n log n in the number of rows. */
export function overlapsOf(splits: Readonly<Record<SplitName, Examples>>): {
  readonly overlaps: readonly Overlap[];
  readonly isSameData: boolean;
} {
  const hashes = {
    train: rowHashes(splits.train),
    search: rowHashes(splits.search),
    select: rowHashes(splits.select),
    final: rowHashes(splits.final),
  };
  const trained = hashes.train.toSorted();
  const own = joined([hashes.train, hashes.search, hashes.select]);
  const overlap = (split: HeldOutSplit, seen: Float64Array): Overlap => ({
    split,
    of: hashes[split].length,
    count: hashes[split].reduce((count, hash) => count + (contains(seen, hash) ? 1 : 0), 0),
  });
  const overlaps = [overlap('search', trained), overlap('select', trained), overlap('final', own)];
  const final = hashes.final.toSorted();
  const isSameData =
    final.length > 0 && overlaps[2]!.count === final.length && own.every((hash) => contains(final, hash));
  return { overlaps: overlaps.filter(({ count }) => count > 0), isSameData };
}

const independentOf = { search: 'train', select: 'train', final: 'train, search or select' } as const;

/** Rows that two splits have, told with their number; a test file that holds the data of the training file is refused. */
export function overlapIssues(
  splits: Readonly<Record<SplitName, Examples>>,
  path: string,
  test: string | undefined,
): { readonly issues: readonly Issue[]; readonly notes: readonly Issue[] } {
  const { overlaps, isSameData } = overlapsOf(splits);
  if (isSameData && test !== undefined)
    return {
      notes: [],
      issues: [
        {
          code: 'task-same-data',
          path: test,
          message: `the test data are the rows of ${path} once more: nothing would be held out`,
          hint: 'give other data, or leave the test data out: a share of the rows is held out then',
        },
      ],
    };
  return {
    issues: [],
    notes: overlaps.map(({ split, count, of }) => ({
      code: 'task-rows-twice',
      path: split === 'final' && test !== undefined ? test : path,
      message: `${count} of the ${of} rows of ${split} stand in ${independentOf[split]} too, with the same target`,
      hint: 'what is learned by heart counts as learned there; are the data in the file twice?',
    })),
  };
}
