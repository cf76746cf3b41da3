/**
 * The time-shift assay: within a run, do architectures do better under rules of their own time than under earlier and later ones? Random samples of the living at several times, every architecture under
 * every rule, each pair tuned on the same grid, from fresh seeds, on the final split.
 */
import { z } from 'zod';
import { documentDifferences } from '../analysis/conditions.ts';
import { positive } from '../analysis/params.ts';
import { param, question } from '../analysis/question.ts';
import type { WorkbenchContent } from '../dispatch/evaluator.ts';
import { chosenUnits, individualText, requireBirths } from '../lineage/chosen.ts';
import { individualId } from '../lineage/pack.ts';
import { unfinishedRuns } from '../lineage/runs.ts';
import { stream } from '../random/stream.ts';
import { streamNames } from '../random/stream-names.ts';
import { twoStageEstimate } from '../statistics/two-stage.ts';
import { type SampledRun, sampledRuns } from './census-samples.ts';
import { capParam, tuningSeedsParam, workersParam } from './params.ts';
import { failures, type Stages, stagesOf } from './scores.ts';
import { type OverRuns, type ShiftName, type TimeShiftAnswer, timeShiftAnswer } from './time-shift-answer.ts';
import { shiftOf, type TimePair, timeShiftPairs } from './time-shift-pairs.ts';
import { withTrainer } from './with-trainer.ts';
import { unseenSplit, workbenchesOf } from './workbench.ts';

const name = 'time-shift';
const atLeast = (least: number, why: string, usual: number) => {
  const words = `It must be a whole number from ${least} on: ${why}.`;
  return z.int(words).min(least, words).default(usual);
};

const timeShiftParams = z.strictObject({
  runs: param(
    z
      .array(positive())
      .overwrite((runs) => [...new Set(runs)])
      .default([]),
    {
      summary: 'runs in which both chromosomes evolve; default the newest',
      ...{ isPositional: true, list: 'both' },
    },
  ),
  censuses: param(atLeast(3, 'a time has an earlier and a later one', 5), {
    summary: 'times, equally spaced from the first whole population to the last birth',
    value: 'n',
  }),
  sample: param(atLeast(2, 'architectures meet rules of others of their time', 4), {
    summary: 'so many of the living at each time, drawn at random',
    value: 'n',
  }),
  seeds: param(positive().default(5), { summary: 'fresh seeds of each pair', value: 'n' }),
  tuningSeeds: tuningSeedsParam(),
  cap: capParam(),
  workers: workersParam(),
});

type Params = z.output<typeof timeShiftParams>;

/** How its numbers are to be read. */
const conventions = {
  score:
    'log10(untrained loss / loss) on the final split, in decades, no less than 0 (as good as untrained, or failed) and no more than the cap; mean over tasks and fresh seeds',
  subjects:
    'at each time a random sample of the living without replacement, by a stream of the run: each of N is drawn with probability n / N, whatever its fitness',
  pairs:
    'a score of two times is the mean over all pairs of those who lived then, as estimated from the samples: of one time, individuals with themselves have the weight that they have there, 1 / N',
  tuned:
    'for each architecture and rule the best of 9 learning rates, 10^(j/2) times the own one for j from -2 to 6, by seeds of its own',
  contrast:
    'the mean of pairs of one time less the mean of the means with earlier and with later rules: above 0 where architectures and rules of a time belong together',
  slope:
    'over d, the time of the rules less the time of the architectures, in decades per 1,000 births; it is half of what later rules gain with the same architectures (rule trend) less what later architectures gain with the same rules (architecture trend)',
  tests:
    'the run is the unit: mean of the numbers of the runs with limits by Student, 95 %; p is two-sided, over all changes of signs',
  ranks: 'the same of ranks over all scores of a run, as shares of the highest rank',
} as const;

/** Whether architectures and rules of one time belong together. */
export const timeShiftAssay = question({
  name,
  version: 1,
  summary: 'are architectures better with the rules of their own time than with earlier and later ones?',
  params: timeShiftParams,
  answer: timeShiftAnswer,
  async ask(lineage, params, context) {
    const chosen = chosenUnits(lineage, params.runs);
    requireBirths(...chosen);
    const runs = sampledRuns(lineage, chosen, params);
    const benches = await workbenchesOf(chosen.map((row) => [row]));
    return withTrainer(lineage, params.workers, context, (_open, trainer) =>
      assayed(stagesOf(name, trainer, params.cap), runs, benches, params),
    );
  },
});

async function assayed(
  stages: Stages,
  runs: readonly SampledRun[],
  benches: readonly WorkbenchContent[],
  params: Params,
): Promise<TimeShiftAnswer> {
  const rows = runs.map(({ row }) => row);
  const { censuses, sample, seeds, tuningSeeds, cap } = params;
  const { runs: pairs, judged } = await timeShiftPairs(stages, runs, benches, params);
  const answers = runs.map((run, r) => runAnswer(run, pairs[r]!));
  return {
    unfinished: [...unfinishedRuns(rows)],
    asked: { censuses, sample, seeds, tuningSeeds, cap },
    conventions: {
      ...conventions,
      engine: benches[0]!.engine.numericClass,
      unseen: [...new Set(benches.map(unseenSplit))].join(', '),
    },
    documentsDifferIn: [...documentDifferences([rows]).within],
    cells: {
      ...{ trainings: stages.all.length, failed: failures(stages.all) },
      judged: {
        ...{ trainings: judged.length, failed: failures(judged) },
        capped: pairs.flat().reduce((sum, { capped }) => sum + capped, 0),
      },
    },
    runs: answers,
    results: { decades: overRuns(answers, 'decades'), ranks: overRuns(answers, 'ranks') },
    caution:
      'Censuses of one run share ancestors, and pairs share architectures and rules: a run is one number of each kind, and one run is a description. What small tasks and networks show need not hold for large ones.',
  };
}

type RunAnswer = TimeShiftAnswer['runs'][number];

function runAnswer({ row: { run, seed }, samples }: SampledRun, pairs: readonly TimePair[]): RunAnswer {
  return {
    ...{ run, seed },
    censuses: samples.map(({ time, living, individuals }) => ({
      ...{ time, living, inclusionProbability: individuals.length / living },
      individuals: individuals.map(({ birth }) => individualText(individualId(run, birth))),
    })),
    pairs: [...pairs],
    ...{ decades: shiftOf(pairs, 'score'), ranks: shiftOf(pairs, 'rank') },
  };
}

function overRuns(runs: readonly RunAnswer[], measure: 'decades' | 'ranks') {
  const over = (what: ShiftName): OverRuns => {
    const values = runs.map(({ [measure]: shift }) => {
      const value = what === 'contrast' ? shift.contrast : (shift[what]?.value ?? null);
      return value === null ? null : { value };
    });
    const random = stream(streamNames.assayed(name, `${measure} ${what}`));
    const { pooled: _none, ...rest } = twoStageEstimate(values, random);
    return rest;
  };
  return {
    ...{ contrast: over('contrast'), slope: over('slope') },
    ...{ ruleTrend: over('ruleTrend'), architectureTrend: over('architectureTrend') },
  };
}
