/** What a run is boiled down to when conditions are compared: one number, from one table of names. */
import type { Chromosome } from '../genome/genome.ts';
import { censuses, runCensusTimes } from '../lineage/census.ts';
import { type History, loadFitness, loadHistory } from '../lineage/history.ts';
import type { Lineage } from '../lineage/open.ts';
import { individualId } from '../lineage/pack.ts';
import { type RunRow, runSummary } from '../lineage/runs.ts';
import { unitLives } from '../lineage/survival-units.ts';
import { namedTrait } from '../lineage/trait-store.ts';
import { numericTraitReader, traitReader } from '../lineage/trait-values.ts';
import { didYouMean } from '../notation/issue.ts';
import { UserError } from '../notation/user-error.ts';
import { stream } from '../random/stream.ts';
import { streamNames } from '../random/stream-names.ts';
import { settledAges } from '../statistics/fixation.ts';
import { kaplanMeier, type SurvivalCurve } from '../statistics/kaplan-meier.ts';
import { mean } from '../statistics/moments.ts';
import { longestHorizon, restrictedMean } from '../statistics/restricted-mean.ts';
import type { RunValue } from '../statistics/run-comparison.ts';
import { commonHorizon } from '../statistics/survivorship.ts';
import { runAssociation } from './census-association.ts';
import { diversityOverTime } from './census-diversity.ts';
import { coalescenceOf } from './descent.ts';
import { evolutionOf } from './settings.ts';

/** A run with what was read of it. */
export interface RunSource {
  readonly lineage: Lineage;
  readonly row: RunRow;
  readonly history: History;
  /** Of the usual censuses. */
  readonly times: readonly number[];
}

/** Choices that some statistics of a run depend on. */
export interface StatisticOptions {
  /** Horizon of persistence; default the latest to which every run is watched. */
  readonly tau?: number | undefined;
  /** Traits of `association`. */
  readonly architecture: string;
  readonly rule: string;
}

/** A run without a value: why, and what to do, for people. */
export interface Missing {
  readonly missing: string;
}

interface Values {
  /** Of each run. */
  readonly values: readonly (RunValue | Missing)[];
  /** What was chosen on the way, such as a horizon. */
  readonly note: string | null;
}

type Statistic = (runs: readonly RunSource[], options: StatisticOptions) => Values;

interface Named {
  readonly title: string;
  readonly of: Statistic;
  /** Options that it reads; none unless said. */
  readonly uses?: readonly (keyof StatisticOptions)[];
}

const each =
  (value: (run: RunSource, options: StatisticOptions) => number | Missing): Statistic =>
  (runs, options) => ({
    note: null,
    values: runs.map((run) => {
      const found = value(run, options);
      return typeof found === 'number' ? { value: found } : found;
    }),
  });

/** The closed table of what makes one number of a run. Names are typed by people and in scripts: permanent. */
export const runStatistics = {
  'best-fitness': {
    title:
      'fitness of the fittest ever born, on the search split: the best of many noisy values, so too good',
    of: each(({ lineage, row }) => runSummary(lineage, row.run).best?.fitness ?? nobodyEvaluated),
  },
  'best-confirmed': {
    title: 're-evaluated fitness of the best elite that was confirmed, on fresh seeds and the select split',
    of: each(({ lineage, row }) => bestConfirmed(lineage, row.run)),
  },
  'final-fitness': {
    title: 'mean fitness of the living at the end',
    of: each(({ lineage, row, history }) => {
      const { fitness } = loadFitness(lineage, row.run, history.births);
      return meanOfLiving(history, (i) => fitness[i]!, 'some of the living have no fitness');
    }),
  },
  'architecture-persistence': {
    title: 'restricted mean births that an architecture taxon persists',
    uses: ['tau'],
    of: persistence('architecture'),
  },
  'rule-persistence': {
    title: 'restricted mean births that a rule taxon persists',
    uses: ['tau'],
    of: persistence('rule'),
  },
  'architecture-diversity': {
    title: 'effective number (order 1) of architectures among the living, mean over censuses',
    of: diversity('architecture'),
  },
  'rule-diversity': {
    title: 'effective number (order 1) of rules among the living, mean over censuses',
    of: diversity('rule'),
  },
  'coalescence-age': {
    title: 'mean age of the last common ancestor of the living in the pedigree, in births',
    of: each(({ row, history }) => {
      const ages = settledAges(coalescenceOf(history, 'pedigree', evolutionOf(row) ?? { population: 1 }));
      return ages.length === 0
        ? { missing: 'the living never had one common ancestor: longer runs have' }
        : mean(ages);
    }),
  },
  'failed-share': {
    title: 'share of births whose evaluation failed',
    of: each(({ lineage, row, history }) => {
      const { evaluations } = runSummary(lineage, row.run);
      const failed = evaluations.filter(({ status }) => status === 'failed');
      return failed.reduce((sum, { count }) => sum + count, 0) / history.births;
    }),
  },
  association: {
    title: 'mean Fisher z of the correlation of --architecture and --rule over censuses (Pearson)',
    uses: ['architecture', 'rule'],
    of: each(({ lineage, row, history, times }, { architecture, rule }) => {
      const traits = {
        architecture: asText(numericTraitReader(lineage, 'architecture', architecture)),
        rule: asText(numericTraitReader(lineage, 'rule', rule)),
      };
      return (
        runAssociation(row.run, history, times, traits, stream(streamNames.association(row.run)), 0).pearson
          .z ?? {
          missing: `at no census do both ${architecture} and ${rule} vary: choose others with --architecture and --rule`,
        }
      );
    }),
  },
} as const satisfies Record<string, Named>;

/** Names of all statistics of a run. */
export const statisticNames = Object.keys(runStatistics) as readonly (keyof typeof runStatistics)[];

/** What is compared where nobody says what. */
export const usualStatistics = [
  'best-fitness',
  'architecture-persistence',
  'rule-persistence',
  'architecture-diversity',
  'rule-diversity',
  'failed-share',
] as const satisfies readonly (keyof typeof runStatistics)[];

const asText = (read: (block: number) => number) => (block: number) => {
  const value = read(block);
  return Number.isNaN(value) ? null : String(value);
};

/**
 * A name of the table, or `architecture.TRAIT` and `rule.TRAIT`: the trait's mean over the living at the end; with `late.` before it, over the censuses of the second half of the run.
 * @throws UserError for any other.
 */
export function statisticNamed(name: string): Named {
  if (Object.hasOwn(runStatistics, name)) return runStatistics[name as keyof typeof runStatistics];
  const match = /^(late\.)?(architecture|rule)\.(.+)$/.exec(name);
  if (match !== null) {
    const [isLate, chromosome, trait] = [match[1] !== undefined, match[2] as Chromosome, match[3]!];
    namedTrait(chromosome, trait.replace(/=.*$/, ''));
    if (isLate)
      return {
        title: `mean of ${trait} of ${chromosome}s over the living, over censuses of the second half of the run`,
        of: lateTrait(chromosome, trait),
      };
    return {
      title: `mean of ${trait} of ${chromosome}s over the living at the end`,
      of: (runs, options) => ({
        ...meanTrait(chromosome, trait)(runs, options),
        note: valueNote(runs, chromosome, trait),
      }),
    };
  }
  throw new UserError({
    code: 'unknown-statistic',
    message: `there is no statistic \`${name}\` of a run`,
    hint:
      didYouMean(name, [...statisticNames]) ??
      `statistics are ${statisticNames.join(', ')}, and architecture.TRAIT or rule.TRAIT, or late.architecture.TRAIT for the second half of a run`,
  });
}

/** Everything that statistics of a run read, loaded once. */
export function runSource(lineage: Lineage, row: RunRow): RunSource {
  const population = evolutionOf(row)?.population ?? 1;
  return {
    ...{ lineage, row, history: loadHistory(lineage, row.run) },
    times: runCensusTimes(row.lastTold, population),
  };
}

const nobodyEvaluated: Missing = { missing: 'no evaluation was completed' };

function bestConfirmed({ db }: Lineage, run: number): number | Missing {
  const found = db
    .prepare<[number, number], number | null>(
      'SELECT max(fitness) FROM reevaluation WHERE confirmed = 1 AND individual BETWEEN ? AND ?',
    )
    .pluck()
    .get(individualId(run, 0), individualId(run + 1, 0) - 1);
  return (
    found ?? {
      missing: 'no elite was confirmed: documents need `evolution.gate`, which evaluates elites again',
    }
  );
}

const livingAtEnd = (history: History): Int32Array =>
  [...censuses(history, [history.births - 1])][0]?.living ?? new Int32Array(0);

/** `undefinedText`: what is said where one of the living has no value. */
function meanOfLiving(
  history: History,
  value: (individual: number) => number,
  undefinedText: string,
): number | Missing {
  const living = livingAtEnd(history);
  if (living.length === 0) return { missing: 'nobody was alive at the end' };
  const found = mean(Float64Array.from(living, value));
  return Number.isFinite(found) ? found : { missing: undefinedText };
}

/** Of NAME=VALUE the mean is a share: who has no value, such as a rule whose likeness to Adam cannot be measured, does not have this one. */
function ofEverybody(lineage: Lineage, chromosome: Chromosome, trait: string): (block: number) => number {
  const read = numericTraitReader(lineage, chromosome, trait);
  if (!trait.includes('=')) return read;
  return (block) => {
    const value = read(block);
    return Number.isNaN(value) ? 0 : value;
  };
}

const meanTrait = (chromosome: Chromosome, trait: string): Statistic =>
  each(({ lineage, history }) => {
    const read = ofEverybody(lineage, chromosome, trait);
    return meanOfLiving(
      history,
      (i) => read(history.block[chromosome][i]!),
      `${trait} is not defined for some of the living at the end: choose a trait that all have`,
    );
  });

/** As one census at the end is a single draw of a drifting population. */
const lateTrait = (chromosome: Chromosome, trait: string): Statistic =>
  each(({ lineage, history, times }) => {
    const read = ofEverybody(lineage, chromosome, trait);
    const late = times.filter((time) => 2 * (time + 1) > history.births);
    const means = [...censuses(history, late)].map(({ living }) =>
      mean(Float64Array.from(living, (i) => read(history.block[chromosome][i]!))),
    );
    if (means.length === 0) return { missing: 'the run has no census in its second half' };
    const found = mean(means);
    return Number.isFinite(found)
      ? found
      : { missing: `nobody lived at some census, or ${trait} is not defined for some of the living` };
  });

/** Of the values that a trait has. */
const mostListed = 10;

/** What is said of NAME=VALUE where none of the living has the value: it may be misspelt. Else null. */
function valueNote(runs: readonly RunSource[], chromosome: Chromosome, trait: string): string | null {
  const equals = trait.indexOf('=');
  if (equals < 0) return null;
  const values = new Set(
    runs.flatMap(({ lineage, history }) => {
      const read = traitReader(lineage, chromosome, trait.slice(0, equals));
      return Array.from(livingAtEnd(history), (i) => read(history.block[chromosome][i]!));
    }),
  );
  if (values.has(trait.slice(equals + 1))) return null;
  const known = [...values].filter((value) => value !== null).sort();
  const listed = known.length > mostListed ? [...known.slice(0, mostListed), '...'] : known;
  return `none of the living at the end has ${trait}; their values are ${listed.join(', ') || 'not defined'}`;
}

function persistence(chromosome: Chromosome): Statistic {
  return (runs, { tau }) => {
    const curves = runs.map(({ lineage, row }): SurvivalCurve => {
      const { entry, exit, event } = unitLives(lineage, row.run, { of: chromosome, units: 'taxa' });
      return kaplanMeier({ exit: exit.map((at, i) => at - entry[i]!), event });
    });
    const horizon = tau ?? commonHorizon(curves);
    return {
      note: `to ${horizon} births; ${curves.reduce((sum, { n }) => sum + n, 0)} taxa, ${curves.reduce((sum, { events }) => sum + events, 0)} ended, the others censored`,
      values: curves.map((curve) => {
        if (horizon > longestHorizon(curve))
          return {
            missing: `taxa are not watched for ${horizon} births: --tau ${commonHorizon(curves)} is the longest that every run allows`,
          };
        const { mean: value, se } = restrictedMean(curve, horizon);
        return { value, se };
      }),
    };
  };
}

function diversity(of: Chromosome): Statistic {
  return each(({ history, times }) => {
    const series = diversityOverTime(history, times, null).filter(({ living }) => living > 0);
    return series.length === 0
      ? { missing: 'nobody was alive at any census' }
      : mean(series.map(({ hill }) => hill[of][1]!));
  });
}

/** A trait reader for texts is checked here too, so that a misspelt one is refused before anything is read. */
export function requireTraits(lineage: Lineage, { architecture, rule }: StatisticOptions): void {
  traitReader(lineage, 'architecture', architecture.replace(/=.*$/, ''));
  traitReader(lineage, 'rule', rule.replace(/=.*$/, ''));
}
