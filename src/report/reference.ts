/** The reference page, made from the tables that the program itself runs on, so that it cannot be out of date. */
import { type ArchitectureOp, architectureOps, type GeneSpec } from '../genome/architecture/ops.ts';
import type { Chromosome } from '../genome/genome.ts';
import { knownArchitectureNames, knownRuleNames, knownText } from '../genome/known.ts';
import { type RuleOp, ruleOps } from '../genome/update-rule/ops.ts';
import { namedQueries } from '../lineage/query.ts';
import {
  architectureOperatorNames,
  type OperatorName,
  ruleOperatorNames,
} from '../search-space/operator-names.ts';
import { documentSchema } from '../search-space/schema.ts';
import { jsonSchema, type KeyEntry, keyEntry, keyRows, type Row } from '../search-space/schema-keys.ts';
import { type TaskName, taskNames } from '../search-space/task-schema.ts';
import { kinds } from '../study/kinds/table.ts';
import { studyParts, studySchema } from '../study/schema.ts';
import { type TaskFacts, taskFacts } from '../tasks/catalogue.ts';
import { traitTable } from '../traits/table.ts';
import { operatorSummaries } from '../variation/table.ts';
import { publishedSchemas } from './answers.ts';
import type { CommandAnswer } from './command-answers.ts';
import { taskOptionRows } from './task-options.ts';

/** One part of the reference: its entries as data, and how each stands in the page. */
interface Section<Entry> {
  readonly entries: readonly Entry[];
  readonly page: readonly string[];
}

/** A section whose entries are the rows of one table. */
function tabled<Entry>(
  [title, ...text]: readonly [string, ...string[]],
  entries: readonly Entry[],
  head: Row,
  row: (entry: Entry) => Row,
): Section<Entry> {
  return { entries, page: [`## ${title}`, ...text, table(head, entries.map(row))] };
}

/** In the order of the page, under the names that they have as data. */
function sections() {
  return {
    architectureOps: tabled(
      [
        'Ops of an architecture',
        'An activation is [height, width, channels]; `x` is the example, the last statement gives the output.',
      ],
      Object.entries(architectureOps).map(([op, { inputs, genes, summary }]: [string, ArchitectureOp]) => ({
        op,
        inputs,
        genes,
        meaning: summary,
      })),
      ['op', 'inputs', 'genes', 'meaning'],
      ({ op, inputs: { min, max }, genes, meaning }) => [
        code(op),
        min === max ? `${min}` : `${min} to ${max}`,
        Object.entries(genes)
          .map(([gene, spec]) => `${code(gene)} ${geneText(spec)}`)
          .join('; '),
        meaning,
      ],
    ),
    ruleOps: tabled(
      [
        'Ops of an update rule',
        "Inputs are `g` gradient, `w` parameter, `L` batch loss, `t` step from 1, `T` steps in the budget, `b` batch size, `n` training examples. `x'` is the value of `x` at the previous step, `init x = 1` its value before the first; `u` is added to the parameter.",
      ],
      Object.entries(ruleOps).map(([op, { symbol, args, kind, summary }]: [string, RuleOp]) => ({
        op,
        symbol: symbol ?? null,
        arguments: args,
        kind,
        meaning: summary,
      })),
      ['op', 'arguments', 'kind', 'meaning'],
      ({ op, symbol, arguments: count, kind, meaning }) => [
        symbol === null ? code(op) : `${code(symbol)} (${op})`,
        String(count),
        kind === 'reduction' ? 'reduction, `over: row`, `col`, `tensor` or `all`' : kind,
        meaning,
      ],
    ),
    operators: tabled(
      ['Mutation operators', 'Rates are set in `variation.rates`, by name.'],
      [...operatorsOf(architectureOperatorNames, 'architecture'), ...operatorsOf(ruleOperatorNames, 'rule')],
      ['operator', 'changes', 'what it does'],
      ({ operator, changes, meaning }) => [code(operator), changes, meaning],
    ),
    rules: known('Known rules', 'rule', knownRuleNames()),
    architectures: known('Known architectures', 'architecture', knownArchitectureNames()),
    traits: tabled(
      [
        'Traits of chromosomes',
        'For `survivorship --by`, and in questions `rule_trait(NAME, canon)` and `architecture_trait(NAME, canon)`. Each is a function of the chromosome alone, its values are stored with its version. What cannot be measured is in a group `undefined`: a rule that asks for the loss or its gradient at other places has no updates on a mere stream of gradients.',
      ],
      (['architecture', 'rule'] as const).flatMap(traitEntries),
      ['trait', 'of', 'kind', 'cut at', 'meaning'],
      ({ trait, of, kind, cuts, meaning }) => [code(trait), of, kind, cuts.join(', '), meaning],
    ),
    keys: tabled(
      ['Keys of a search document'],
      keyRows('', jsonSchema(documentSchema.omit({ task: true, tasks: true }))).map(keyEntry),
      keyHead,
      keyCells,
    ),
    studyKeys: tabled(
      [
        'Keys of a study',
        `\`base\` is a search document without its name. Measures of an assay: ${Object.entries(kinds)
          .map(([kind, { measures }]) => `${code(kind)} ${measures.map(code).join(', ')}`)
          .join('; ')}.`,
      ],
      [
        ...keyRows('', jsonSchema(studySchema)),
        ...Object.entries(studyParts).flatMap(([part, schema]) => keyRows(`${part}: `, jsonSchema(schema))),
      ].map(keyEntry),
      keyHead,
      keyCells,
    ),
    tasks: tasksSection(),
    queries: tabled(
      ['Named questions to the database'],
      namedQueries().map(({ name, parameters, title }) => ({ name, parameters, answer: title })),
      ['name', 'parameters', 'answer'],
      ({ name, parameters, answer }) => [code(name), parameters.join(', '), answer],
    ),
    answers: tabled(
      [
        'Schemas of JSON answers',
        'What these commands print with `--json` begins with the id of its schema (`"schema": "streetlight/survivorship/1"`). The number is its version: whatever changes in an answer, an addition too, makes the next one. JSON Schema, draft 2020-12; the files are in docs/schemas, and `streetlight schema NAME` prints them.',
      ],
      publishedSchemas().map(({ name, id, file, summary }) => ({ name, schema: id, file, answer: summary })),
      ['name', 'schema', 'file', 'answer'],
      ({ name, schema, file, answer }) => [code(name), code(schema), file, answer],
    ),
  };
}

/** The page docs/REFERENCE.md, from the tables that the program runs on. */
export function referencePage(): string {
  return [
    '# Reference',
    'Made by `streetlight reference` from the tables that the program runs on.',
    ...Object.values<Section<unknown>>(sections()).flatMap(({ page }) => page),
    '',
  ].join('\n\n');
}

/** The same as data, by section. */
export function referenceData(): CommandAnswer<'reference'> {
  const entries = Object.entries<Section<unknown>>(sections()).map(([key, section]) => [
    key,
    section.entries,
  ]);
  return Object.fromEntries(entries) as { [Key in keyof Sections]: Sections[Key]['entries'] };
}

type Sections = ReturnType<typeof sections>;

const code = (text: string) => `\`${text}\``;
const cell = (text: string) => text.replaceAll('|', '\\|');

function table(head: Row, rows: readonly Row[]): string {
  const line = (cells: Row) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

function geneText(gene: GeneSpec): string {
  const otherwise = gene.default === null ? ', required' : `, default ${gene.default}`;
  if (gene.kind === 'flag') return `true or false${otherwise}`;
  if (gene.kind === 'extent') return `${gene.choices.join(' ')} or ${gene.min} to ${gene.max}${otherwise}`;
  if (gene.kind === 'choice') return `${gene.choices.join(' ')}${otherwise}`;
  return `${gene.kind === 'integer' ? 'integer ' : ''}${gene.min} to ${gene.max}${otherwise}`;
}

/** Those that there are for every op stand in one row. */
function traitEntries(of: Chromosome) {
  const named = Object.entries(traitTable[of]).filter(([trait]) => !trait.startsWith('count-'));
  return [
    ...named.map(([trait, { kind, cuts, meaning, version }]) => ({
      ...{ trait, of, kind, version, cuts: cuts ?? [], meaning },
    })),
    {
      ...{ trait: 'count-OP', of, kind: 'number' as const, version: 1, cuts: [] },
      meaning: 'how often the op stands in it',
    },
  ];
}

const operatorsOf = (names: readonly OperatorName[], changes: Chromosome) =>
  names.map((operator) => ({ operator, changes, meaning: operatorSummaries[operator] }));

function known(title: string, kind: Chromosome, names: readonly string[]) {
  return tabled(
    [title],
    names.map((name) => ({ name, meaning: knownMeaning(kind, name) })),
    ['name', 'what it is'],
    ({ name, meaning }) => [code(name), meaning],
  );
}

/** A known genome's file begins with a comment `# name: what it is`. */
function knownMeaning(kind: Chromosome, name: string): string {
  const comment = /^# *([^:]*): *(.*)$/m.exec(knownText(kind, name) ?? '');
  if (comment === null || comment[1] !== name)
    throw new Error(`${name} does not begin with "# ${name}: ..."`);
  return comment[2]!;
}

const keyHead = ['key', 'value', 'default', 'meaning'] as const;
const keyCells = ({ key, value, default: otherwise, meaning }: KeyEntry): Row => [
  code(key),
  value,
  otherwise,
  meaning,
];

function tasksSection(): Section<TaskEntry> {
  const entries = taskNames.map((name) => {
    const { summary, source, floor, recipe, results }: TaskFacts = taskFacts[name];
    return { name, summary, source, floor, recipe, results, options: taskOptionRows(name).map(keyEntry) };
  });
  return {
    entries,
    page: [
      '## Tasks',
      'Names are given as `task.name`; `streetlight tasks NAME` shows shapes and floors. The floor is the best loss that any predictor can expect. `tasks` in place of `task` is a list of them, and every candidate trains on each.',
      ...entries.flatMap(taskPage),
    ],
  };
}

interface TaskEntry extends Pick<TaskFacts, 'summary' | 'source' | 'floor' | 'recipe' | 'results'> {
  readonly name: TaskName;
  readonly options: readonly KeyEntry[];
}

function taskPage({ name, summary, source, floor, recipe, results, options }: TaskEntry): string[] {
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
  const found = results.map(({ how, result, by }) => [how, result, by]);
  return [
    `### ${name}`,
    sentences.join(' '),
    ...(found.length === 0 ? [] : [table(['known result of', 'comes to', 'found by'], found)]),
    ...(options.length === 0 ? [] : [table(keyHead, options.map(keyCells))]),
  ];
}
