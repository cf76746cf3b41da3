/** Every command on files that are damaged in many places: an answer where the damage is elsewhere, else one plain refusal; never a stack trace. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { commands } from '../../src/cli/commands.ts';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import { packageRoot } from '../../src/genome/known.ts';
import { madeUpDatabase } from '../interchange/support.ts';
import { streetlight } from '../support/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-damaged-'));
const [sound, db, log] = [join(folder, 'sound.db'), join(folder, 'a.db'), join(folder, 'a.jsonl')];
const document = join(packageRoot(), 'search-spaces/smoke.yaml');
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(async () => {
  madeUpDatabase(sound, 2, 60);
  await streetlight('export', '1', '--what', 'events', '--db', sound, '--out', log);
});

type Name = keyof typeof commands;

/** What is typed before `--db`; null for commands that open no database. */
const lines = {
  search: ['search', document, '--births', '200'],
  resume: ['resume', '2'],
  runs: ['runs'],
  show: ['show', '1'],
  genome: ['genome', '1:30'],
  ancestors: ['ancestors', '1:59'],
  tasks: null,
  train: null,
  query: ['query', 'deaths-by-cause'],
  survivorship: ['survivorship', '1', '--of', 'architecture', '--by', 'depth'],
  hazard: ['hazard', '1', '--trait', 'depth'],
  selection: ['selection', '1', '--of', 'rule', '--trait', 'states'],
  diversity: ['diversity', '1', '--of', 'architecture'],
  association: ['association', '1', '--architecture', 'depth', '--rule', 'states'],
  compare: ['compare', 'made-up', 'other'],
  assay: ['assay', 'home-advantage', '1', '2'],
  study: ['study', 'status', 'adam-friendly-short'],
  export: ['export', '1', '--what', 'events'],
  import: ['import', log],
  verify: ['verify'],
  backup: ['backup', join(folder, 'backup.db')],
  doctor: null,
  reference: null,
  schema: null,
  bench: null,
} as const satisfies Record<Name, readonly string[] | null>;

/** Commands under another one, besides the one that stands for it above. */
const under = {
  'assay panel': ['assay', 'panel', '1', '2'],
  'assay noise-dose': ['assay', 'noise-dose', '1', '2'],
  'assay epistasis': ['assay', 'epistasis', '1', '2'],
  'assay transplant': ['assay', 'transplant', '1', '2'],
  'assay time-shift': ['assay', 'time-shift', '1', '2'],
  'assay winners-curse': ['assay', 'winners-curse', '1', '2'],
  'assay rescue': ['assay', 'rescue', '1', '2'],
  'assay rotation': ['assay', 'rotation', '1', '2'],
  'assay streetlight-map': ['assay', 'streetlight-map', '1,2'],
  'assay ablation': ['assay', 'ablation', '1', '2'],
  'assay scale-ladder': ['assay', 'scale-ladder', '1', '2'],
  'assay linear-rate': ['assay', 'linear-rate', '1', '2'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

const typed = { ...lines, ...under };

const databaseCommands = (Object.keys(typed) as (keyof typeof typed)[]).filter(
  (name) => typed[name] !== null,
);

/** A line where a stack trace would stand. */
const trace = /defect in streetlight|^\s+at .*\.(ts|js):\d+/m;

async function answered(name: keyof typeof typed, bytes: Buffer) {
  writeFileSync(db, bytes);
  rmSync(join(folder, 'backup.db'), { force: true });
  process.exitCode = undefined;
  const answer = await streetlight(...typed[name]!, '--db', db);
  process.exitCode = undefined;
  expect(answer.noted, name).not.toMatch(trace);
  return answer;
}

const pageSize = 8192;

describe('a file that is damaged as a whole', () => {
  const harms: readonly (readonly [string, RegExp, (bytes: Buffer) => Buffer])[] = [
    ['cut short', /is damaged: it is cut short/, (bytes) => bytes.subarray(0, bytes.length - 5000)],
    ['cut to its first page', /is damaged: it is cut short/, (bytes) => bytes.subarray(0, pageSize)],
    ['without its first bytes', /not a SQLite database/, (bytes) => bytes.fill(0, 0, 100)],
    ['another text altogether', /not a SQLite database/, () => Buffer.from('hello '.repeat(900))],
    [
      'without a table',
      /is damaged: the table death is missing/,
      (bytes) => changed(bytes, 'DROP TABLE death'),
    ],
    [
      'with another column',
      /is damaged: the table evaluation is not as/,
      (bytes) => changed(bytes, 'ALTER TABLE evaluation RENAME COLUMN loss TO gain'),
    ],
    ['with garbage for a schema', /is damaged/, (bytes) => bytes.fill(0x5a, 100, pageSize)],
  ];
  it.each(harms)('%s: every command refuses it in the same words', async (_, words, harm) => {
    for (const name of databaseCommands) {
      const { code, printed, noted } = await answered(name, harm(readFileSync(sound)));
      expect({ name, code, printed }).toEqual({ name, code: exitCodes.badInput, printed: '' });
      expect(noted, name).toMatch(words);
    }
  });
});

function changed(bytes: Buffer, sql: string): Buffer {
  const other = new Sqlite(bytes);
  other.pragma('foreign_keys = OFF');
  other.exec('DROP VIEW IF EXISTS life; DROP VIEW IF EXISTS every_training');
  other.exec(sql);
  return other.serialize();
}

describe('a run whose document was changed', () => {
  it.each(['search', 'resume', 'import'] as const)('is not gone on with: %s', async (name) => {
    const bytes = changedDocument(readFileSync(sound));
    const { code, noted } = await answered(name, bytes);
    expect(code).toBe(exitCodes.badInput);
    expect(noted).toMatch(/the document of run 2 is not the one it began with/);
    expect(readFileSync(db).equals(bytes)).toBe(true);
  });
});

function changedDocument(bytes: Buffer): Buffer {
  const other = new Sqlite(bytes);
  other.exec("UPDATE run SET document = replace(document, 'mnist1d', 'mnist1D') WHERE id = 2");
  return other.serialize();
}

describe('a file with damaged pages', () => {
  it.each([11, 12, 13, 14, 15, 16])('number %i: an answer or a refusal from every command', async (seed) => {
    let state = seed;
    const below = (n: number) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return Math.floor((state / 2 ** 32) * n);
    };
    const bytes = readFileSync(sound);
    const pages = bytes.length / pageSize;
    // A page of zeros, or bits flipped here and there, beyond the first page.
    const page = pageSize * (1 + below(pages - 1));
    if (seed % 2 === 0) bytes.fill(0, page, page + pageSize);
    else for (let n = 0; n < 60; n++) bytes[pageSize + below(bytes.length - pageSize)]! ^= 1 << below(8);
    // A search would go on with what it does not read.
    for (const name of databaseCommands.filter((each) => each !== 'search')) {
      const { code, noted } = await answered(name, Buffer.from(bytes));
      if (code !== exitCodes.done && name !== 'verify') expect(noted, name).not.toBe('');
    }
    expect((await answered('verify', Buffer.from(bytes))).code).not.toBe(exitCodes.done);
  });
});
