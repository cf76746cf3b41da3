import { availableParallelism, cpus, totalmem } from 'node:os';
import Sqlite from 'better-sqlite3';
import type { Command } from 'commander';
import { type EngineName, engineNames, openEngine } from '../../engines/registry.ts';
import { addOnIssue } from '../../lineage/add-on.ts';
import { UserError } from '../../notation/user-error.ts';
import type { CommandAnswer } from '../../report/command-answers.ts';
import { renderTable } from '../../report/table.ts';
import { costBound, timeFactor } from '../../search/cost-bound.ts';
import { checkGradients, tryWorker } from '../../search/self-test.ts';
import { measureSecondsPerFlop } from '../../search/speed.ts';
import { parseDocument, tasksOf } from '../../search-space/document.ts';
import { openTask } from '../../tasks/open.ts';
import { exitCodes } from '../exit-codes.ts';
import { jsonOption } from '../options.ts';
import { type Call, printAnswer } from '../output.ts';

type Check = CommandAnswer<'doctor'>['checks'][number];

const stateWords = { ok: 'yes', absent: 'absent', broken: 'NO' } as const satisfies Record<
  Check['state'],
  string
>;

/** streetlight doctor: what this machine offers, and whether it works. */
export function registerDoctor(program: Command, output: Call): void {
  program
    .command('doctor')
    .description('check what a run needs: Node, database, workers, engines')
    .addOption(jsonOption())
    .action(async (options: { json?: boolean }) => {
      const checks = [
        await check('node', () => `${process.versions.node}, V8 ${process.versions.v8}`),
        await check(
          'machine',
          () =>
            `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`,
        ),
        await check(
          'database',
          () => `SQLite ${new Sqlite(':memory:').prepare('SELECT sqlite_version()').pluck().get()}`,
        ),
        await check(
          'worker',
          async () => `a thread started and trained a genome in ${Math.round(await tryWorker())} ms`,
        ),
      ];
      checks.push(await check('cost at most', defaultBound));
      for (const name of engineNames) checks.push(await check(`engine ${name}`, () => tryEngine(name)));
      if (options.json === true) printAnswer(output, 'doctor', { checks });
      else
        output.print(
          renderTable(
            ['check', 'ok', 'detail'],
            checks.map(({ name, state, detail }) => [name, stateWords[state], detail]),
          ),
        );
      if (checks.some(({ state }) => state === 'broken')) output.endWith(exitCodes.failed);
    });
}

/** What a document with every default costs at most, by its limits and by the speed of this machine. */
async function defaultBound(): Promise<string> {
  const document = parseDocument(JSON.stringify({ name: 'doctor', task: { name: 'mnist1d' } }), 'doctor');
  if (!document.ok) throw new UserError(document.issues);
  const { evaluation, evolution } = document.value;
  const [spec] = tasksOf(document.value);
  const task = await openTask(spec!);
  if (!task.ok) throw new UserError(task.issues);
  const { train, search } = task.value.splits;
  const examples = { train: train.count, measured: search.count };
  const { evaluationFlops, runFlops, bytes, workerBytes } = costBound(document.value, examples);
  const each = await measureSecondsPerFlop(task.value);
  const seconds = (flops: number) => Math.ceil(timeFactor * flops * each);
  return `a default document (${evaluation.steps} steps, ${evolution.births} births): ${seconds(evaluationFlops)} CPU seconds an evaluation and ${Math.ceil(seconds(runFlops) / 3600)} CPU hours a run, by counted work at ${(1e9 * each).toPrecision(2)} ns a flop (a short training just now) times ${timeFactor}; ${Math.ceil(workerBytes / 1e6)} MB of a worker's memory beside V8's own, ${Math.ceil(bytes / 1e6)} of them its candidate's`;
}

async function tryEngine(name: EngineName): Promise<string> {
  const engine = await openEngine(name);
  const device = engine.machine['device'];
  const { against, difference } = checkGradients(engine);
  return `${engine.numericClass}${device === undefined ? '' : ` (${device})`}; gradients agree with ${against} to ${difference.toExponential(1)}`;
}

async function check(name: string, probe: () => string | Promise<string>): Promise<Check> {
  try {
    return { name, state: 'ok', detail: await probe() };
  } catch (error) {
    const [issue] = error instanceof UserError ? error.issues : [];
    if (issue?.code === 'engine-unavailable')
      return { name, state: 'absent', detail: `${issue.message}; ${issue.hint}` };
    const addOn = addOnIssue(error);
    if (addOn !== null) return { name, state: 'broken', detail: `${addOn.message}; ${addOn.hint}` };
    return { name, state: 'broken', detail: error instanceof Error ? error.message : String(error) };
  }
}
