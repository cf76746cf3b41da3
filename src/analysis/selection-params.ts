/** What `selection` may be asked. */
import { z } from 'zod';
import { heritables } from '../lineage/taxa.ts';
import { UserError } from '../notation/user-error.ts';
import { censusSpacing, positive, runParam } from './params.ts';
import { param } from './question.ts';

const openShare = 'It must be a number between 0 and 1.';
const usualQuantile = 0.01;

/** Of which run and traits, and against which runs sweeps are called. */
export const selectionParams = z.strictObject({
  run: runParam(),
  of: param(z.enum(heritables).default('architecture'), {
    summary: 'of what: along the donors of a chromosome, or of genomes, half along either',
    value: 'what',
  }),
  trait: param(
    z
      .array(z.string())
      .overwrite((traits) => [...new Set(traits)])
      .default([]),
    {
      summary:
        'look at this trait closely; may be given again: a trait of the chromosome (`streetlight reference` explains all), of genomes rule.family or architecture.depth; fitness; or NAME=VALUE',
      value: 'name',
    },
  ),
  every: censusSpacing(),
  null: param(
    z
      .array(positive())
      .overwrite((runs) => [...new Set(runs)])
      .exactOptional(),
    {
      summary:
        'runs without selection, such as 4,5,6: a sweep is a common ancestor younger than nearly all of theirs',
      ...{ value: 'runs', list: 'both' },
    },
  ),
  quantile: param(z.number(openShare).gt(0, openShare).lt(1, openShare).default(usualQuantile), {
    summary: 'of the ages in --null: younger is a sweep',
    value: 'share',
  }),
});

/** What `selection` may be asked. */
export type SelectionParams = z.output<typeof selectionParams>;

/** @throws UserError for sweeps of genomes, and for a quantile of nothing. */
export function checkSweeps({ of, null: nulls, quantile }: SelectionParams): void {
  if (of === 'genome' && nulls !== undefined)
    throw new UserError({
      code: 'sweeps-of-genomes',
      message: 'a sweep is of one chromosome: a genome has no one line of descent',
      hint: 'leave out --null, or say --of rule or --of architecture',
    });
  if (nulls === undefined && quantile !== usualQuantile)
    throw new UserError({
      code: 'no-sweeps',
      message:
        '--quantile says which common ancestors are young enough for a sweep, and no sweeps are called',
      hint: 'name runs without selection with --null, or leave out --quantile',
    });
}
