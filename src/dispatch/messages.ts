/** What crosses the thread boundary. Plain data; task arrays are SharedArrayBuffer views, so they are shared and not copied. */
import type { EngineName } from '../engines/registry.ts';
import type { Cell } from '../evaluation/cell.ts';
import type { EvaluationSettings } from '../evaluation/evaluate.ts';
import type { EvaluationPlan } from '../evaluation/plan.ts';
import type { EvaluationProtocol } from '../search-space/evaluation-schema.ts';
import type { CellReply, DigestedTask, EvaluationReply, WorkbenchId } from './evaluator.ts';

/** What a thread is to do: evaluate a plan, or train a cell, on a workbench that it holds. */
export type Job =
  | {
      readonly kind: 'plan';
      readonly workbench: WorkbenchId;
      readonly runSeed: string;
      readonly plan: EvaluationPlan;
    }
  | { readonly kind: 'cell'; readonly workbench: WorkbenchId; readonly cell: Cell };

/** A workbench as threads are told of it: tasks by digest, as they may have them from another workbench. */
export interface NamedWorkbench {
  readonly id: WorkbenchId;
  readonly engine: EngineName;
  readonly tasks: readonly string[];
  readonly settings: EvaluationSettings;
  readonly protocol: EvaluationProtocol;
}

/** A job, with what the thread has to learn before it: nothing, save at the first job of a workbench. */
export interface ThreadMessage {
  readonly job: Job;
  readonly workbench?: NamedWorkbench;
  readonly tasks?: readonly DigestedTask[];
}

/** To a plan its outcome, to a cell its record. */
export type ThreadReply = EvaluationReply | CellReply;
