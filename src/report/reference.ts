/** The reference page, made from the tables that the program itself runs on, so that it cannot be out of date. */
import { z } from 'zod';
import { type ArchitectureOp, architectureOps, type GeneSpec } from '../genome/architecture/ops.ts';
import { knownArchitectureNames, knownRuleNames, knownText } from '../genome/known.ts';
import { type RuleOp, ruleOps } from '../genome/update-rule/ops.ts';
import { namedQueries } from '../lineage/query.ts';
import { documentSchema } from '../search-space/schema.ts';
import { taskNames, taskSchemas } from '../search-space/task-schema.ts';
import { architectureOperators, operatorSummaries, ruleOperators } from '../variation/table.ts';

type Row = readonly string[];

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
      keyRows('', jsonSchema(documentSchema.omit({ task: true }))),
    ),
    '## Tasks',
    ...taskNames.flatMap((name) => [
      `### ${name}`,
      table(['key', 'value', 'default', 'meaning'], keyRows('task.', jsonSchema(taskSchemas[name]))),
    ]),
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
  if (gene.kind === 'extent') return `${gene.choices.join(' ')} or ${gene.min} to ${gene.max}${otherwise}`;
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

interface KeySchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, KeySchema>>;
  readonly required?: readonly string[];
}

const jsonSchema = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input' }) as KeySchema;

/** Every leaf of an object schema, with its path. */
function keyRows(prefix: string, { properties = {}, required = [] }: KeySchema): Row[] {
  return Object.entries(properties).flatMap(([key, schema]) => {
    const path = `${prefix}${key}`;
    if (schema.properties !== undefined) return keyRows(`${path}.`, schema);
    if (schema.const !== undefined) return [];
    if (schema.description === undefined) throw new Error(`${path} has no description`);
    const otherwise = required.includes(key)
      ? 'required'
      : schema.default === undefined
        ? 'none'
        : JSON.stringify(schema.default);
    return [[code(path), valueText(schema), otherwise, schema.description]];
  });
}

function valueText({ type, enum: choices, minimum, exclusiveMinimum, maximum }: KeySchema): string {
  if (choices !== undefined) return choices.join(', ');
  const from = minimum ?? (exclusiveMinimum === undefined ? undefined : `above ${exclusiveMinimum}`);
  const to = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? '' : ` to ${maximum}`;
  return from === undefined || from === Number.MIN_SAFE_INTEGER
    ? (type ?? 'any')
    : `${type} ${to === '' && minimum !== undefined ? `from ${from}` : from}${to}`;
}
