/**
 * Lives as a table for survival packages: `run,unit,group,entry,exit,event,cause,origin,...` with one column per trait of the chromosome, read unchanged
 * by R's `Surv(entry, exit, event)`. Time is age in births, so that everything enters at 0; `origin` is the birth at which it began. What began at the
 * last told birth has length 0: `Surv(exit, event)` keeps it, the start-stop form makes NA of it, and no estimate depends on it.
 */
import type { Lineage } from '../lineage/open.ts';
import { individualId } from '../lineage/pack.ts';
import { type UnitName, unitLives } from '../lineage/survival-units.ts';
import type { Heritable } from '../lineage/taxa.ts';
import { blockTraits } from './block-traits.ts';
import { csvLine } from './csv.ts';

export interface LivesQuestion {
  readonly runs: readonly number[];
  readonly of: Heritable;
  readonly units: UnitName;
}

/** Lines of CSV. `groups`: the label of each unit, run after run. */
export function* survivalLines(
  lineage: Lineage,
  { runs, of, units }: LivesQuestion,
  groups: readonly string[],
): Generator<string> {
  const chromosomes = of === 'genome' ? (['architecture', 'rule'] as const) : [of];
  const traits = chromosomes.map((chromosome) => ({ chromosome, ...blockTraits(lineage, chromosome) }));
  const cause = causeReader(lineage);
  yield csvLine([
    ...['run', 'unit', 'group', 'entry', 'exit', 'event', 'cause', 'origin'],
    ...traits.flatMap(({ chromosome, names }) =>
      names.map((name) => `${of === 'genome' ? `${chromosome}_` : ''}${name.replaceAll('-', '_')}`),
    ),
  ]);
  let row = 0;
  for (const run of runs) {
    const { entry, exit, event, last, carried } = unitLives(lineage, run, of, units);
    for (let i = 0; i < entry.length; i++)
      yield csvLine([
        ...[run, `${run}:${entry[i]!}`, groups[row++]!],
        ...[0, exit[i]! - entry[i]!, event[i]!],
        last[i]! < 0 ? null : cause(individualId(run, last[i]!)),
        entry[i]!,
        ...traits.flatMap((each) => each.of(carried[each.chromosome]![i]!)),
      ]);
  }
}

/** Why the last of a unit died: as the database has it, or the loss of the machine that it was trained on. */
function causeReader({ db }: Lineage): (individual: number) => string {
  const find = db
    .prepare<[number], string>(
      `SELECT iif(e.reason IS 'worker-lost', e.reason, d.cause) FROM death d JOIN evaluation e ON e.individual = d.individual
       WHERE d.individual = ?`,
    )
    .pluck();
  return (individual) => find.get(individual)!;
}
