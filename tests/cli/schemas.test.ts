/** Every JSON answer is valid against its published schema, as a validator that is not ours judges it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/genome/known.ts';
import { publishedSchemas } from '../../src/report/answers.ts';
import { search, streetlight } from '../support/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-schemas-'));
const db = join(folder, 'lineage.db');
const published = join(packageRoot(), 'docs/schemas');
const committed = (file: string): object => JSON.parse(readFileSync(join(published, file), 'utf8')) as object;

beforeAll(() => {
  for (const seed of ['schemas-1', 'schemas-2']) search(db, 120, seed);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** Lines that between them reach every part of every answer; the first word names the command, and the schema where no other is said. */
const lines: readonly string[] = [
  'survivorship 1',
  'survivorship 1 2 --of rule --by family --strata run',
  'survivorship 1,2 --by units --quantiles 3 --ties breslow --rho 1',
  'survivorship 2 --by depth --cuts 1,2 --tracked-from 2 --conf-type plain',
  'survivorship 1 --of genome --by rule.family --units clades --established 20',
  'survivorship 1 --units individuals --of rule --by al-scale',
  'association 1',
  'association 1,2 --architecture units --rule instructions --every 40',
  'association 1 --architecture has-norm --rule family=plain',
  'association 2 --architecture block --rule states',
];

describe('published schemas', () => {
  it('are the files of docs/schemas', () => {
    const all = publishedSchemas();
    expect(readdirSync(published).sort()).toEqual(all.map(({ file }) => file).sort());
    for (const { file, schema } of all)
      expect(committed(file), file).toEqual(JSON.parse(JSON.stringify(schema)));
  });

  it.each(lines)('hold for %s', async (line) => {
    const { code, printed, noted } = await streetlight(...line.split(' '), '--json', '--db', db);
    expect(code, noted).toBe(0);
    const answer = JSON.parse(printed) as { readonly schema: string };
    expect(Object.keys(answer)[0]).toBe('schema');
    const [, name, version] = /^streetlight\/([a-z-]+)\/(\d+)$/.exec(answer.schema)!;
    const validate = new Ajv2020({ allErrors: true }).compile(committed(`${name}.v${version}.json`));
    expect(validate(answer), JSON.stringify(validate.errors)).toBe(true);
    // A validator that lets anything pass proves nothing.
    expect(validate({ ...answer, other: 1 })).toBe(false);
    for (const field of Object.keys(answer)) {
      const { [field as 'schema']: _, ...rest } = answer;
      if (field !== 'established') expect(validate(rest), field).toBe(false);
    }
  });

  it('are asked for by every question', () => {
    const asked = new Set(lines.map((line) => line.split(' ')[0]));
    expect(publishedSchemas().filter(({ name }) => !asked.has(name))).toEqual([]);
  });
});
