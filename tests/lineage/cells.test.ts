/** Cells in a file: what is stored is found again, by its whole key and on its workbench; nothing is written to a file that is only read; what was changed is noticed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initialEventHash, nextEventHash } from '../../src/evolution/event-hash.ts';
import { type CellKey, type CellRow, cellFindings, openCells } from '../../src/lineage/cells.ts';
import { createRun, openJournal } from '../../src/lineage/journal.ts';
import { openLineage } from '../../src/lineage/open.ts';
import { verifyLineage } from '../../src/lineage/verify.ts';
import { audit, newRun, toldRun } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-cells-'));
const path = join(folder, 'lineage.db');
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(() => {
  const lineage = openLineage(path, 'write');
  const journal = openJournal(lineage, createRun(lineage, newRun, audit));
  let hash = initialEventHash;
  for (const each of toldRun(6)) {
    hash = nextEventHash(hash, each);
    journal.append(each, hash);
  }
  journal.close('births');
  lineage.close();
});

const key: CellKey = {
  ...{ architecture: 1, rule: 2, task: 0, seed: 'assay/x/1/judgement/0', learningRate: -1 },
  split: 'final',
};
const measured: CellRow = {
  ...{ reason: null, loss: 0.25, accuracy: null, steps: 40, costUnits: 120, parameters: 7 },
};
const failed: CellRow = { ...measured, reason: 'diverged', loss: null, steps: 3 };

const withCells = <T>(mode: 'derive' | 'read', use: (cells: ReturnType<typeof openCells>) => T): T => {
  const lineage = openLineage(path, mode);
  try {
    return use(openCells(lineage, 'bench'));
  } finally {
    lineage.close();
  }
};

const findings = (): readonly string[] => {
  const lineage = openLineage(path, 'read');
  try {
    return cellFindings(lineage.db);
  } finally {
    lineage.close();
  }
};

describe('cells', () => {
  it('are found by each part of their key, after the file was closed', () => {
    withCells('derive', (cells) => {
      expect(cells.find(key)).toBeNull();
      cells.add([
        [key, measured],
        [{ ...key, task: 1 }, failed],
      ]);
    });
    withCells('read', ({ find }) => {
      expect(find(key)).toEqual(measured);
      expect(find({ ...key, task: 1 })).toEqual(failed);
      const others: Partial<CellKey>[] = [
        { architecture: 2 },
        { rule: 1 },
        { task: 2 },
        { seed: `${key.seed}0` },
        { learningRate: 1 },
        { split: 'select' },
      ];
      expect(others.map((other) => find({ ...key, ...other }))).toEqual(others.map(() => null));
    });
    const lineage = openLineage(path, 'read');
    expect(openCells(lineage, 'another bench').find(key)).toBeNull();
    lineage.close();
  });

  it('stay as they were first stored', () => {
    withCells('derive', ({ add, find }) => {
      add([[key, { ...measured, loss: 9 }]]);
      expect(find(key)).toEqual(measured);
    });
  });

  it('go into no file that is only read', () => {
    withCells('read', ({ add, find }) => {
      const other = { ...key, seed: 'other' };
      add([[other, measured]]);
      expect(find(other)).toBeNull();
    });
  });

  it('and their workbench are answered for by `verify`', () => {
    expect(findings()).toEqual([]);
    const changes = [
      ['UPDATE cell SET loss = 0.2 WHERE loss = 0.25', 'UPDATE cell SET loss = 0.25 WHERE loss = 0.2'],
      ["UPDATE cell SET seed = 'a' WHERE task = 1", `UPDATE cell SET seed = '${key.seed}' WHERE task = 1`],
      ["UPDATE workbench SET content = 'benches'", "UPDATE workbench SET content = 'bench'"],
    ] as const;
    for (const [change, back] of changes) {
      const lineage = openLineage(path, 'derive');
      lineage.db.exec(change);
      expect(cellFindings(lineage.db), change).toHaveLength(1);
      const found = verifyLineage(lineage, { initial: initialEventHash, next: nextEventHash });
      expect(
        found.map(({ check }) => check),
        change,
      ).toEqual(['cells']);
      lineage.db.exec(back);
      lineage.close();
    }
    expect(findings()).toEqual([]);
  });
});
