/** Runs of two groups, paired by their seeds into blocks. */
import type { RunRow } from '../lineage/runs.ts';
import { UserError } from '../notation/user-error.ts';

/** What a block is made of: a run, with whatever belongs to it. */
interface Member {
  readonly row: RunRow;
}

/** Runs that are one side of a comparison. `name` as it stands behind "runs", such as "under adam". */
export interface SeedGroup<M extends Member> {
  readonly name: string;
  readonly members: readonly M[];
}

/** One run of each group, of the same seed. */
export interface SeedBlock<M extends Member> {
  readonly seed: string;
  readonly first: M;
  readonly second: M;
}

/** A run that is in no block, and why. */
export interface LeftOut {
  readonly run: number;
  readonly reason: string;
}

/** In the order of the seeds. `one` and `other`: how runs of the groups are spoken of where it is not said which. @throws UserError for a seed twice in a group, and where no seed is in both. */
export function blocksBySeed<M extends Member>(
  [first, second]: readonly [SeedGroup<M>, SeedGroup<M>],
  { one, other }: { readonly one: string; readonly other: string },
): { readonly blocks: readonly SeedBlock<M>[]; readonly leftOut: readonly LeftOut[] } {
  refuseRepeatedSeeds([first, second]);
  const partner = new Map(second.members.map((each) => [each.row.seed, each]));
  const blocks = first.members
    .flatMap((each): SeedBlock<M>[] => {
      const found = partner.get(each.row.seed);
      return found === undefined ? [] : [{ seed: each.row.seed, first: each, second: found }];
    })
    .sort((a, b) => a.seed.localeCompare(b.seed, 'en', { numeric: true }));
  if (blocks.length === 0)
    throw new UserError({
      code: 'no-block',
      message: `no run ${one} has the seed of a run ${other}, and runs are compared within seeds`,
      hint: 'launch both conditions with the same seeds (--seed)',
    });
  const paired = new Set(blocks.flatMap((block) => [block.first.row.run, block.second.row.run]));
  return {
    blocks,
    leftOut: [first, second]
      .flatMap(({ members }) => members)
      .filter(({ row }) => !paired.has(row.run))
      .map(({ row: { run, seed } }) => ({ run, reason: `no run ${other} has its seed, ${seed}` })),
  };
}

function refuseRepeatedSeeds<M extends Member>(groups: readonly SeedGroup<M>[]): void {
  const issues = groups.flatMap(({ name, members }) => {
    const seeds = members.map(({ row }) => row.seed);
    return [...new Set(seeds.filter((seed, i) => seeds.indexOf(seed) !== i))].map((seed) => ({
      code: 'seed-twice',
      message: `several runs ${name} have the seed ${seed}, and only one can be in its block`,
      hint: 'name one of them',
    }));
  });
  if (issues.length > 0) throw new UserError(issues);
}
