/** Lives of taxa as rows of a hazard model, read from a lineage: each with its traits, cut where the value of its residents changes. */
import type { Chromosome } from '../genome/genome.ts';
import { censuses } from '../lineage/census.ts';
import type { Cause } from '../lineage/deaths.ts';
import { type History, loadHistory } from '../lineage/history.ts';
import type { Lineage } from '../lineage/open.ts';
import { unitLives } from '../lineage/survival-units.ts';
import { numericTraitReader, traitReader } from '../lineage/trait-values.ts';
import { UserError } from '../notation/user-error.ts';
import { type HazardRows, hazardTerms } from '../statistics/hazard-model.ts';
import { mean } from '../statistics/moments.ts';
import { type CalendarLives, splitLives } from '../statistics/split-lives.ts';

/** Which taxa, traits and residents a regression of hazards is about. */
export interface HazardQuestion {
  readonly of: Chromosome;
  readonly trackedFrom: number;
  /** Of the chromosome that the taxa are of. */
  readonly traits: readonly string[];
  /** Of the other one: its mean over the living is what residents have. */
  readonly resident?: string;
  /** Count only ends by this cause, so that all others censor: its hazard beside competing ones. */
  readonly cause?: Cause;
}

/** A run and when its population is looked at. */
export interface WatchedRun {
  readonly run: number;
  /** Ascending, at least one. */
  readonly times: readonly number[];
}

/** Rows (entry, exit] for a regression, with where each came from. */
export interface HazardSample {
  readonly rows: HazardRows;
  /** `run:birth` of the founder of each row's taxon. */
  readonly unit: readonly string[];
  readonly lives: number;
  readonly events: number;
  /** Taxa without one of the traits, watched for no time (with residents: not after the first look), or never tracked. */
  readonly withoutTrait: number;
  readonly withoutTime: number;
  readonly untracked: number;
}

/** The chromosome that residents are looked at by. */
export const otherChromosome = { architecture: 'rule', rule: 'architecture' } as const satisfies Record<
  Chromosome,
  Chromosome
>;

/** @throws UserError for traits that do not exist or are no numbers, and where no resident has the trait. */
export function hazardSample(
  lineage: Lineage,
  runs: readonly WatchedRun[],
  question: HazardQuestion,
): HazardSample {
  const read = question.traits.map((name) => numericTraitReader(lineage, question.of, name));
  const parts: RunRows[] = runs.map((each) => runRows(lineage, each, question, read));
  const blocks = (pick: (part: RunRows) => ArrayLike<number>) =>
    new Set(parts.flatMap((part) => Array.from(pick(part))));
  for (const name of question.traits)
    requireValue(
      lineage,
      question.of,
      name,
      blocks(({ carried }) => carried),
    );
  if (question.resident !== undefined)
    requireValue(
      ...([lineage, otherChromosome[question.of], question.resident] as const),
      blocks(({ residents }) => residents),
    );
  const joined = <T>(pick: (part: RunRows) => Iterable<T>): T[] => parts.flatMap((part) => [...pick(part)]);
  const total = (pick: (part: RunRows) => number) => parts.reduce((sum, part) => sum + pick(part), 0);
  const event = Uint8Array.from(joined(({ event }) => event));
  const resident = question.resident === undefined ? null : joined(({ resident }) => resident);
  return {
    rows: {
      entry: Float64Array.from(joined(({ entry }) => entry)),
      exit: Float64Array.from(joined(({ exit }) => exit)),
      event,
      runs: joined(({ run, exit }) => Array.from(exit, () => run)),
      terms: hazardTerms(
        question.traits.map((name, k) => ({ name, values: joined(({ values }) => values[k]!) })),
        resident,
      ),
    },
    unit: joined(({ unit }) => unit),
    lives: total(({ lives }) => lives),
    events: event.reduce((sum, each) => sum + each, 0),
    withoutTrait: total(({ withoutTrait }) => withoutTrait),
    withoutTime: total(({ withoutTime }) => withoutTime),
    untracked: total(({ untracked }) => untracked),
  };
}

/** Of `NAME=VALUE`: somebody must have the value, or the term is 0 everywhere and says nothing. @throws UserError that lists the values there are. */
function requireValue(
  lineage: Lineage,
  chromosome: Chromosome,
  name: string,
  blocks: ReadonlySet<number>,
): void {
  const equals = name.indexOf('=');
  if (equals <= 0 || blocks.size === 0) return;
  const [trait, value] = [name.slice(0, equals), name.slice(equals + 1)];
  const read = traitReader(lineage, chromosome, trait);
  const values = new Set([...blocks].flatMap((block) => read(block) ?? []));
  if (values.has(value)) return;
  const listed = [...values].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const shown = listed.slice(0, mostValues).map((each) => `\`${each}\``);
  throw new UserError({
    code: 'no-such-value',
    message: `no ${chromosome} of these runs has \`${value}\` as its trait \`${trait}\``,
    hint:
      listed.length === 0
        ? 'none of them has this trait: choose another'
        : `its values are ${shown.join(', ')}${listed.length > shown.length ? ` and ${listed.length - shown.length} more` : ''}`,
  });
}

/** No more values than this are listed. */
const mostValues = 20;

interface RunRows {
  readonly run: number;
  /** Blocks of all taxa, and of all who could be residents where it is asked for. */
  readonly carried: ArrayLike<number>;
  readonly residents: ArrayLike<number>;
  readonly entry: Float64Array;
  readonly exit: Float64Array;
  readonly event: Uint8Array;
  /** By trait. */
  readonly values: readonly (readonly number[])[];
  readonly resident: readonly number[];
  readonly unit: readonly string[];
  readonly lives: number;
  readonly withoutTrait: number;
  readonly withoutTime: number;
  readonly untracked: number;
}

function runRows(
  lineage: Lineage,
  { run, times }: WatchedRun,
  { of, trackedFrom, resident, cause }: HazardQuestion,
  read: readonly ((block: number) => number)[],
): RunRows {
  const taxa = unitLives(lineage, run, { of, units: 'taxa', trackedFrom });
  const traits = read.map((each) => Array.from(taxa.carried[of]!, (block) => each(block)));
  const known = [...taxa.entry.keys()].filter((i) => traits.every((values) => !Number.isNaN(values[i])));
  // Before the first look nothing is known of residents: lives come under observation there, as late entries.
  const first = resident === undefined ? 0 : times[0]!;
  const watched = (i: number) => Math.max(first, taxa.watched[i]!);
  const kept = known.filter((i) => watched(i) < taxa.exit[i]!);
  const lives: CalendarLives = {
    origin: kept.map((i) => taxa.entry[i]!),
    watched: kept.map(watched),
    exit: kept.map((i) => taxa.exit[i]!),
    event: kept.map((i) => (cause === undefined || taxa.cause[i] === cause ? taxa.event[i]! : 0)),
  };
  const history = resident === undefined ? null : loadHistory(lineage, run);
  const series =
    history === null ? null : residentSeries(lineage, history, times, otherChromosome[of], resident!, run);
  const { life, entry, exit, event, period } = splitLives(lives, series === null ? [0] : times);
  const taxonOf = Array.from(life, (i) => kept[i]!);
  return {
    ...{ run, entry, exit, event },
    carried: taxa.carried[of]!,
    residents: history?.block[otherChromosome[of]] ?? [],
    values: traits.map((values) => taxonOf.map((taxon) => values[taxon]!)),
    resident: series === null ? [] : Array.from(period, (index) => series[index]!),
    unit: taxonOf.map((taxon) => `${run}:${taxa.entry[taxon]!}`),
    lives: kept.length,
    withoutTrait: taxa.entry.length - known.length,
    withoutTime: known.length - kept.length,
    untracked: taxa.untracked,
  };
}

/** The mean of a trait over those of the living who have it, at each time. */
function residentSeries(
  lineage: Lineage,
  history: History,
  times: readonly number[],
  chromosome: Chromosome,
  name: string,
  run: number,
): number[] {
  const read = numericTraitReader(lineage, chromosome, name);
  return Array.from(censuses(history, times), ({ time, living }) => {
    const values = Array.from(living, (i) => read(history.block[chromosome][i]!)).filter(
      (value) => !Number.isNaN(value),
    );
    if (values.length > 0) return mean(values);
    throw new UserError({
      code: 'no-resident',
      message: `nobody who was alive at birth ${time} of run ${run} has the trait \`${name}\``,
      hint: 'choose a trait that residents have',
    });
  });
}
