/** What keeps a run from being set up, extended or resumed, each in the words that a user sees. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { RunRow } from '../../src/lineage/runs.ts';
import type { Issue } from '../../src/notation/issue.ts';
import { UserError } from '../../src/notation/user-error.ts';
import { breedingFindings, closeDocument, unknownBreeding } from '../../src/search/closed-document.ts';
import { openNamedTask, taskNamed } from '../../src/search/named-task.ts';
import { birthsOf, requireExtendable, setUpStoredRun } from '../../src/search/run.ts';
import { documentHash, requireSameTasks, setUpRun } from '../../src/search/setup.ts';
import { documentText, parseDocument, type SearchDocument } from '../../src/search-space/document.ts';
import { mostBirths } from '../../src/search-space/evolution-schema.ts';
import { smallSetup } from '../dispatch/support.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-refusals-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function documentOf(parts: object): SearchDocument {
  const parsed = parseDocument(JSON.stringify({ name: 'refused', ...parts }), 'refused');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return parsed.value;
}

/** All issues that something is refused with. */
async function issuesOf(refused: () => unknown): Promise<readonly Issue[]> {
  try {
    await refused();
  } catch (error) {
    if (error instanceof UserError) return error.issues;
    throw error;
  }
  throw new Error('nothing was refused');
}

const rowOf = (document: SearchDocument, over: Partial<RunRow> = {}): RunRow => ({
  ...{ run: 3, document: documentText(document), documentHash: '', seed: '1', numericClass: '' },
  ...{ taskDigest: '', versions: { streetlight: '0.2.0' }, createdAt: '', lastTold: 9, eventHash: '' },
  ...{ endReason: 'births', state: 'finished', extensions: [], closed: null },
  ...over,
});

describe('a document that cannot be run', () => {
  const parts = {
    tasks: [
      { name: 'mnist1d', seed: 1, search: 0, select: 0 },
      { name: 'mnist1d', seed: 2, search: 500, select: 500 },
    ],
    founders: {
      architectures: ['linear', 'y = dense(conv(x, units: 2, kernel: 51, padding: valid), units: 3)'],
    },
  };

  it('is told everything at once, by place', async () => {
    const document = documentOf({ ...parts, evaluation: { batchSize: 3001 }, evolution: { gate: {} } });
    const issues = await issuesOf(() => setUpRun(document, '1'));
    const misfit = {
      code: 'founder-misfit',
      message: expect.stringMatching(
        /^founders\.architectures\.1: this architecture does not fit task mnist1d: .*kernel/,
      ),
      hint: 'an example of the task has the shape [1, 40, 1]',
    };
    const batches = {
      code: 'batch-too-large',
      message: `evaluation.batchSize: batches are of 3001 and the training split of task mnist1d has 3000 examples`,
      hint: 'lower the batch size',
    };
    expect(issues).toEqual([
      {
        code: 'no-search-split',
        message: `tasks.0.search: task mnist1d leaves no examples for the search split, and fitness is measured there`,
        hint: 'raise task.search',
      },
      {
        code: 'no-select-split',
        message: `tasks.0.select: task mnist1d leaves no examples for the select split, and evolution.gate confirms elites there`,
        hint: 'raise task.select, or leave the gate out',
      },
      misfit,
      batches,
      misfit,
    ]);
  });

  it('is run where it is just within: a batch of all examples, and no select split without a gate', async () => {
    const document = documentOf({
      task: { name: 'mnist1d', search: 500, select: 0 },
      evaluation: { batchSize: 3500 },
      founders: { architectures: ['linear'] },
    });
    const setup = await setUpRun(document, 'seed');
    expect(setup.tasks[0]!.splits.train.count).toBe(3500);
    expect(setup).toMatchObject({ seed: 'seed', folder: process.cwd(), document });
    expect(setup.runTasks).toEqual([{ key: 'mnist1d', digest: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
  });

  it('names one task by its key', async () => {
    const document = documentOf({ task: { name: 'mnist1d', search: 0 } });
    expect(await issuesOf(() => setUpRun(document, '1'))).toMatchObject([
      { code: 'no-search-split', message: expect.stringMatching(/^task\.search: /) },
    ]);
  });
});

describe('a run that cannot go on', () => {
  const setup = smallSetup(
    {},
    { evolution: { births: 20, population: 5, inFlight: 2, tournament: 2 }, founders: { rules: ['adam'] } },
  );
  const launched = async (over: Partial<RunRow> = {}) => {
    const { document, taskDigest, engine } = await setup;
    return rowOf(document, { seed: 'r', taskDigest, numericClass: engine.numericClass, ...over });
  };

  it('goes on where all is as it was', async () => {
    const row = await launched();
    const stored = await setUpStoredRun(row);
    expect(stored).toMatchObject({ seed: 'r', folder: process.cwd(), taskDigest: row.taskDigest });
    expect(stored.document.evolution.births).toBe(20);
    expect((await setUpStoredRun(row, 21)).document.evolution.births).toBe(21);
    expect((await setUpStoredRun({ ...row, extensions: [25, 30] })).document.evolution.births).toBe(30);
  });

  it('says that its data are others', async () => {
    const row = await launched({ taskDigest: 'other' });
    expect(await issuesOf(() => setUpStoredRun(row))).toEqual([
      {
        code: 'task-changed',
        message: 'the data of task mnist1d-pair are not those that run 3 began with',
        hint: 'put the original files back, or launch a new run',
      },
    ]);
    const runTasks = ['one', 'two'].map((key) => ({ key, digest: key }));
    const [issue] = await issuesOf(() => requireSameTasks(row, { taskDigest: 'new', runTasks }));
    expect(issue!.message).toBe('the data of tasks one, two are not those that run 3 began with');
  });

  it('says that its engine is another', async () => {
    const row = await launched({ numericClass: 'wasm-0' });
    const { engine } = await setup;
    expect(await issuesOf(() => setUpStoredRun(row))).toEqual([
      {
        code: 'engine-changed',
        message: `run 3 began on wasm-0 and this version computes here as ${engine.numericClass}`,
        hint: 'resume with the version and on the kind of machine that launched it, or launch a new run',
      },
    ]);
  });

  it('says that its breeding is another, before anything is opened', async () => {
    const { document } = await setup;
    const closed = closeDocument(document, '/nowhere');
    const row = await launched({
      closed: { ...closed, content: closed.content.replace('"adam"', '"adan"') },
    });
    expect(await issuesOf(() => setUpStoredRun(row))).toMatchObject([
      {
        code: 'breeding-changed',
        message: expect.stringMatching(/^run 3 would go on as another search: /),
        hint: 'resume with the version that launched it (0.2.0), or launch a new run',
      },
    ]);
    const unknown = { ...row, versions: {} };
    expect((await issuesOf(() => setUpStoredRun(unknown)))[0]!.hint).toContain('(unknown)');
  });

  it('tells twelve differences and counts the rest', async () => {
    const { document } = await setup;
    const closed = closeDocument(document, '/');
    const rates = (count: number) => {
      const content = JSON.parse(closed.content) as Record<string, [string, string][]>;
      content['default-rate'] = content['default-rate']!.map(([name, rate], i) => [
        name,
        i < count ? '77' : rate,
      ]);
      return { ...closed, content: JSON.stringify(content) };
    };
    const told = async (count: number) => {
      const [issue] = await issuesOf(() => setUpStoredRun(rowOf(document, { closed: rates(count) })));
      return issue!.message;
    };
    expect((await told(12)).split('; ')).toHaveLength(12);
    expect(await told(12)).not.toContain('more');
    expect((await told(13)).split('; ')).toHaveLength(13);
    expect(await told(13)).toMatch(/; and 1 more$/);
  });

  it('of an old version can be read only', () => {
    const [issue, ...more] = unknownBreeding(4).issues;
    expect(more).toEqual([]);
    expect(issue).toEqual({
      code: 'breeding-unknown',
      message:
        'run 4 was begun by a version that did not store all that breeding depends on, so that nobody can know whether it would go on as the same search',
      hint: 'it can be read and analysed as ever; resume it with the version that launched it, or launch a new run',
    });
  });

  it('whose document is none here says so to verify as well', async () => {
    const { document } = await setup;
    const row = rowOf(document, { document: 'name: 5\n', closed: closeDocument(document, '/') });
    const [finding] = breedingFindings([row]);
    expect(finding).toMatchObject({ run: 3, isDamage: false, isOver: true });
    expect(finding!.detail).not.toBe('');
    const [damaged] = breedingFindings([{ ...row, closed: { ...row.closed!, class: 'x' } }]);
    expect(damaged!.detail).toBe('its ingredients do not give its class');
    const [garbled] = breedingFindings([{ ...row, closed: { ...row.closed!, decides: '{' } }]);
    expect(garbled!.detail).toBe('what is stored is no JSON');
  });
});

describe('more births', () => {
  const row = rowOf(
    documentOf({
      task: { name: 'mnist1d' },
      evolution: { births: 10, population: 5, inFlight: 2, tournament: 2 },
    }),
  );
  const refusal = async (births: number, over: Partial<RunRow> = {}) => {
    const [issue] = await issuesOf(() => requireExtendable({ ...row, ...over }, births));
    expect(issue!.code).toBe('not-extendable');
    return [issue!.message, issue!.hint];
  };

  it('are those of the last extension, else of the document', () => {
    expect(birthsOf(row)).toBe(10);
    expect(birthsOf({ ...row, extensions: [12, 15] })).toBe(15);
  });

  it('are given to a run that ended with its births or was interrupted', () => {
    for (const endReason of ['births', null]) requireExtendable({ ...row, endReason } as RunRow, 11);
    requireExtendable(row, mostBirths);
    expect(mostBirths).toBeGreaterThan(11);
  });

  it('are refused with the reason', async () => {
    expect(await refusal(11, { endReason: 'cost-units' })).toEqual([
      'run 3 is over after 10 births for another reason (cost-units), and more births do not change that',
      'launch a new run with a higher bound',
    ]);
    expect(await refusal(mostBirths + 1)).toEqual([
      `a run has at most ${mostBirths} births, and --births ${mostBirths + 1} asks for more`,
      'launch several runs, each with a seed of its own',
    ]);
    expect(await refusal(10)).toEqual([
      'run 3 has 10 births already, and --births 10 asks for no more',
      '--births is how many the run has in all: give more than 10',
    ]);
    expect(await refusal(10, { endReason: null, lastTold: 3 })).toEqual([
      'run 3 is to have 10 births as it is, and --births 10 asks for no more',
      'leave --births out to go on to 10',
    ]);
  });
});

describe('a task by its name', () => {
  it('is itself, or a guess at what was meant, or the list', async () => {
    expect(taskNamed('mnist1d')).toBe('mnist1d');
    expect(await issuesOf(() => taskNamed('mnist1e'))).toEqual([
      {
        code: 'unknown-task',
        message: 'there is no task `mnist1e`',
        hint: expect.stringContaining('`mnist1d`'),
      },
    ]);
    const [issue] = await issuesOf(() => taskNamed('zzzzzzzzzzzzzz'));
    expect(issue!.hint).toMatch(/^tasks are mnist1d, mnist1d-pair, /);
  });

  it('is opened with its options, and refused without a line of a text that nobody wrote', async () => {
    const set = (path: string, value: string) => openNamedTask('mnist1d', [{ path, value }]);
    expect((await set('task.search', '7')).splits.search.count).toBe(7);
    const [issue] = await issuesOf(() => set('task.serach', '7'));
    expect(issue).not.toHaveProperty('line');
    expect(issue).not.toHaveProperty('column');
    writeFileSync(join(folder, 'empty.csv'), '');
    expect(
      await issuesOf(() => openNamedTask('csv', [{ path: 'task.path', value: join(folder, 'empty.csv') }])),
    ).not.toEqual([]);
  });
});

it('the hash of a document is that of its text with every default', async () => {
  const short = documentOf({ task: { name: 'mnist1d' } });
  expect(documentHash(short)).toMatch(/^[0-9a-f]{64}$/);
  expect(documentHash(documentOf({ task: { name: 'mnist1d' }, evaluation: { replicates: 1 } }))).toBe(
    documentHash(short),
  );
  expect(documentHash(documentOf({ task: { name: 'mnist1d' }, evaluation: { replicates: 2 } }))).not.toBe(
    documentHash(short),
  );
});
