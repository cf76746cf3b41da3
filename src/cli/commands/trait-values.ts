/** Values of a trait for a command: what the file holds, and what it lacks computed and stored, with progress, until it is done or interrupted. */
import type { Chromosome } from '../../genome/genome.ts';
import type { Lineage } from '../../lineage/open.ts';
import { openLineage } from '../../lineage/open.ts';
import {
  computeTraitValues,
  type NamedTrait,
  namedTrait,
  storedTraitValues,
  type TraitValues,
} from '../../lineage/trait-store.ts';
import { WriteFailure } from '../../lineage/write-failure.ts';
import { UserError } from '../../notation/user-error.ts';
import { taskBar, taskLog } from '../../report/progress.ts';
import { traitTable } from '../../traits/table.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Call, Output } from '../output.ts';

/** Null where it was interrupted: the exit code is set, and what was computed is stored. */
export async function traitValues(
  output: Call,
  lineage: Lineage,
  trait: NamedTrait,
  blocks: Iterable<number>,
): Promise<TraitValues | null> {
  const values = storedTraitValues(lineage, trait);
  const missing = [...new Set(blocks)].filter((block) => !values.has(block));
  if (missing.length === 0) return values;
  const computed = await withStore(output, lineage, (open) => compute(open, trait, missing));
  if (computed === null) {
    output.endWith(exitCodes.interrupted);
    output.note(
      'Interrupted. What was computed is stored, where the database could be written; the same command goes on.',
    );
    return null;
  }
  for (const [block, value] of computed) values.set(block, value);
  return values;
}

/**
 * Has the file hold what must be measured of the chromosomes of these runs, so that whoever reads a trait finds it. `names` may be traits, NAME=VALUE, or what is no trait.
 * False where it was interrupted.
 */
export async function measureTraits(
  output: Call,
  lineage: Lineage,
  runs: readonly number[],
  chromosome: Chromosome,
  names: readonly string[],
): Promise<boolean> {
  const blocks = lineage.db
    .prepare<[number], number>(`SELECT DISTINCT ${chromosome} FROM individual WHERE run_of(id) = ?`)
    .pluck();
  for (const name of new Set(names.map((each) => each.replace(/=.*$/, '')))) {
    if (traitTable[chromosome][name]?.measurement === undefined) continue;
    const trait = namedTrait(chromosome, name);
    if (
      (await traitValues(
        output,
        lineage,
        trait,
        runs.flatMap((run) => blocks.all(run)),
      )) === null
    )
      return false;
  }
  return true;
}

/** Opens the file for writing, if it may be: a file that a run writes to, or that may only be read, answers all the same. */
async function withStore<T>(
  output: Output,
  lineage: Lineage,
  use: (open: Lineage) => Promise<T>,
): Promise<T> {
  let open: Lineage;
  try {
    open = openLineage(lineage.path, 'derive');
  } catch (error) {
    if (!(error instanceof UserError || error instanceof WriteFailure)) throw error;
    const why = error instanceof UserError ? error.issues[0]!.message : error.message;
    output.note(`Values of traits are not stored this time: ${why}.`);
    return use(lineage);
  }
  try {
    return await use(open);
  } finally {
    open.close();
  }
}

async function compute(open: Lineage, trait: NamedTrait, missing: readonly number[]) {
  let interrupted = false;
  const onSignal = () => {
    interrupted = true;
  };
  const progress = process.stderr.isTTY === true ? taskBar(process.stderr) : taskLog();
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  progress.start(`${trait.name} of ${trait.chromosome}s`, missing.length);
  try {
    return await computeTraitValues(open, trait, missing, {
      progress: progress.update,
      shouldStop: () => interrupted,
    });
  } finally {
    progress.stop();
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}
