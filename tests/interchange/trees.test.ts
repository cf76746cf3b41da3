import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DrawnTree, drawnTree } from '../../src/interchange/drawn-tree.ts';
import { newickLines } from '../../src/interchange/newick.ts';
import { nexusLines } from '../../src/interchange/nexus.ts';
import type { PhylogenyRecord } from '../../src/interchange/phylogeny-record.ts';
import { branchingTree, extantTree, lastCommonAncestor } from '../../src/statistics/phylogeny.ts';
import { streetlight } from '../support/program.ts';
import { itWithR, rscript } from '../support/r.ts';
import { madeUpDatabase } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-trees-'));
const db = join(folder, 'lineage.db');
const births = 300;
beforeAll(() => madeUpDatabase(db, 1, births));
afterAll(() => rmSync(folder, { recursive: true }));

interface Read {
  readonly name: string;
  readonly length: number;
  readonly children: Read[];
}

/** Newick with quotes, by the grammar; recursive, for small trees. */
function readNewick(text: string): Read {
  let at = 0;
  const label = (): string => {
    if (text[at] !== "'") {
      const end = at + /^[^(),:;]*/.exec(text.slice(at))![0].length;
      const plain = text.slice(at, end);
      at = end;
      return plain;
    }
    const quoted = /^'((?:[^']|'')*)'/.exec(text.slice(at))!;
    at += quoted[0].length;
    return quoted[1]!.replaceAll("''", "'");
  };
  const node = (): Read => {
    const children: Read[] = [];
    if (text[at] === '(') {
      do {
        at += 1;
        children.push(node());
      } while (text[at] === ',');
      expect(text[at]).toBe(')');
      at += 1;
    }
    const name = label();
    const length = /^:([^(),;]+)/.exec(text.slice(at));
    if (length !== null) at += length[0].length;
    return { name, length: length === null ? 0 : Number(length[1]), children };
  };
  const root = node();
  expect(text.slice(at)).toBe(';');
  return root;
}

/** Names at tips, with their distance from the root. */
function tipsBelow({ name, length, children }: Read, from = 0): [string, number][] {
  if (children.length === 0) return [[name, from + length]];
  return children.flatMap((child) => tipsBelow(child, from + length));
}

const namesOf = ({ name: own, children }: Read): string[] => [
  ...(own === '' ? [] : [own]),
  ...children.flatMap(namesOf),
];

const single = fc
  .array(fc.tuple(fc.nat(6), fc.boolean(), fc.nat(3)), { minLength: 1, maxLength: 30 })
  .map((rows): PhylogenyRecord => {
    let time = 0;
    const alive = rows.map(([, living], i) => living || i === rows.length - 1);
    return {
      id: Float64Array.from(rows, (_, i) => i),
      parent: Int32Array.from(rows, ([back], i) => (i === 0 ? -1 : Math.max(0, i - 1 - back))),
      otherParent: new Int32Array(rows.length).fill(-1),
      origin: Float64Array.from(rows, ([, , step]) => (time += step)),
      destruction: Float64Array.from(alive, (each) => (each ? Number.POSITIVE_INFINITY : time)),
      members: Float64Array.from(alive, Number),
    };
  });

const name = (node: number) => `n${node}`;
const isLiving = (record: PhylogenyRecord, i: number) => record.destruction[i] === Number.POSITIVE_INFINITY;

describe('trees', () => {
  it('collapsed, of the living, are the tree of branch points', () => {
    fc.assert(
      fc.property(single, (record) => {
        const tree = drawnTree(record, { all: false, collapse: true });
        const extant = record.destruction.map((_, i) => (isLiving(record, i) ? 1 : 0));
        const whole = extantTree(record.parent, extant, record.origin);
        const expected = branchingTree(whole);
        expect(tree.parent).toEqual(expected.parent);
        expect(tree.length).toEqual(expected.length);
        expect(lastCommonAncestor(whole)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('have the living, or all, as they descend, with times of origin as distances', () => {
    fc.assert(
      fc.property(single, fc.boolean(), fc.boolean(), (record, all, collapse) => {
        const [line, ...others] = [...newickLines(drawnTree(record, { all, collapse }), name)];
        expect(others).toEqual([]);
        const tips = new Map(tipsBelow(readNewick(line!)));
        const hasChild = new Set(record.parent);
        record.id.forEach((_, i) => {
          const isTip = isLiving(record, i) || (all && !hasChild.has(i));
          expect(tips.get(`n${i}`)).toBe(isTip ? record.origin[i]! - record.origin[0]! : undefined);
        });
      }),
    );
  });

  it('quote names that need it', () => {
    const pair: DrawnTree = {
      parent: Int32Array.of(-1, 0, 0, 0),
      length: Float64Array.of(0, 1, 2.5, 1e-7),
      node: Int32Array.of(0, 1, 2, 3),
    };
    const names = ["it's (a, root):", 'under_score', 'r1.57', 'two words; [or more]'];
    const read = readNewick([...newickLines(pair, (node) => names[node]!)][0]!);
    expect(read.name).toBe(names[0]);
    expect(read.children.map((child) => [child.name, child.length])).toEqual([
      [names[1], 1],
      [names[2], 2.5],
      [names[3], 1e-7],
    ]);
  });

  it('are written however deep they are', () => {
    const depth = 100_000;
    const chain: PhylogenyRecord = {
      id: Float64Array.from({ length: depth }, (_, i) => i),
      parent: Int32Array.from({ length: depth }, (_, i) => i - 1),
      otherParent: new Int32Array(depth).fill(-1),
      origin: Float64Array.from({ length: depth }, (_, i) => i),
      destruction: Float64Array.from({ length: depth }, (_, i) =>
        i % 1000 === 999 ? Number.POSITIVE_INFINITY : i + 1,
      ),
      members: new Float64Array(depth),
    };
    const [deep] = [...newickLines(drawnTree(chain, { all: true, collapse: false }), name)];
    expect(deep!.match(/\(/g)!.length).toBe(depth - 1);
    expect(deep!.startsWith('((((')).toBe(true);
    const [short] = [...newickLines(drawnTree(chain, { all: false, collapse: true }), name)];
    expect(tipsBelow(readNewick(short!)).length).toBe(depth / 1000);
  });

  it('have one line per founder, a single one below a root', () => {
    const apart: PhylogenyRecord = {
      id: Float64Array.of(0, 1, 2),
      parent: Int32Array.of(-1, -1, 0),
      otherParent: Int32Array.of(-1, -1, -1),
      origin: Float64Array.of(0, 1, 5),
      destruction: Float64Array.of(9, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY),
      members: Float64Array.of(0, 1, 1),
    };
    const lines = (drawing: { all: boolean; collapse: boolean }) => [
      ...newickLines(drawnTree(apart, drawing), name),
    ];
    expect(lines({ all: false, collapse: false })).toEqual(['(n2:5)n0;', '(n1:0);']);
    expect(lines({ all: false, collapse: true })).toEqual(['(n1:0);', '(n2:5);']);
  });

  it('NEXUS holds the traits of the tips, and says which it leaves out', () => {
    const star: DrawnTree = {
      parent: Int32Array.from({ length: 41 }, (_, i) => (i === 0 ? -1 : 0)),
      length: new Float64Array(41),
      node: Int32Array.from({ length: 41 }, (_, i) => i),
    };
    const traits = {
      names: ['many', 'has-it'],
      of: (node: number) => [`${node}`, node % 2 === 0 ? 'yes' : 'no'],
    };
    const text = [...nexusLines(star, name, traits)].join('\n');
    expect(text).toContain('[left out: many, which has 40 states]');
    expect(text).toContain('NTAX=40');
    expect(text).toContain("1 'has-it' / no yes");
    expect(text).toContain('    n7 0\n    n8 1\n');
  });
});

describe('names that mean something in NEXUS', () => {
  const names = ['matrix', "it's; [not] (so)", '12', 'end', 'a_b', 'two  words', 'tree', 'plain'];
  const states = ['matrix', 'END', 'end_', 'nchar', '', "a 'b'", '[c]', '3', 'ntax=9', ';'];
  const star: DrawnTree = {
    parent: Int32Array.from({ length: 11 }, (_, i) => (i === 0 ? -1 : 0)),
    length: Float64Array.from({ length: 11 }, (_, i) => i),
    node: Int32Array.from({ length: 11 }, (_, i) => i),
  };
  const traits = {
    names: ['matrix', 'dimensions ntax=3;', 'no [brackets]'],
    of: (node: number) => [states[node % 10]!, states[(node * 3) % 10]!, ''],
  };
  const plainName = (node: number) => `r1.${node}`;

  it('are no commands, in one line each, and differ', () => {
    const text = [...nexusLines(star, (node) => names[node % 8] + (node > 7 ? ' again' : ''), traits)].join(
      '\n',
    );
    const outside = text.replaceAll(/'(?:[^']|'')*'/g, "''");
    const count = (word: string) => outside.match(new RegExp(`\\b${word}\\b`, 'gi'))?.length ?? 0;
    expect(['MATRIX', 'NTAX', 'NCHAR', 'TREES', 'CHARSTATELABELS'].map(count)).toEqual([1, 1, 1, 1, 1]);
    expect(count('END')).toBe(3);
    for (const word of ['matrix', 'end', 'nchar', 'ntax'])
      expect(text).not.toMatch(new RegExp(`'[^'\\n]*\\b${word}\\b`, 'i'));
    const labels = /^ {4}1 (\S+) \/ (.*),$/m.exec(text)!;
    expect(labels[1]).toBe("'matrix_'");
    const found = labels[2]!.match(/'(?:[^']|'')*'|\S+/g)!;
    expect(new Set(found.map((label) => label.toLowerCase())).size).toBe(states.length - 1);
    // Not defined anywhere: a gap, and no state.
    expect(text).toMatch(/^ {4}3 'no \[brackets\]'$/m);
    expect(text).toMatch(/ [0-9A-Z-]{2}-$/m);
    expect(text).not.toContain("''''");
  });

  it('of traits that are not there leave no matrix', () => {
    const text = [...nexusLines(star, plainName, { names: [], of: () => [] })].join('\n');
    expect(text).not.toContain('MATRIX');
    expect(text).toContain('BEGIN TREES;');
  });

  itWithR('ape')("are read by R's ape", () => {
    const path = join(folder, 'nasty.nex');
    writeFileSync(path, [...nexusLines(star, plainName, traits), ''].join('\n'));
    const { status, text } = rscript(
      '-e',
      `suppressPackageStartupMessages(library(ape)); t <- read.nexus('${path}')
       d <- suppressWarnings(read.nexus.data('${path}')) # ape counts quotes within quotes

       stopifnot(setequal(names(d), t$tip.label), all(lengths(d) == 3))
       cat(length(t$tip.label), sum(t$edge.length), sapply(d, paste, collapse = ''))`,
    );
    expect({ status, text }).toMatchObject({ status: 0 });
    const [tips, length, ...rows] = text.trim().split(/\s+/);
    expect([tips, length]).toEqual(['10', '55']);
    expect(new Set(rows.map((row) => row[0]!.toLowerCase())).size).toBe(states.length);
  });
});

describe('export --what newick', () => {
  it('refuses two parents, with the flag that picks a chromosome', async () => {
    for (const what of ['newick', 'nexus']) {
      const { code, printed, noted } = await streetlight('export', '--what', what, '--db', db);
      expect({ code, printed }).toEqual({ code: 2, printed: '' });
      expect(noted).toMatch(/\d+ births of run 1 have two parents[^\n]*\n.*--of architecture or --of rule/);
    }
  });

  it('has all who live as tips, in the tree of either chromosome', async () => {
    const living = (
      await streetlight('query', 'SELECT birth FROM life WHERE NOT event', '--format', 'csv', '--db', db)
    ).printed
      .trimEnd()
      .split('\n')
      .slice(1);
    for (const of of ['architecture', 'rule'])
      for (const more of [[], ['--collapse']]) {
        const { printed } = await streetlight('export', '--what', 'newick', '--of', of, ...more, '--db', db);
        const roots = printed.trimEnd().split('\n').map(readNewick);
        const tips = roots.flatMap((root) => tipsBelow(root).map(([tip]) => tip));
        expect(tips.toSorted()).toEqual(living.map((birth) => `r1.${birth}`).toSorted());
        const full = await streetlight('export', '--what', 'newick', '--of', of, '--all', '--db', db);
        const named = full.printed
          .trimEnd()
          .split('\n')
          .flatMap((line) => namesOf(readNewick(line)));
        expect(new Set(named)).toEqual(new Set(Array.from({ length: births }, (_, birth) => `r1.${birth}`)));
        expect(named.length).toBe(births);
      }
  });

  itWithR('ape')("R's ape reads trees and traits", async () => {
    const files = ['newick', 'nexus'].map((what) => join(folder, `rules.${what}`));
    for (const [i, what] of ['newick', 'nexus'].entries())
      await streetlight(
        'export',
        '--what',
        what,
        '--of',
        'rule',
        '--collapse',
        '--db',
        db,
        '--out',
        files[i]!,
      );
    const { status, text } = rscript(
      '-e',
      `suppressPackageStartupMessages(library(ape)); as_list <- function(t) if (inherits(t, 'phylo')) list(t) else lapply(t, identity)
       a <- as_list(read.tree('${files[0]}')); b <- as_list(read.nexus('${files[1]}')); d <- read.nexus.data('${files[1]}')
       tips <- unlist(lapply(a, function(t) t$tip.label))
       stopifnot(length(a) == length(b), identical(tips, unlist(lapply(b, function(t) t$tip.label))), setequal(names(d), tips))
       for (i in seq_along(a)) stopifnot(all.equal(a[[i]]$edge.length, b[[i]]$edge.length))
       cat(length(tips), sum(unlist(lapply(a, function(t) t$edge.length))), sum(sapply(a, function(t) if (is.null(t$root.edge)) 0 else t$root.edge)))`,
    );
    expect({ status, text }).toMatchObject({ status: 0 });
    const [tips, length, stems] = text.split(' ').map(Number);
    const { printed } = await streetlight('export', '--what', 'statistics', '--of', 'rule', '--db', db);
    const statistic = (key: string) => Number(new RegExp(`^${key},(.*)$`, 'm').exec(printed)![1]);
    expect(tips).toBe(statistic('num_active'));
    expect(length! + stems!).toBe(statistic('sum_distance'));
  });
});
