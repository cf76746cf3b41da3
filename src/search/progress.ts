/** How a run tells how far it is. */
export interface ProgressReport {
  readonly births: number;
  readonly total: number;
  readonly birthsPerSecond: number;
  readonly bestFitness: number | null;
}

/** Told how far a run is: once at the start, after every told birth, and at the end however it came. */
export interface Progress {
  start(report: ProgressReport): void;
  update(report: ProgressReport): void;
  stop(): void;
}
