/** The map of real runs, against a second statement: cells from traits as other commands tell them, elites and costs added up birth by birth. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AskContext, Interrupted, silentContext } from '../../src/analysis/question.ts';
import { streetlightMapAssay } from '../../src/assays/streetlight-map.ts';
import { architectureFromText, ruleFromText } from '../../src/lineage/codec.ts';
import { openLineage } from '../../src/lineage/open.ts';
import { traits } from '../../src/traits/table.ts';
import { streetlight } from '../support/program.ts';
import { launchDocument } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-map-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const db = join(folder, 'lineage.db');

const document = (name: string, evolution: object, rules: readonly string[], more: object = {}) => ({
  name,
  task: { name: 'spirals', turns: 1, train: 64, search: 32 },
  evaluation: { steps: 15, batchSize: 16, ...more },
  evolution: { births: 40, population: 6, tournament: 3, inFlight: 2, ...evolution },
  founders: { architectures: ['y = relu(dense(x, units: 4))'], rules: [...rules] },
  limits: { parameters: 120, units: 16, architectureNodes: 8 },
});

beforeAll(() => {
  const fixed = document('narrow', { condition: 'rule-fixed', births: 50 }, ['adam']);
  const joint = document('wide', {}, ['sgd', 'adam']);
  for (const seed of ['1', '2']) launchDocument(folder, db, seed, fixed);
  for (const seed of ['1', '2']) launchDocument(folder, db, seed, joint);
  const hurdles = { hurdles: { rungs: [5], atLeast: 4 } };
  for (const seed of ['1', '2']) launchDocument(folder, db, seed, document('hurdled', {}, ['adam'], hurdles));
}, 300_000);

async function ask(more: object = {}, context: AskContext = silentContext, at = db) {
  const lineage = openLineage(at, 'read');
  try {
    const params = streetlightMapAssay.params.parse({ conditions: ['wide', '1,2'], ...more });
    return await streetlightMapAssay.ask(lineage, params, context);
  } finally {
    lineage.close();
  }
}

interface Evaluated {
  readonly architecture: string;
  readonly rule: string;
  readonly fitness: number | null;
  readonly parameters: number;
  readonly cost: number;
  readonly reason: string | null;
}

function evaluatedIn(run: number): Evaluated[] {
  const lineage = openLineage(db, 'read');
  const rows = lineage.db
    .prepare<[number], Evaluated>(
      `SELECT a.canon AS architecture, r.canon AS rule, e.fitness, e.parameters, e.cost_units AS cost, e.reason
       FROM evaluation e JOIN individual i ON i.id = e.individual JOIN block a ON a.id = i.architecture JOIN block r ON r.id = i.rule
       WHERE run_of(i.id) = ? ORDER BY i.id`,
    )
    .all(run);
  lineage.close();
  return rows;
}

const quarter = (value: unknown) => {
  if (value === null) return 'not measurable';
  if (Number(value) < 0.25) return '0 to 0.25';
  if (Number(value) < 0.5) return '0.25 to 0.5';
  return Number(value) < 0.75 ? '0.5 to 0.75' : '0.75 to 1';
};

/** Measured once a rule: it takes 10 ms. */
const signatures = new Map<string, readonly string[]>();

function signature(text: string): readonly string[] {
  const known = signatures.get(text);
  if (known !== undefined) return known;
  const rule = ruleFromText(text);
  const found = [traits.rule['al-scale'], traits.rule['al-mem']].map((trait) => quarter(trait.of(rule)));
  signatures.set(text, found);
  return found;
}

/** Values on the axes, written out. */
function naiveCell({ architecture, rule, parameters }: Evaluated, of: 'architecture' | 'rule' | 'both') {
  const a = architectureFromText(architecture);
  const depth = Number(traits.architecture.depth.of(a));
  let half = 0;
  while (10 ** (half + 0.5) <= parameters) half += 0.5;
  return [
    ...(of === 'rule'
      ? []
      : [
          parameters > 0 ? `1e${half} to 1e${half + 0.5}` : 'none',
          depth < 4 ? `${depth}` : '4 or more',
          ...[traits.architecture['has-norm'].of(a), traits.architecture['has-residual'].of(a)],
          traits.architecture['has-activation'].of(a),
        ]),
    ...(of === 'architecture' ? [] : signature(rule)),
  ].join(' | ');
}

describe('the streetlight map of real runs', () => {
  it.each(['architecture', 'rule', 'both'] as const)(
    'of %s is what the record gives',
    async (of) => {
      const answer = await ask({ axes: of, delta: 0.05 });
      const runs = [3, 4, 1, 2].map(evaluatedIn);
      const least = Math.min(...runs.map((births) => births.reduce((sum, { cost }) => sum + cost, 0)));
      expect(answer.costUnits).toBe(least);
      const within = runs.map((births) => {
        let spent = 0;
        return births.filter(({ cost }) => {
          spent += cost;
          return spent <= least;
        });
      });
      const best = Math.max(...within.flat().map(({ fitness }) => fitness ?? Number.NEGATIVE_INFINITY));
      const elites = within.map(
        (births) =>
          new Set(
            births
              .filter(({ fitness }) => fitness !== null && fitness >= best - 0.05)
              .map((each) => naiveCell(each, of)),
          ),
      );
      const cells = runs.map((births) => births.map((each) => naiveCell(each, of)));
      expect(answer.union).toBe(new Set(cells.flat()).size);
      expect(answer.eliteUnion).toBe(new Set(elites.flatMap((each) => [...each])).size);
      const told = answer.groups.flatMap((group) => group.runs);
      expect(told.map(({ run }) => run)).toEqual([3, 4, 1, 2]);
      told.forEach((run, i) => {
        expect([run.evaluations, run.visited, run.elites]).toEqual([
          ...[cells[i]!.length, new Set(cells[i]).size, elites[i]!.size],
        ]);
      });
      const byName = new Map(answer.cells.map(({ cell, ...counts }) => [cell.join(' | '), counts]));
      for (const cell of new Set(cells.flat())) {
        const visits = (group: readonly number[]) =>
          group.flatMap((i) => cells[i]!).filter((each) => each === cell).length;
        const good = (group: readonly number[]) => group.filter((i) => elites[i]!.has(cell)).length;
        expect(byName.get(cell), cell).toEqual({
          visits: [visits([0, 1]), visits([2, 3])],
          elites: [good([0, 1]), good([2, 3])],
        });
      }
      expect(byName.size).toBe(answer.union);
    },
    120_000,
  );

  it('compares groups over runs, in pairs where seeds are the same', async () => {
    const { contrasts, groups, pairing, rarefiedTo } = await ask();
    expect(rarefiedTo).toEqual({ group: 80, run: 40 });
    expect(pairing).toMatchObject([{ of: '1,2', less: 'wide', pairs: 2 }]);
    const over = (g: number) => groups[g]!.runs.map(({ rarefied }) => rarefied);
    const [joint, fixed] = [over(0), over(1)];
    const difference = (fixed[0]! - joint[0]! + fixed[1]! - joint[1]!) / 2;
    const { rarefied } = contrasts[0]!.results;
    expect(rarefied).toMatchObject({
      isPaired: true,
      difference: { estimate: expect.closeTo(difference, 12) },
    });
    expect(groups[1]!.results.rarefied.mean).toBeCloseTo((fixed[0]! + fixed[1]!) / 2, 12);
  });

  it('warns where a condition cannot move along the axes', async () => {
    expect((await ask()).caution).toMatch(/1,2 \(its rule\)/);
    expect((await ask({ axes: 'architecture' })).caution).not.toMatch(/less by construction/);
  });

  it('counts what a hurdle stopped as visited, and never as an elite', async () => {
    const { groups } = await ask({ conditions: ['hurdled'], axes: 'architecture', delta: 100 });
    const births = evaluatedIn(5);
    expect(births.some(({ reason }) => reason === 'hurdle')).toBe(true);
    const [run] = groups[0]!.runs;
    expect(run!.evaluations).toBe(births.length);
    const least = Math.min(
      ...[5, 6].map((each) => evaluatedIn(each).reduce((sum, { cost }) => sum + cost, 0)),
    );
    let spent = 0;
    const able = births.filter(({ cost, reason, fitness }) => {
      spent += cost;
      return spent <= least && reason !== 'hurdle' && fitness !== null;
    });
    expect(run!.elites).toBe(new Set(able.map((each) => naiveCell(each, 'architecture'))).size);
  });

  it('is the same again, and after traits were interrupted', async () => {
    const whole = await ask();
    const fresh = join(folder, 'fresh.db');
    await streetlight('backup', fresh, '--db', db);
    const lineage = openLineage(fresh, 'derive');
    lineage.db.exec('DELETE FROM trait_value; DELETE FROM trait');
    lineage.close();
    const stopping: AskContext = {
      note: () => {},
      begin: () => ({ update: () => {}, shouldStop: () => true, end: () => {} }),
    };
    // One batch of a quarter of a second may be enough for all.
    await ask({}, stopping, fresh).catch((error: unknown) => expect(error).toBeInstanceOf(Interrupted));
    expect(await ask({}, silentContext, fresh)).toEqual(whole);
  });

  it('is told in words and as rows', async () => {
    const said = await streetlight('assay', 'streetlight-map', 'wide', 'narrow', '--db', db);
    expect(said.code).toBe(0);
    expect(said.printed).toMatch(/4 runs visited \d+ cells \(of architectures and rules, grid version 1\)/);
    expect(said.printed).toMatch(/narrow less wide: 2 pairs/);
    const rows = await streetlight('assay', 'streetlight-map', 'wide', 'narrow', '--csv', '--db', db);
    const [head, ...body] = rows.printed.trim().split('\n');
    expect(head).toBe(
      'size,depth,norm,residual,activation,al-scale,al-mem,wide visits,wide elites,narrow visits,narrow elites',
    );
    expect(body).toHaveLength((await ask({ conditions: ['wide', 'narrow'] })).cells.length);
  });

  it.each([
    ['1', /has one finished run/],
    ['1,2 2,3', /run 2/],
    ['nothing', /no run has a document, condition or scheme called `nothing`/],
    ['1,2 --axes both,rule', /axes/],
    ['1,2 --delta -1', /must not be below 0/],
  ])('of %s is refused', async (line, words) => {
    const { code, noted } = await streetlight('assay', 'streetlight-map', ...line.split(' '), '--db', db);
    expect(noted).toMatch(words);
    expect(code).toBe(2);
  });
});
