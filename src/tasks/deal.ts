/** Rows of files dealt to the four splits by a named random stream. */
import { fail, ok, type Result } from '../notation/issue.ts';
import { stream } from '../random/stream.ts';
import { streamNames } from '../random/stream-names.ts';
import { makeExamples, type Width } from './generate.ts';
import type { Examples, Head, SplitName, TaskSignature } from './task.ts';

/** Shares of the rows that each held-out split takes, from 0 to 1; `splitSeed` names the stream that deals them. The rest trains. */
export interface Shares {
  readonly search: number;
  readonly select: number;
  readonly final: number;
  readonly splitSeed: string;
}

/** Rows that a file holds, in whatever form it holds them. */
export interface Rows {
  readonly count: number;
  readonly width: Width;
  copy(row: number, input: Float64Array, target: Float64Array): void;
}

const heads = {
  linear: {},
  unbiased: { head: { kind: 'linear', bias: false, init: 'torch' } },
  none: { head: { kind: 'none' } },
} as const satisfies Record<string, { readonly head?: Head }>;

/** How predictions are read off on tasks from files. */
export type FileHead = keyof typeof heads;

/** The head as an option of a task that comes from a file. */
export const headOf = (choice: FileHead): Pick<TaskSignature, 'head'> => heads[choice];

/** Every row goes to exactly one split. With test rows, those are `final` and the share of `final` is not taken. Training and search must each get at least one. */
export function dealRows(
  path: string,
  rows: Rows,
  test: Rows | null,
  shares: Shares,
): Result<Readonly<Record<SplitName, Examples>>> {
  const { count } = rows;
  const order = stream(streamNames.split(shares.splitSeed)).permutation(count);
  const sizes = {
    search: Math.floor(count * shares.search),
    select: Math.floor(count * shares.select),
    final: test === null ? Math.floor(count * shares.final) : 0,
  };
  const train = count - sizes.search - sizes.select - sizes.final;
  if (train < 1 || sizes.search < 1) {
    return fail([
      {
        code: 'task-too-small',
        path,
        message: `${count} rows give ${Math.max(0, train)} to train and ${sizes.search} to search: both need at least one`,
        hint: 'use more rows or other shares (search, select, final)',
      },
    ]);
  }
  let from = 0;
  const take = (size: number): Examples => {
    const here = order.subarray(from, from + size);
    from += size;
    return makeExamples(size, rows.width, (input, target, i) => rows.copy(here[i]!, input, target));
  };
  return ok({
    train: take(train),
    search: take(sizes.search),
    select: take(sizes.select),
    final:
      test === null
        ? take(sizes.final)
        : makeExamples(test.count, test.width, (input, target, i) => test.copy(i, input, target)),
  });
}
