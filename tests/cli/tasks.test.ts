import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { taskNames } from '../../src/search-space/task-schema.ts';

const folder = mkdtempSync(join(tmpdir(), 'streetlight-cli-tasks-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function streetlight(
  ...argv: readonly string[]
): Promise<{ code: number; out: string; notes: string }> {
  const [out, notes]: [string[], string[]] = [[], []];
  const code = await main(argv, {
    isTerminal: false,
    colour: false,
    print: (text) => void out.push(text),
    note: (text) => void notes.push(text),
  });
  return { code, out: out.join('\n'), notes: notes.join('\n') };
}

interface Described {
  readonly name: string;
  readonly source: string;
  readonly opened: { readonly input: readonly number[]; readonly floor: number | null } | null;
}

describe('streetlight tasks', () => {
  it('lists every task with its shape and source', async () => {
    const { code, out } = await streetlight('tasks', '--json');
    const { tasks: all } = JSON.parse(out) as { tasks: Described[] };
    expect(code).toBe(0);
    expect(all.map(({ name }) => name)).toEqual(taskNames);
    for (const { name, source, opened } of all) {
      expect(source, name).not.toBe('');
      expect(opened === null, name).toBe(['csv', 'libsvm', 'idx', 'cifar10'].includes(name));
    }
    const { out: table } = await streetlight('tasks');
    for (const name of taskNames) expect(table).toContain(name);
  });

  it('describes one, with options set', async () => {
    const { out } = await streetlight('tasks', 'objective', '--set', 'task.function=branin', '--json');
    const { opened, ...rest } = JSON.parse(out) as Described;
    expect(opened!.floor).toBeCloseTo(0.397887, 6);
    expect(rest).toMatchObject({ name: 'objective', options: expect.arrayContaining([]) });
    const { out: page } = await streetlight('tasks', 'reddi');
    for (const word of ['arXiv:1904.09237', '[-1, 1]', 'task.stream', '-0.780']) expect(page).toContain(word);
  });

  it('describes a file', async () => {
    const path = join(folder, 'data.csv');
    writeFileSync(path, `a,b,y\n${Array.from({ length: 20 }, (_, i) => `${i},1,${i % 2}`).join('\n')}\n`);
    const { out } = await streetlight('tasks', 'csv', '--set', `task.path=${path}`);
    expect(out).toContain('1 x 1 x 2');
    expect((await streetlight('tasks', 'csv')).code).toBe(0);
    const wrong = await streetlight('train', 'linear', '--task', 'csv', '--set', 'task.splitSeed=7');
    expect(wrong.code).toBe(2);
    expect(wrong.notes.split('\n')).toEqual([
      expect.stringMatching(/^task csv: task\.path: this key is required and missing$/),
      expect.stringContaining('hint'),
      expect.stringMatching(/^--set task\.splitSeed: task\.splitSeed: expected a text, got 7$/),
      expect.stringContaining('hint'),
    ]);
    const missing = await streetlight('tasks', 'csv', '--set', 'task.path=nowhere.csv');
    expect([missing.code, missing.notes.includes('no such file')]).toEqual([2, true]);
  });

  it('says what was meant', async () => {
    const { code, notes } = await streetlight('tasks', 'redi');
    expect(code).toBe(2);
    expect(notes).toContain('reddi');
  });
});

describe('streetlight train', () => {
  it("takes batch and order from the task's recipe", async () => {
    const { out } = await streetlight('train', 'linear', '--task', 'reddi', '--steps', '303', '--json');
    const { measured } = JSON.parse(out) as { measured: { search: { loss: number; accuracy: null } } };
    // In order and one at a time, Adam moves towards +1: away from the start's loss of 0.099.
    expect(measured.search.loss).toBeGreaterThan(0.0991);
    expect(measured.search.accuracy).toBe(null);
  });
});
