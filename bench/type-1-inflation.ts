/**
 * How often is a difference found where there is none? Runs without selection, and markers that nobody sees: one pair for each question, one marker on either chromosome. What lives in
 * one run shares ancestors, so a test within the run takes shared ancestry for a cause; a test over runs does not. Population, births and comparison as in the simulations that say so.
 */
import { growingTaxa } from '../src/lineage/growing-taxa.ts';
import type { UnitLives } from '../src/lineage/survival-units.ts';
import { cladeLives } from '../src/lineage/survival-units.ts';
import { stream } from '../src/random/stream.ts';
import { alleleTable } from '../src/statistics/alleles.ts';
import { linkageDisequilibrium } from '../src/statistics/linkage.ts';
import { logRank } from '../src/statistics/log-rank.ts';
import { pairedTest } from '../src/statistics/moments.ts';
import { wilson } from '../src/statistics/power.ts';
import type { Bench, Row } from './lib.ts';
import { neutralMarkers } from './neutral-markers.ts';
import { nullBirths, nullDocument } from './null-run.ts';

const runs = 200;
const population = 100;
const births = 5000;
/** Marker pairs in each run. */
const pairs = 20;
/** Runs that one test over runs takes. */
const replicates = 20;
const level = 0.05;

/** One signed number per run and pair, normal with variance 1 if the test within the run were right; null where nothing can be compared. */
interface Findings {
  readonly association: readonly (number | null)[];
  readonly taxa: readonly (number | null)[];
  readonly clades: readonly (number | null)[];
}

const questions = {
  association: 'association of two markers in the final population, chi-square',
  taxa: 'persistence of architecture taxa by a marker, log-rank',
  clades: 'persistence of clades by a marker, log-rank',
} as const satisfies Record<keyof Findings, string>;

export const type1Inflation: Bench = {
  question: `How often do tests at ${100 * level} % find something in neutral runs, within a run and over ${replicates} runs?`,
  async run() {
    const found: Findings[] = [];
    for (let k = 0; k < runs; k++) {
      found.push(await neutralRun(k));
      if ((k + 1) % 20 === 0) console.error(`  ${k + 1} of ${runs} runs`);
    }
    return (Object.keys(questions) as (keyof Findings)[]).flatMap((name) => rowsOf(name, found));
  },
};

async function neutralRun(k: number): Promise<Findings> {
  const document = nullDocument(
    { scheme: 'random-parents', births, population, inFlight: 1, reassortment: 0 },
    { task: { name: 'scalar' }, founders: { architectures: ['linear'], rules: ['sgd'] } },
  );
  const seed = `type-1/${k}`;
  const markers = neutralMarkers(births, pairs, stream(`bench/${seed}`));
  const taxa = growingTaxa();
  const blocks = new Map<string, number>();
  const donor = new Int32Array(births).fill(-1);
  const death = new Int32Array(births).fill(-1);
  await nullBirths(document, seed, (event) => {
    const { birth, deaths } = event;
    markers.told(event);
    const block = blocks.get(birth.architectureHash) ?? blocks.size;
    blocks.set(birth.architectureHash, block);
    taxa.born(birth.architectureFrom, block);
    donor[birth.birthIndex] = birth.architectureFrom ?? -1;
    for (const { birthIndex, at } of deaths) {
      taxa.died(birthIndex, at, false);
      death[birthIndex] = at;
    }
  });
  const end = births - 1;
  const lost = new Uint8Array(births);
  const clades = cladeLives({ donor, death, lost, block: donor, end });
  const living = [...death.keys()].filter((i) => death[i]! < 0);
  const { architecture, rule } = markers.alleles;
  const each = <T>(of: (marker: Uint8Array, pair: number) => T): T[] => architecture.map(of);
  const grown = taxa.lives(end);
  return {
    association: each((marker, pair) => correlation(living, marker, rule[pair]!)),
    taxa: each((marker) => signedLogRank(grown, marker)),
    clades: each((marker) => signedLogRank(clades, marker)),
  };
}

/** Root of chi-square with the sign of the association; null where one marker has a single allele left. */
function correlation(living: readonly number[], a: Uint8Array, b: Uint8Array): number | null {
  const of = (marker: Uint8Array) => living.map((i) => marker[i]!);
  const [first, second] = [of(a), of(b)];
  const found = linkageDisequilibrium(alleleTable(first, second));
  return found === null ? null : found.r * Math.sqrt(found.n);
}

/** Of units by the marker of whoever they began with. */
function signedLogRank({ entry, exit, event }: UnitLives, marker: Uint8Array): number | null {
  const lengths = exit.map((at, i) => at - entry[i]!);
  // Who was born last and lives has not been watched at all.
  const watched = [...lengths.keys()].filter((i) => lengths[i]! > 0);
  const test = logRank(
    { exit: watched.map((i) => lengths[i]!), event: watched.map((i) => event[i]!) },
    watched.map((i) => marker[entry[i]!]!),
  );
  const one = test.groups.find(({ group }) => group === 1);
  if (test.chiSquare === null || one === undefined) return null;
  return Math.sign(one.observed - one.expected) * Math.sqrt(test.chiSquare);
}

const short = (value: number) => Number(value.toPrecision(4));

/** The 0.975 quantile of the normal distribution: chi-square on one degree of freedom at 5 %. */
const critical = 1.959963984540054;

function rowsOf(name: keyof Findings, found: readonly Findings[]): Row[] {
  const within = found.flatMap((run) => run[name]).filter((z) => z !== null);
  const over: (number | null)[] = [];
  for (let first = 0; first + replicates <= found.length; first += replicates)
    for (let pair = 0; pair < pairs; pair++) {
      const each = found
        .slice(first, first + replicates)
        .map((run) => run[name][pair]!)
        .filter((z) => z !== null);
      over.push(each.length < 2 ? null : pairedTest(each).p);
    }
  const tested = over.filter((p) => p !== null);
  const share = (hits: number, n: number) => {
    const { lower, upper } = wilson(hits, n);
    const shown = (value: number) => (100 * value).toFixed(1);
    return `${hits} of ${n}, 95 % limits ${shown(lower)} to ${shown(upper)}`;
  };
  const hits = within.filter((z) => Math.abs(z) > critical).length;
  const runHits = tested.filter((p) => p <= level).length;
  const expected = level * tested.length;
  const error = 2.576 * Math.sqrt(expected * (1 - level));
  return [
    {
      what: `${questions[name]}: rejected within a run`,
      value: (100 * hits) / within.length,
      unit: '%',
      raw: within.map(short),
      note: share(hits, within.length),
    },
    {
      what: `${questions[name]}: rejected by a t-test over ${replicates} runs`,
      value: (100 * runHits) / tested.length,
      unit: '%',
      target: `${100 * level} % within the binomial error (99 %)`,
      met: Math.abs(runHits - expected) <= error,
      raw: tested.map(short),
      note: share(runHits, tested.length),
    },
  ];
}
