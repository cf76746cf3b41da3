/** The assay on real runs, against a second statement: fates by walking down from every birth, every training in a plain loop in this process, and weighted means written out. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AskContext, Interrupted, silentContext } from '../../src/analysis/question.ts';
import { rescueAssay } from '../../src/assays/rescue.ts';
import { knownRule } from '../../src/genome/known.ts';
import { ruleText } from '../../src/lineage/codec.ts';
import { openLineage } from '../../src/lineage/open.ts';
import { streetlight } from '../support/program.ts';
import { cellCount, launchDocument, naiveScores, stopAfter, withoutCells } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-rescue-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const db = join(folder, 'lineage.db');

const document = (evolution: object, rules: readonly string[]) => ({
  name: 'culling',
  task: { name: 'spirals', turns: 1, train: 64, search: 32, select: 32, final: 32 },
  evaluation: { steps: 15, batchSize: 16 },
  evolution: { births: 40, population: 6, tournament: 3, inFlight: 2, ...evolution },
  founders: { architectures: ['y = relu(dense(x, units: 4))'], rules: [...rules] },
  limits: { parameters: 40, units: 16, architectureNodes: 8 },
});

beforeAll(() => {
  const fixed = document({ condition: 'rule-fixed' }, ['adam']);
  const joint = document({}, ['sgd', 'rmsprop']);
  for (const seed of ['1', '2']) launchDocument(folder, db, seed, fixed);
  for (const seed of ['1', '2', '3']) launchDocument(folder, db, seed, joint);
  launchDocument(folder, db, '4', document({ scheme: 'map-elites' }, ['sgd', 'adam']));
}, 300_000);

const asked = { sample: 2, panel: ['sgd', 'lion'], seeds: 2, tuningSeeds: 1 };

async function ask(more: object = {}, context: AskContext = silentContext, workers = 1, at = db) {
  const lineage = openLineage(at, 'read');
  try {
    const params = rescueAssay.params.parse({ runs: [1, 3, 6], ...asked, workers, ...more });
    return await rescueAssay.ask(lineage, params, context);
  } finally {
    lineage.close();
  }
}

interface Birth {
  readonly id: number;
  readonly birth: number;
  readonly from: number | null;
  readonly architecture: string;
  readonly rule: string;
  readonly dead: number;
  readonly cause: string | null;
  readonly reason: string | null;
}

function birthsOf(run: number): Birth[] {
  const lineage = openLineage(db, 'read');
  const births = lineage.db
    .prepare<[number], Birth>(
      `SELECT p.id, birth_of(p.id) AS birth, p.architecture_from AS "from", a.canon AS architecture, r.canon AS rule,
         d.individual IS NOT NULL AS dead, d.cause, e.reason
       FROM parentage p JOIN block a ON a.id = p.architecture JOIN block r ON r.id = p.rule
       JOIN evaluation e ON e.individual = p.id LEFT JOIN death d ON d.individual = p.id
       WHERE run_of(p.id) = ? ORDER BY p.id`,
    )
    .all(run);
  lineage.close();
  return births;
}

function fateOf(birth: Birth, births: readonly Birth[]): string {
  if (birth.dead === 0) return 'living';
  const hasLivingLine = (id: number): boolean =>
    births.some((child) => child.from === id && (child.dead === 0 || hasLivingLine(child.id)));
  return hasLivingLine(birth.id) ? 'ancestor' : birth.cause!;
}

/** Scores of one birth by the definition, from trainings one after the other; `named`: rules besides its own. */
async function naiveBirth(run: number, { architecture, rule }: Pick<Birth, 'architecture' | 'rule'>) {
  const lineage = openLineage(db, 'read');
  const train = await naiveScores(lineage, run);
  const seed = lineage.db.prepare<[number], string>('SELECT seed FROM run WHERE id = ?').pluck().get(run)!;
  lineage.close();
  const textOf = (name: string) => ruleText(knownRule(name)!);
  const names = new Map(['sgd', 'lion', 'adam'].map((name) => [textOf(name), name]));
  const rules = [...names.keys(), ...(names.has(rule) ? [] : [rule])];
  const once = (stage: string, text: string, j: number, k: number) =>
    train(
      architecture,
      text,
      `assay/rescue/${seed}/${stage}/${k}`,
      j,
      stage === 'judgement' ? 'final' : 'select',
    );
  const judged = async (text: string, j: number) =>
    ((await once('judgement', text, j, 0)) + (await once('judgement', text, j, 1))) / 2;
  const tuned = new Map<string, { readonly rate: number; readonly tried: number }>();
  let [atOwn, atBest] = [
    { text: '', tried: -1 },
    { text: '', tried: -1 },
  ];
  for (const text of rules) {
    let [tried, rate] = [-1, 0];
    for (const j of [0, -1, 1, -2, 2, 3, 4, 5, 6]) {
      const found = await once('tuning', text, j, 0);
      if (j === 0 && found > atOwn.tried) atOwn = { text, tried: found };
      if (found > tried) [tried, rate] = [found, j];
    }
    tuned.set(text, { rate, tried });
    if (tried > atBest.tried) atBest = { text, tried };
  }
  const rateOf = (text: string) => tuned.get(text)!.rate;
  const best = await judged(atBest.text, rateOf(atBest.text));
  const regret = async (j: number) => {
    if (best <= 0) return null;
    return Math.min(1, Math.max(0, (best - (await judged(textOf('adam'), j))) / best));
  };
  return {
    home: { default: await judged(rule, 0), tuned: await judged(rule, rateOf(rule)) },
    best: { default: await judged(atOwn.text, 0), tuned: best },
    regret: { default: await regret(0), tuned: await regret(rateOf(textOf('adam'))) },
    bestRule: {
      default: names.get(atOwn.text) ?? 'its own',
      tuned: names.get(atBest.text) ?? 'its own',
    },
  };
}

/** The best of the living by one training each. */
async function naiveChampion(run: number, births: readonly Birth[]) {
  const lineage = openLineage(db, 'read');
  const train = await naiveScores(lineage, run);
  const seed = lineage.db.prepare<[number], string>('SELECT seed FROM run WHERE id = ?').pluck().get(run)!;
  lineage.close();
  let [best, most] = [births[0]!, -1];
  // Of equals the first born.
  for (const each of births.filter(({ dead }) => dead === 0)) {
    const score = await train(
      ...([each.architecture, each.rule, `assay/rescue/${seed}/subjects/0`, 0, 'select'] as const),
    );
    if (score > most) [best, most] = [each, score];
  }
  return (await naiveBirth(run, best)).home;
}

const close = (value: number | null) => (value === null ? null : expect.closeTo(value, 9));
const atRates = ({ default: own, tuned }: { default: number | null; tuned: number | null }) => ({
  ...{ default: close(own), tuned: close(tuned) },
});

describe('rescue in real runs', () => {
  it('samples births of every fate, each with the probability that is said', async () => {
    const { populations, births } = await ask();
    const fatesSeen = new Set<string>();
    for (const { run, births: sizes, lost, lostArchitectures } of populations) {
      const all = birthsOf(run);
      const fate = new Map(all.map((each) => [each.birth, fateOf(each, all)]));
      const living = all.filter(({ dead }) => dead === 0).map(({ architecture }) => architecture);
      const culled = all.filter(({ birth }) => !['living', 'ancestor'].includes(fate.get(birth)!));
      expect(lost).toBe(0);
      expect(lostArchitectures).toBe(
        new Set(culled.map(({ architecture }) => architecture).filter((each) => !living.includes(each))).size,
      );
      for (const [name, size] of Object.entries(sizes)) {
        expect(size, name).toBe([...fate.values()].filter((each) => each === name).length);
        const own = births.filter((each) => each.run === run && each.fate === name);
        expect(own, name).toHaveLength(Math.min(2, size));
        for (const { individual, inclusion, sharing, livesOn } of own) {
          fatesSeen.add(name);
          const birth = all.find((each) => `${run}:${each.birth}` === individual)!;
          expect([fate.get(birth.birth), inclusion]).toEqual([name, own.length / size]);
          expect(sharing).toBe(culled.filter((each) => each.architecture === birth.architecture).length);
          expect(livesOn).toBe(living.includes(birth.architecture));
        }
      }
    }
    expect([...fatesSeen].sort()).toEqual(['aged', 'ancestor', 'failed', 'living', 'outcompeted']);
  }, 120_000);

  it('is what the definition gives, birth by birth, and then run by run', async () => {
    const answer = await ask();
    for (const { run, births: sizes, means, rates } of answer.populations) {
      const all = birthsOf(run);
      const own = answer.births.filter((each) => each.run === run);
      for (const each of own) {
        const birth = all.find(({ birth: index }) => `${run}:${index}` === each.individual)!;
        const naive = await naiveBirth(run, birth);
        expect(each, each.individual).toMatchObject({
          ...{ home: atRates(naive.home), best: atRates(naive.best), regret: atRates(naive.regret) },
          bestRule: naive.bestRule,
        });
      }
      const champion = await naiveChampion(run, all);
      const weight = ({ fate }: (typeof own)[number]) =>
        sizes[fate] / own.filter((each) => each.fate === fate).length;
      const over = (members: typeof own, of: (each: (typeof own)[number]) => number | null) => {
        let [sum, size] = [0, 0];
        for (const each of members) {
          const value = of(each);
          if (value === null) continue;
          sum += weight(each) * value;
          size += weight(each);
        }
        return size === 0 ? null : sum / size;
      };
      const alive = own.filter(({ fate }) => fate === 'living');
      const survivors = own.filter(({ fate }) => fate === 'living' || fate === 'ancestor');
      const culled = own.filter((each) => !survivors.includes(each));
      for (const rate of ['default', 'tuned'] as const) {
        const bar = over(alive, ({ home }) => home[rate])!;
        const found = rates[rate]!;
        expect(found.bar).toBeCloseTo(bar, 9);
        expect(found.championBar).toBeCloseTo(champion[rate], 9);
        const atHome = ({ home }: (typeof own)[number]) => home[rate]! >= bar - 0.1;
        const isRescued = (each: (typeof own)[number]) => each.best[rate]! >= bar - 0.1 && !atHome(each);
        expect(found.atHome!.estimate).toBeCloseTo(over(culled, (each) => (atHome(each) ? 1 : 0))!, 9);
        expect(found.rescued!.estimate).toBeCloseTo(over(culled, (each) => (isRescued(each) ? 1 : 0))!, 9);
        expect(found.discarded!.estimate).toBeCloseTo(found.atHome!.estimate + found.rescued!.estimate, 9);
        const keys = culled.reduce(
          (sum, each) =>
            each.livesOn || each.best[rate]! < champion[rate] - 0.1 ? sum : sum + weight(each) / each.sharing,
          0,
        );
        expect(found.keys.estimate).toBeCloseTo(keys, 9);
        const shift = means[`regret ${rate}`].shift;
        const naiveShift = over(survivors, ({ regret }) => regret[rate]);
        const whole = over(own, ({ regret }) => regret[rate]);
        if (naiveShift === null || whole === null) expect(shift).toBe(null);
        else expect(shift!.estimate).toBeCloseTo(naiveShift - whole, 9);
        expect(means[`best ${rate}`].livingOnly!.estimate).toBeCloseTo(
          over(alive, ({ best }) => best[rate])! - over(own, ({ best }) => best[rate])!,
          9,
        );
      }
    }
    const { mean } = answer.groups[0]!.results['tuned discarded'];
    const each = answer.populations.map(({ rates }) => rates.tuned!.discarded!.estimate);
    expect(mean).toBeCloseTo((each[0]! + each[1]! + each[2]!) / 3, 12);
  }, 180_000);

  it('of everybody has no error of a sample', async () => {
    const answer = await ask({ runs: [1], sample: 1000, tuned: false, panel: ['sgd'], seeds: 1 });
    expect(answer.births).toHaveLength(40);
    expect(new Set(answer.births.map(({ inclusion }) => inclusion))).toEqual(new Set([1]));
    const [{ means, rates }] = answer.populations as [(typeof answer.populations)[number]];
    expect([means['best default'].shift!.se, rates.default!.discarded!.se, rates.default!.keys.se]).toEqual([
      ...[0, 0, 0],
    ]);
    expect([rates.tuned, means['regret default'].births, means['best tuned'].births]).toEqual([
      ...[null, null, null],
    ]);
    const { atHome, discarded } = rates.default!;
    const bar = rates.default!.bar - 0.1;
    const culled = answer.births.filter(({ fate }) => fate !== 'living' && fate !== 'ancestor');
    expect(atHome!.estimate).toBeCloseTo(
      culled.filter(({ home }) => home.default! >= bar).length / culled.length,
      12,
    );
    expect(discarded!.n).toBe(culled.length);
    const keyed = culled.filter(
      ({ best, livesOn }) => !livesOn && best.default! >= rates.default!.championBar - 0.1,
    );
    const all = birthsOf(1);
    const architectures = new Set(
      keyed.map(({ individual }) => all.find(({ birth }) => `1:${birth}` === individual)!.architecture),
    );
    expect(rates.default!.keys.estimate).toBeCloseTo(architectures.size, 9);
  }, 120_000);

  it('compares groups in blocks of one seed', async () => {
    const answer = await ask({ runs: [1, 2], against: [3, 4, 5], tuned: false });
    const { contrast, groups, populations } = answer;
    expect(groups.map(({ runs }) => runs)).toEqual([
      [1, 2],
      [3, 4, 5],
    ]);
    expect(contrast!.blocks).toEqual([
      { seed: '1', first: 1, second: 3 },
      { seed: '2', first: 2, second: 4 },
    ]);
    expect(contrast!.leftOut).toEqual([{ run: 5, reason: 'no run of the other group has its seed, 3' }]);
    const rescued = (run: number) =>
      populations.find((each) => each.run === run)!.rates.default!.rescued!.estimate;
    expect(contrast!.results['default rescued']).toMatchObject({
      ...{ blocks: 2, mean: expect.closeTo((rescued(1) - rescued(3) + rescued(2) - rescued(4)) / 2, 12) },
    });
    expect(contrast!.results['tuned rescued']).toBe(null);
    expect(contrast!.odds).toMatchObject({ default: { strata: 6 }, tuned: null });
    expect(answer.documents.between).toContain('evolution.condition');
  }, 120_000);

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
    for (const most of [1, 60]) {
      await expect(ask({}, stopAfter(most), 1, fresh)).rejects.toBeInstanceOf(Interrupted);
      counts.push(cellCount(fresh));
    }
    expect(counts[0]).toBeGreaterThan(0);
    expect(counts[1]).toBeGreaterThan(counts[0]!);
    expect(await ask({}, silentContext, 1, fresh)).toEqual(await ask());
  }, 120_000);

  it('is told in words and as rows', async () => {
    const line = '1 --against 3 --panel sgd --sample 2 --seeds 1 --tuning-seeds 1 --no-tuned'.split(' ');
    const said = await streetlight('assay', 'rescue', ...line, '--db', db);
    expect(said.code).toBe(0);
    expect(said.printed).toMatch(/Survivors, the culled and all births of 2 runs \(1, 3\)/);
    expect(said.printed).toMatch(/own learning rates only/);
    expect(said.printed).toMatch(/First less second group, over blocks \(runs 1 and 3\)/);
    const rows = await streetlight('assay', 'rescue', ...line, '--csv', '--db', db);
    const [head, ...body] = rows.printed.trim().split('\n');
    expect(head).toMatch(/^run,individual,fate,inclusion,home_default/);
    expect(body).toHaveLength((await ask({ runs: [1], against: [3], tuned: false })).births.length);
  }, 120_000);

  it.each([
    ['1 --sample 1', /whole number from 2 on/],
    ['1 --delta -1', /must not be below 0/],
    ['1 --against 1', /run 1 is named among the runs and under --against/],
    ['1 --against 5', /no run of one group has the seed of a run of the other group/],
    ['1 --panel sgdd', /there is no known rule `sgdd`/],
    ['1 99', /there is no run 99/],
  ])('of %s is refused', async (line, words) => {
    const { code, noted } = await streetlight('assay', 'rescue', ...line.split(' '), '--db', db);
    expect(noted).toMatch(words);
    expect(code).toBe(2);
  });
});
