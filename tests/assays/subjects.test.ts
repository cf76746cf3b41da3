/** Subjects are a function of their run: what else its file holds, and in which order it came, changes none. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { populationOf } from '../../src/assays/populations.ts';
import { sampledArchitectures } from '../../src/assays/subjects.ts';
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
