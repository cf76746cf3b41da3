/** Relative paths of a document begin in the folder of the launch, wherever a command is given later. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { UserError } from '../../src/notation/user-error.ts';
import { setUpRun } from '../../src/search/setup.ts';
import { locatedTask, withFolders } from '../../src/search/task-files.ts';
import { parseDocument } from '../../src/search-space/document.ts';
import { locateByKey } from '../../src/search-space/place.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'streetlight-paths-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const [sub, elsewhere] = [join(folder, 'sub'), join(folder, 'elsewhere')];
for (const each of [sub, elsewhere]) mkdirSync(each);
const rows = Array.from({ length: 60 }, (_, i) => `${i % 7},${i % 5},${i % 2 === 0 ? 'a' : 'b'}`);
writeFileSync(join(sub, 'data.csv'), `x,y,label\n${rows.join('\n')}\n`);

const parsed = parseDocument(
  'name: rel\ntask: {name: csv, path: data.csv}\nevaluation: {batchSize: 8}\n',
  'doc.yaml',
);
if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
const document = parsed.value;

async function issueOf(folders: Parameters<typeof setUpRun>[3]) {
  const error = await setUpRun(document, '1', locateByKey, folders).catch((thrown: unknown) => thrown);
  if (!(error instanceof UserError)) throw error;
  return error.issues[0]!;
}

it('are found from any folder, and in the folder of the command where they were moved to', async () => {
  const atLaunch = await setUpRun(document, '1', locateByKey, { launch: sub });
  expect(atLaunch.folder).toBe(sub);
  const later = await setUpRun(document, '1', locateByKey, { launch: sub, other: elsewhere });
  const moved = await setUpRun(document, '1', locateByKey, { launch: elsewhere, other: sub });
  expect([later.taskDigest, moved.taskDigest]).toEqual([atLaunch.taskDigest, atLaunch.taskDigest]);
  expect(atLaunch.document.task).toMatchObject({ path: 'data.csv' });
});

it('are told whole where they are missing, with every folder that was looked in', async () => {
  const issue = await issueOf({ launch: elsewhere, other: folder });
  expect(issue.path).toBe(join(elsewhere, 'data.csv'));
  expect(issue.message).toContain(
    `${elsewhere}, where the run was launched, and in ${folder}, the folder of this command`,
  );
  expect(issue.hint).toContain('whole path');
});

it('are hinted at where they lie beside the document', async () => {
  const issue = await issueOf({ launch: folder, document: sub });
  expect(issue.hint).toContain(`run the command in ${sub}, or write ${join(sub, 'data.csv')}`);
});

it('that are absolute stay as they are, and so does what is no path', () => {
  const spec = { ...document.task!, path: join(sub, 'data.csv') } as typeof document.task & object;
  expect(locatedTask(spec, { launch: elsewhere })).toEqual(spec);
  const plain = { name: 'mnist1d', seed: 42 } as unknown as typeof spec;
  expect(locatedTask(plain, { launch: elsewhere })).toEqual(plain);
});

it('are told of with each folder once, and only where they are what is missing', () => {
  const spec = document.task!;
  const issue = { code: 'file-missing', path: join(sub, 'data.csv'), message: 'missing' } as const;
  const told = (other?: string) => withFolders(issue, spec, { launch: sub, other }).message;
  const launched = `missing: the document says data.csv, which was looked for in ${sub}, where the run was launched`;
  expect(told()).toBe(launched);
  expect(told(sub)).toBe(launched);
  expect(told(folder)).toBe(`${launched}, and in ${folder}, the folder of this command`);
  for (const another of [
    { ...issue, code: 'bad-file' as const },
    { ...issue, path: join(elsewhere, 'data.csv') },
  ])
    expect(withFolders(another as typeof issue, spec, { launch: sub, other: folder })).toEqual(another);
});
