/** Every JSON answer is valid against its published schema, as a validator that is not ours judges it. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildProgram } from '../../src/cli/main.ts';
import { packageRoot } from '../../src/genome/known.ts';
import { publishedSchemas } from '../../src/report/answers.ts';
import { builtProgram, search, streetlight } from '../support/program.ts';
import { smallStudy } from '../support/study.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-schemas-'));
const file = (name: string) => join(folder, name);
const db = file('lineage.db');
const published = join(packageRoot(), 'docs/schemas');
const committed = (name: string): object => JSON.parse(readFileSync(join(published, name), 'utf8')) as object;

/** A run in which evaluations are stopped, used again and confirmed, within a budget of cost units. */
const hurdled = {
  name: 'hurdled',
  task: { name: 'mnist1d' },
  evaluation: {
    steps: 36,
    hurdles: { rungs: [12, 24], atLeast: 6 },
    cache: { probeSteps: 4, verifySteps: 8 },
  },
  evolution: {
    ...{ condition: 'alternating', period: 1, population: 12, births: 60, inFlight: 6, tournament: 4 },
    ...{ gate: { quantile: 0.7, atLeast: 6 }, costUnits: 100_000 },
  },
  founders: { architectures: ['linear', 'mlp'], rules: ['sgd', 'adam'], mutations: [0, 3] },
  limits: { parameters: 30000, units: 64, stepFlops: 3e6 },
};

/** Typed into the built program. */
const run = (...words: readonly string[]) =>
  spawnSync(process.execPath, [builtProgram, ...words], { encoding: 'utf8' });

beforeAll(() => {
  const seeds = ['schemas-1', 'schemas-2'];
  for (const seed of seeds) search(db, 120, seed);
  search(file('cooperative.db'), 100, 'schemas-3', '--set', 'evolution.condition=cooperative');
  writeFileSync(file('hurdled.yaml'), JSON.stringify(hurdled));
  run('search', file('hurdled.yaml'), '--db', file('hurdled.db'));
  copyFileSync(db, file('damaged.db'));
  const damaged = new Sqlite(file('damaged.db'));
  const trigger = damaged
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger' LIMIT 1")
    .pluck()
    .get();
  damaged.exec(`UPDATE run SET event_hash = 'other' WHERE id = 2; DROP TRIGGER ${trigger}`);
  damaged.close();
  run('export', '--what', 'events', '--db', db, '--out', file('log.jsonl'));
  writeFileSync(
    file('told.csv'),
    'id,ancestor_list,origin_time,destruction_time\n0,[none],0,5\n1,[0],2,inf\n2,[0],3,inf\n',
  );
  writeFileSync(file('untold.csv'), 'id,ancestor_list\n0,[none]\n1,[0]\n2,[0]\n');
  writeFileSync(
    file('data.csv'),
    ['x,y,label', ...Array.from({ length: 40 }, (_, i) => `${i},${i % 7},${i % 2 === 0 ? 'a' : 'b'}`)].join(
      '\n',
    ),
  );
  const evolution = { ...smallStudy.base.evolution, births: 16 };
  writeFileSync(
    file('study.yaml'),
    JSON.stringify({ ...smallStudy, base: { ...smallStudy.base, evolution } }),
  );
  writeFileSync(file('diverges.txt'), 'u = g * 1e30\n');
  // Runs 3 and 4: another condition, paired with the first by seeds.
  for (const seed of seeds) search(db, 60, seed, '--set', 'evolution.scheme=random-parents');
  // Runs 1 and 2 of another file, of one seed: a rule each.
  for (const rule of ['adam', 'heavy-ball'])
    search(
      file('fixed.db'),
      40,
      seeds[0]!,
      '--set',
      'evolution.condition=rule-fixed',
      '--set',
      `founders.rules=[${rule}]`,
    );
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** Lines that between them reach every part of every answer whose schema has the name of its command. */
const lines: readonly string[] = [
  'runs',
  'show',
  `show 1 --db ${file('hurdled.db')}`,
  'genome 1:5',
  'genome 2:110 --of rule',
  'query deaths-by-cause',
  'survivorship 1',
  'survivorship 1 2 --of rule --by family --strata run',
  'survivorship 1,2 --by units --quantiles 3 --ties breslow --rho 1',
  'survivorship 2 --by depth --cuts 1,2 --tracked-from 2 --conf-type plain',
  'survivorship 1 --of genome --by rule.family --units clades --established 20',
  'survivorship 1 --units individuals --of rule --by al-scale',
  'hazard 1 --trait depth',
  'hazard 1,2 --trait depth --trait nodes --resident family=plain --every 20 --ties breslow',
  'hazard 1 2 --of rule --trait instructions --trait states --tracked-from 2 --cause aged',
  'selection 1',
  'selection 1 --of genome --every 30 --trait rule.states --trait architecture.depth',
  'selection 1 --of rule --every 40 --trait states --null 2 --quantile 0.2',
  `selection --trait fitness --db ${file('cooperative.db')}`,
  'diversity',
  'diversity 1 --of rule --nodes individuals --every 30',
  `diversity --of pedigree --db ${file('cooperative.db')}`,
  'ancestors 1:100',
  'ancestors 1:100 --of rule',
  'association 1',
  'association 1,2 --architecture units --rule instructions --every 40',
  'association 1 --architecture has-norm --rule family=plain',
  'association 2 --architecture block --rule states',
  `search smoke --births 40 --db ${file('new.db')}`,
  'tasks',
  'train linear --steps 20',
  'train linear --task reddi --steps 20',
  `train linear --rule ${file('diverges.txt')} --steps 20`,
  'verify',
  'verify 1 --replay 5',
  `backup ${file('copy.db')}`,
  `import ${file('log.jsonl')} --db ${file('imported.db')}`,
  'doctor',
  'bench peak',
  'reference',
  'compare aging random-parents',
  'compare 1,2 3,4 --no-paired --statistic association --statistic rule.family=plain --statistic rule-persistence --rule states',
  'compare 1,2 3,4 --statistic best-confirmed',
  'compare 1,2 3,4 --statistic architecture-persistence --tau 30',
];

/** A step of one study, in the order of the steps. */
const study = (step: string, schema: string) => [
  { line: `study ${step} ${file('study.yaml')} --db ${file('study.db')}`, schema },
];

/** The same for answers of other names, and lines that end with another code than 0. */
const others: readonly { readonly line: string; readonly schema: string; readonly code?: number }[] = [
  { line: `verify --db ${file('damaged.db')}`, schema: 'verify', code: 1 },
  { line: 'query --list', schema: 'queries' },
  { line: 'hazard 1 2 --rows --trait depth', schema: 'hazard-rows' },
  { line: 'hazard 1 --rows --of rule --trait states --resident depth', schema: 'hazard-rows' },
  { line: 'schema', schema: 'schemas' },
  { line: 'bench --list', schema: 'benches' },
  { line: 'show 1 --coverage', schema: 'coverage' },
  { line: 'ancestors 1:100 --with 1:99', schema: 'common-ancestor' },
  { line: 'ancestors 1:100 --with 2:99 --of architecture', schema: 'common-ancestor' },
  { line: 'resume', schema: 'search' },
  { line: 'resume 1 --births 125', schema: 'search' },
  { line: 'tasks mnist1d', schema: 'task' },
  { line: 'tasks reddi', schema: 'task' },
  { line: 'tasks objective --set task.function=branin', schema: 'task' },
  { line: `tasks csv --set task.path=${file('data.csv')}`, schema: 'task' },
  { line: `import ${file('told.csv')}`, schema: 'phylogeny' },
  { line: `import ${file('untold.csv')}`, schema: 'phylogeny' },
  {
    line: `assay home-advantage 1 2 --top 1 --seeds 1 --tuning-seeds 1 --db ${file('fixed.db')}`,
    schema: 'home-advantage',
  },
  {
    line: `assay noise-dose 1 2 --rules adam,sgd --doses 0.3,1 --top 1 --seeds 1 --tuning-seeds 1 --db ${file('fixed.db')}`,
    schema: 'noise-dose',
  },
  {
    line: `assay panel 1 2 --top 1 --panel sgd,sls --seeds 2 --tuning-seeds 1 --db ${file('fixed.db')}`,
    schema: 'panel',
  },
  {
    line: `assay transplant 1 2 --seeds 3 --tuning-seeds 1 --db ${file('fixed.db')}`,
    schema: 'transplant',
  },
  {
    line: 'assay time-shift 1 2 --censuses 3 --sample 2 --seeds 1 --tuning-seeds 1',
    schema: 'time-shift',
  },
  {
    line: `assay winners-curse 1 2 --best 1,2 --seeds 1 --db ${file('fixed.db')}`,
    schema: 'winners-curse',
  },
  {
    line: 'assay rescue 1 2 --against 3,4 --panel sgd --sample 2 --seeds 1 --tuning-seeds 1 --no-tuned',
    schema: 'rescue',
  },
  {
    line: `assay rescue 1 2 --panel sgd --sample 2 --seeds 1 --tuning-seeds 1 --db ${file('fixed.db')}`,
    schema: 'rescue',
  },
  {
    line: `assay rotation 1 2 --top 1 --seeds 1 --tuning-seeds 1 --db ${file('fixed.db')}`,
    schema: 'rotation',
  },
  { line: 'assay epistasis 1 2 --pairs 3 --seeds 1', schema: 'epistasis' },
  { line: 'assay streetlight-map 1,2', schema: 'streetlight-map' },
  {
    line: 'assay streetlight-map 1,2 3,4 --axes architecture --delta 0',
    schema: 'streetlight-map',
  },
  {
    line: `assay ablation 1 2 --ablations momentum --top 1 --seeds 1 --tuning-seeds 1 --db ${file('fixed.db')}`,
    schema: 'ablation',
  },
  {
    line: `assay scale-ladder 1 2 --top 1 --panel sgd --examples 1 --width 2 --seeds 2 --tuning-seeds 2 --db ${file('fixed.db')}`,
    schema: 'scale-ladder',
  },
  {
    line: `assay linear-rate 1 2 --top 1 --points 6 --units 60 --seeds 1 --db ${file('fixed.db')}`,
    schema: 'linear-rate',
  },
  ...study('register', 'study-registration'),
  ...study('run', 'study-run'),
  ...study('assay', 'study-run'),
  ...study('status', 'study-status'),
  ...study('verdict', 'study-verdict'),
  ...study('run --pilot', 'study-run'),
  ...study('plan', 'study-plan'),
];

const all = [
  ...lines.map((line) => ({ line, schema: line.split(' ', 1)[0]!, code: 0 })),
  ...others.map((each) => ({ code: 0, ...each })),
];

/** Commands that start threads, or are another program: these are typed into the built one. */
const startsThreads = new Set(['search', 'resume', 'assay', 'study', 'bench']);

const quiet = { isTerminal: false, colour: false, print: () => {}, note: () => {} };
/** Those under another command stand for themselves, by both names. */
const commands = buildProgram({ ...quiet, endWith: () => {} }).commands.flatMap((each) => {
  const under = each.commands.map((inner) => ({ name: `${each.name()} ${inner.name()}`, of: inner }));
  return under.length > 0 ? under : [{ name: each.name(), of: each }];
});
const nameIn = (line: string): string =>
  commands.find(({ name }) => line === name || line.startsWith(`${name} `))!.name;
const takes = (line: string, flag: string): boolean =>
  commands.find(({ name }) => name === nameIn(line))!.of.options.some(({ long }) => long === flag);

async function typed(line: string): Promise<{ code: number; printed: string; noted: string }> {
  const words = line.split(' ');
  const toDatabase = takes(line, '--db') && !words.includes('--db') ? ['--db', db] : [];
  const whole = [...words, '--json', ...toDatabase];
  if (!startsThreads.has(words[0]!)) return streetlight(...whole);
  const { status, stdout, stderr } = run(...whole);
  return { code: status ?? -1, printed: stdout, noted: stderr };
}

/** Fields that are only there where they were asked for. */
const optional = new Set(['established']);

function expectValid(printed: string, name: string): void {
  const answer = JSON.parse(printed) as { readonly schema: string };
  expect(Object.keys(answer)[0]).toBe('schema');
  const [, found, version] = /^streetlight\/([a-z-]+)\/(\d+)$/.exec(answer.schema)!;
  expect(found).toBe(name);
  const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(
    committed(`${name}.v${version}.json`),
  );
  expect(validate(answer), JSON.stringify(validate.errors)).toBe(true);
  // A validator that lets anything pass proves nothing.
  expect(validate({ ...answer, other: 1 })).toBe(false);
  for (const field of Object.keys(answer)) {
    const { [field as 'schema']: _, ...rest } = answer;
    if (!optional.has(field)) expect(validate(rest), field).toBe(false);
  }
}

describe('published schemas', () => {
  it('are the files of docs/schemas', () => {
    const all = publishedSchemas();
    expect(readdirSync(published).sort()).toEqual(all.map(({ file }) => file).sort());
    for (const { file, schema } of all)
      expect(committed(file), file).toEqual(JSON.parse(JSON.stringify(schema)));
  });

  it('have a name each', () => {
    const names = publishedSchemas().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(all)('hold for $line', async ({ line, schema, code: expected }) => {
    const { code, printed, noted } = await typed(line);
    expect(code, noted).toBe(expected);
    expectValid(printed, schema);
  });

  it('hold for a search that was interrupted', async () => {
    const words = ['search', 'smoke', '--births', '100000', '--json', '--db', file('interrupted.db')];
    const child = spawn(process.execPath, [builtProgram, ...words]);
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      printed += part;
    });
    // The first lines of progress: births are being told.
    await once(child.stderr, 'data');
    child.stderr.resume();
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([130, null]);
    expectValid(printed, 'search');
    expect(JSON.parse(printed)).toMatchObject({ endReason: null, births: 100_000 });
    const shown = await typed(`show --db ${file('interrupted.db')}`);
    expectValid(shown.printed, 'show');
    expect(JSON.parse(shown.printed)).toMatchObject({ endReason: null, status: 'interrupted' });
  });

  it('are each asked for by a line', () => {
    const asked = new Set(all.map(({ schema }) => schema));
    expect(publishedSchemas().filter(({ name }) => !asked.has(name))).toEqual([]);
  });

  it('are asked for by every command that prints JSON', () => {
    const asked = new Set(all.map(({ line }) => nameIn(line)));
    const printing = commands
      .filter(({ of: { options } }) =>
        options.some(({ long, argChoices = [] }) => long === '--json' || argChoices.includes('json')),
      )
      .map(({ name }) => name);
    expect(printing.filter((name) => !asked.has(name))).toEqual([]);
  });
});
