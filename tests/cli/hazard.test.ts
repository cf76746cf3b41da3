/** `hazard`, and R's own answer from the rows that it prints. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CoxFit } from '../../src/statistics/cox.ts';
import type { ProportionalHazardsTest } from '../../src/statistics/proportional-hazards.ts';
import { expectClose } from '../support/close.ts';
import { search, streetlight } from '../support/program.ts';
import { itWithR, rscript } from '../support/r.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-hazard-'));
const db = join(folder, 'lineage.db');

beforeAll(() => {
  for (const seed of ['hazard-1', 'hazard-2']) search(db, 150, seed);
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Answer {
  readonly inR: string;
  readonly cox: Omit<CoxFit, 'model'>;
  readonly proportionalHazards: readonly ProportionalHazardsTest[];
  readonly taxa: Readonly<Record<string, number>>;
  readonly rows: number;
}

describe('streetlight hazard', () => {
  itWithR('survival').each([
    '1 2 --trait depth --trait nodes --resident family=momentum',
    '1 2 --of rule --trait instructions --resident depth --tracked-from 2 --every 10 --ties breslow',
    '2 --trait depth',
    '1 2 --of rule --trait instructions --cause aged',
  ])('R agrees: %s', async (line) => {
    const asked = ['hazard', ...line.split(' '), '--db', db];
    const answer = JSON.parse((await streetlight(...asked, '--json')).printed) as Answer;
    writeFileSync(join(folder, 'hazard.csv'), (await streetlight(...asked, '--csv')).printed);
    const { status, text } = rscript(
      '-e',
      `setwd("${folder}"); options(digits = 17); library(survival); f <- ${answer.inR};
       naive <- if (is.null(f$naive.var)) f$var else f$naive.var
       z <- cox.zph(f, terms = FALSE)$table
       cat(coef(f), sqrt(diag(naive)), sqrt(diag(f$var)), f$loglik, f$nevent, f$n, z[, "chisq"])`,
    );
    expect(status).toBe(0);
    const found = text.trim().split(/\s+/).map(Number);
    const { cox, proportionalHazards, taxa, rows } = answer;
    const expected = [
      ...cox.coefficients.map(({ coefficient }) => coefficient!),
      ...cox.coefficients.map(({ se }) => se!),
      ...cox.coefficients.map(({ robustSe, se }) => robustSe ?? se!),
      ...[cox.logLikelihood.atZero, cox.logLikelihood.atMaximum, taxa['ended']!, rows],
      ...proportionalHazards.map(({ chiSquare }) => chiSquare!),
    ];
    expect(found.length).toBe(expected.length);
    expected.forEach((value, i) => expectClose(value, found[i]!, 1e-6, `number ${i}`));
  });

  it('accounts for every taxon, and says what a product asks', async () => {
    const line = ['hazard', '1', '--of', 'rule', '--trait', 'al-scale', '--tracked-from', '2', '--db', db];
    const { printed } = await streetlight(...line, '--json');
    const { taxa } = JSON.parse(printed) as Answer;
    const count = await streetlight('survivorship', '1', '--of', 'rule', '--json', '--db', db);
    const all = (JSON.parse(count.printed) as { groups: { n: number }[] }).groups[0]!.n;
    expect(taxa['analysed']! + taxa['withoutTrait']! + taxa['withoutTime']! + taxa['untracked']!).toBe(all);
    expect(taxa['ended']! + taxa['censored']!).toBe(taxa['analysed']);
    const text = await streetlight(
      'hazard',
      '1',
      '2',
      '--trait',
      'depth',
      '--resident',
      'states',
      '--db',
      db,
    );
    expect(text.printed).toContain('Pooled over runs');
    expect(text.printed).toMatch(/depth x resident +\d/);
  });

  it.each([
    '1 2 --trait depth --trait nodes --resident family=momentum --every 20',
    '2 --of rule --trait instructions --tracked-from 2 --cause aged',
  ])('gives as data the rows that it prints: %s', async (line) => {
    const asked = ['hazard', ...line.split(' '), '--db', db];
    const { columns, rows, taxa } = JSON.parse((await streetlight(...asked, '--rows', '--json')).printed) as {
      readonly columns: readonly { readonly inR: string }[];
      readonly rows: readonly {
        readonly run: number;
        readonly unit: string;
        readonly entry: number;
        readonly exit: number;
        readonly event: number;
        readonly values: readonly number[];
      }[];
      readonly taxa: Readonly<Record<string, number>>;
    };
    const { printed } = await streetlight(...asked, '--csv');
    const [head, ...lines] = printed.trim().split('\n');
    expect(head).toBe(['run,unit,entry,exit,event', ...columns.map(({ inR }) => inR)].join(','));
    expect(lines).toEqual(
      rows.map(({ run, unit, entry, exit, event, values }) =>
        [run, unit, entry, exit, event, ...values].join(','),
      ),
    );
    expect(new Set(rows.map(({ unit }) => unit)).size).toBe(taxa['analysed']);
    const text = (await streetlight(...asked, '--rows')).printed;
    expect(
      text
        .trim()
        .split('\n')
        .slice(-lines.length)
        .map((row) => row.trim().split(/ +/)[1]),
    ).toEqual(rows.map(({ unit }) => unit));
  });

  it.each([
    [['--trait', 'depht'], 'did you mean `depth`'],
    [['--of', 'rule', '--trait', 'family'], 'write family='],
    [['--trait', 'depth', '--resident', 'has-norm'], 'there is no trait `has-norm` of a rule'],
    [['--trait', 'depth', '--tracked-from', '1000'], 'no taxon is left'],
    [['9', '--trait', 'depth'], 'there is no run 9'],
    [['--trait', 'depth', '--cause', 'outcompeted'], 'has ended by outcompeted'],
    [['--trait', 'depth', '--every', '10'], '--every says how often residents are looked at'],
    [
      ['--trait', 'depth', '--rows', '--ties', 'breslow'],
      "'--rows' cannot be used with option '--ties <method>'",
    ],
  ])('refuses %j', async (options, message) => {
    const { code, printed, noted } = await streetlight('hazard', ...options, '--db', db);
    expect(code).toBe(2);
    expect(printed).toBe('');
    expect(noted).toContain(message);
  });
});
