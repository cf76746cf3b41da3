import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { overRuns, type RunAssociation, runAssociation } from '../../src/analysis/census-association.ts';
import type { History } from '../../src/lineage/history.ts';
import { loadHistory } from '../../src/lineage/history.ts';
import { populationAt } from '../../src/lineage/runs.ts';
import { toldBirths } from '../../src/lineage/told-births.ts';
import { traitReader } from '../../src/lineage/trait-values.ts';
import { stream } from '../../src/random/stream.ts';
import { meanInterval } from '../../src/statistics/mean-interval.ts';
import { expectClose } from '../support/close.ts';
import { answerOf, expectNumbers, formsOf, madeUpRun, temporaryLineage } from './support.ts';

const { path, lineage, remove } = temporaryLineage();
const settings = { births: 200, population: 12, tournament: 3, inFlight: 4 };
beforeAll(async () => {
  for (const seed of ['1', '2', '3']) await madeUpRun(lineage, settings, { seed });
  await madeUpRun(lineage, settings, { stopAfter: 30 });
  await madeUpRun(lineage, settings, { stopAfter: 0 });
});
afterAll(remove);

const traits = (architecture: string, rule: string) => ({
  architecture: traitReader(lineage, 'architecture', architecture),
  rule: traitReader(lineage, 'rule', rule),
});

describe('association at a census', () => {
  it('is that of the genomes of the living', () => {
    const told = [...toldBirths(lineage, 1)];
    const { censuses } = runAssociation(
      1,
      loadHistory(lineage, 1),
      [11, 80, 199],
      traits('nodes', 'states'),
      stream('t'),
    );
    for (const { time, n, pearson, information } of censuses) {
      const members = populationAt(lineage, 1, time).map(({ birthIndex }) => told[birthIndex]!.birth.genome);
      const pairs = members.map(
        ({ architecture, rule }) => [architecture.nodes.length, rule.states.length] as const,
      );
      expect(n).toBe(pairs.length);
      const mean = (pick: (pair: (typeof pairs)[number]) => number) =>
        pairs.reduce((sum, pair) => sum + pick(pair), 0) / pairs.length;
      const [mx, my] = [mean(([x]) => x), mean(([, y]) => y)];
      const cov = mean(([x, y]) => (x - mx) * (y - my));
      const spread = Math.sqrt(mean(([x]) => (x - mx) ** 2) * mean(([, y]) => (y - my) ** 2));
      expectClose(pearson, spread > 0 ? cov / spread : null, 1e-12);
      const share = (of: readonly unknown[], value: unknown) =>
        of.filter((each) => each === value).length / of.length;
      const [xs, ys, both] = [pairs.map(([x]) => x), pairs.map(([, y]) => y), pairs.map(String)];
      // Mean over individuals of the log of how much likelier their pair is than by chance.
      const mutual = mean(([x, y]) => Math.log(share(both, String([x, y])) / (share(xs, x) * share(ys, y))));
      expectClose(information!.mutual, mutual, 1e-12);
    }
  });

  it('leaves out those without a trait, and is nothing where nobody is left', () => {
    const history = loadHistory(lineage, 1);
    const { rule } = traits('nodes', 'states');
    const odd = (block: number) => (block % 2 === 0 ? null : String(block));
    const [some] = runAssociation(1, history, [199], { architecture: odd, rule }, stream('t'), 9).censuses;
    expect(some!.n + some!.leftOut).toBe(12);
    expect(some!.leftOut).toBeGreaterThan(0);
    const none = runAssociation(1, history, [199], { architecture: () => null, rule }, stream('t'), 9);
    expect(none.censuses[0]).toMatchObject({
      n: 0,
      leftOut: 12,
      information: null,
      dPrime: null,
      test: null,
    });
    expect(none).toMatchObject({
      dPrime: null,
      correctedInformation: null,
      pearson: { z: null, leftOut: 1 },
    });
  });
});

/** A population of even parents without recombination: two traits of two values each, changed now and then, and nothing else. */
function neutralHistory(seed: string): { history: History; architecture: string[]; rule: string[] } {
  const random = stream(seed);
  const [population, births] = [30, 240];
  const parent = new Int32Array(births).fill(-1);
  const gone = new Int32Array(births).fill(-1);
  const value = { architecture: new Int32Array(births), rule: new Int32Array(births) };
  for (let b = 0; b < births; b++) {
    const isChild = b >= population;
    if (isChild) {
      parent[b] = b - 1 - random.below(population);
      gone[b - population] = b;
    }
    for (const each of [value.architecture, value.rule])
      each[b] = isChild && random.uniform() > 0.02 ? each[parent[b]!]! : random.below(2);
  }
  const block = Int32Array.from({ length: births }, (_, i) => i);
  const texts = (values: Int32Array) => Array.from(values, String);
  return {
    history: {
      ...{ births, parent, gone, otherParent: new Int32Array(births).fill(-1) },
      ...{ donor: { architecture: parent, rule: parent }, block: { architecture: block, rule: block } },
    },
    architecture: texts(value.architecture),
    rule: texts(value.rule),
  };
}

describe('inference', () => {
  it('within a neutral run rejects far too often, and over runs as often as it says', () => {
    const runs = Array.from({ length: 120 }, (_, run): RunAssociation => {
      const { history, architecture, rule } = neutralHistory(`neutral/${run}`);
      const read = { architecture: (i: number) => architecture[i]!, rule: (i: number) => rule[i]! };
      return runAssociation(run, history, [119, 179, 239], read, stream(`within/${run}`), 99);
    });
    const tests = runs.flatMap(({ censuses }) => censuses.flatMap(({ test }) => test ?? []));
    const rejected = tests.filter(({ p }) => p <= 0.05).length / tests.length;
    expect(rejected).toBeGreaterThan(0.2);
    let [experiments, found] = [0, 0];
    for (let first = 0; first < runs.length; first += 6) {
      const [pearson] = overRuns(runs.slice(first, first + 6), stream(`over/${first}`));
      if (pearson!.signFlip === null) continue;
      experiments += 1;
      if (pearson!.signFlip.p <= 0.05) found += 1;
    }
    expect(experiments).toBe(20);
    // Of 20 at 5 %: more than four is a chance of 1 in 400.
    expect(found).toBeLessThanOrEqual(4);
  });

  it('over runs has the interval of t, and says nothing of a single run', () => {
    const found = meanInterval([0.1, 0.3, 0.2, 0.6])!;
    // By hand: the sum of squares about 0.3 is 0.14, the 0.975 quantile of t with 3 degrees of freedom 3.182446305284263.
    const se = Math.sqrt(0.14 / 3 / 4);
    expectClose(found.mean, 0.3, 1e-14);
    expectClose(found.lower, 0.3 - 3.182446305284263 * se, 1e-12);
    expectClose(found.upper, 0.3 + 3.182446305284263 * se, 1e-12);
    // The tail of t with 3 degrees of freedom in closed form.
    const angle = Math.atan(0.3 / se / Math.sqrt(3));
    expectClose(found.p, 1 - (2 / Math.PI) * (angle + Math.sin(angle) * Math.cos(angle)), 1e-12);
    expect(meanInterval([1])).toBe(null);
    expect(meanInterval([1, 1])).toMatchObject({ se: 0, p: null });
    const { history, architecture } = neutralHistory('same');
    const read = (i: number) => architecture[i]!;
    const same = runAssociation(1, history, [29], { architecture: read, rule: read }, stream('t'), 9);
    expect(same.censuses[0]!.linkage).toMatchObject({ dPrime: 1, r2: expect.closeTo(1, 12) });
    expect(overRuns([same], stream('t')).every(({ z, signFlip }) => z === null && signFlip === null)).toBe(
      true,
    );
  });
});

describe('streetlight association', () => {
  it('gives text, data and CSV', async () => {
    for (const given of [
      { runs: [1] },
      { runs: [1, 2, 3], architecture: 'has-norm', rule: 'family=momentum' },
      { runs: [4, 1], architecture: 'block', rule: 'block', every: 50 },
    ]) {
      const { text, json, csv } = await formsOf('association', lineage, given);
      expectNumbers(text);
      expectNumbers(json);
      expect(JSON.parse(json)).toMatchObject({ runs: given.runs });
      expect(csv!.split('\n')[0]).toMatch(/^run,birth,n/);
    }
  });

  it('is printed by its command in each form', async () => {
    const line = ['association', '4', '--rule', 'family=momentum', '--every', '20'];
    const { text, json, csv } = await formsOf('association', lineage, {
      ...{ runs: [4], rule: 'family=momentum', every: 20 },
    });
    expect(text).toContain('Run 4 is not finished');
    expect(await answerOf(path, ...line)).toEqual({ code: 0, text: `${text}\n` });
    expect(await answerOf(path, ...line, '--json')).toEqual({ code: 0, text: `${json}\n` });
    expect(await answerOf(path, ...line, '--csv')).toEqual({ code: 0, text: `${csv}\n` });
  });

  it('says what is missing', async () => {
    const refused = async (...line: string[]) => {
      const { code, text } = await answerOf(path, 'association', ...line);
      expect(code, text).toBe(2);
      return text;
    };
    expect(await refused('1', '--rule', 'famly')).toContain('no trait `famly`');
    expect(await refused('1', '9')).toContain('there is no run 9');
    expect(await refused('1', '5')).toContain('no birth has been told yet in run 5');
  });
});
