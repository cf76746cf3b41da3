/** The reference page, made from the tables that the program itself runs on, so that it cannot be out of date. */
import { type ArchitectureOp, architectureOps, type GeneSpec } from '../genome/architecture/ops.ts';
import { knownArchitectureNames, knownRuleNames, knownText } from '../genome/known.ts';
import { type RuleOp, ruleOps } from '../genome/update-rule/ops.ts';
import { namedQueries } from '../lineage/query.ts';
import { documentSchema } from '../search-space/schema.ts';
import { jsonSchema, keyRows, type Row } from '../search-space/schema-keys.ts';
import { type TaskName, taskNames } from '../search-space/task-schema.ts';
import { type TaskFacts, taskFacts } from '../tasks/catalogue.ts';
import { architectureOperators, operatorSummaries, ruleOperators } from '../variation/table.ts';
import { taskOptionRows } from './task-options.ts';

export function referencePage(): string {
  return [
    '# Reference',
    'Made by `streetlight reference` from the tables that the program runs on.',
    '## Ops of an architecture',
    'An activation is [height, width, channels]; `x` is the example, the last statement gives the output.',
    table(['op', 'inputs', 'genes', 'meaning'], Object.entries(architectureOps).map(architectureRow)),
    '## Ops of an update rule',
    "Inputs are `g` gradient, `w` parameter, `L` batch loss, `t` step from 1, `T` steps in the budget, `b` batch size, `n` training examples. `x'` is the value of `x` at the previous step, `init x = 1` its value before the first; `u` is added to the parameter.",
    table(['op', 'arguments', 'kind', 'meaning'], Object.entries(ruleOps).map(ruleRow)),
    '## Mutation operators',
    'Rates are set in `variation.rates`, by name.',
    table(['operator', 'changes', 'what it does'], operatorRows()),
    '## Known rules',
    table(
      ['name', 'what it is'],
      knownRuleNames().map((name) => knownRow('rule', name)),
    ),
    '## Known architectures',
    table(
      ['name', 'what it is'],
      knownArchitectureNames().map((name) => knownRow('architecture', name)),
    ),
    '## Keys of a search document',
    table(
      ['key', 'value', 'default', 'meaning'],
      keyCells(keyRows('', jsonSchema(documentSchema.omit({ task: true, tasks: true })))),
    ),
    '## Tasks',
    'Names are given as `task.name`; `streetlight tasks NAME` shows shapes and floors. The floor is the best loss that any predictor can expect. `tasks` in place of `task` is a list of them, and every candidate trains on each.',
    ...taskNames.flatMap(taskSection),
    '## Named questions to the database',
    table(
      ['name', 'parameters', 'answer'],
      namedQueries().map(({ name, parameters, title }) => [code(name), parameters.join(', '), title]),
    ),
    '',
  ].join('\n\n');
}

const code = (text: string) => `\`${text}\``;
const cell = (text: string) => text.replaceAll('|', '\\|');

function table(head: Row, rows: readonly Row[]): string {
  const line = (cells: Row) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

function architectureRow([name, op]: readonly [string, ArchitectureOp]): Row {
  const { min, max } = op.inputs;
  const genes = Object.entries(op.genes).map(([gene, spec]) => `${code(gene)} ${geneText(spec)}`);
  return [code(name), min === max ? `${min}` : `${min} to ${max}`, genes.join('; '), op.summary];
}

function geneText(gene: GeneSpec): string {
  const otherwise = gene.default === null ? ', required' : `, default ${gene.default}`;
  if (gene.kind === 'flag') return `true or false${otherwise}`;
  if (gene.kind === 'choice') return `${gene.choices.join(' ')}${otherwise}`;
  return `${gene.kind === 'integer' ? 'integer ' : ''}${gene.min} to ${gene.max}${otherwise}`;
}

function ruleRow([name, op]: readonly [string, RuleOp]): Row {
  const spelling = op.symbol === undefined ? code(name) : `${code(op.symbol)} (${name})`;
  const kind = op.kind === 'reduction' ? 'reduction, `over: row`, `col`, `tensor` or `all`' : op.kind;
  return [spelling, String(op.args), kind, op.summary];
}

function operatorRows(): Row[] {
  const rows = (names: readonly string[], chromosome: string) =>
    names.map((name) => [code(name), chromosome, operatorSummaries[name as keyof typeof operatorSummaries]]);
  return [
    ...rows(Object.keys(architectureOperators), 'architecture'),
    ...rows(Object.keys(ruleOperators), 'rule'),
  ];
}

/** A known genome's file begins with a comment `# name: what it is`. */
function knownRow(kind: 'rule' | 'architecture', name: string): Row {
  const comment = /^# *([^:]*): *(.*)$/m.exec(knownText(kind, name) ?? '');
  if (comment === null || comment[1] !== name)
    throw new Error(`${name} does not begin with "# ${name}: ..."`);
  return [code(name), comment[2]!];
}

function taskSection(name: TaskName): string[] {
  const { summary, source, floor, recipe, results }: TaskFacts = taskFacts[name];
  const sentences = [
    `${summary[0]!.toUpperCase()}${summary.slice(1)}.`,
    `Source: ${source}.`,
    ...(floor === null ? [] : [`Floor: ${floor}.`]),
    ...(recipe === null
      ? []
      : [
          `Recipe: ${recipe.steps} steps, ${recipe.batchSize === 'full' ? 'full batch' : `batches of ${recipe.batchSize}`}, ${recipe.order}.`,
        ]),
  ];
  const known = results.map(({ how, result, by }) => [how, result, by]);
  return [
    `### ${name}`,
    sentences.join(' '),
    ...(known.length === 0 ? [] : [table(['known result of', 'comes to', 'found by'], known)]),
    ...(taskOptionRows(name).length === 0
      ? []
      : [table(['key', 'value', 'default', 'meaning'], keyCells(taskOptionRows(name)))]),
  ];
}

const keyCells = (rows: readonly Row[]) => rows.map(([key, ...rest]) => [code(key!), ...rest]);
