/** Parameters that several assays have. */
import { z } from 'zod';
import { positive } from '../analysis/params.ts';
import { param } from '../analysis/question.ts';
import { mostWorkers } from '../dispatch/pool.ts';
import { panelNames } from './panel-rules.ts';

/** Runs, each of which is a unit of the statistics. */
export const unitRunsParam = () =>
  param(
    z.array(positive()).overwrite((runs) => [...new Set(runs)]),
    { summary: 'runs; each is a unit', ...{ isPositional: true, list: 'both' } },
  );

/** Subjects that are the best of each run. */
export const topParam = () =>
  param(positive().default(8), {
    summary: 'so many architectures of each run, those of the best genomes when trained anew',
    value: 'n',
  });

/** Subjects that are a random sample of each run. */
export const sampleParam = () =>
  param(positive().exactOptional(), {
    summary: 'so many architectures of the living at random in the place of the best',
    value: 'n',
    conflicts: ['top'],
  });

/** Whose regret a panel measures. */
export const regretRuleParam = () =>
  param(z.string().min(1).default('adam'), {
    summary: 'whose regret: a known rule or notation',
    value: 'rule',
  });

/** The rules of a panel. */
export const panelParam = () =>
  param(
    z
      .array(z.string().min(1))
      .min(1)
      .default([...panelNames]),
    {
      summary: 'the rules that it is compared with; default the 15 of the panel',
      value: 'names',
      list: 'commas',
    },
  );

/** Seeds that scores are means of. */
export const freshSeedsParam = () =>
  param(positive().default(5), { summary: 'fresh seeds that scores are means of', value: 'n' });

/** Seeds of the choice of a learning rate, of each architecture with each rule. */
export const tuningSeedsParam = () =>
  param(positive().default(2), {
    summary: 'other seeds, by which each architecture and rule choose among 9 learning rates',
    value: 'n',
  });

/** The highest score, in decades. */
export const capParam = () =>
  param(z.number().positive('It must be above 0.').default(6), {
    summary:
      'a score counts at most so many decades of loss, so that a task solved whole cannot decide alone',
    value: 'decades',
  });

/** Threads; one per core where it is not given. */
export const workersParam = () =>
  param(positive().max(mostWorkers, `At most ${mostWorkers} threads.`).exactOptional(), {
    summary: 'worker threads; the answer does not depend on it',
    value: 'n',
  });

/** Runs and which of their architectures are subjects. */
export const subjectsParams = () => ({ runs: unitRunsParam(), top: topParam(), sample: sampleParam() });

/** How much is trained. */
export const effortParams = () => ({
  ...{ seeds: freshSeedsParam(), tuningSeeds: tuningSeedsParam(), cap: capParam(), workers: workersParam() },
});
