/**
 * Lives as a table for survival packages: `run,unit,group,entry,exit,event,cause,origin,...` with one column per trait of the chromosome, read unchanged
 * by R's `Surv(entry, exit, event)`. Time is age in births, so that everything enters at 0, or at the age from which on it is watched; `origin` is the birth
 * at which it began. What began at the last told birth has length 0: `Surv(exit, event)` keeps it, the start-stop form makes NA of it, and no estimate depends on it.
 */
import type { Lineage } from '../lineage/open.ts';
import { type UnitQuestion, unitLives } from '../lineage/survival-units.ts';
import { blockTraits } from './block-traits.ts';
import { csvLine } from './csv.ts';

/** Lines of CSV. `groups`: the label of each unit, run after run. */
export function* survivalLines(
  lineage: Lineage,
  runs: readonly number[],
  question: UnitQuestion,
  groups: readonly string[],
): Generator<string> {
  const { of } = question;
  const chromosomes = of === 'genome' ? (['architecture', 'rule'] as const) : [of];
  const traits = chromosomes.map((chromosome) => ({ chromosome, ...blockTraits(lineage, chromosome) }));
  yield csvLine([
    ...['run', 'unit', 'group', 'entry', 'exit', 'event', 'cause', 'origin'],
    ...traits.flatMap(({ chromosome, names }) =>
      names.map((name) => `${of === 'genome' ? `${chromosome}_` : ''}${name.replaceAll('-', '_')}`),
    ),
  ]);
  let row = 0;
  for (const run of runs) {
    const { entry, exit, event, cause, carried, watched } = unitLives(lineage, run, question);
    for (let i = 0; i < entry.length; i++)
      yield csvLine([
        ...[run, `${run}:${entry[i]!}`, groups[row++]!],
        ...[watched[i]! - entry[i]!, exit[i]! - entry[i]!, event[i]!],
        cause[i]!,
        entry[i]!,
        ...traits.flatMap((each) => each.of(carried[each.chromosome]![i]!)),
      ]);
  }
}
