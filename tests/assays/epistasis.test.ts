/** The assay on real runs, against a second statement: steps drawn from streams by their names, the four genomes of each pair trained in a plain loop, and signs written out. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AskContext, Interrupted, silentContext } from '../../src/analysis/question.ts';
import { epistasisAssay } from '../../src/assays/epistasis.ts';
import { architectureFromText, architectureText, ruleFromText, ruleText } from '../../src/lineage/codec.ts';
import { openLineage } from '../../src/lineage/open.ts';
import { findRun } from '../../src/lineage/runs.ts';
import { stream } from '../../src/random/stream.ts';
import { storedDocument } from '../../src/search/closed-document.ts';
import { setUpRun } from '../../src/search/setup.ts';
import { mutate } from '../../src/variation/mutate.ts';
import { ruleOperators } from '../../src/variation/table.ts';
import { streetlight } from '../support/program.ts';
import { cellCount, launchDocument, naiveScores, stopAfter, withoutCells } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-epistasis-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const db = join(folder, 'lineage.db');

const document = (evolution: object, rules: readonly string[], more: object = {}) => ({
  name: 'steps',
  task: { name: 'spirals', turns: 1, train: 64, search: 32, select: 32, final: 32 },
  evaluation: { steps: 200, batchSize: 16 },
  evolution: { births: 16, population: 5, tournament: 2, inFlight: 2, ...evolution },
  founders: { architectures: ['y = relu(dense(x, units: 4))'], rules: [...rules] },
  limits: { parameters: 60, units: 16, architectureNodes: 8 },
  ...more,
});

beforeAll(() => {
  launchDocument(folder, db, '1', document({}, ['rmsprop', 'lbfgs']));
  launchDocument(folder, db, '2', document({ condition: 'rule-fixed' }, ['rmsprop']));
  // In run 3 no operator changes a rule.
  const still = { rates: Object.fromEntries(Object.keys(ruleOperators).map((operator) => [operator, 0])) };
  launchDocument(folder, db, '3', document({ condition: 'rule-fixed' }, ['sgd'], { variation: still }));
}, 300_000);

const asked = { pairs: 6, seeds: 2, margin: 0.005 };

async function ask(more: object = {}, context: AskContext = silentContext, workers = 1, at = db) {
  const lineage = openLineage(at, 'read');
  try {
    const params = epistasisAssay.params.parse({ runs: [1, 2], ...asked, workers, ...more });
    return await epistasisAssay.ask(lineage, params, context);
  } finally {
    lineage.close();
  }
}

type Found = Awaited<ReturnType<typeof ask>>['pairs'][number];

/** Pairs of a run by the definition, from trainings one after the other. */
async function naivePairs(run: number) {
  const lineage = openLineage(db, 'read');
  const row = findRun(lineage, run)!;
  const train = await naiveScores(lineage, run);
  const { controller } = await setUpRun(storedDocument(row), row.seed);
  const living = lineage.db
    .prepare<[number], { architecture: string; rule: string }>(
      `SELECT DISTINCT a.canon AS architecture, r.canon AS rule
       FROM individual i JOIN block a ON a.id = i.architecture JOIN block r ON r.id = i.rule
       WHERE run_of(i.id) = ? AND i.id NOT IN (SELECT individual FROM death) ORDER BY a.id, r.id`,
    )
    .all(run);
  lineage.close();
  let [elite, most] = [living[0]!, -1];
  for (const each of living) {
    const score = await train(
      each.architecture,
      each.rule,
      `assay/epistasis/${row.seed}/subjects/0`,
      0,
      'select',
    );
    if (score > most) [elite, most] = [each, score];
  }
  const parent = { architecture: architectureFromText(elite.architecture), rule: ruleFromText(elite.rule) };
  const judged = async (architecture: string, rule: string) => [
    await train(architecture, rule, `assay/epistasis/${row.seed}/judgement/0`, 0, 'final'),
    await train(architecture, rule, `assay/epistasis/${row.seed}/judgement/1`, 0, 'final'),
  ];
  const found: object[] = [];
  for (let i = 0; i < 6; i++) {
    const step = (chromosome: 'architecture' | 'rule') =>
      mutate(
        parent,
        1,
        [chromosome],
        controller.variation,
        stream(`assay/epistasis/${row.seed}/steps/${chromosome}/${i}`),
      );
    const [first, second] = [step('architecture'), step('rule')];
    const [a, o] = [architectureText(first.genome.architecture), ruleText(second.genome.rule)];
    const scores = {
      parent: await judged(elite.architecture, elite.rule),
      architecture: await judged(a, elite.rule),
      rule: await judged(elite.architecture, o),
      both: await judged(a, o),
    };
    const mean = (of: keyof typeof scores) => (scores[of][0]! + scores[of][1]!) / 2;
    const sign = (to: keyof typeof scores, from: keyof typeof scores) =>
      mean(to) - mean(from) > 0.005 ? 1 : mean(to) - mean(from) < -0.005 ? -1 : 0;
    const e = mean('both') - mean('architecture') - mean('rule') + mean('parent');
    const turned = [
      sign('architecture', 'parent') * sign('both', 'rule') < 0,
      sign('rule', 'parent') * sign('both', 'architecture') < 0,
    ];
    const kinds = [
      ...(sign('architecture', 'parent') > 0 ? ['architecture step improves'] : []),
      ...(sign('rule', 'parent') > 0 ? ['rule step improves'] : []),
      ...(sign('both', 'parent') > 0 ? ['pair improves'] : []),
      ...(sign('both', 'parent') > 0 && sign('architecture', 'parent') < 0 && sign('rule', 'parent') < 0
        ? ['valley']
        : []),
      ...(turned.some(Boolean) ? ['sign'] : []),
      ...(turned.every(Boolean) ? ['reciprocal sign'] : []),
      ...(e > 0.005 ? ['positive epistasis'] : []),
      ...(e < -0.005 ? ['negative epistasis'] : []),
    ];
    const close = (value: number) => expect.closeTo(value, 9);
    found.push({
      run,
      architectureOperator: first.mutations[0]!.operator,
      ruleOperator: second.mutations[0]!.operator,
      scores: {
        ...{ parent: close(mean('parent')), architecture: close(mean('architecture')) },
        ...{ rule: close(mean('rule')), both: close(mean('both')) },
      },
      epistasis: { mean: close(e) },
      kinds: { apparent: kinds },
    });
  }
  return found;
}

describe('epistasis of real runs', () => {
  it('is what the definition gives, pair by pair', async () => {
    const { pairs, populations } = await ask();
    for (const run of [1, 2]) {
      const own = pairs.filter((each) => each.run === run);
      expect(own).toMatchObject(await naivePairs(run));
      const { shares, meanEpistasis, unchanged } = populations.find((each) => each.run === run)!;
      expect(unchanged).toBe(0);
      const share = (reading: 'apparent' | 'certain', kind: Found['kinds']['apparent'][number]) =>
        own.filter(({ kinds }) => kinds[reading].includes(kind)).length;
      for (const reading of ['apparent', 'certain'] as const)
        for (const kind of ['pair improves', 'valley', 'sign'] as const)
          expect(shares[reading][kind]).toMatchObject({ hits: share(reading, kind), of: 6 });
      expect(meanEpistasis).toBeCloseTo(own.reduce((sum, { epistasis }) => sum + epistasis.mean, 0) / 6, 9);
    }
    // Something is different from something, or this would show nothing.
    expect(new Set(pairs.flatMap(({ kinds }) => kinds.apparent)).size).toBeGreaterThan(2);
  }, 120_000);

  it('has the run as its unit', async () => {
    const { results, populations } = await ask();
    const [first, second] = populations.map(({ shares }) => shares.apparent['pair improves'].share!);
    expect(results.shares.apparent['pair improves']).toMatchObject({
      ...{ runs: 2, mean: expect.closeTo((first! + second!) / 2, 12), lower: null },
    });
  });

  it('counts apart what no operator can change', async () => {
    const { populations, pairs } = await ask({ runs: [3], pairs: 3 });
    expect(populations).toMatchObject([{ unchanged: 3, pairs: 0, score: null, meanEpistasis: null }]);
    expect(populations[0]!.shares.apparent.valley).toMatchObject({ of: 0, share: null });
    expect(pairs).toEqual([]);
  });

  it('leaves a file that verifies', async () => {
    await ask();
    expect((await streetlight('verify', '--db', db)).code).toBe(0);
  }, 60_000);

  it('trains nothing twice, and gives the same with two threads', async () => {
    const first = await ask();
    const before = cellCount(db);
    await ask();
    expect(cellCount(db)).toBe(before);
    expect(await ask({}, silentContext, 2, await withoutCells(db, join(folder, 'fresh.db')))).toEqual(first);
  }, 120_000);

  it('goes on where it was interrupted', async () => {
    const fresh = await withoutCells(db, join(folder, 'interrupted.db'));
    const counts: number[] = [];
    for (const most of [1, 12]) {
      await expect(ask({}, stopAfter(most), 1, fresh)).rejects.toBeInstanceOf(Interrupted);
      counts.push(cellCount(fresh));
    }
    expect(counts[0]).toBeGreaterThan(0);
    expect(counts[1]).toBeGreaterThan(counts[0]!);
    expect(await ask({}, silentContext, 1, fresh)).toEqual(await ask());
  }, 120_000);

  it('is told in words and as rows', async () => {
    const line = ['epistasis', '1,2', '--pairs', '6', '--seeds', '2', '--margin', '0.005'];
    const said = await streetlight('assay', ...line, '--db', db);
    expect(said.code).toBe(0);
    expect(said.printed).toMatch(/Steps from the best of 2 runs \(1, 2\): 12 pairs/);
    const rows = await streetlight('assay', ...line, '--csv', '--db', db);
    expect(rows.printed.trim().split('\n')).toHaveLength(13);
  }, 60_000);

  it.each([
    ['1 --pairs 0', /whole number from 1 on/],
    ['1 --margin -1', /must not be below 0/],
    ['1 99', /there is no run 99/],
  ])('of %s is refused', async (line, words) => {
    const { code, noted } = await streetlight('assay', 'epistasis', ...line.split(' '), '--db', db);
    expect(noted).toMatch(words);
    expect(code).toBe(2);
  });
});
