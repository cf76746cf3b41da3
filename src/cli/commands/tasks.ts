import type { Command } from 'commander';
import { renderIssue } from '../../notation/user-error.ts';
import type { CommandAnswer } from '../../report/command-answers.ts';
import { formatNumber, renderTable } from '../../report/table.ts';
import { taskOptionRows } from '../../report/task-options.ts';
import { openNamedTask, taskNamed } from '../../search/named-task.ts';
import type { Override } from '../../search-space/document.ts';
import { keyEntry } from '../../search-space/schema-keys.ts';
import { type TaskName, taskNames, taskSchemas } from '../../search-space/task-schema.ts';
import { type TaskFacts, taskFacts } from '../../tasks/catalogue.ts';
import { defaultHead, outputsOf, type Task } from '../../tasks/task.ts';
import { collectOverride, jsonOption } from '../options.ts';
import { type Output, printAnswer } from '../output.ts';

interface Options {
  readonly set: readonly Override[];
  readonly json?: boolean;
}

/** streetlight tasks [NAME]: what there is to train on. */
export function registerTasks(program: Command, output: Output): void {
  program
    .command('tasks')
    .argument('[name]', 'one task, with its options and known results')
    .description('what there is to train on: source, shape, the best loss there is, known results')
    .option(
      '--set <path=value>',
      'an option of the task, such as task.path=data.csv; may be repeated',
      collectOverride,
      [],
    )
    .addOption(jsonOption())
    .action(async (name: string | undefined, { set, json }: Options) => {
      if (name === undefined) {
        const all = await Promise.all(
          taskNames.map(async (each) => described(each, await openedOrNull(each, []))),
        );
        if (json === true) printAnswer(output, 'tasks', { tasks: all });
        else output.print(listOf(all));
        return;
      }
      const known = taskNamed(name);
      const facts = described(known, await openedOrNull(known, set));
      if (json === true) printAnswer(output, 'task', { ...facts, options: optionsOf(known) });
      else output.print(pageOf(facts));
    });
}

/** Tasks from files need to be told which: without any options they are described unopened. */
async function openedOrNull(name: TaskName, overrides: readonly Override[]): Promise<Task | null> {
  const needsFile = !taskSchemas[name].safeParse({ name }).success;
  return needsFile && overrides.length === 0 ? null : openNamedTask(name, overrides);
}

type Described = CommandAnswer<'tasks'>['tasks'][number];

function described(name: TaskName, task: Task | null): Described {
  const facts: TaskFacts = taskFacts[name];
  const { floor, ...rest } = facts;
  return { name, ...rest, floorIs: floor, opened: task === null ? null : shapeOf(task) };
}

function shapeOf({ signature, splits, untrainedLoss, floor, notes = [] }: Task): Described['opened'] {
  const { input, target, head = defaultHead, box } = signature;
  const { train, search, select, final } = splits;
  return {
    input,
    target,
    outputs: outputsOf(target),
    head:
      head.kind === 'none'
        ? 'none'
        : `linear, ${head.bias ? 'bias' : 'no bias'}, ${head.start === undefined ? head.init : 'from a given start'}`,
    box: box ?? null,
    examples: { train: train.count, search: search.count, select: select.count, final: final.count },
    measuredOnItself: search === final,
    untrainedLoss,
    floor: floor ?? null,
    notes,
  };
}

const optionsOf = (name: TaskName) => taskOptionRows(name).map(keyEntry);

function listOf(all: readonly Described[]): string {
  const rows = all.map(({ name, summary, source, opened }) => [
    name,
    opened === null ? 'as the file' : opened.input.join(' x '),
    opened === null ? '' : targetText(opened),
    opened?.examples.train ?? null,
    opened?.floor == null ? '' : formatNumber(opened.floor),
    summary,
    source.split(',', 1)[0]!,
  ]);
  return renderTable(['task', 'input', 'target', 'train', 'floor', 'what it is', 'source'], rows);
}

const targetText = ({ target, outputs }: NonNullable<Described['opened']>) =>
  target.kind === 'objective' ? target.objective : `${target.kind} ${outputs}`;

function pageOf({ name, summary, source, recipe, results, floorIs, opened }: Described): string {
  const facts: (readonly [string, string])[] = [
    ['what it is', summary],
    ['source', source],
    ['best loss', floorIs ?? 'not known'],
  ];
  if (recipe !== null)
    facts.push([
      'recipe',
      `${recipe.steps} steps of ${recipe.batchSize === 'full' ? 'full batches' : `batches of ${recipe.batchSize}`}, ${recipe.order}`,
    ]);
  if (opened !== null) {
    const { examples, input, head, box, untrainedLoss, floor, measuredOnItself } = opened;
    facts.push(
      ['input', input.join(' x ')],
      ['target', targetText(opened)],
      ['head', head],
      ...(box === null ? [] : [['box', `every parameter in [${box.join(', ')}]`] as const]),
      [
        'examples',
        measuredOnItself
          ? `train ${examples.train}; held-out splits measure the problem itself`
          : Object.entries(examples)
              .map(([split, count]) => `${split} ${count}`)
              .join(', '),
      ],
      ['untrained loss', formatNumber(untrainedLoss)],
      ...(floor === null ? [] : [['floor', formatNumber(floor)] as const]),
    );
  }
  const sections = [
    renderTable(['', name], facts),
    renderTable(['option', 'value', 'default', 'meaning'], taskOptionRows(name)),
  ];
  if (opened !== null && opened.notes.length > 0)
    sections.splice(1, 0, opened.notes.map((note) => `note: ${renderIssue(note)}`).join('\n'));
  if (results.length > 0)
    sections.push(
      renderTable(
        ['known result of', 'comes to', 'found by'],
        results.map(({ how, result, by }) => [how, result, by]),
      ),
    );
  return sections.join('\n\n');
}
