/** What a run ever tried. */
import { z } from 'zod';
import { chosenRun } from '../lineage/chosen.ts';
import { type Coverage, coverageOf } from '../lineage/coverage.ts';
import { count } from './answer-parts.ts';
import { runParam } from './params.ts';
import { question, schemaOf } from './question.ts';
import { runFacts, show } from './show.ts';

const tried = schemaOf<Coverage>()(
  'Coverage',
  z.strictObject({
    kind: z.enum(['architecture-op', 'rule-op', 'rule-tier', 'operator']),
    name: z.string(),
    births: count.describe('that carried it; of an operator, that it made'),
    living: count.describe('of those births, how many live'),
    distinct: count.describe(
      'different chromosomes that carried it; of an operator, how often it was applied',
    ),
  }),
);

/** Every op, tier and operator that there is, with those who carried it beside all births of the run. A change of what `show` answers is one of this answer too. */
export const coverage = question({
  name: 'coverage',
  version: 1,
  summary: 'which ops, tiers and mutation operators the run ever tried, and which of them live',
  params: z.strictObject({ run: runParam() }),
  answer: show.answer.extend({
    coverage: z.array(tried).readonly().describe('in the order of their tables, what was never tried too'),
  }),
  ask(lineage, { run }) {
    const row = chosenRun(lineage, run);
    return { ...runFacts(lineage, row), coverage: coverageOf(lineage, row.run) };
  },
});
