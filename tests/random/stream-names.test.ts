import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { forkNames, isReservedSeed, streamNames, trainingSeeds } from '../../src/random/stream-names.ts';
import { taskNames } from '../../src/search-space/task-schema.ts';

/** Seeds that look like other streams or like parts of them, besides ordinary ones. */
const seeds = [
  ...['1', '2', '12', 'a b', '0', 'é', '1/2', '/', '//', '1/', '/1', '%2F', '1%2Fbirth'],
  ...[
    '1/birth/2',
    '1/label/2',
    '1/census/2',
    '1/replay',
    '1/individual/0/csv/0',
    '1/individual/0/csv/0/reeval',
  ],
  ...['1/individual/0/csv/0/batches', '1/probe/csv', '1/probe/csv/batches', 'birth', 'individual/0/csv/0'],
  ...['split', 'task', 'traits', 'selection', 'association', 'compare', 'probe', 'reeval', 'streams/of/1'],
];
const births = [0, 1, 2, 12, 2 ** 40 - 1];
const taskKeys = [...taskNames, ...taskNames.map((name) => `${name}.2`), 'a/b', 'a%2Fb', 'a2Fb', 'ab'];
const names = ['n0.weight', 'n1.left', 'n10.weight', 'birth', 'batches', '1', 'a/b', '1/birth/2'];
const counts = [0, 1, 2, 20];

/** Each stream with what it belongs to, as another text than its name. */
function* everyStream(): Generator<readonly [name: string, owner: string]> {
  const owned = (name: string, ...owner: readonly unknown[]) => [name, JSON.stringify(owner)] as const;
  function* ofTraining(training: string, ...owner: readonly unknown[]) {
    yield owned(streamNames.batches(training), 'batches', ...owner);
    for (const name of names) {
      yield owned(streamNames.weights(training, name), 'weights', ...owner, name);
      yield owned(streamNames.constants(training, name), 'constants', ...owner, name);
    }
    for (const node of [...counts, 'dropout'] as const)
      yield owned(streamNames.noise(training, node), 'noise', ...owner, node);
  }
  for (const seed of seeds.filter((each) => !isReservedSeed(each))) {
    yield owned(streamNames.replay(seed), 'replay', seed);
    for (const birth of births) {
      yield owned(streamNames.birth(seed, birth), 'birth', seed, birth);
      yield owned(streamNames.label(seed, birth), 'label', seed, birth);
      yield owned(streamNames.censusSample(seed, birth), 'census sample', seed, birth);
    }
    for (const task of taskKeys) {
      yield* ofTraining(trainingSeeds.probe(seed, task), 'probe', seed, task);
      for (const birth of births.slice(0, 3))
        for (const replicate of [0, 12]) {
          const training = trainingSeeds.individual(seed, birth, task, replicate);
          yield* ofTraining(training, 'individual', seed, birth, task, replicate);
          yield* ofTraining(trainingSeeds.again(training), 'again', seed, birth, task, replicate);
        }
    }
  }
  for (const count of [...counts, ...names]) yield owned(streamNames.split(`${count}`), 'split', `${count}`);
  for (const of of ['noise', 'constant', 'weights'] as const)
    yield owned(streamNames.ruleProbe(of), 'rule probe', of);
  yield* ofTraining(trainingSeeds.ruleProbe(), 'rule probe');
  for (const assay of names)
    for (const block of seeds)
      yield owned(streamNames.assaySample(assay, block), 'assay sample', assay, block);
  for (const assay of names)
    for (const block of seeds)
      for (const chromosome of ['architecture', 'rule'] as const)
        for (const i of counts)
          yield owned(
            streamNames.assayStep(assay, block, chromosome, i),
            'step',
            assay,
            block,
            chromosome,
            i,
          );
  for (const assay of names)
    for (const block of seeds)
      for (const fate of ['living', 'aged', 'a/b'])
        yield owned(streamNames.birthSample(assay, block, fate), 'birth sample', assay, block, fate);
  for (const assay of names)
    for (const block of seeds)
      for (const stage of ['final', 'a/b'])
        for (const replicate of [0, 12])
          yield* ofTraining(
            trainingSeeds.assay(assay, block, stage, replicate),
            ...['assay', assay, block, stage, replicate],
          );
  for (const name of [...taskKeys, ...names]) {
    for (const count of counts) {
      yield owned(streamNames.selection(count, name), 'selection', count, name);
      for (const of of ['train', 'search', ...names])
        yield owned(streamNames.task(name, count, of), 'task', name, count, of);
    }
  }
  for (const parent of testStreams()) {
    yield owned(parent.name, ...parent.owner);
    for (const [fork, is] of testForks) yield owned(`${parent.name}/${fork}`, ...parent.owner, is);
  }
}

function* testStreams(): Generator<{ readonly name: string; readonly owner: readonly unknown[] }> {
  for (const run of counts) yield { name: streamNames.association(run), owner: ['association', run] };
  yield { name: streamNames.associationOverRuns(), owner: ['association over runs'] };
  for (const assay of names)
    for (const measure of [...names, 'H at home'])
      yield { name: streamNames.assayed(assay, measure), owner: ['assayed', assay, measure] };
  for (const first of names)
    for (const second of names)
      for (const statistic of ['best', 'a/b'])
        yield {
          name: streamNames.comparison(statistic, first, second),
          owner: ['comparison', statistic, first, second],
        };
}

/** Forks of one stream, and of its plan. */
const testForks: readonly (readonly [string | number, string])[] = [
  ...counts.map((time) => [forkNames.census(time), `census or simulation ${time}`] as const),
  ...['pearson', 'spearman'].map((name) => [forkNames.statistic(name), name] as const),
  [forkNames.bootstrap(), 'bootstrap'],
  [forkNames.signFlips(), 'sign flips'],
  [forkNames.permutation(), 'permutation'],
  [forkNames.plan(), 'plan'],
  [`${forkNames.plan()}/${forkNames.plannedSize()}`, 'size'],
  [`${forkNames.plan()}/${forkNames.plannedEffect(0.5)}/${forkNames.simulation(2)}`, 'simulation of effect'],
];

describe('stream names', () => {
  it('are what they were in the first version', () => {
    const training = trainingSeeds.individual('7', 12, 'mnist1d.2', 3);
    expect([
      streamNames.birth('7', 12),
      streamNames.label('7', 12),
      streamNames.replay('7'),
      training,
      trainingSeeds.again(training),
      trainingSeeds.probe('7', 'mnist1d'),
      streamNames.batches('p'),
      streamNames.weights('p', 'n1.weight'),
      streamNames.constants('p', 'n1.left'),
      streamNames.noise('p', 4),
      streamNames.noise('p', 'dropout'),
      streamNames.split('42'),
      streamNames.task('spirals', 0, 'train'),
      streamNames.ruleProbe('noise'),
      streamNames.selection(1, 'depth'),
      streamNames.association(1),
      streamNames.associationOverRuns(),
      streamNames.comparison('best', 'joint', 'rule-fixed'),
    ]).toEqual([
      ...['7/birth/12', '7/label/12', '7/replay', '7/individual/12/mnist1d.2/3'],
      ...['7/individual/12/mnist1d.2/3/reeval', '7/probe/mnist1d', 'p/batches', 'p/weights/n1.weight'],
      ...['p/constants/n1.left', 'p/noise/4', 'p/noise/dropout', 'split/42', 'task/spirals/0/train'],
      ...['traits/probe/noise', 'selection/1/depth', 'association/1', 'association/runs'],
      'compare/best/joint/rule-fixed',
    ]);
  });

  it('differ wherever what they belong to differs, over all pairs', () => {
    const owners = new Map<string, string>();
    const shared: string[] = [];
    for (const [name, owner] of everyStream()) {
      const before = owners.get(name);
      if (before !== undefined && before !== owner) shared.push(`${name}: ${before} and ${owner}`);
      owners.set(name, owner);
    }
    expect(shared).toEqual([]);
    expect(owners.size).toBeGreaterThan(100_000);
  });

  it('would not all differ if a seed could begin as streams do that belong to no run', () => {
    expect(streamNames.birth('compare/best', 3)).toBe(streamNames.comparison('best', 'birth', '3'));
    expect(isReservedSeed('compare/best')).toBe(true);
    expect(seeds.filter(isReservedSeed)).toEqual([]);
  });

  it('are written nowhere else', () => {
    const src = resolve(import.meta.dirname, '../../src');
    const elsewhere = readdirSync(src, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !/^random.stream(-names)?\.ts$/.test(file))
      .flatMap((file) => {
        const text = readFileSync(join(src, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
        const wrong = [
          /\bstream\(\s*(?!streamNames\.)/g,
          /\.fork\(\s*(?!forkNames\.)/g,
          /[`'][^`'\n]*\/(?:birth|label|replay|individual|probe|batches|weights|constants|noise|reeval)(?:\/[^`'\n]*)?[`']/g,
          /`(?:split|task|traits|selection|association|compare)\/\$\{/g,
        ];
        return wrong.flatMap((pattern) => [...text.matchAll(pattern)].map(([found]) => `${file}: ${found}`));
      });
    expect(elsewhere).toEqual([]);
  });
});
