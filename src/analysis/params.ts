/** Parameters that several questions have. */
import { z } from 'zod';
import { trees } from '../lineage/ancestry.ts';
import { tieMethods } from '../statistics/partial-likelihood.ts';
import { type ParamFacts, param } from './question.ts';

export const wholeFromOne = 'It must be a whole number from 1 on.';

/** A whole number from 1 on. */
export const positive = () => z.int(wholeFromOne).min(1, wholeFromOne);

/** Run numbers; none stands for the newest run, and naming one twice is naming it once. */
export const runsParam = () =>
  param(
    z
      .array(positive())
      .overwrite((runs) => [...new Set(runs)])
      .default([]),
    {
      summary: 'the runs; default the newest',
      ...{ isPositional: true, list: 'both' },
    },
  );

/** One run; the newest where none is named. */
export const runParam = () =>
  param(positive().exactOptional(), { summary: 'the run; default the newest', isPositional: true });

/** One individual. */
export const individualParam = () =>
  param(z.string(), {
    summary: 'RUN:BIRTH, such as 1:57; a birth alone is of the newest run',
    isPositional: true,
  });

export const trackedFrom = () =>
  param(positive().exactOptional(), {
    summary:
      'watch a taxon only from the birth of so many carriers on (left truncation); taxa that never had so many are left out',
    value: 'carriers',
  });

export const ties = (summary: string, more: Pick<ParamFacts, 'conflicts'> = {}) =>
  param(z.enum(tieMethods).default('efron'), { summary, value: 'method', ...more });

/** Of questions that look at the living now and then. */
export const censusSpacing = () =>
  param(positive().exactOptional(), {
    summary: 'births between censuses; default about 20 censuses',
    value: 'births',
  });

/** Which parent a line of descent goes to. */
export const treeParam = () =>
  param(z.enum(trees).default('pedigree'), { summary: 'which line to follow', value: 'tree' });
