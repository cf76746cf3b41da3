/** The winner's-curse assay: by how much the fitness that selection saw of the best of a run is better than what they reach when they are evaluated again, in the same way, from fresh seeds. */
import { z } from 'zod';
import { documentDifferences } from '../analysis/conditions.ts';
import { positive } from '../analysis/params.ts';
import { param, question } from '../analysis/question.ts';
import type { WorkbenchContent } from '../dispatch/evaluator.ts';
import { mostWorkers } from '../dispatch/pool.ts';
import { aggregate } from '../evaluation/aggregate.ts';
import { fitnessOf } from '../evaluation/fitness.ts';
import type { TrainingOutcome } from '../evaluation/outcome.ts';
import { chosenUnits, individualText, requireBirths } from '../lineage/chosen.ts';
import { type RunRow, unfinishedRuns } from '../lineage/runs.ts';
import { UserError } from '../notation/user-error.ts';
import { stream } from '../random/stream.ts';
import { streamNames, trainingSeeds } from '../random/stream-names.ts';
import { storedDocument } from '../search/closed-document.ts';
import { overBlocks } from '../statistics/home-advantage.ts';
import { mean } from '../statistics/moments.ts';
import { winnersGap } from '../statistics/winners-curse.ts';
import type { HeldOutSplit } from '../tasks/task.ts';
import { failures, grouped } from './scores.ts';
import type { CellRequest, CellTrainer, Trained } from './train-cells.ts';
import { type Winner, type Winners, winnersOf } from './winners.ts';
import { type WinnersCurseAnswer, winnersCurseAnswer } from './winners-curse-answer.ts';
import { withTrainer } from './with-trainer.ts';
import { workbenchesOf } from './workbench.ts';

const name = 'winners-curse';

const winnersCurseParams = z.strictObject({
  runs: param(
    z.array(positive()).overwrite((runs) => [...new Set(runs)]),
    { summary: 'runs; each is a unit', ...{ isPositional: true, list: 'both' } },
  ),
  best: param(
    z
      .array(positive().max(1000, 'At most 1000.'))
      .min(1)
      .overwrite((ks) => [...new Set(ks)].sort((a, b) => a - b))
      .default([1, 3, 10]),
    { summary: 'so many of the fittest, each number for itself', value: 'numbers', list: 'commas' },
  ),
  seeds: param(positive().default(5), {
    summary: 'evaluations again, each from fresh seeds, that scores are means of',
    value: 'n',
  }),
  workers: param(positive().max(mostWorkers, `At most ${mostWorkers} threads.`).exactOptional(), {
    summary: 'worker threads; the answer does not depend on it',
    value: 'n',
  }),
});

/** How its numbers are to be read. */
const conventions = {
  reported:
    'the stored fitness, on the search split: what selection saw. Of the distinct genomes ever born that were allowed to breed, the fittest; of a genome its best birth',
  gate: 'with the gate an elite that was not confirmed is not among them, as it never bred',
  again:
    'the same fitness, of the same genome at the learning rate that was chosen for it, on the same tasks with as many replicates and the same aggregate, from fresh seeds; mean over such evaluations. On the search split, and on the splits that selection did not see: of the same trainings',
  failed:
    'where a training fails the evaluation has failed, and counts as an untrained network: 0 decades, or no example right',
  gap: 'mean reported less mean again, over the best k; above 0: what was reported was too good',
  tests:
    'the run is the unit; p is one-sided, of a mean above 0, over all changes of signs; limits are BCa, 95 %, over runs',
} as const;

/** One run, and its best. */
interface Subject {
  readonly row: RunRow;
  readonly workbench: WorkbenchContent;
  readonly gate: boolean;
  readonly winners: Winners;
  readonly splits: readonly HeldOutSplit[];
}

/** By how much the reported fitness of the best is too good. */
export const winnersCurseAssay = question({
  name,
  version: 1,
  summary:
    'by how much is the fitness that selection saw of the best better than what they reach from fresh seeds?',
  params: winnersCurseParams,
  answer: winnersCurseAnswer,
  async ask(lineage, { runs, best, seeds, workers }, context) {
    const chosen = chosenUnits(lineage, runs);
    requireBirths(...chosen);
    refuse(chosen, 'pairs', (row) => storedDocument(row).evolution.condition === 'cooperative');
    const benches = await workbenchesOf(chosen.map((row) => [row]));
    const subjects = chosen.map((row, i): Subject => {
      const document = storedDocument(row);
      const workbench = benches[i]!;
      const hasSelect = workbench.tasks.every(({ task }) => task.splits.select.count > 0);
      return {
        ...{ row, workbench, gate: document.evolution.gate !== undefined },
        winners: winnersOf(lineage, row, document, best.at(-1)!),
        splits: hasSelect ? ['search', 'select', 'final'] : ['search', 'final'],
      };
    });
    const empty = new Set(subjects.flatMap(({ row, winners }) => (winners.candidates === 0 ? [row] : [])));
    refuse(chosen, 'nobody', (row) => empty.has(row));
    return withTrainer(lineage, workers, context, (_open, trainer) =>
      assayed(trainer, subjects, best, seeds),
    );
  },
});

const refusals = {
  pairs: {
    code: 'fitness-of-pairs',
    message: 'is cooperative: a fitness there is of a chromosome with partners, and not of a genome',
    hint: 'name runs of other conditions',
  },
  nobody: {
    code: 'nobody-evaluated',
    message: 'has no birth with a fitness of the whole budget that was allowed to breed',
    hint: 'leave it out, or resume it first',
  },
} as const;

function refuse(rows: readonly RunRow[], why: keyof typeof refusals, isRefused: (row: RunRow) => boolean) {
  const { message, ...rest } = refusals[why];
  const issues = rows.filter(isRefused).map(({ run }) => ({ ...rest, message: `run ${run} ${message}` }));
  if (issues.length > 0) throw new UserError(issues);
}

async function assayed(
  trainer: CellTrainer,
  subjects: readonly Subject[],
  ks: readonly number[],
  seeds: number,
): Promise<WinnersCurseAnswer> {
  const each = subjects.flatMap((subject) =>
    subject.winners.best.flatMap((winner) => subject.splits.map((split) => ({ subject, winner, split }))),
  );
  const requests = each.map(({ subject, winner, split }) => requestsOf(subject, winner, split, seeds));
  const trained = await trainer.train('again', requests.flat());
  const scores = grouped(
    trained,
    requests.map(({ length }) => length),
  ).map((own, i) =>
    mean(grouped(own, parts(own.length, seeds)).map((one) => scoreOf(each[i]!.subject.workbench, one))),
  );
  const scored = each.map((what, i) => ({ ...what, score: scores[i]! }));
  const populations = subjects.map((subject) => {
    const { row, gate, splits, winners } = subject;
    const reported = winners.best.map(({ fitness }) => fitness);
    const gaps = splits.flatMap((split) => {
      const again = scored.filter((one) => one.subject === subject && one.split === split);
      const values = again.map(({ score }) => score);
      return ks.flatMap((k) => {
        const found = winnersGap(reported, values, k);
        return found === null ? [] : [{ split, ...found }];
      });
    });
    const { candidates, withheld } = winners;
    return { run: row.run, seed: row.seed, gate, candidates, withheld, gaps };
  });
  const rows = subjects.map(({ row }) => row);
  const gated = [false, true].map((gate) => rows.filter((_, i) => subjects[i]!.gate === gate));
  return {
    ...{ runs: rows.map(({ run }) => run), unfinished: [...unfinishedRuns(rows)] },
    asked: { best: [...ks], seeds },
    conventions: { ...conventions, engine: subjects[0]!.workbench.engine.numericClass },
    documents: documentDifferences(gated.filter(({ length }) => length > 0)),
    cells: { trainings: trained.length, failed: failures(trained) },
    populations,
    winners: subjects.flatMap((subject) =>
      subject.winners.best.map((winner) => ({
        ...{ run: subject.row.run, individual: individualText(winner.individual) },
        ...{ trial: winner.trial, reported: winner.fitness },
        again: scored.flatMap(({ winner: of, split, score }) => (of === winner ? [{ split, score }] : [])),
      })),
    ),
    results: resultsOf(populations, ks),
    caution:
      'The gap is of this protocol and these tasks: more replicates, or larger splits, make it smaller, and more births larger.',
  };
}

function resultsOf(
  populations: WinnersCurseAnswer['populations'],
  ks: readonly number[],
): WinnersCurseAnswer['results'] {
  return [false, true].flatMap((gate) =>
    (['search', 'select', 'final'] as const).flatMap((split) =>
      ks.flatMap((k) => {
        const values = populations
          .filter((each) => each.gate === gate)
          .flatMap(({ gaps }) => gaps.filter((each) => each.split === split && each.k === k))
          .map(({ gap }) => gap);
        if (values.length === 0) return [];
        const random = stream(streamNames.assayed(name, `${gate ? 'gate' : 'no gate'} ${split} ${k}`));
        return [{ gate, split, k, gap: overBlocks(values, random) }];
      }),
    ),
  );
}

const parts = (length: number, count: number) => Array.from({ length: count }, () => length / count);

/** As many evaluations as `seeds`, one after the other; of each task after task, and of each task the replicates. All splits have the same seeds. */
const requestsOf = (
  { row, workbench }: Subject,
  { architecture, rule, trial: learningRate }: Winner,
  split: HeldOutSplit,
  seeds: number,
): CellRequest[] =>
  Array.from({ length: seeds }, (_, s) =>
    workbench.tasks.flatMap((_task, task) =>
      Array.from({ length: workbench.protocol.replicates }, (_replicate, r) => {
        const seed = trainingSeeds.assay(name, row.seed, 'again', s * workbench.protocol.replicates + r);
        return { workbench, key: { architecture, rule, task, seed, learningRate, split } };
      }),
    ),
  ).flat();

/** Fitness of one evaluation again, made from its trainings as that of an individual is. */
function scoreOf({ tasks, settings, protocol }: WorkbenchContent, trained: readonly Trained[]): number {
  const outcomes = trained.map(({ loss, accuracy, costUnits, parameters, steps }, i): TrainingOutcome => {
    const spent = { stepsDone: steps, costUnits, parameters, curve: new Float32Array(0) };
    if (loss === null) return { status: 'failed', reason: 'diverged', ...spent };
    const { untrainedLoss } = tasks[Math.floor(i / protocol.replicates)]!.task;
    const search = { loss, accuracy };
    return {
      status: 'completed',
      fitness: fitnessOf(settings.fitness, search, untrainedLoss),
      search,
      ...spent,
    };
  });
  const whole = aggregate(outcomes, protocol);
  return whole.status === 'failed' ? 0 : whole.fitness;
}
