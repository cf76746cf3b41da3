import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { engineNames } from '../../engines/registry.ts';
import type { Architecture } from '../../genome/architecture/architecture.ts';
import { readArchitecture } from '../../genome/architecture/read.ts';
import { knownArchitecture, knownArchitectureNames, knownRule, knownRuleNames } from '../../genome/known.ts';
import { readUpdateRule } from '../../genome/update-rule/read.ts';
import type { UpdateRule } from '../../genome/update-rule/update-rule.ts';
import { didYouMean, type Result } from '../../notation/issue.ts';
import { UserError } from '../../notation/user-error.ts';
import type { CommandAnswer } from '../../report/command-answers.ts';
import { drawCurves } from '../../report/curve.ts';
import { renderTable } from '../../report/table.ts';
import { type GenomeTraining, heldOutSplits, type TrainingOptions, trainGenome } from '../../search/train.ts';
import {
  collectOverride,
  debugOption,
  jsonOption,
  positiveInteger,
  rateExponent,
  seedText,
} from '../options.ts';
import { type Output, printAnswer } from '../output.ts';
import { noteTasks } from '../task-notes.ts';

interface Options extends Omit<TrainingOptions, 'curvePoints'> {
  readonly rule: string;
  readonly json?: boolean;
}

/** Points of the curve that is drawn. */
const curvePoints = 64;

/** streetlight train: one genome, trained and measured on every held-out split. */
export function registerTrain(program: Command, output: Output): void {
  program
    .command('train <architecture>')
    .description(
      'train one genome and plot its curve; architecture and rule are known names, files, or notation whose lines are divided by `;`',
    )
    .option('--rule <name>', 'the update rule: a known name, a file or notation', 'adam')
    .option('--rate <j>', 'train with the update times 10^(j/2), as a learning-rate trial', rateExponent, 0)
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
      const training = await trainGenome(genome, { ...options, curvePoints });
      noteTasks(output, [training.task]);
      if (options.json === true) printAnswer(output, 'train', factsOf(training, options.steps));
      else sayTraining(output, training, options.steps);
    });
}

function factsOf(
  { name, task, cost: { parameters, stepFlops }, record }: GenomeTraining,
  steps: number,
): CommandAnswer<'train'> {
  const { end, stepsDone, curve, measured } = record;
  const { search, select, final } = task.splits;
  const examples = { search: search.count, select: select.count, final: final.count };
  return {
    ...{ task: name, end, steps, stepsDone, parameters, stepFlops, examples },
    ...{ measured, curve: [...curve] },
  };
}

function sayTraining(output: Output, { task, cost, record }: GenomeTraining, steps: number): void {
  const { end, stepsDone, curve, measured } = record;
  const stretch = steps / Math.min(curvePoints, steps);
  const points = [...curve].map((y, i) => ({ x: Math.round((i + 1) * stretch), y }));
  output.print(drawCurves([{ label: 'loss', points }], { kind: 'line', xLabel: 'step' }, output.colour));
  const rows = heldOutSplits.flatMap((split) => {
    const found = measured[split];
    return found === undefined ? [] : [[split, task.splits[split].count, found.loss, found.accuracy]];
  });
  const why = 'reason' in end ? ` (${end.reason} at step ${end.step})` : '';
  output.print(
    `\n${end.status}${why} after ${stepsDone} steps, ${cost.parameters} parameters\n\n${renderTable(['split', 'examples', 'loss', 'accuracy'], rows)}`,
  );
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
  const file = fileText(name);
  const text = file ?? (name.includes('=') ? name.replaceAll(';', '\n') : null);
  if (text === null)
    throw new UserError({
      code: `unknown-${kind}`,
      message: `there is no known ${kind} and no file \`${name}\``,
      hint: didYouMean(name, names()) ?? `known are ${names().join(', ')}`,
    });
  const result = read(text);
  const path = file === null ? kind : name;
  if (!result.ok) throw new UserError(result.issues.map((issue) => ({ ...issue, path })));
  return result.value;
}

function fileText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
