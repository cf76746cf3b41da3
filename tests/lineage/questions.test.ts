/** Taxa under losses of the machine, traits inside SQL, and questions that are misspelt. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createRun, openJournal } from '../../src/lineage/journal.ts';
import { openLineage } from '../../src/lineage/open.ts';
import { runQuery } from '../../src/lineage/query.ts';
import { livesOf } from '../../src/lineage/taxa.ts';
import { audit, newRun, toldRun } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'questions-'));
const path = join(folder, 'a.db');
{
  const lineage = openLineage(path, 'write');
  const journal = openJournal(lineage, createRun(lineage, newRun, audit));
  for (const told of toldRun(300)) journal.append(told, 'h');
  journal.close('births');
  lineage.close();
}
const lineage = openLineage(path, 'read');
afterAll(() => {
  lineage.close();
  rmSync(folder, { recursive: true });
});

describe('taxa', () => {
  const births = {
    donor: Int32Array.of(-1, 0, -1, 2, -1),
    block: Int32Array.of(7, 7, 8, 8, 9),
    death: Int32Array.of(5, 2, 4, 4, -1),
    end: 9,
  };

  it('end with their last carrier, or are censored alive', () => {
    const { exit, event } = livesOf({ ...births, lost: new Uint8Array(5) });
    expect([...exit]).toEqual([5, 4, 9]);
    expect([...event]).toEqual([1, 1, 0]);
  });

  it('are censored, and not extinct, where the last carrier was lost with its worker', () => {
    const lostLast = livesOf({ ...births, lost: Uint8Array.of(1, 0, 0, 0, 0) });
    expect([[...lostLast.exit], [...lostLast.event]]).toEqual([
      [5, 4, 9],
      [0, 1, 0],
    ]);
    const lostEarlier = livesOf({ ...births, lost: Uint8Array.of(0, 1, 0, 0, 0) });
    expect([...lostEarlier.event]).toEqual([1, 1, 0]);
  });
});

describe('questions', () => {
  it('group by traits of chromosomes', () => {
    const { rows } = runQuery(
      lineage,
      "SELECT rule_trait('family', canon), architecture_trait('depth', (SELECT canon FROM block JOIN individual i ON i.architecture = block.id LIMIT 1)) FROM block JOIN individual i ON i.rule = block.id GROUP BY 1",
    );
    expect(rows).toEqual([['plain', '1']]);
    const { columns, rows: windows } = runQuery(lineage, 'families-over-time', { run: 1, window: 100 });
    expect(columns.slice(0, 3)).toEqual(['birth', 'family', 'births']);
    expect(windows.map((row) => row.slice(0, 3))).toEqual([
      [0, 'plain', 100],
      [100, 'plain', 100],
      [200, 'plain', 100],
    ]);
  });

  it('name the traits that there are', () => {
    expect(() => runQuery(lineage, "SELECT rule_trait('famly', canon) FROM block")).toThrow(/family/);
  });

  it('that are misspelt are told apart from SQL', () => {
    expect(() => runQuery(lineage, 'deaths-by-caus')).toThrow(/no question/);
  });

  it('keep every column, also of one name', () => {
    expect(runQuery(lineage, 'SELECT 1 AS a, 2 AS a, 3 AS b').columns).toEqual(['a', 'a:2', 'b']);
  });
});
