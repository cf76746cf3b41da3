/**
 * The door to evaluation: plans and cells of many runs go in, their outcomes come out. What is the same for all evaluations of a run, its workbench, is registered once. The pool
 * of threads in `pool.ts` is one implementation; whoever asks for evaluations knows this interface alone.
 */
import { createHash } from 'node:crypto';
import type { EngineName } from '../engines/registry.ts';
import type { Cell, CellRecord } from '../evaluation/cell.ts';
import type { EvaluationSettings } from '../evaluation/evaluate.ts';
import type { EvaluationOutcome } from '../evaluation/outcome.ts';
import type { EvaluationPlan } from '../evaluation/plan.ts';
import type { EvaluationProtocol } from '../search-space/evaluation-schema.ts';
import type { Task } from '../tasks/task.ts';

/** A task and the digest of its signature and data (`digestTask`), which tells whether an evaluator has it already. */
export interface DigestedTask {
  readonly task: Task;
  readonly digest: string;
}

/** What evaluations have in common: where they compute, on what data, by which protocol. Plain data, so that it may cross to a thread or a machine. */
export interface WorkbenchContent {
  readonly engine: { readonly name: EngineName; readonly numericClass: string };
  /** In the order of the document. */
  readonly tasks: readonly DigestedTask[];
  readonly settings: EvaluationSettings;
  readonly protocol: EvaluationProtocol;
}

/** SHA-256 of a workbench's content: equal ids mean that equal requests have equal outcomes. */
export type WorkbenchId = string;

interface Request {
  readonly workbench: WorkbenchId;
  /** Who asks: what is fair between runs, and cancelled by run, goes by this label. Labels of runs that are under way at once must differ. */
  readonly run: string;
}

/** Evaluates an individual by its plan, from the streams of a run's seed. */
export interface PlanRequest extends Request {
  readonly runSeed: string;
  readonly plan: EvaluationPlan;
}

/** Trains one cell. */
export interface CellRequest extends Request {
  readonly cell: Cell;
}

/** What an evaluation took; for reports, never for selection. */
export interface Effort {
  /** Wall time in the worker. */
  readonly wallMs: number;
  /** CPU time of the worker's thread. */
  readonly cpuMs?: number;
  /** Workers that were lost over it: 0 nearly always, 1 where the second try gave the result, 2 where there is none. */
  readonly workersLost?: number;
}

/** The outcome of a plan. */
export interface EvaluationReply extends Effort {
  readonly outcome: EvaluationOutcome;
  /** The part of the CPU time that went into the probe. */
  readonly probeMs?: number;
}

/** The record of a cell. */
export interface CellReply extends Effort {
  readonly record: CellRecord;
}

/** Evaluates plans and cells of registered workbenches for any number of runs at once. Results do not depend on what else is asked for, nor on the order of replies. */
export interface Evaluator {
  /** Registers a workbench and gives its id; equal content is registered once. It is kept until the evaluator is closed. */
  register(workbench: WorkbenchContent): WorkbenchId;
  /** @throws EvaluationCancelledError once the run is cancelled or the evaluator closed. A lost worker is an outcome; an exception of the engine or of ours passes through. */
  evaluate(request: PlanRequest): Promise<EvaluationReply>;
  /** As `evaluate`, for one training. @throws RangeError for a cell that its workbench cannot hold (`trainCell`). */
  train(request: CellRequest): Promise<CellReply>;
  /** Gives up all that a run has asked for and not got; others go on. The label may be used again. */
  cancel(run: string): void;
  /** Cancels everything and frees what was held. */
  close(): Promise<void>;
}

/** What a pending request rejects with when its run is cancelled or the evaluator closed: nothing is known of its genome. */
export class EvaluationCancelledError extends Error {
  override readonly name = 'EvaluationCancelledError';
  /** The label of the run whose request it was. */
  readonly run: string;
  constructor(run: string) {
    super(`An evaluation of ${run} was cancelled before it ended.`);
    this.run = run;
  }
}

/** The id of a workbench, whatever the order of its keys. A task counts by its digest. */
export function workbenchId({ engine, tasks, settings, protocol }: WorkbenchContent): WorkbenchId {
  const { name, numericClass } = engine;
  const content = {
    engine: { name, numericClass },
    tasks: tasks.map(({ digest }) => digest),
    settings,
    protocol,
  };
  return createHash('sha256').update(JSON.stringify(content, inKeyOrder)).digest('hex');
}

function inKeyOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
