/** Phylogenies as other programs write them: each says the same as one in the standard's own words. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { parentsFirst } from '../../src/interchange/parents-first.ts';
import type { PhylogenyRecord } from '../../src/interchange/phylogeny-record.ts';
import { phylogenyStatistics } from '../../src/interchange/phylogeny-statistics.ts';
import { readAlife } from '../../src/interchange/read-alife.ts';
import { withoutUntold } from '../../src/interchange/untold-times.ts';
import { streetlight } from '../support/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-dialects-'));
afterAll(() => rmSync(folder, { recursive: true }));

const written = (content: string | Uint8Array, name = 'phylogeny.csv'): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

function read(content: string | Uint8Array): PhylogenyRecord {
  const found = readAlife(written(content));
  if (!found.ok) throw new Error(JSON.stringify(found.issues));
  return found.value;
}

const plain = `id,ancestor_list,origin_time,destruction_time
0,[none],0,3
1,[0],1,inf
2,[0],2,inf
3,"[1,2]",2.5,inf
`;

describe('a phylogeny in another dialect', () => {
  it.each([
    [
      "Python's lists",
      plain.replace('[none]', "['none']").replaceAll('[0]', "['0']").replace('[1,2]', "['1', '2']"),
    ],
    [
      'lists as JSON',
      plain.replace('[none]', '["NONE"]').replaceAll('[0]', '["0"]').replace('"[1,2]"', '"[""1"",""2""]"'),
    ],
    ["NumPy's lists", plain.replace('[none]', '[]').replace('"[1,2]"', '[1 2]')],
    [
      "Python's tuples and sets",
      plain.replace('[none]', '"(None,)"').replaceAll('[0]', '"(0,)"').replace('[1,2]', '{1, 2}'),
    ],
    [
      "lists of NumPy's numbers",
      plain
        .replace('[none]', '[None]')
        .replaceAll('[0]', '[np.int64(0)]')
        .replace('[1,2]', '[np.int64(1), numpy.uint32(2)]'),
    ],
    ['one ancestor without brackets', plain.replace('[none]', '').replaceAll('[0]', '0')],
    ['empty lists', plain.replace('[none]', '[]').replaceAll('[0]', '[ 0 ]')],
    ['no list for a root', plain.replace('[none]', '')],
    ['roots of None', plain.replace('[none]', '[None]')],
    ['a root without brackets', plain.replace('[none]', 'NONE')],
    ['padded ids', plain.replace(/^(\d)/gm, '00$1').replaceAll('[0]', '[000]').replace('[1,2]', '[01, 002]')],
    [
      "pandas' floats",
      plain.replace(/^(\d)/gm, '$1.0').replaceAll('[0]', '[0.0]').replace('[1,2]', '[1.0, 2.]'),
    ],
    ['ends that are empty', plain.replaceAll(',inf', ',')],
    ['ends of nan', plain.replaceAll(',inf', ',nan')],
    ['ends of none', plain.replaceAll(',inf', ',none')],
    ['ends of Infinity', plain.replaceAll(',inf', ',Infinity')],
    [
      'cells in quotes',
      plain
        .replace('"[1,2]"', '[1;2]')
        .replace(/[^,\n]+/g, '"$&"')
        .replace('[1;2]', '[1,2]'),
    ],
    ['blanks around cells', plain.replace('"[1,2]"', '[1 2]').replaceAll(',', ' , ')],
    ['lines of Windows, and empty ones at the end', `\uFEFF${plain.replaceAll('\n', '\r\n')}\r\n\r\n`],
    ['tabs', plain.replace('"[1,2]"', '[1;2]').replaceAll(',', '\t').replace('[1;2]', '[1,2]')],
    ['semicolons', plain.replace('"[1,2]"', '[1|2]').replaceAll(',', ';').replace('[1|2]', '[1,2]')],
    ['a comment above', `# by a program\n${plain}`],
    ['gzip', gzipSync(plain)],
    ['UTF-16', Buffer.from(`\uFEFF${plain}`, 'utf16le')],
    [
      'other columns between, in another order',
      plain
        .replace('"[1,2]"', '[1 2]')
        .split('\n')
        .map((line) => line.split(','))
        .map(([id, list, from, to], i) => (id === '' ? '' : [to, `x${i}`, list, from, `"a,b"`, id].join()))
        .join('\n'),
    ],
  ])('%s', (_, text) => {
    expect(text).not.toEqual(plain);
    expect(read(text)).toEqual(read(plain));
  });

  it('has the same record whatever each row is written like', () => {
    const ids = fc.constantFrom<(id: number) => string>(
      String,
      (id) => `0${id}`,
      (id) => `${id}.0`,
      (id) => ` ${id} `,
    );
    const lists = fc.constantFrom<(list: readonly string[]) => string>(
      (list) => `[${list.join(', ')}]`,
      (list) => `[${list.map((each) => `'${each}'`).join(',')}]`,
      (list) => `[${list.map((each) => `""${each}""`).join(' , ')}]`,
      (list) => `[${list.join(' ')}]`,
    );
    const roots = fc.constantFrom('', '[]', '[none]', "['None']", '[""NONE""]', 'nan', '[ ]');
    const ends = fc.constantFrom('inf', '+Infinity', '', 'NaN', 'None', 'null');
    const rows = fc.array(
      fc.record({
        back: fc.nat(3),
        other: fc.nat(3),
        life: fc.option(fc.nat(5)),
        id: ids,
        list: lists,
        root: roots,
        end: ends,
      }),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(rows, (each) => {
        const parents = each.map(({ back, other }, i) =>
          [...new Set([back, other])].filter((b) => b > 0 && b <= i).map((b) => i - b),
        );
        const head = 'id,ancestor_list,origin_time,destruction_time';
        const own = each.map(
          ({ life }, i) =>
            `${i},"[${parents[i]!.length === 0 ? 'none' : parents[i]}]",${i},${life === null ? 'inf' : i + life}`,
        );
        const theirs = each.map(
          ({ life, id, list, root, end }, i) =>
            `${id(i)},"${parents[i]!.length === 0 ? root : list(parents[i]!.map((p) => id(p).trim()))}",${i}.0,${life === null ? end : i + life}`,
        );
        expect(read([head, ...theirs].join('\n'))).toEqual(read([head, ...own].join('\n')));
      }),
    );
  });
});

describe('a phylogeny without times', () => {
  const noTimes = 'id,ancestor_list\n0,[none]\n1,[0]\n2,[0]\n3,[1]\n';

  it('has the statistics that need none, and the others are named', async () => {
    const path = written(noTimes);
    const { code, printed } = await streetlight('import', path);
    expect(code).toBe(0);
    expect(printed).toContain('4 nodes, 2 living');
    expect(printed).toMatch(/Without origin_time and destruction_time these cannot be told: .*sum_ed/);
    expect(printed).not.toMatch(/^sum_ed/m);
    const { statistics: json, ...rest } = JSON.parse(
      (await streetlight('import', path, '--json')).printed,
    ) as {
      readonly statistics: Readonly<Record<string, number | null>>;
    };
    expect(rest).toMatchObject({ nodes: 4, living: 2, now: null, untold: ['origins', 'ends'] });
    // By hand: leaves 2 and 3, which are 3 edges apart.
    expect(json).toMatchObject({
      num_taxa: 4,
      num_active: 2,
      phylogenetic_diversity: 3,
      mean_pairwise_distance: 3,
      mrca_id: 0,
    });
    expect(json).toMatchObject({
      now: null,
      median_life: null,
      sum_distance: null,
      mean_ed: null,
      mean_origin_time: null,
    });
  });

  it('counts as living who has members, where that is told', () => {
    const record = read('id,ancestor_list,num_orgs\n0,[none],2\n1,[0],0\n2,[0],1\n');
    expect([...record.destruction]).toEqual([Number.POSITIVE_INFINITY, 0, Number.POSITIVE_INFINITY]);
    expect(record.untold).toEqual(['origins', 'ends']);
  });

  it('has ends only, or origins only', () => {
    const origins = read('id,ancestor_list,origin_time\n0,[none],0\n1,[0],1\n2,[0],2\n');
    expect(origins.untold).toEqual(['ends']);
    const of = (record: PhylogenyRecord) =>
      Object.fromEntries(withoutUntold(record, phylogenyStatistics(record)).statistics);
    expect(of(origins)).toMatchObject({ now: 2, sum_distance: 3, median_life: null, num_active: 2 });
    const ends = read('id,ancestor_list,destruction_time\n0,[none],inf\n1,[0],7\n2,[0],inf\n');
    expect(ends.untold).toEqual(['origins']);
    expect(of(ends)).toMatchObject({ now: null, sum_ed: null, num_active: 2 });
  });

  it('tells nothing that hangs on times', () => {
    const rows = fc.array(
      fc.record({ back: fc.nat(4), isLiving: fc.boolean(), step: fc.nat(9), life: fc.nat(9) }),
      {
        minLength: 1,
        maxLength: 20,
      },
    );
    fc.assert(
      fc.property(rows, (each) => {
        const record = (times: readonly number[]): PhylogenyRecord => ({
          id: Float64Array.from(each, (_, i) => i),
          parent: Int32Array.from(each, ({ back }, i) => (back === 0 || back > i ? -1 : i - back)),
          otherParent: new Int32Array(each.length).fill(-1),
          origin: Float64Array.from(times),
          destruction: Float64Array.from(each, ({ isLiving, life }, i) =>
            isLiving ? Number.POSITIVE_INFINITY : times[i]! + life,
          ),
          members: Float64Array.from(each, ({ isLiving }) => Number(isLiving)),
          untold: ['origins', 'ends'],
        });
        let time = 0;
        const timed = record(each.map(({ step }) => (time += step)));
        const untimed = record(each.map(() => 0));
        const told = (of: PhylogenyRecord) => withoutUntold(of, phylogenyStatistics(of)).statistics;
        expect(told(untimed)).toEqual(told(timed));
      }),
    );
  });

  it('takes no --now, and no file takes one that lies before its end', async () => {
    for (const [text, message] of [
      [noTimes, 'no origin_time'],
      [plain, 'before 3'],
    ] as const) {
      const { code, noted } = await streetlight('import', written(text), '--now', '2');
      expect(code).toBe(2);
      expect(noted).toContain(message);
    }
  });
});

describe('the order of ancestors', () => {
  const rows = fc
    .array(fc.array(fc.nat(11), { maxLength: 2 }), { minLength: 1, maxLength: 12 })
    .map((all) =>
      all.map((ancestors, id) => ({ id, ancestors: [...new Set(ancestors)].filter((a) => a < all.length) })),
    );

  it('is there unless somebody descends from himself, and a circle is one', () => {
    let [orders, disorders] = [0, 0];
    fc.assert(
      fc.property(rows, (all) => {
        const isAbove = (a: number, b: number, seen = new Set<number>()): boolean =>
          !seen.has(b) &&
          !!seen.add(b) &&
          all[b]!.ancestors.some((each) => each === a || isAbove(a, each, seen));
        const onCircles = all.filter(({ id }) => isAbove(id, id)).map(({ id }) => id);
        const found = parentsFirst(all);
        if ('order' in found) {
          orders += 1;
          expect(onCircles).toEqual([]);
          const place = new Map(found.order.map(({ id }, i) => [id, i]));
          for (const { id, ancestors } of all)
            for (const ancestor of ancestors) expect(place.get(ancestor)!).toBeLessThan(place.get(id)!);
          return;
        }
        disorders += 1;
        const { circles } = found.disorder;
        expect(circles.length).toBeGreaterThan(0);
        for (const circle of circles) {
          expect(circle.at(-1)).toBe(circle[0]);
          for (let i = 1; i < circle.length; i++) expect(circle[i]!.ancestors).toContain(circle[i - 1]!.id);
          for (const { id } of circle) expect(onCircles).toContain(id);
        }
      }),
      { numRuns: 2000 },
    );
    expect(Math.min(orders, disorders)).toBeGreaterThan(100);
  });

  it('costs the number of rows, however they are sorted', () => {
    const n = 200_000;
    const chain = Array.from({ length: n }, (_, i) => ({ id: i, ancestors: i === n - 1 ? [] : [i + 1] }));
    const found = parentsFirst(chain);
    expect('order' in found && found.order[0]!.id).toBe(n - 1);
    const ring = parentsFirst([...chain.slice(0, -1), { id: n - 1, ancestors: [0] }]);
    expect('disorder' in ring && ring.disorder.circles.map(({ length }) => length)).toEqual([n + 1]);
  });
});
