/**
 * A test runner for StrykerJS. Its own runner for vitest starts a thread and loads the sources anew for every mutant: seconds where the tests take milliseconds. Here the sources, compiled
 * with all mutations in them, stay loaded, and a mutation is switched on and off.
 *
 * What a mutation leaves behind, in a table that is computed once say, could fail the tests of later mutations, which then count as noticed and are not. So whatever fails is run
 * again without the mutation; where it still fails, StrykerJS is made to start a fresh process and try again.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { INSTRUMENTER_CONSTANTS, type MutantCoverage } from '@stryker-mutator/api/core';
import { PluginKind } from '@stryker-mutator/api/plugin';
import {
  type DryRunOptions,
  type DryRunResult,
  DryRunStatus,
  type MutantRunOptions,
  type MutantRunResult,
  MutantRunStatus,
  type TestRunner,
  TestStatus,
} from '@stryker-mutator/api/test-runner';
import fc from 'fast-check';
import { folderVariable, isMutatedFolder, testsOf } from './folders.ts';
import { loopsOfThread } from './loops.ts';
import { type Ran, runTests } from './tests-in-process.ts';

/** The global that instrumented code reads; its name is StrykerJS's. */
interface Instrumented {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: MutantCoverage;
}

/** StrykerJS allows a mutant to be reached a hundred times as often as the program reaches it, which in an inner loop takes minutes. Here an endless loop ends at a tenth of that. */
const limitShare = 0.1;

/** A mutant may turn its loops so many times as often as the program does in the same tests, and this often besides. */
const turnFactor = 10;
const turnsBesides = 100_000;

/** Where the dry run leaves what it measured, in StrykerJS's copy of the project, for the processes after it. */
const measuredFile = 'dry-run.json';

interface Measured {
  /** Turns of loops, by test. */
  readonly turns: Readonly<Record<string, number>>;
  /** Milliseconds, by file. */
  readonly took: Readonly<Record<string, number>>;
}

const readMeasured = (): Measured => JSON.parse(readFileSync(measuredFile, 'utf8'));

/** Instrumented code of a worker thread looks here. */
const environmentVariable = '__STRYKER_ACTIVE_MUTANT__';

function testFilesOf(folder: string): readonly string[] {
  if (!isMutatedFolder(folder)) throw new Error(`${folder} is not among the folders that are mutated`);
  const named = testsOf(folder).flatMap((path) =>
    path.endsWith('.ts')
      ? [path]
      : readdirSync(path)
          .filter((name) => name.endsWith('.test.ts'))
          .map((name) => join(path, name)),
  );
  return named.map((path) => join(process.cwd(), path.replace(/\.ts$/, '.js')));
}

/** What every test of a file runs, its hooks and the top of the file, is covered by each of its tests. */
function spread(
  coverage: MutantCoverage,
  ran: readonly Ran[],
  shared: ReadonlyMap<string, string>,
): MutantCoverage {
  const perTest: MutantCoverage['perTest'] = {};
  for (const { id, file } of ran) {
    const common = coverage.perTest[shared.get(file) ?? ''] ?? {};
    const sum = { ...coverage.perTest[id] };
    for (const [mutant, hits] of Object.entries(common)) sum[mutant] = (sum[mutant] ?? 0) + hits;
    perTest[id] = sum;
  }
  return { static: coverage.static, perTest };
}

const sharedId = (file: string) => `${file}#`;

const fileOfId = (id: string) => id.slice(0, id.indexOf('#'));

/** Turns that these tests may take, their files' own among them. */
function turnLimit(ids: readonly string[], { turns }: Measured): number {
  const shared = [...new Set(ids.map((id) => sharedId(join(process.cwd(), fileOfId(id)))))];
  return turnsBesides + turnFactor * [...ids, ...shared].reduce((sum, id) => sum + (turns[id] ?? 0), 0);
}

class InProcessRunner implements TestRunner {
  readonly #instrumented: Instrumented;
  #files: readonly string[] = [];
  #mutants = 0;
  #isStale = false;

  constructor(namespace: string) {
    const scope = globalThis as unknown as Record<string, Instrumented>;
    this.#instrumented = scope[namespace] ??= {};
  }

  capabilities() {
    // False would make StrykerJS start a process for each mutation that the tops of test files reach, and loading the sources takes ten times as long as their tests.
    return { reloadEnvironment: true };
  }

  async init() {
    await import(join(process.cwd(), 'tests/support/seed.js'));
    // That a property fails is enough to know: the smallest case is not looked for.
    fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true });
    this.#files = testFilesOf(process.env[folderVariable] ?? '').filter((file) => existsSync(file));
    // Loads the sources, and runs nothing.
    await runTests(this.#files, new Set(), false);
  }

  async dryRun(_: DryRunOptions): Promise<DryRunResult> {
    const shared = new Map<string, string>();
    const loops = loopsOfThread();
    const turns: Record<string, number> = {};
    let before = loops.turns;
    const ran = await runTests(this.#files, undefined, false, {
      enters: (file, test) => {
        const source = file.replace(/\.js$/, '.ts');
        shared.set(source, sharedId(source));
        const left = this.#instrumented.currentTestId ?? sharedId(source);
        turns[left] = (turns[left] ?? 0) + loops.turns - before;
        before = loops.turns;
        this.#instrumented.currentTestId = test ?? sharedId(source);
      },
    });
    this.#instrumented.currentTestId = undefined;
    const took: Record<string, number> = {};
    for (const each of ran) took[each.file] = (took[each.file] ?? 0) + each.took;
    writeFileSync(measuredFile, JSON.stringify({ turns, took } satisfies Measured));
    const tests = ran.map(({ id, file, took, failure }) => {
      const test = { id, name: id, fileName: file, timeSpentMs: took };
      return failure === undefined
        ? { ...test, status: TestStatus.Success as const }
        : { ...test, status: TestStatus.Failed as const, failureMessage: failure };
    });
    const coverage = this.#instrumented.mutantCoverage ?? { static: {}, perTest: {} };
    return { status: DryRunStatus.Complete, tests, mutantCoverage: spread(coverage, ran, shared) };
  }

  async mutantRun({ activeMutant, testFilter = [], ...options }: MutantRunOptions): Promise<MutantRunResult> {
    if (this.#isStale)
      throw new Error('An earlier mutation left something behind: a fresh process is needed.');
    const hitLimit = options.hitLimit === undefined ? undefined : Math.ceil(options.hitLimit * limitShare);
    const isFresh = this.#mutants === 0;
    this.#mutants += 1;
    const loops = loopsOfThread();
    loops.turns = 0;
    loops.limit = turnLimit(testFilter, readMeasured());
    const ran = await this.#with(activeMutant.id, hitLimit, () => this.#run(testFilter));
    const isEndless = loops.turns > loops.limit;
    loops.limit = Number.POSITIVE_INFINITY;
    const hits = this.#instrumented.hitCount ?? 0;
    this.#instrumented.hitCount = this.#instrumented.hitLimit = undefined;
    const failed = ran.filter(({ failure }) => failure !== undefined);
    if (failed.length > 0) {
      const again = await this.#run(failed.map(({ id }) => id));
      this.#isStale = again.some(({ failure }) => failure !== undefined);
      if (this.#isStale && !isFresh) throw new Error('A test fails without the mutation as well.');
    }
    if (hitLimit !== undefined && hits > hitLimit) {
      return { status: MutantRunStatus.Timeout, reason: `reached ${hits} times` };
    }
    if (isEndless) return { status: MutantRunStatus.Timeout, reason: 'a loop does not end' };
    const [first] = failed;
    return first === undefined
      ? { status: MutantRunStatus.Survived, nrOfTests: ran.length }
      : {
          status: MutantRunStatus.Killed,
          killedBy: failed.map(({ id }) => id),
          failureMessage: first.failure ?? '',
          nrOfTests: ran.length,
        };
  }

  /** The tests of those ids, the quickest file first, up to the first that fails. What a file does before its tests is left out with it. */
  async #run(ids: readonly string[]): Promise<readonly Ran[]> {
    const { took } = readMeasured();
    const chosen = new Set(ids);
    const sources = [...new Set(ids.map((id) => join(process.cwd(), fileOfId(id))))];
    const ran: Ran[] = [];
    for (const source of sources.sort((a, b) => (took[a] ?? 0) - (took[b] ?? 0))) {
      const ofFile = await runTests([source.replace(/\.ts$/, '.js')], chosen, true);
      ran.push(...ofFile);
      if (ofFile.some(({ failure }) => failure !== undefined)) break;
    }
    return ran;
  }

  async #with<T>(mutant: string, hitLimit: number | undefined, body: () => Promise<T>): Promise<T> {
    this.#instrumented.activeMutant = process.env[environmentVariable] = mutant;
    this.#instrumented.hitLimit = hitLimit;
    this.#instrumented.hitCount = hitLimit === undefined ? undefined : 0;
    try {
      return await body();
    } finally {
      this.#instrumented.activeMutant = undefined;
      delete process.env[environmentVariable];
    }
  }
}

const makeRunner = Object.assign(() => new InProcessRunner(INSTRUMENTER_CONSTANTS.NAMESPACE), { inject: [] });

/** What StrykerJS looks for in a plugin. */
export const strykerPlugins = [{ kind: PluginKind.TestRunner, name: 'in-process', factory: makeRunner }];
