/** A run begun by one build and resumed by another, which differs in one thing: refused with words that say in which, and the file as it was. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLineage } from '../../src/lineage/open.ts';
import { silentProgress } from '../../src/report/progress.ts';
import { launch } from '../../src/search/run.ts';
import { setUpRun } from '../../src/search/setup.ts';
import { parseDocument } from '../../src/search-space/document.ts';
import { anotherBuild, type Edit } from '../support/another-build.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-builds-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const begun = join(folder, 'begun.db');

/** A run that was interrupted after 12 of 20 births. */
beforeAll(async () => {
  const parsed = parseDocument(
    JSON.stringify({
      name: 'builds',
      task: { name: 'mnist1d-pair' },
      evaluation: { steps: 3, batchSize: 8 },
      evolution: { births: 20, population: 6, tournament: 2, inFlight: 2 },
      founders: { rules: ['sgd', 'adam'] },
    }),
    'builds',
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  const lineage = openLineage(begun, 'write');
  let asked = 0;
  const shouldStop = () => ++asked > 12;
  const options = { lineage, workers: 1, progress: silentProgress, shouldStop };
  const { told } = await launch(await setUpRun(parsed.value, '1'), options);
  expect(told).toBe(12);
  lineage.close();
});

function answer(program: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
    cwd: folder,
  });
  return { status, stdout, stderr };
}

const names = 'dist/src/search-space/operator-names.js';
const table = 'dist/src/variation/table.js';
const builds: readonly (readonly [string, readonly Edit[], string])[] = [
  [
    'one operator added',
    [
      [names, "'swap-rule',", "'swap-rule', 'insert-foo',"],
      [table, "'swap-rule': swapRule,", "'swap-rule': swapRule, 'insert-foo': swapRule,"],
    ],
    'operator `insert-foo` was added',
  ],
  [
    'one default rate changed',
    [[names, 'const defaultRates = {};', "const defaultRates = { 'alter-op': 0.5 };"]],
    'the default rate of `alter-op` is 0.5 here and was 1',
  ],
  [
    'one known rule edited',
    [['search-spaces/rules/adam.rule', 'square(g), 0.999', 'square(g), 0.998']],
    'known rule `adam` is another text',
  ],
];

describe('a build with', () => {
  it.each(builds)('%s refuses to go on, and verify says the same', (name, edits, words) => {
    const program = anotherBuild(join(folder, name), edits);
    const db = join(folder, `${name}.db`);
    copyFileSync(begun, db);
    const bytes = readFileSync(db);
    const resumed = answer(program, 'resume', '--db', db);
    expect(resumed.stderr).toContain(words);
    expect(resumed.stderr).toContain('would go on as another search');
    expect(resumed.status).toBe(2);
    expect(readFileSync(db).equals(bytes)).toBe(true);
    const extended = answer(program, 'resume', '1', '--births', '30', '--db', db);
    expect(extended.stderr).toContain(words);
    expect(extended.status).toBe(2);
    const verified = answer(program, 'verify', '--db', db);
    expect(verified.stdout).toContain(words);
    expect(verified.status).toBe(1);
    expect(readFileSync(db).equals(bytes)).toBe(true);
    expect(answer(program, 'survivorship', '1', '--db', db).status).toBe(0);
  });

  it('nothing changed goes on', () => {
    const db = join(folder, 'same.db');
    copyFileSync(begun, db);
    const program = anotherBuild(join(folder, 'same'), []);
    expect(answer(program, 'verify', '--db', db).status).toBe(0);
    const resumed = answer(program, 'resume', '--workers', '1', '--db', db);
    expect(resumed.stderr).not.toContain('another search');
    expect(resumed.status).toBe(0);
  });
});
