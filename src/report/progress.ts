/** Progress of a run: a bar where a person watches, one log line now and then where nobody does. */
import cliProgress, { type GenericFormatter, type SingleBar } from 'cli-progress';
import { type Logger, pino } from 'pino';
import type { Progress, ProgressReport } from '../search/progress.ts';
import { formatNumber } from './table.ts';

const { Format, Presets, SingleBar: Bar } = cliProgress;

const best = (report: ProgressReport) =>
  report.bestFitness === null ? 'none yet' : formatNumber(report.bestFitness);

/** Redrawn in place where a person watches. The numbers come first: on a narrow terminal the bar gives way to them. */
export function progressBar(stream: NodeJS.WriteStream): Progress {
  const bar = barOf<RunPayload>(stream, ({ rate, best }, { value, total, left }) => [
    [`${value}/${total} births`, `${rate}/s`, `best fitness ${best}`, `${left} left`],
    [`${value}/${total}`, `${rate}/s`, `best ${best}`, left],
  ]);
  const payload = (report: ProgressReport): RunPayload => ({
    rate: report.birthsPerSecond.toFixed(1),
    best: best(report),
  });
  return {
    start: (report) => bar.start(report.total, report.births, payload(report)),
    update: (report) => bar.update(report.births, payload(report)),
    stop: () => bar.stop(),
  };
}

interface RunPayload {
  readonly rate: string;
  readonly best: string;
}

interface Counts {
  readonly value: number;
  readonly total: number;
  /** Time that is likely left, such as `3m12s`. */
  readonly left: string;
}

/** `wordings` gives what is told besides the bar, the most important first, in the words for a wide terminal and in fewer. */
function barOf<Payload extends object>(
  stream: NodeJS.WriteStream,
  wordings: (payload: Payload, counts: Counts) => readonly (readonly string[])[],
): SingleBar {
  const format: GenericFormatter = (options, { progress, value, total, eta }, payload: Payload) => {
    const left = Format.TimeFormat(eta, options, 1);
    const draw = (columns: number) => Format.BarFormat(progress, { ...options, barsize: columns });
    return progressLine(draw, wordings(payload, { value, total, left }), stream.columns);
  };
  return new Bar(
    { format, stream, hideCursor: true, etaBuffer: 100, clearOnComplete: false },
    Presets.shades_classic,
  );
}

const widestBar = 40;
const narrowestBar = 8;

/**
 * One line of at most `columns` characters less one. The first wording that fits whole is taken, with a bar before it where there is room left; where none fits, as many
 * parts of the last as do.
 */
export function progressLine(
  bar: (columns: number) => string,
  wordings: readonly (readonly string[])[],
  columns = 80,
): string {
  const room = Math.max(0, columns - 1);
  const texts = wordings.map((parts) => parts.join(gap));
  const whole = texts.find((text) => text.length <= room);
  if (whole === undefined) return fitting(wordings.at(-1) ?? [], room);
  const left = Math.min(widestBar, room - whole.length - 1);
  return left < narrowestBar ? whole : `${bar(left)} ${whole}`;
}

const gap = '  ';

/** The parts that fit, in their order; of a first one that does not, its beginning. */
function fitting(parts: readonly string[], room: number): string {
  let told = parts.length;
  const text = () => parts.slice(0, told).join(gap);
  while (told > 1 && text().length > room) told -= 1;
  return text().slice(0, room);
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

/** Lines go where notes go; see `survivesOutputTrouble` for what happens when they cannot be written. */
export const stderrLogger = (): Logger =>
  pino({ name: 'streetlight' }, { write: (line) => void process.stderr.write(line) });

/** For whoever does not want to be told. */
export const silentProgress: Progress = { start: () => {}, update: () => {}, stop: () => {} };

/** Progress of work that is counted and nothing more. */
export interface TaskProgress {
  start(what: string, total: number): void;
  update(done: number, total: number): void;
  stop(): void;
}

/** A bar redrawn in place, for counted work. */
export function taskBar(stream: NodeJS.WriteStream): TaskProgress {
  const bar = barOf<{ readonly what: string }>(stream, ({ what }, { value, total, left }) => [
    [`${value}/${total} ${what}`, `${left} left`],
    [`${value}/${total}`, left],
  ]);
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
