/** One command line that leads to two questions. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { questionCommand } from '../../src/cli/question-command.ts';
import { coverageOf } from '../../src/lineage/coverage.ts';
import { createRun, openJournal } from '../../src/lineage/journal.ts';
import { openLineage } from '../../src/lineage/open.ts';
import { audit, newRun, toldRun } from '../lineage/support.ts';
import { streetlight } from '../support/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-questions-'));
const db = join(folder, 'lineage.db');

beforeAll(() => {
  const lineage = openLineage(db, 'write');
  for (const births of [200, 60]) {
    const journal = openJournal(lineage, createRun(lineage, { ...newRun, document }, audit));
    for (const each of toldRun(births)) journal.append(each, 'h');
    journal.close('births');
  }
  lineage.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

const document = JSON.stringify({ name: 'told', task: { name: 'mnist1d' }, evolution: { births: 200 } });
const answer = async (...line: readonly string[]) => (await streetlight(...line, '--db', db)).printed;

describe('show --coverage', () => {
  it.each([
    ['1', 1],
    [undefined, 2],
  ] as const)('tells of run %s what show tells, and what it ever tried', async (named, run) => {
    const line = ['show', ...(named === undefined ? [] : [named])];
    const { schema, ...facts } = JSON.parse(await answer(...line, '--json'));
    const lineage = openLineage(db, 'read');
    const coverage = coverageOf(lineage, run);
    lineage.close();
    expect(schema).toBe('streetlight/show/1');
    expect(JSON.parse(await answer(...line, '--coverage', '--json'))).toEqual({
      schema: 'streetlight/coverage/1',
      ...facts,
      coverage,
    });
    expect(facts.run).toBe(run);
  });

  it('has one line for each, with shares of the run', async () => {
    const rows = (await answer('show', '1', '--coverage')).trimEnd().split('\n');
    const lineage = openLineage(db, 'read');
    const coverage = coverageOf(lineage, 1);
    lineage.close();
    expect(rows).toHaveLength(coverage.length + 1);
    // Every architecture of the made-up run is relu(dense(x)).
    const { distinct } = coverage.find(({ name }) => name === 'relu')!;
    const relu = rows
      .find((row) => row.includes(' relu '))!
      .trim()
      .split(/ +/);
    expect(relu.slice(0, 5)).toEqual(['architecture-op', 'relu', `${distinct}`, '200', '1']);
    expect(relu[6]).toBe('1');
  });
});

it('an option that the other question does not know is refused beside the one that asks it', async () => {
  const { code, noted } = await streetlight(
    'hazard',
    '--rows',
    '--trait',
    'depth',
    '--ties',
    'breslow',
    '--db',
    db,
  );
  expect(code).toBe(2);
  expect(noted).toContain("option '--rows' cannot be used with option '--ties <method>'");
});

it('a command of questions that do not go together is a defect', () => {
  const call = { isTerminal: false, colour: false, print: () => {}, note: () => {}, endWith: () => {} };
  expect(() => questionCommand('survivorship', { coverage: 'coverage' })(new Command(), call)).toThrow(
    'no option of survivorship gives coverage its run',
  );
  expect(() => questionCommand('show', { list: 'runs' })(new Command(), call)).toThrow(
    'runs would ignore run of show',
  );
});
