/** Values of a trait for a question: what the file holds, and what it lacks computed and stored, until it is done or interrupted. */
import type { Chromosome } from '../genome/genome.ts';
import type { Lineage } from '../lineage/open.ts';
import {
  computeTraitValues,
  type NamedTrait,
  namedTrait,
  storedTraitValues,
  type TraitValues,
} from '../lineage/trait-store.ts';
import { traitTable } from '../traits/table.ts';
import { type AskContext, Interrupted } from './question.ts';
import { withStore } from './store.ts';

/** Of these blocks at least. @throws Interrupted with what was computed stored. */
export async function traitValues(
  lineage: Lineage,
  trait: NamedTrait,
  blocks: Iterable<number>,
  context: AskContext,
): Promise<TraitValues> {
  const values = storedTraitValues(lineage, trait);
  const missing = [...new Set(blocks)].filter((block) => !values.has(block));
  if (missing.length === 0) return values;
  const computed = await withStore(lineage, 'Values of traits', context, (open) =>
    compute(open, trait, missing, context),
  );
  if (computed === null)
    throw new Interrupted(
      'Interrupted. What was computed is stored, where the database could be written; the same command goes on.',
    );
  for (const [block, value] of computed) values.set(block, value);
  return values;
}

/**
 * Has the file hold what must be measured of the chromosomes of these runs, so that whoever reads a trait finds it. `names` may be traits, NAME=VALUE, or what is no trait.
 * @throws Interrupted with what was computed stored.
 */
export async function measureTraits(
  lineage: Lineage,
  runs: readonly number[],
  chromosome: Chromosome,
  names: readonly string[],
  context: AskContext,
): Promise<void> {
  const blocks = lineage.db
    .prepare<[number], number>(`SELECT DISTINCT ${chromosome} FROM individual WHERE run_of(id) = ?`)
    .pluck();
  for (const name of new Set(names.map((each) => each.replace(/=.*$/, '')))) {
    if (traitTable[chromosome][name]?.measurement === undefined) continue;
    const carried = runs.flatMap((run) => blocks.all(run));
    await traitValues(lineage, namedTrait(chromosome, name), carried, context);
  }
}

async function compute(open: Lineage, trait: NamedTrait, missing: readonly number[], context: AskContext) {
  const work = context.begin(`${trait.name} of ${trait.chromosome}s`, missing.length);
  try {
    return await computeTraitValues(open, trait, missing, {
      progress: work.update,
      shouldStop: work.shouldStop,
    });
  } finally {
    work.end();
  }
}
