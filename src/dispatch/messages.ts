/** What crosses the thread boundary. Plain data; task arrays are SharedArrayBuffer views, so they are shared and not copied. */
import type { EngineName } from '../engines/registry.ts';
import type { EvaluationSettings } from '../evaluation/evaluate.ts';
import type { EvaluationOutcome } from '../evaluation/outcome.ts';
import type { EvaluationPlan } from '../evaluation/plan.ts';
import type { EvaluationProtocol } from '../search-space/evaluation-schema.ts';
import type { Task } from '../tasks/task.ts';

/** Given to each worker once, when it starts. */
export interface WorkerSetup {
  readonly engine: EngineName;
  readonly tasks: readonly Task[];
  readonly settings: EvaluationSettings;
  readonly protocol: EvaluationProtocol;
  readonly runSeed: string;
}

export type EvaluationRequest = EvaluationPlan;

export interface EvaluationReply {
  readonly outcome: EvaluationOutcome;
  /** Wall time in the worker; for reports, never for selection. */
  readonly wallMs: number;
  /** CPU time of the worker's thread, and the part of it that went into the probe. */
  readonly cpuMs?: number;
  readonly probeMs?: number;
}
