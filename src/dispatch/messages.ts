/** What crosses the thread boundary. Plain data; task arrays are SharedArrayBuffer views, so they are shared and not copied. */
import type { EngineName } from '../engines/registry.ts';
import type { EvaluationSettings } from '../evaluation/evaluate.ts';
import type { EvaluationOutcome } from '../evaluation/outcome.ts';
import type { Genome } from '../genome/genome.ts';
import type { Task } from '../tasks/task.ts';

/** Given to each worker once, when it starts. */
export interface WorkerSetup {
  readonly engine: EngineName;
  readonly task: Task;
  readonly settings: EvaluationSettings;
}

export interface EvaluationRequest {
  readonly genome: Genome;
  readonly seed: string;
}

export interface EvaluationReply {
  readonly outcome: EvaluationOutcome;
  /** Wall time in the worker; for reports, never for selection. */
  readonly wallMs: number;
}
