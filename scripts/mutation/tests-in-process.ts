/** Runs tests of the sandbox with vitest's own runner, in this process and as often as wanted: the sources stay loaded, only the test files are read anew. */
import './worker-state.ts';
import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { RunnerTask, RunnerTestSuite, TestContext } from 'vitest';
import { startTests } from 'vitest/internal/browser';

type Runner = Parameters<typeof startTests>[1];
type Test = TestContext['task'];

export interface Ran {
  readonly id: string;
  /** The TypeScript file. */
  readonly file: string;
  /** Milliseconds. */
  readonly took: number;
  /** Undefined where the test passed. */
  readonly failure: string | undefined;
}

/** What is told while tests run. */
export interface Listener {
  /** The code that runs from now on belongs to this test; to every test of the file where no test is named. */
  readonly enters: (file: string, test: string | undefined) => void;
}

/** Milliseconds after which a test has failed: an hour, so that none fails because the machine is busy. What never ends is StrykerJS's to end. */
const testTimeout = 3_600_000;

let run = 0;

function namesOf(task: RunnerTask): string[] {
  const suite = task.suite === undefined ? [] : namesOf(task.suite);
  return [...suite, task.name];
}

const sourceOf = (file: string) => file.replace(/\.js$/, '.ts');

/** A test is known by its file and its full name. */
export const idOf = (file: string, test: RunnerTask) =>
  `${relative(process.cwd(), sourceOf(file))}#${namesOf(test).join(' ')}`;

function testsOf(suite: RunnerTestSuite): Test[] {
  return suite.tasks.flatMap((task) => (task.type === 'suite' ? testsOf(task) : [task as Test]));
}

/** Skips all but the chosen tests, and suites without any, whose hooks are then not run. True where something is left. */
function choose(file: string, suite: RunnerTestSuite, chosen: ReadonlySet<string>): boolean {
  const left = suite.tasks.map((task) => {
    const kept = task.type === 'suite' ? choose(file, task, chosen) : chosen.has(idOf(file, task));
    if (!kept) task.mode = 'skip';
    return kept;
  });
  return left.includes(true);
}

function failureOf(test: Test): string | undefined {
  if (test.result?.state === 'pass') return undefined;
  return test.result?.errors?.[0]?.message ?? 'The test did not end.';
}

/** What kept a file from loading, or a hook around its tests from running: such tests do not fail, they are skipped. */
function brokenBy(suite: RunnerTestSuite): string | undefined {
  const own = suite.result?.errors?.[0]?.message;
  const inner = () => suite.tasks.map((task) => (task.type === 'suite' ? brokenBy(task) : undefined));
  return own ?? inner().find((message) => message !== undefined);
}

/** An error that no test awaited, as vitest has it, is a failure of the tests that ran. */
async function catchingStrays<T>(body: () => Promise<T>): Promise<{ value: T; stray: string | undefined }> {
  let stray: string | undefined;
  const note = (error: unknown) => {
    stray ??= String(error);
  };
  process.on('unhandledRejection', note).on('uncaughtException', note);
  try {
    const value = await body();
    await new Promise((resolve) => setImmediate(resolve));
    return { value, stray };
  } finally {
    process.off('unhandledRejection', note).off('uncaughtException', note);
  }
}

function runnerOf(chosen: ReadonlySet<string> | undefined, bail: boolean, listener: Listener): Runner {
  let failed = false;
  return {
    config: {
      root: process.cwd(),
      setupFiles: [],
      name: undefined,
      passWithNoTests: true,
      testNamePattern: undefined,
      allowOnly: true,
      sequence: { seed: 0, hooks: 'stack', setupFiles: 'list' },
      chaiConfig: undefined,
      // Nobody reads how values differ, and to work it out takes longer than most tests.
      diffOptions: { maxDepth: 1, truncateThreshold: 10 },
      maxConcurrency: 1,
      testTimeout,
      hookTimeout: testTimeout,
      retry: 0,
      includeTaskLocation: false,
      tags: [],
      tagsFilter: undefined,
      strictTags: false,
    },
    importFile: (path) => {
      listener.enters(path, undefined);
      return import(`${pathToFileURL(path).href}?run=${run}`);
    },
    onCollected: (files) => {
      if (chosen !== undefined) {
        for (const file of files) if (!choose(file.filepath, file, chosen)) file.mode = 'skip';
      }
    },
    onBeforeRunSuite: (suite) => listener.enters(suite.file.filepath, undefined),
    onBeforeRunTask: (test) => {
      if (bail && failed) test.mode = 'skip';
    },
    onBeforeTryTask: (test) => listener.enters(test.file.filepath, idOf(test.file.filepath, test)),
    onAfterRunTask: (test) => {
      failed ||= test.result?.state === 'fail';
      listener.enters(test.file.filepath, undefined);
    },
  };
}

/** The compiled test files, run one after another; of `chosen`, where given, the tests of those ids alone. With `bail` the first failure ends it. */
export async function runTests(
  files: readonly string[],
  chosen: ReadonlySet<string> | undefined,
  bail: boolean,
  listener: Listener = { enters: () => undefined },
): Promise<readonly Ran[]> {
  run += 1;
  const runner = runnerOf(chosen, bail, listener);
  const { value, stray } = await catchingStrays(() => startTests([...files], runner));
  return value.flatMap((file) => {
    const source = sourceOf(file.filepath);
    const broken = brokenBy(file);
    if (broken !== undefined) {
      const lost =
        chosen === undefined ? testsOf(file).map((test) => idOf(file.filepath, test)) : [...chosen];
      const ids = lost.filter((id) => id.startsWith(`${relative(process.cwd(), source)}#`));
      return ids.map((id) => ({ id, file: source, took: 0, failure: broken }));
    }
    const tests = testsOf(file).filter(({ mode, result }) => mode === 'run' && result?.state !== 'skip');
    return tests.map((test) => ({
      id: idOf(file.filepath, test),
      file: source,
      took: test.result?.duration ?? 0,
      failure: failureOf(test) ?? stray,
    }));
  });
}
