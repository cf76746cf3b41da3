/** What became of every birth of a run, and a random sample of births of each fate, as the rescue assay takes its subjects from. */
import { type Cause, causes, loadDeaths } from '../lineage/deaths.ts';
import { loadHistory } from '../lineage/history.ts';
import type { Lineage } from '../lineage/open.ts';
import type { RunRow } from '../lineage/runs.ts';
import { cladeLives } from '../lineage/survival-units.ts';
import { stream } from '../random/stream.ts';
import { streamNames } from '../random/stream-names.ts';
import { type Fate, fates, isCulled } from '../statistics/rescue.ts';

/** One of the sampled, by its birth and the rows of its chromosomes in `block`. */
export interface SampledBirth {
  readonly birth: number;
  readonly fate: Fate;
  /** With which a birth of its fate is in the sample. */
  readonly inclusion: number;
  readonly architecture: number;
  readonly rule: number;
  /** Births with its architecture among the culled. */
  readonly sharing: number;
  /** Whether somebody living has its architecture. */
  readonly livesOn: boolean;
}

/** A run's births by what became of them, and some of each, drawn without replacement. */
export interface BirthSample {
  readonly sizes: Readonly<Record<Fate, number>>;
  /** Births that were lost with a worker: the machine failed and not they, so that they are in no count. */
  readonly lost: number;
  /** Distinct architectures among the culled that nobody living has. */
  readonly lostArchitectures: number;
  readonly births: readonly SampledBirth[];
}

/** Of the deaths that are the genome's own. */
const fateOf = {
  aged: 'aged',
  outcompeted: 'outcompeted',
  ...{ diverged: 'failed', unsupported: 'failed', 'too-large': 'failed' },
  'worker-lost': null,
} as const satisfies Record<Cause, Fate | null>;

/** `perFate`: so many births of each fate, or all where they are no more. Streams are of the assay, the block and the fate. */
export function sampledBirths(
  lineage: Lineage,
  assay: string,
  block: string,
  { run }: RunRow,
  perFate: number,
): BirthSample {
  const { births, donor, block: blocks } = loadHistory(lineage, run);
  const deaths = loadDeaths(lineage, run, births - 1);
  const lines = cladeLives({ donor: donor.architecture, block: blocks.architecture, ...deaths });
  const fate = Array.from({ length: births }, (_, birth): Fate | null => {
    if (deaths.death[birth]! < 0) return 'living';
    return lines.last[birth]! < 0 ? 'ancestor' : fateOf[causes[deaths.cause[birth]!]!];
  });
  const members = (of: Fate) => fate.flatMap((each, birth) => (each === of ? [birth] : []));
  const living = new Set(members('living').map((birth) => blocks.architecture[birth]!));
  const sharing = new Map<number, number>();
  fate.forEach((each, birth) => {
    const architecture = blocks.architecture[birth]!;
    if (each !== null && isCulled(each)) sharing.set(architecture, (sharing.get(architecture) ?? 0) + 1);
  });
  const drawn = fates.flatMap((each): SampledBirth[] => {
    const all = members(each);
    const order = stream(streamNames.birthSample(assay, block, each)).permutation(all.length);
    const chosen = Array.from(order.subarray(0, perFate), (place) => all[place]!).sort((a, b) => a - b);
    return chosen.map((birth) => {
      const architecture = blocks.architecture[birth]!;
      return {
        ...{ birth, fate: each, inclusion: chosen.length / all.length },
        ...{ architecture, rule: blocks.rule[birth]! },
        ...{ sharing: sharing.get(architecture) ?? 0, livesOn: living.has(architecture) },
      };
    });
  });
  return {
    sizes: Object.fromEntries(fates.map((each) => [each, members(each).length])) as BirthSample['sizes'],
    lost: fate.filter((each) => each === null).length,
    lostArchitectures: [...sharing.keys()].filter((architecture) => !living.has(architecture)).length,
    births: drawn,
  };
}
