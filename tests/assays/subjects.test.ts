/** Subjects are a function of their run: what else its file holds, and in which order it came, changes none. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { populationOf } from '../../src/assays/populations.ts';
import { stagesOf } from '../../src/assays/scores.ts';
import { bestArchitectures, rankedGenomes, sampledArchitectures } from '../../src/assays/subjects.ts';
import type { CellRequest } from '../../src/assays/train-cells.ts';
import { transplantSubjects } from '../../src/assays/transplant-pairs.ts';
import { workbenchesOf } from '../../src/assays/workbench.ts';
import { openLineage } from '../../src/lineage/open.ts';
import { listRuns } from '../../src/lineage/runs.ts';
import { launchDocument } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-subjects-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const document = {
  ...{ name: 'subjects', task: { name: 'mnist1d-pair' }, evaluation: { steps: 3, batchSize: 8 } },
  evolution: { scheme: 'random-search', births: 40, population: 30, tournament: 2, inFlight: 2 },
  founders: {
    ...{ rules: ['adam', 'sgd'], mutations: [0, 1] },
    architectures: ['linear', 'y = relu(dense(x, units: 8))', 'y = tanh(dense(x, units: 8))'],
  },
};

const orders = [
  ['1', '2', '3'],
  ['3', '2', '1'],
] as const;

beforeAll(() => {
  for (const order of orders)
    for (const seed of order) launchDocument(folder, join(folder, `${order[0]}.db`), seed, document);
}, 300_000);

/** Of the run of seed 2: the texts of its genomes, and of a sample of its architectures. */
function subjectsIn(db: string) {
  const lineage = openLineage(db, 'read');
  const text = lineage.db.prepare<[number], string>('SELECT canon FROM block WHERE id = ?').pluck();
  const population = populationOf(lineage, listRuns(lineage).find(({ seed }) => seed === '2')!);
  const found = {
    ids: population.genomes.map(({ architecture }) => architecture),
    genomes: population.genomes.map(({ architecture, rule }) => [text.get(architecture), text.get(rule)]),
    sample: sampledArchitectures({ assay: 'panel' }, { block: '2', population }, 4).map((id) => text.get(id)),
  };
  lineage.close();
  return found;
}

describe('a population', () => {
  it('has its genomes in one order, and gives one sample, whatever came into the file before it', () => {
    const [one, other] = orders.map((order) => subjectsIn(join(folder, `${order[0]}.db`)));
    expect(one!.sample).toHaveLength(4);
    expect(new Set(one!.ids).size).toBeGreaterThan(4);
    // Rows are numbered as they come, so that in the two files their numbers put the genomes in other orders.
    const byIds = [one!, other!].map(({ ids, genomes }) =>
      ids.map((id, i) => [id, genomes[i]!] as const).sort(([a], [b]) => a - b),
    );
    expect(byIds[0]!.map(([, genome]) => genome)).not.toEqual(byIds[1]!.map(([, genome]) => genome));
    expect(one!.genomes).toEqual(other!.genomes);
    expect(one!.sample).toEqual(other!.sample);
  });
});

describe('genomes of runs with learning rates on trial', () => {
  const db = join(folder, 'trials.db');
  const evaluation = (learningRates: readonly [number, number], more: object = {}) => ({
    ...document,
    evaluation: { ...document.evaluation, learningRates, ...more },
  });

  beforeAll(() => {
    launchDocument(folder, db, '1', evaluation([-1, 2], { cache: { probeSteps: 2, verifySteps: 2 } }));
    launchDocument(folder, db, '2', evaluation([3, 3]));
    launchDocument(folder, db, '3', document);
  }, 300_000);

  /** Of each genome of a run, by the individual that stands for it, the rates at which an assay trains it to rank it. */
  async function trainedAt(run: number) {
    const lineage = openLineage(db, 'read');
    const row = listRuns(lineage).find((each) => each.run === run)!;
    const population = populationOf(lineage, row);
    const [own] = await workbenchesOf([[row]]);
    const requests: CellRequest[] = [];
    const train = async (_what: string, asked: readonly CellRequest[]) => {
      requests.push(...asked);
      return asked.map(() => ({
        reason: null,
        loss: 1,
        accuracy: 0.5,
        steps: 1,
        costUnits: 1,
        parameters: 1,
      }));
    };
    const stages = stagesOf('panel', { train, close: async () => {} }, 6);
    const home = { block: row.seed, population, own: own! };
    expect(await rankedGenomes(stages, [home])).toHaveLength(1);
    await bestArchitectures(stages, [home], 2);
    await transplantSubjects(stages, { workbench: own!, block: 'runs' }, [population], 2);
    const rates = population.genomes.map(({ architecture, rule, individual }) => {
      const isOf = ({ key }: CellRequest) => key.architecture === architecture && key.rule === rule;
      return [individual, new Set(requests.filter(isOf).map(({ key }) => key.learningRate))] as const;
    });
    const best = lineage.db.prepare<[{ id: number }], { trial: number }>(
      `SELECT trial FROM training
         WHERE purpose = 'search' AND individual = coalesce((SELECT source FROM reuse WHERE individual = @id), @id)
         GROUP BY trial ORDER BY sum(fitness) DESC, trial`,
    );
    const found = rates.map(
      ([individual, at]) => [[...at], best.get({ id: individual })?.trial ?? null] as const,
    );
    lineage.close();
    return found;
  }

  it('are ranked at the rate at which selection saw them', async () => {
    const found = await trainedAt(1);
    for (const [rates, best] of found) expect(rates).toEqual([best]);
    expect(new Set(found.map(([, best]) => best)).size).toBeGreaterThan(1);
  });

  it('are ranked at the one rate that the document has, where it has one', async () => {
    for (const [rates] of await trainedAt(2)) expect(rates).toEqual([3]);
    for (const [rates] of await trainedAt(3)) expect(rates).toEqual([0]);
  });
});
