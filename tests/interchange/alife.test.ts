import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/genome/known.ts';
import { alifeLines } from '../../src/interchange/alife-lines.ts';
import type { PhylogenyRecord } from '../../src/interchange/phylogeny-record.ts';
import { phylogenyStatistics } from '../../src/interchange/phylogeny-statistics.ts';
import { readAlife } from '../../src/interchange/read-alife.ts';
import oracle from '../fixtures/diversity.json' with { type: 'json' };
import { toldRun } from '../lineage/support.ts';
import { expectClose } from '../support/close.ts';
import { streetlight } from '../support/program.ts';
import { madeUpDatabase } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-alife-'));
const db = join(folder, 'lineage.db');
const births = 400;
beforeAll(() => madeUpDatabase(db, 1, births));
afterAll(() => rmSync(folder, { recursive: true }));

const written = (text: string): string => {
  const path = join(folder, 'phylogeny.csv');
  writeFileSync(path, text);
  return path;
};
const snapshot = join(packageRoot(), 'tests/fixtures/systematics-snapshot.csv');

describe("a phylogeny of Empirical's", () => {
  it('loads, and has the statistics that Empirical gives', async () => {
    const { code, printed } = await streetlight('import', snapshot, '--now', '60', '--json');
    expect(code).toBe(0);
    const { statistics: found } = JSON.parse(printed) as { statistics: Record<string, number> };
    const { stats } = oracle.systematics;
    const same = [
      ...(['num_active', 'num_ancestors', 'num_outside', 'total_orgs', 'phylogenetic_diversity'] as const),
      ...(['mean_pairwise_distance', 'variance_pairwise_distance', 'sum_pairwise_distance'] as const),
      ...([
        'mean_pairwise_distance_branch_only',
        'sum_distance',
        'mean_ed',
        'sum_ed',
        'variance_ed',
      ] as const),
      ...([
        'colless_like',
        'sackin',
        'mrca_depth',
        'mrca_id',
        'max_depth',
        'ave_depth',
        'shannon_bits',
      ] as const),
    ];
    for (const name of same) expectClose(found[name], stats[name], 1e-12);
  });

  it('may have its rows in any order', () => {
    const [head, ...rows] = readFileSync(snapshot, 'utf8').trimEnd().split('\n');
    const first = readAlife(snapshot);
    for (const order of [rows.toSorted(), rows.toReversed()])
      expect(readAlife(written([head, ...order].join('\r\n')))).toEqual(first);
  });
});

describe("ALife's CSV of a run", () => {
  const nodes = [
    ['--units', 'taxa', '--of', 'architecture'],
    ['--units', 'taxa', '--of', 'rule'],
    ['--of', 'architecture'],
    ['--units', 'individuals', '--of', 'rule'],
    [],
  ];

  it.each(nodes)('is read back with the same statistics: %s %s %s %s', async (...options) => {
    const path = join(folder, `${options.join('')}.csv`);
    const exported = await streetlight(
      'export',
      '--what',
      'phylogeny',
      ...options,
      '--db',
      db,
      '--out',
      path,
    );
    expect(exported.code).toBe(0);
    const own = await streetlight('export', '--what', 'statistics', ...options, '--db', db);
    const read = await streetlight('import', path, '--csv');
    expect(read).toEqual({ code: 0, printed: own.printed, noted: '' });
    expect(own.printed).toMatch(/^num_active,[1-9]/m);
    expect(own.printed.includes('phylogenetic_diversity')).toBe(options.length > 0);
  });

  it('keeps to the standard: parents that exist and are older, [none], no space, inf', async () => {
    const { printed } = await streetlight('export', '--what', 'phylogeny', '--db', db);
    expect(printed.split('\n')[0]).toMatch(/^id,ancestor_list,origin_time,destruction_time,/);
    expect(printed).toMatch(/^\d+,"\[\d+,\d+\]",\d+,/m);
    const rows = parse(printed, { columns: true }) as Record<string, string>[];
    const told = [...toldRun(births, 21)];
    expect(rows.length).toBe(births);
    rows.forEach((row, i) => {
      const { birth } = told[i]!;
      const parents = [birth.parent, birth.otherParent].filter((parent) => parent !== null);
      expect(row['ancestor_list']).toBe(parents.length === 0 ? '[none]' : JSON.stringify(parents));
      expect(row['id']).toBe(`${i}`);
      expect(row['origin_time']).toBe(`${i}`);
      expect(row['operators']).toBe(birth.mutations.map(({ operator }) => operator).join(' '));
    });
    const deaths = new Map(told.flatMap((each) => each.deaths.map(({ birthIndex, at }) => [birthIndex, at])));
    for (const { id, destruction_time: ended } of rows)
      expect(ended).toBe(`${deaths.get(Number(id)) ?? 'inf'}`);
  });

  it('is of one run', async () => {
    const two = join(folder, 'two.db');
    madeUpDatabase(two, 2, 30);
    const { code, noted } = await streetlight('export', '1', '2', '--what', 'phylogeny', '--db', two);
    expect(code).toBe(2);
    expect(noted).toContain('one run');
  });
});

describe('any record', () => {
  const record = fc
    .array(fc.tuple(fc.nat(5), fc.nat(5), fc.nat(3), fc.option(fc.nat(9)), fc.nat(4)), {
      minLength: 1,
      maxLength: 30,
    })
    .map((rows): PhylogenyRecord => {
      const parent = Int32Array.from(rows, ([back], i) => (back === 0 || back > i ? -1 : i - back));
      let time = 0;
      const origin = Float64Array.from(rows, ([, , step]) => (time += step));
      return {
        id: Float64Array.from(rows, (_, i) => 3 * i + 1),
        parent,
        otherParent: Int32Array.from(rows, ([, back], i) =>
          parent[i]! < 0 || back === 0 || back > i || i - back === parent[i] ? -1 : i - back,
        ),
        origin,
        destruction: Float64Array.from(rows, ([, , , life], i) =>
          life === null ? Number.POSITIVE_INFINITY : origin[i]! + life,
        ),
        members: Float64Array.from(rows, ([, , , life, members]) => (life === null ? members : 0)),
      };
    });

  it('is what was written', () => {
    fc.assert(
      fc.property(record, (each) => {
        const extras = { columns: ['num_orgs'], cells: [...each.members].map((members) => [members]) };
        const lines = [...alifeLines(each, extras)];
        const read = readAlife(written(lines.join('\n')));
        if (!read.ok) throw new Error(JSON.stringify(read.issues));
        expect(read.value).toEqual(each);
        const shuffled = readAlife(written([lines[0], ...lines.slice(1).toReversed()].join('\n')));
        expect(shuffled).toEqual(read);
        for (const [name, value] of phylogenyStatistics(read.value))
          expect(Number.isFinite(value ?? 0), name).toBe(true);
      }),
    );
  });
});

describe('what is no phylogeny', () => {
  const head = 'id,ancestor_list,origin_time,destruction_time';
  it.each([
    ['', 1, 'empty'],
    ['a,b\n1,2\n', 1, 'there is no column id, ancestor_list'],
    [`${head}\n`, 1, 'no row'],
    [`${head}\n0,[none],0,inf\n1,[0],1\n`, 3, '3 cells'],
    [`${head}\n0,[none],0,inf\n1,"[0],1,inf\n`, 3, 'not CSV'],
    [`${head}\n0,[none],0,inf\nx,[0],1,inf\n`, 3, 'id is `x`'],
    [`${head}\n0,[none],zero,inf\n`, 2, 'origin_time is `zero`'],
    [`${head}\n0,[none],0,later\n`, 2, 'destruction_time is `later`'],
    [`${head}\n0,[none],,9\n1,[0],1,9\n`, 2, 'origin_time is missing here'],
    [`${head},id\n0,[none],0,9,1\n`, 1, 'more than one column `id`'],
    [`${head}\n0,[none],0,9\n1,[none],0,9\n2,[0,1],1,inf\n`, 4, '5 cells'],
    [`${head}\n0x1,[none],0,9\n`, 2, 'id is `0x1`'],
    [`${head}\n0,[none],0,9\n9007199254740993,[0],0,9\n`, 3, 'id is `9007199254740993`'],
    [`${head}\n0,[none],0,9\n1,"[0,none]",0,9\n`, 3, 'ancestor_list is `[0,none]`'],
    [`${head}\n0,[0],0,9\n`, 2, 'ancestor of itself (0 -> 0)'],
    [`${head}\n0,zero,0,inf\n`, 2, 'ancestor_list is `zero`'],
    // An id by itself is a list of one.
    [`${head}\n0,0,0,inf\n`, 2, 'ancestor of itself (0 -> 0)'],
    [`${head}\n0,[none],0,inf\n0,[none],0,inf\n`, 3, 'id 0 is there already, in line 2'],
    [`${head}\n0,[none],0,inf\n1,[7],1,inf\n`, 3, 'ancestor 7, which is not in this file'],
    [`${head}\n0,[none],5,inf\n1,[0],1,inf\n`, 3, 'before its ancestor 0'],
    [`${head}\n0,[none],5,2\n`, 2, 'before its origin'],
    [`${head}\n0,[1],0,inf\n1,[0],0,inf\n2,[1],0,inf\n`, 2, '0 is an ancestor of itself (0 -> 1 -> 0)'],
    [`${head}\n0,[none],0,9\n1,[none],0,9\n2,[none],0,9\n3,"[0,1,2]",1,inf\n`, 5, '3 parents'],
  ])('is refused: %j', async (text, line, message) => {
    const path = written(text);
    const { code, printed, noted } = await streetlight('import', path);
    expect({ code, printed }).toEqual({ code: 2, printed: '' });
    expect(noted).toContain(`${path}:${line}: `);
    expect(noted).toContain(message);
  });

  it('a file that is not there, or a folder', async () => {
    for (const path of [join(folder, 'nowhere.csv'), folder])
      expect((await streetlight('import', path)).code).toBe(2);
  });
});
