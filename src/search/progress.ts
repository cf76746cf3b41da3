/** How a run tells how far it is. */
export interface ProgressReport {
  readonly births: number;
  readonly total: number;
  readonly birthsPerSecond: number;
  readonly bestFitness: number | null;
}

export interface Progress {
  start(report: ProgressReport): void;
  update(report: ProgressReport): void;
  stop(): void;
}
