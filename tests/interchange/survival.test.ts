/** What `survivorship` prints, computed again by R from the export of real runs. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectedLines } from '../../src/interchange/survival-numbers.ts';
import { survivalScript } from '../../src/interchange/survival-script.ts';
import { openLineage } from '../../src/lineage/open.ts';
import { unitLives } from '../../src/lineage/survival-units.ts';
import { stream } from '../../src/random/stream.ts';
import { survivorshipOf } from '../../src/statistics/survivorship.ts';
import { search, streetlight } from '../support/program.ts';
import { itWithR, rscript } from '../support/r.ts';

const folder = mkdtempSync(join(tmpdir(), "it's a streetlight-survival-"));
const db = join(folder, 'lineage.db');
const withR = itWithR('survival');

beforeAll(() => {
  for (const seed of ['survival-1', 'survival-2']) search(db, 130, seed);
});
afterAll(() => rmSync(folder, { recursive: true }));

let exports = 0;

async function exported(...options: readonly string[]): Promise<string> {
  const out = join(folder, `export-${exports++}`);
  const { code, noted } = await streetlight(
    'export',
    ...options,
    '--what',
    'survival',
    '--db',
    db,
    '--out',
    out,
  );
  expect(noted).toContain('check.R');
  expect(code).toBe(0);
  return out;
}

const rows = (path: string) =>
  parse(readFileSync(path, 'utf8'), { columns: true }) as Record<string, string>[];

describe('export --what survival', () => {
  withR.each([
    '1 --of rule --by family',
    '1 2 --of rule --by family --strata run',
    '1 2 --of architecture --by nodes --ties breslow --rho 1',
    '2 --of architecture --conf-type plain --tau 20',
    '1 2 --of rule --by states --units clades --rho 0.5 --conf-type log',
    '1 2 --of genome --by rule.instructions --quantiles 3',
    '1 2 --of rule --by family --tracked-from 2',
    '1 2 --of architecture --by nodes --tracked-from 3 --strata run --rho 1 --conf-type log',
    '2 --of rule --tracked-from 2 --conf-type plain',
  ])('R agrees: %s', async (line) => {
    const out = await exported(...line.split(' '));
    const { status, text } = rscript(join(out, 'check.R'));
    expect(text).toMatch(/ 0 differ\./);
    expect(status).toBe(0);
    expect(rows(join(out, 'expected.csv')).length).toBe(Number(/(\d+) numbers compared/.exec(text)![1]));
  });

  withR('R agrees where coefficients are infinite and groups never meet', () => {
    for (let sample = 0; sample < 10; sample++) {
      const out = madeUp(sample);
      const { text } = rscript(join(out, 'check.R'));
      expect(text, `sample ${sample}`).toMatch(/ 0 differ\./);
    }
  });

  withR(
    'every changed number, a missing and an additional row, and a changed life make the script fail',
    async () => {
      const out = await exported('1', '2', '--of', 'rule', '--by', 'has-reduction');
      const [expected, lives] = [join(out, 'expected.csv'), join(out, 'survival.csv')];
      const [sound, table] = [readFileSync(expected, 'utf8'), readFileSync(lives, 'utf8')];
      const lines = sound.trimEnd().split('\n');
      // Each by ten times what is allowed.
      const changes = {
        ...{
          'curve se': 1e-9,
          'log-rank chisq': 1e-9,
          'mean se': 1e-9,
          'hazard se': 1e-9,
          'median value': 1e-9,
        },
        ...{
          'difference lower': 1e-9,
          'incidence by aged incidence': 1e-9,
          'incidence by aged lower': 1e-7,
          'cox coefficient': 1e-6,
          'cox robust se': 1e-5,
          'cox log-likelihood atMaximum': 1e-8,
        },
        ...{ 'proportional hazards chisq': 1e-5, 'pooled mean': 1e-5 },
      };
      for (const [what, by] of Object.entries(changes)) {
        const at = lines.findIndex(
          (line) => line.startsWith(`${what},`) && Number(line.split(',').at(-1)) !== 0,
        );
        const cells = lines[at]!.split(',');
        lines[at] = [...cells.slice(0, -1), Number(cells.at(-1)) * (1 + by)].join(',');
      }
      writeFileSync(expected, `${lines.slice(0, -1).join('\n')}\ncox coefficient,nobody,,1\n`);
      const changed = rscript(join(out, 'check.R'));
      expect(changed.text).toContain(`: ${Object.keys(changes).length + 2} differ.`);
      for (const what of Object.keys(changes)) expect(changed.text.split(' differ.')[1]).toContain(what);
      expect(changed.status).toBe(1);

      writeFileSync(expected, sound);
      writeFileSync(
        lives,
        table.replace(/,0,(\d+),1,/, (_, exit) => `,0,${Number(exit) + 1},1,`),
      );
      expect(rscript(join(out, 'check.R')).status).toBe(1);
    },
  );

  withR('Surv(entry, exit, event) reads the table unchanged', async () => {
    const out = await exported('1', '--of', 'rule');
    const code = `library(survival); d <- read.csv(${JSON.stringify(join(out, 'survival.csv'))});
      s <- suppressWarnings(with(d, Surv(entry, exit, event))); cat(sum(!is.na(s)), sum(s[, 'status'], na.rm = TRUE), max(s[, 'stop'], na.rm = TRUE))`;
    const table = rows(join(out, 'survival.csv'));
    const positive = table.filter(({ exit }) => Number(exit) > 0);
    const events = table.filter(({ event }) => event === '1');
    const longest = Math.max(...table.map(({ exit }) => Number(exit)));
    expect(rscript('-e', code)).toEqual({
      status: 0,
      text: `${positive.length} ${events.length} ${longest}`,
    });
  });

  it('has one row per unit, with its cause and its traits, on standard output too', async () => {
    for (const units of ['taxa', 'clades', 'individuals'] as const) {
      const { code, printed } = await streetlight(
        ...[
          'export',
          '2',
          '--what',
          'survival',
          '--of',
          'rule',
          '--by',
          'family',
          '--units',
          units,
          '--db',
          db,
        ],
      );
      expect(code).toBe(0);
      const table = parse(printed, { columns: true }) as Record<string, string>[];
      const lineage = openLineage(db, 'read');
      const lives = unitLives(lineage, 2, { of: 'rule', units });
      const causes = new Map(
        lineage.db
          .prepare<[], { birth: number; exit: number; cause: string }>(
            `SELECT birth, exit, iif(cause = 'failed', reason, cause) AS cause FROM life JOIN evaluation USING (individual) WHERE run = 2 AND event`,
          )
          .all()
          .map(({ birth, ...death }) => [birth, death]),
      );
      lineage.close();
      expect(table.length).toBe(lives.entry.length);
      table.forEach(({ unit, origin, exit, event, cause, family, group }, i) => {
        expect([unit, Number(origin)]).toEqual([`2:${lives.entry[i]}`, lives.entry[i]]);
        expect(Number(exit) + Number(origin)).toBe(lives.exit[i]);
        expect(family).toBe(group);
        const death = causes.get(lives.last[i]!);
        expect(cause).toBe(death?.cause ?? '');
        expect(event).toBe(death === undefined ? '0' : '1');
        if (death !== undefined) expect(death.exit).toBe(lives.exit[i]);
      });
      expect(table.some(({ event }) => event === '0')).toBe(true);
    }
  });

  it('replaces nothing unasked and writes all or nothing', async () => {
    const out = await exported('1', '--of', 'rule');
    const before = readFileSync(join(out, 'check.R'), 'utf8');
    rmSync(join(out, 'survival.csv'));
    const again = [
      'export',
      '1',
      '--what',
      'survival',
      '--of',
      'rule',
      '--tau',
      '5',
      '--db',
      db,
      '--out',
      out,
    ];
    const refused = await streetlight(...again);
    expect(refused.code).toBe(2);
    expect(refused.noted).toMatch(/check\.R: this file is there already\n.*--force/);
    expect(readFileSync(join(out, 'check.R'), 'utf8')).toBe(before);
    expect(() => readFileSync(join(out, 'survival.csv'))).toThrow();
    expect((await streetlight(...again, '--force')).code).toBe(0);
    expect(readFileSync(join(out, 'check.R'), 'utf8')).not.toBe(before);
  });

  it('refuses what says nothing about it', async () => {
    const pedigree = await streetlight('export', '--what', 'survival', '--of', 'pedigree', '--db', db);
    expect(pedigree).toMatchObject({ code: 2, printed: '' });
    expect(pedigree.noted).toContain('--of architecture');
    // So short a run that founders live on: the longest life is censored, and nobody is watched beyond it.
    const short = join(folder, 'short.db');
    search(short, 60, 'survival-3');
    const horizon = await streetlight('export', '--what', 'survival', '--tau', '5000', '--db', short);
    expect(horizon).toMatchObject({ code: 2, printed: '' });
    expect((await streetlight('export', '--db', db)).code).toBe(2);
    expect((await streetlight('export', '7', '--what', 'survival', '--db', db)).code).toBe(2);
    const unwritable = await streetlight('export', '--what', 'survival', '--db', db, '--out', join(db, 'x'));
    expect(unwritable.code).toBe(2);
    expect(unwritable.noted).toContain('cannot be written');
  });
});

/** Few lives in groups of which some are there in some runs only. */
function madeUp(sample: number): string {
  const random = stream(`made-up/${sample}`);
  const [entry, exit, event, groups, runs]: [number[], number[], number[], string[], number[]] = [
    [],
    [],
    [],
    [],
    [],
  ];
  const causes: (string | null)[] = [];
  const isDelayed = sample >= 4;
  for (let run = 1; run <= 3; run++)
    for (let i = 0; i < 12; i++) {
      const group = random.below(3) + (run === 3 ? 1 : 0);
      exit.push((random.below(9) + Number(isDelayed)) * (1 + (group % 3)));
      entry.push(isDelayed ? random.below(exit.at(-1)!) : 0);
      event.push(exit.at(-1)! > 0 && random.below(3) > 0 ? 1 : 0);
      causes.push(event.at(-1) === 1 ? ['a', 'b'][random.below(2)]! : null);
      groups.push(`g"${group}\\`);
      runs.push(run);
    }
  const [confidence, ties] = [
    (['log-log', 'plain'] as const)[sample % 2]!,
    (['efron', 'breslow'] as const)[(sample >> 1) % 2]!,
  ];
  const settings = { confidence, ties, rho: sample % 3, stratifyByRun: sample % 2 === 0 };
  const lives = { ...(isDelayed ? { entry } : {}), exit, event, causes, groups, runs };
  const analysis = survivorshipOf(lives, settings);
  const out = join(folder, `made-up-${sample}`);
  mkdirSync(out);
  const csv = exit.map(
    (at, i) =>
      `${runs[i]},${i},"${groups[i]!.replaceAll('"', '""')}",${entry[i]},${at},${event[i]},${causes[i] ?? ''}`,
  );
  writeFileSync(join(out, 'survival.csv'), `run,unit,group,entry,exit,event,cause\n${csv.join('\n')}\n`);
  writeFileSync(join(out, 'expected.csv'), `${[...expectedLines(lives, analysis)].join('\n')}\n`);
  const script = {
    ...settings,
    command: 'none',
    groups: analysis.groups.map(({ group }) => group),
    tau: analysis.tau,
  };
  writeFileSync(join(out, 'check.R'), survivalScript(script));
  return out;
}
