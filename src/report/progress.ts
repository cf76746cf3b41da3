/** Progress of a run: a bar where a person watches, one log line now and then where nobody does. */
import { Presets, SingleBar } from 'cli-progress';
import { type Logger, pino } from 'pino';
import type { Progress, ProgressReport } from '../search/progress.ts';
import { formatNumber } from './table.ts';

const best = (report: ProgressReport) =>
  report.bestFitness === null ? 'none yet' : formatNumber(report.bestFitness);

export function progressBar(stream: NodeJS.WriteStream): Progress {
  const bar = new SingleBar(
    {
      format: '{bar} {value}/{total} births  {rate}/s  best fitness {best}  {eta_formatted} left',
      stream,
      hideCursor: true,
      etaBuffer: 100,
      clearOnComplete: false,
    },
    Presets.shades_classic,
  );
  const payload = (report: ProgressReport) => ({
    rate: report.birthsPerSecond.toFixed(1),
    best: best(report),
  });
  return {
    start: (report) => bar.start(report.total, report.births, payload(report)),
    update: (report) => bar.update(report.births, payload(report)),
    stop: () => bar.stop(),
  };
}

/** `every` births between two lines. */
export function progressLog(logger: Logger, every: number): Progress {
  let last = 0;
  const line = (report: ProgressReport) =>
    logger.info(
      {
        births: report.births,
        of: report.total,
        birthsPerSecond: Number(report.birthsPerSecond.toFixed(1)),
        bestFitness: report.bestFitness,
      },
      'progress',
    );
  return {
    start(report) {
      last = report.births;
      line(report);
    },
    update(report) {
      if (report.births - last < every && report.births !== report.total) return;
      last = report.births;
      line(report);
    },
    stop: () => {},
  };
}

export const stderrLogger = (): Logger =>
  pino({ name: 'streetlight' }, pino.destination({ fd: 2, sync: true }));

export const silentProgress: Progress = { start: () => {}, update: () => {}, stop: () => {} };

/** Progress of work that is counted and nothing more. */
export interface TaskProgress {
  start(what: string, total: number): void;
  update(done: number, total: number): void;
  stop(): void;
}

export function taskBar(stream: NodeJS.WriteStream): TaskProgress {
  const bar = new SingleBar(
    {
      format: '{bar} {value}/{total} {what}  {eta_formatted} left',
      stream,
      hideCursor: true,
      etaBuffer: 100,
    },
    Presets.shades_classic,
  );
  return {
    start: (what, total) => bar.start(total, 0, { what }),
    update: (done) => bar.update(done),
    stop: () => bar.stop(),
  };
}

/** A line every so many seconds, none for what is done by then. */
export function taskLog(secondsBetween = 5, logger = stderrLogger()): TaskProgress {
  let what = '';
  let last = performance.now();
  return {
    start(name) {
      what = name;
      last = performance.now();
    },
    update(done, total) {
      if (performance.now() - last < 1000 * secondsBetween) return;
      last = performance.now();
      logger.info({ what, done, of: total }, 'progress');
    },
    stop: () => {},
  };
}
