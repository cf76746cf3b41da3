/** What an evaluation has to tell beyond its outcome, as rows and back. */
import type { Database } from 'better-sqlite3';
import {
  type Behaviour,
  type EvaluationDetails,
  type EvaluationOutcome,
  type FailureReason,
  type Reevaluation,
  type Reuse,
  type Rung,
  type StopReason,
  type Training,
  type TrainingOutcome,
  type TrainingPurpose,
  withDetails,
} from '../evaluation/outcome.ts';
import { grouped } from './group.ts';
import type { Lineage } from './open.ts';
import { birthIndexOf, individualId, packCurve, unpackCurve } from './pack.ts';

/** CPU time of an evaluation in the worker; for reports, never for selection. */
export interface EvaluationTiming {
  readonly cpuMs: number;
  readonly probeMs: number;
}

/** As they are stored. */
export const microseconds = ({ cpuMs, probeMs }: EvaluationTiming): [cpu: number, probe: number] => [
  Math.round(1000 * cpuMs),
  Math.round(1000 * probeMs),
];

/** reason, fitness, loss, accuracy, steps, cost units, parameters, curve: the columns that `evaluation` and `training` share. */
export function outcomeColumns(outcome: TrainingOutcome): readonly unknown[] {
  const failed = outcome.status === 'failed';
  return [
    outcome.status === 'completed' ? null : outcome.reason,
    failed ? null : numeric(outcome.fitness, 'fitness'),
    failed ? null : numeric(outcome.search.loss, 'loss'),
    failed || outcome.search.accuracy === null ? null : numeric(outcome.search.accuracy, 'accuracy'),
    outcome.stepsDone,
    numeric(outcome.costUnits, 'cost'),
    outcome.parameters,
    packCurve(outcome.curve),
  ];
}

/** A training's outcome as a row of the database. */
export interface OutcomeRow {
  readonly status: TrainingOutcome['status'];
  readonly reason: string | null;
  readonly fitness: number | null;
  readonly loss: number | null;
  readonly accuracy: number | null;
  readonly steps: number;
  readonly cost_units: number;
  readonly parameters: number;
  readonly curve: Uint8Array;
}

/** The outcome that a row tells of. Throws where the row contradicts itself. */
export function outcomeOf(row: OutcomeRow): TrainingOutcome {
  const spent = {
    stepsDone: row.steps,
    costUnits: row.cost_units,
    parameters: row.parameters,
    curve: unpackCurve(row.curve),
  };
  if (row.status === 'failed') return { status: 'failed', reason: row.reason as FailureReason, ...spent };
  // The table's checks promise both numbers where the status is not `failed`.
  const measured = { fitness: row.fitness!, search: { loss: row.loss!, accuracy: row.accuracy } };
  return row.status === 'stopped'
    ? { status: 'stopped', reason: row.reason as StopReason, ...measured, ...spent }
    : { status: 'completed', ...measured, ...spent };
}

function numeric(value: number, what: string): number {
  // SQLite would store NaN as NULL without a word.
  if (Number.isNaN(value)) throw new RangeError(`${what} is NaN in an outcome that did not fail`);
  return value;
}

/** Writes the details of an outcome, and its timing where one is given. */
export function detailsWriter(
  db: Database,
  run: number,
): (self: number, outcome: EvaluationOutcome, timing?: EvaluationTiming) => void {
  const insert = {
    training: db.prepare(
      `INSERT INTO training (individual, ord, purpose, task, replicate, trial, partner, counts, reason, fitness, loss, accuracy, steps, cost_units, parameters, curve)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    rung: db.prepare('INSERT INTO rung VALUES (?, ?, ?, ?, ?)'),
    reevaluation: db.prepare('INSERT INTO reevaluation VALUES (?, ?, ?, ?)'),
    behaviour: db.prepare('INSERT INTO behaviour VALUES (?, ?, ?)'),
    reuse: db.prepare('INSERT INTO reuse VALUES (?, ?, ?)'),
    timing: db.prepare('INSERT INTO timing VALUES (?, ?, ?)'),
  };
  return (self, { details }, timing) => {
    if (timing !== undefined) insert.timing.run(self, ...microseconds(timing));
    if (details === undefined) return;
    const { trainings, rungs, reevaluation, behaviour, reuse } = details;
    trainings.forEach(({ purpose, task, replicate, trial, partner, counts, outcome }, ord) => {
      const partnerId = partner === null ? null : individualId(run, partner);
      const columns = outcomeColumns(outcome);
      insert.training.run(self, ord, purpose, task, replicate, trial, partnerId, Number(counts), ...columns);
    });
    for (const { training, step, fitness, bar } of rungs)
      insert.rung.run(self, training, step, numeric(fitness, 'fitness at a rung'), bar);
    if (reevaluation !== null) {
      const { bar, fitness, confirmed } = reevaluation;
      insert.reevaluation.run(self, numeric(bar, 'bar'), fitness, Number(confirmed));
    }
    if (behaviour !== null)
      insert.behaviour.run(self, Buffer.from(behaviour.probe, 'hex'), Buffer.from(behaviour.opening, 'hex'));
    if (reuse !== null) insert.reuse.run(self, individualId(run, reuse.source), reuse.by);
  };
}

/** Reads the details of individuals from one id to another; the answer gives those of one of them. */
export function detailsReader({
  db,
}: Lineage): (from: number, to: number) => (individual: number) => { readonly details?: EvaluationDetails } {
  const rows = <R extends { individual: number }>(sql: string) => {
    const find = db.prepare<[number, number], R>(sql);
    return (from: number, to: number) =>
      grouped(
        find.all(from, to),
        ({ individual }) => individual,
        (row) => row,
      );
  };
  const trainings = rows<TrainingRow>(
    'SELECT * FROM training WHERE individual BETWEEN ? AND ? ORDER BY individual, ord',
  );
  const rungs = rows<Rung & { individual: number }>(
    'SELECT individual, training, step, fitness, bar FROM rung WHERE individual BETWEEN ? AND ? ORDER BY individual, training, step',
  );
  const reevaluations = rows<ReevaluationRow>(
    'SELECT individual, bar, fitness, confirmed FROM reevaluation WHERE individual BETWEEN ? AND ?',
  );
  const behaviours = rows<Behaviour & { individual: number }>(
    'SELECT individual, lower(hex(probe)) AS probe, lower(hex(opening)) AS opening FROM behaviour WHERE individual BETWEEN ? AND ?',
  );
  const reuses = rows<{ individual: number; source: number; cause: Reuse['by'] }>(
    'SELECT individual, source, cause FROM reuse WHERE individual BETWEEN ? AND ?',
  );
  return (from, to) => {
    const of = {
      trainings: trainings(from, to),
      rungs: rungs(from, to),
      reevaluations: reevaluations(from, to),
      behaviours: behaviours(from, to),
      reuses: reuses(from, to),
    };
    return (individual) => {
      const reevaluation = of.reevaluations.get(individual)?.[0];
      const behaviour = of.behaviours.get(individual)?.[0];
      const reuse = of.reuses.get(individual)?.[0];
      return withDetails({
        trainings: (of.trainings.get(individual) ?? []).map(trainingOf),
        rungs: (of.rungs.get(individual) ?? []).map(({ training, step, fitness, bar }) => ({
          training,
          step,
          fitness,
          bar,
        })),
        reevaluation: reevaluation === undefined ? null : reevaluationOf(reevaluation),
        behaviour: behaviour === undefined ? null : { probe: behaviour.probe, opening: behaviour.opening },
        reuse: reuse === undefined ? null : { source: birthIndexOf(reuse.source), by: reuse.cause },
      });
    };
  };
}

interface TrainingRow extends OutcomeRow {
  readonly individual: number;
  readonly purpose: TrainingPurpose;
  readonly task: number;
  readonly replicate: number;
  readonly trial: number;
  readonly partner: number | null;
  readonly counts: 0 | 1;
}

interface ReevaluationRow {
  readonly individual: number;
  readonly bar: number;
  readonly fitness: number | null;
  readonly confirmed: 0 | 1;
}

const trainingOf = (row: TrainingRow): Training => ({
  purpose: row.purpose,
  task: row.task,
  replicate: row.replicate,
  trial: row.trial,
  partner: row.partner === null ? null : birthIndexOf(row.partner),
  counts: row.counts === 1,
  outcome: outcomeOf(row),
});

const reevaluationOf = ({ bar, fitness, confirmed }: ReevaluationRow): Reevaluation => ({
  bar,
  fitness,
  confirmed: confirmed === 1,
});
