/** Rows of a file dealt to the four splits by a named random stream. */
import type { Issue, Result } from '../notation/issue.ts';
import { fail, ok } from '../notation/issue.ts';
import { stream } from '../random/stream.ts';
import type { Examples, SplitName } from './task.ts';

export interface Shares {
  readonly search: number;
  readonly select: number;
  readonly final: number;
  readonly splitSeed: string;
}

/** Every row goes to exactly one split. Training and search must each get at least one. */
export function dealRows(
  path: string,
  inputs: Float64Array,
  targets: Float64Array,
  count: number,
  shares: Shares,
): Result<Readonly<Record<SplitName, Examples>>> {
  const order = stream(`split/${shares.splitSeed}`).permutation(count);
  const sizes = {
    search: Math.floor(count * shares.search),
    select: Math.floor(count * shares.select),
    final: Math.floor(count * shares.final),
  };
  const train = count - sizes.search - sizes.select - sizes.final;
  const issues: Issue[] = [];
  if (train < 1 || sizes.search < 1) {
    issues.push({
      code: 'task-too-small',
      path,
      message: `${count} rows give ${Math.max(0, train)} to train and ${sizes.search} to search: both need at least one`,
      hint: 'use more rows or other shares (search, select, final)',
    });
  }
  if (issues.length > 0) return fail(issues);
  const features = inputs.length / count;
  const outputs = targets.length / count;
  let from = 0;
  const take = (size: number): Examples => {
    const rows = order.subarray(from, from + size);
    from += size;
    const gather = (source: Float64Array, width: number) => {
      const out = new Float64Array(size * width);
      rows.forEach((row, i) => {
        out.set(source.subarray(row * width, (row + 1) * width), i * width);
      });
      return out;
    };
    return { count: size, inputs: gather(inputs, features), targets: gather(targets, outputs) };
  };
  return ok({
    train: take(train),
    search: take(sizes.search),
    select: take(sizes.select),
    final: take(sizes.final),
  });
}
