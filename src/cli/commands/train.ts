/** streetlight train: one genome, trained and measured on every held-out split. */
import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { compile } from '../../compiler/compile.ts';
import { type EngineName, engineNames, openEngine, resolveEngineName } from '../../engines/registry.ts';
import type { Architecture } from '../../genome/architecture/architecture.ts';
import { readArchitecture } from '../../genome/architecture/read.ts';
import { knownArchitecture, knownArchitectureNames, knownRule, knownRuleNames } from '../../genome/known.ts';
import { readUpdateRule } from '../../genome/update-rule/read.ts';
import type { UpdateRule } from '../../genome/update-rule/update-rule.ts';
import { didYouMean, type Result } from '../../notation/issue.ts';
import { UserError } from '../../notation/user-error.ts';
import { drawCurves } from '../../report/curve.ts';
import { renderTable } from '../../report/table.ts';
import type { Override } from '../../search-space/document.ts';
import { recipeBatch, type TaskFacts, taskFacts } from '../../tasks/catalogue.ts';
import type { HeldOutSplit } from '../../tasks/task.ts';
import { openNamedTask, taskNamed } from '../open-named-task.ts';
import { collectOverride, debugOption, jsonOption, positiveInteger, seedText } from '../options.ts';
import { type Output, printJson } from '../output.ts';

interface Options {
  readonly rule: string;
  readonly task: string;
  readonly steps: number;
  readonly batchSize?: number;
  readonly order?: 'shuffled' | 'sequential';
  readonly seed: string;
  readonly engine: EngineName | 'auto';
  readonly set: readonly Override[];
  readonly debug?: boolean;
  readonly json?: boolean;
}

/** Points of the curve that is drawn. */
const curvePoints = 64;
const splits: readonly HeldOutSplit[] = ['search', 'select', 'final'];

export function registerTrain(program: Command, output: Output): void {
  program
    .command('train <architecture>')
    .description('train one genome and plot its curve; architecture and rule are known names or text files')
    .option('--rule <name>', 'the update rule: a known name or a file', 'adam')
    .option('--task <name>', 'the task', 'mnist1d')
    .option('--steps <n>', 'training steps', positiveInteger, 1000)
    .option('--batch-size <n>', "examples per step; default as in the task's recipe, or 100", positiveInteger)
    .addOption(
      new Option(
        '--order <how>',
        "how batches are drawn; default as in the task's recipe, or shuffled",
      ).choices(['shuffled', 'sequential']),
    )
    .option('--seed <text>', 'names every random stream', seedText, '1')
    .addOption(
      new Option('--engine <name>', 'what computes').choices(['auto', ...engineNames]).default('auto'),
    )
    .option(
      '--set <path=value>',
      'an option of the task, such as task.search=0; may be repeated',
      collectOverride,
      [],
    )
    .addOption(debugOption())
    .addOption(jsonOption())
    .action(async (name: string, options: Options) => {
      const genome = {
        architecture: chromosome<Architecture>(
          'architecture',
          name,
          knownArchitecture,
          knownArchitectureNames,
          readArchitecture,
        ),
        rule: chromosome<UpdateRule>('rule', options.rule, knownRule, knownRuleNames, readUpdateRule),
      };
      const taskName = taskNamed(options.task);
      const task = await openNamedTask(taskName, options.set);
      const { recipe }: TaskFacts = taskFacts[taskName];
      const batchSize = options.batchSize ?? (recipe === null ? 100 : recipeBatch(recipe, task));
      const compiled = compile(genome, task.signature, {
        batchSize,
        limits: { parameters: 1e8, stepFlops: 1e13, bytes: 4e9 },
        verify: options.debug ?? false,
      });
      if (!compiled.ok)
        throw new UserError({
          code: compiled.reason,
          message: `this genome cannot be trained here: ${compiled.detail}`,
        });
      const order = options.order ?? recipe?.order ?? 'shuffled';
      const budget = { steps: options.steps, batchSize, order };
      const engine = await openEngine(resolveEngineName(options.engine));
      const [record] = await engine.train([
        {
          program: compiled.program,
          task,
          budget,
          seed: options.seed,
          measure: splits,
          curvePoints,
        },
      ]);
      const { end, stepsDone, curve, measured } = record!;
      const { parameters, stepFlops } = compiled.program.cost;
      if (options.json === true) {
        printJson(output, { end, stepsDone, parameters, stepFlops, measured, curve: [...curve] });
        return;
      }
      output.print(
        drawCurves(
          [
            {
              label: 'loss',
              points: [...curve].map((y, i) => ({
                x: Math.round(((i + 1) * options.steps) / Math.min(curvePoints, options.steps)),
                y,
              })),
            },
          ],
          { kind: 'line', xLabel: 'step' },
          output.colour,
        ),
      );
      const rows = splits.flatMap((split) =>
        measured[split] === undefined
          ? []
          : [[split, task.splits[split].count, measured[split].loss, measured[split].accuracy]],
      );
      output.print(
        `\n${end.status}${'reason' in end ? ` (${end.reason} at step ${end.step})` : ''} after ${stepsDone} steps, ${parameters} parameters\n\n${renderTable(['split', 'examples', 'loss', 'accuracy'], rows)}`,
      );
    });
}

function chromosome<T>(
  kind: string,
  name: string,
  known: (name: string) => T | null,
  names: () => string[],
  read: (text: string) => Result<T>,
): T {
  const shipped = known(name);
  if (shipped !== null) return shipped;
  let text: string;
  try {
    text = readFileSync(name, 'utf8');
  } catch {
    throw new UserError({
      code: `unknown-${kind}`,
      message: `there is no known ${kind} and no file \`${name}\``,
      hint: didYouMean(name, names()) ?? `known are ${names().join(', ')}`,
    });
  }
  const result = read(text);
  if (!result.ok) throw new UserError(result.issues.map((issue) => ({ ...issue, path: name })));
  return result.value;
}
