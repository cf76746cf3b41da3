/** The engine `tensorflow` in the real program: worker threads, kill -9, resume; and how one is told that it is not there. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { unavailable } from '../../src/engines/tensorflow/load.ts';
import { packageRoot } from '../../src/genome/known.ts';
import { tensorflowEngine } from '../support/engines.ts';
import { killMidRun, startNode } from '../support/real-process.ts';

const root = packageRoot();
const program = join(root, 'dist/src/cli/main.js');
const folder = mkdtempSync(join(tmpdir(), 'streetlight-tensorflow-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const streetlight = (...args: readonly string[]): string =>
  execFileSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });

interface Shown {
  readonly status: string;
  readonly births: number;
  readonly eventHash: string;
}
const shown = (db: string) => JSON.parse(streetlight('show', '--json', '--db', db)) as Shown;

describe.skipIf(tensorflowEngine === null || tensorflowEngine.machine['device']?.startsWith('gpu'))(
  'a run on tensorflow, on the CPU',
  () => {
    const search = [
      'search',
      join(root, 'search-spaces/smoke.yaml'),
      ...['--engine', 'tensorflow', '--births', '80', '--set', 'evaluation.steps=20'],
    ];

    it('has one lineage on one worker, and on two through kill -9 and resume', async () => {
      const [one, two] = [join(folder, 'one.db'), join(folder, 'two.db')];
      streetlight(...search, '--workers', '1', '--db', one);
      await killMidRun(startNode([program, ...search, '--workers', '2', '--db', two]), two, 5, 80);
      streetlight('resume', '--workers', '2', '--db', two);
      expect(shown(two)).toMatchObject({ status: 'finished', births: 80, eventHash: shown(one).eventHash });
      expect(streetlight('verify', '--replay', '5', '--db', two)).toContain('the same losses within 2 %');
    });
  },
);

describe('where TensorFlow cannot be loaded, one is told why', () => {
  it.each([
    [
      Object.assign(new Error("Cannot find module '@tensorflow/tfjs-node-gpu'"), {
        code: 'MODULE_NOT_FOUND',
      }),
      /is not installed/,
    ],
    [new Error('The Node.js native addon module (tfjs_binding.node) can not be found'), /is not built/],
    [
      new Error('libtensorflow_cc.so.2: cannot open shared object file\nmore'),
      /libtensorflow_cc\.so\.2: cannot/,
    ],
  ])('%s', (error, why) => {
    const [issue] = unavailable(error).issues;
    expect(issue).toMatchObject({ code: 'engine-unavailable' });
    expect(issue!.message).toMatch(why);
    expect(issue!.hint).toContain('npm run setup:tensorflow');
  });
});

describe('npm run setup:tensorflow', () => {
  const setup = (...args: readonly string[]) =>
    spawnSync(process.execPath, [join(root, 'dist/scripts/setup-tensorflow/main.js'), ...args], {
      encoding: 'utf8',
    });

  it('explains itself', () => {
    const { status, stdout } = setup('--help');
    expect(status).toBe(0);
    for (const option of ['--wheel', '--dir', '--cuda', '--again']) expect(stdout).toContain(option);
  });

  it.skipIf(process.platform !== 'linux').each([
    [['--wheel', 'nowhere.whl'], 1, /there is no file .*nowhere\.whl\n {4}hint: /],
    [['--dir', folder], 1, /holds no libtensorflow_cc\.so\.2\n {4}hint: /],
    [['--dir', folder, '--cuda'], 1, /exclude each other/],
    [['--wheels', 'x'], 2, /Unknown option '--wheels'/],
  ])('refuses %j', (args, code, said) => {
    const { status, stderr } = setup(...args);
    expect(stderr).toMatch(said);
    expect(status).toBe(code);
  });
});
