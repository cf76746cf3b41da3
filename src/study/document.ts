/** YAML text -> validated study. All issues at once: of the study itself, and of the search document of each of its conditions. */

import { statisticNamed } from '../analysis/run-statistics.ts';
import { knownRule, knownRuleNames } from '../genome/known.ts';
import { readUpdateRule } from '../genome/update-rule/read.ts';
import { didYouMean, fail, firstIssues, type Issue, ok, type Result } from '../notation/issue.ts';
import { UserError } from '../notation/user-error.ts';
import { judgeDocument, type SearchDocument } from '../search-space/document.ts';
import { type Locate, locateIn, type Placed } from '../search-space/place.ts';
import { schemaIssues, valueAt } from '../search-space/schema-issues.ts';
import { readYaml } from '../search-space/yaml-text.ts';
import { isName } from '../variation/settings.ts';
import { measuresOf } from './measures.ts';
import { chainOf, locateInStudy, mergedDocument } from './place.ts';
import { type StudyDocument, studySchema } from './schema.ts';

export type { StudyAssay, StudyDocument } from './schema.ts';

/** A study that was read: its document, the search documents of its conditions before tasks and founders are drawn, and where keys stand in its text. */
export interface ReadStudy {
  readonly document: StudyDocument;
  readonly base: SearchDocument;
  /** By the names of the conditions, in their order. */
  readonly searches: Readonly<Record<string, SearchDocument>>;
  /** Finds the place of an issue of a condition's search document. */
  locate(condition: string): Locate;
}

/** `file` names the text in messages. */
export function readStudy(text: string, file: string): Result<ReadStudy> {
  const yaml = readYaml(text, file, []);
  if (!yaml.ok) return yaml;
  const { root, plain, lines } = yaml.value;
  const locate = locateIn(root, file, lines, []);
  const parsed = studySchema.safeParse(plain);
  const refused = parsed.success ? [] : schemaIssues(plain, parsed.error.issues, studySchema);
  const issues: Issue[] = [...yaml.value.issues, ...firstIssues(refused, locate)];
  const base = judgeDocument({ ...asMap(valueAt(plain, ['base'])), name: 'base' });
  issues.push(...firstIssues(base.issues, (issue) => locate({ ...issue, path: ['base', ...issue.path] })));
  const searches: Record<string, SearchDocument> = {};
  for (const name of namesIn(plain, 'conditions')) {
    const judged = judgeDocument({ ...asMap(mergedDocument(plain, name)), name });
    const locateHere = locateInStudy(plain, name, locate);
    issues.push(...firstIssues(judged.issues, (issue) => ofCondition(locateHere(issue), issue, plain, name)));
    if (judged.document !== null) searches[name] = judged.document;
  }
  if (parsed.success) issues.push(...firstIssues(studyIssues(parsed.data, plain), locate));
  const all = withoutRepeats(issues);
  if (all.length > 0 || !parsed.success || base.document === null) return fail(all);
  return ok({
    document: Object.freeze(parsed.data),
    base: Object.freeze(base.document),
    searches: Object.freeze(searches),
    locate: (condition) => locateInStudy(plain, condition, locate),
  });
}

const namesIn = (plain: unknown, key: string): string[] => Object.keys(asMap(valueAt(plain, [key])));

const asMap = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};

/** An issue that the base alone has is the same in all conditions; one that a condition has is told with its name. */
function ofCondition(issue: Issue, { path }: Placed, plain: unknown, name: string): Issue {
  const own = chainOf(valueAt(plain, ['conditions']), name).some(
    (each) => path.length > 0 && valueAt(plain, ['conditions', each, 'set', path[0]!]) !== undefined,
  );
  return own ? { ...issue, message: `condition ${name}: ${issue.message}` } : issue;
}

/** Each issue once: conditions that share a place share what is wrong with it. */
function withoutRepeats(issues: readonly Issue[]): Issue[] {
  const seen = new Set<string>();
  return issues.filter(({ code, path, line, column, message }) => {
    const key = JSON.stringify([code, path, line, column, message.replace(/^condition \S+: /, '')]);
    return !seen.has(key) && seen.add(key);
  });
}

/** What the schema cannot see: names that name nothing, measures that an assay has not, values that all conditions of a block must share. */
function studyIssues(study: StudyDocument, plain: unknown): Placed[] {
  return [
    ...baseIssues(study),
    ...conditionIssues(study, plain),
    ...assayIssues(study),
    ...endpointIssues(study),
  ];
}

function baseIssues({ base, conditions }: StudyDocument): Placed[] {
  const named = Object.hasOwn(base, 'name') ? [['base', 'name']] : [];
  const inConditions = Object.entries(conditions).flatMap(([name, { set }]) =>
    Object.hasOwn(set, 'name') ? [['conditions', name, 'set', 'name']] : [],
  );
  const issues: Placed[] = [...named, ...inConditions].map((path) => ({
    code: 'run-named',
    path,
    message: 'a study names its runs itself, by its own name and the condition',
    hint: 'leave `name` out here',
    atKey: true,
  }));
  if (Object.keys(conditions).length === 0)
    issues.push({
      code: 'no-condition',
      path: ['conditions'],
      message: 'a study needs a condition',
      hint: 'write `A: { summary: ..., set: { ... } }` below it',
    });
  return issues;
}

/** Keys of a document that a block has once, for all of its conditions. */
const shared = [
  [['task'], 'the tasks of a block are those of all its conditions'],
  [['tasks'], 'the tasks of a block are those of all its conditions'],
  [['founders', 'architectures'], 'the founder architectures of a block are those of all its conditions'],
  [['founders', 'mutations'], 'the founder architectures of a block are those of all its conditions'],
  [['evolution', 'population'], 'the founders of a block are those of all its conditions, as many as live'],
] as const;

function conditionIssues({ conditions }: StudyDocument, plain: unknown): Placed[] {
  const names = Object.keys(conditions);
  return names.flatMap((name): Placed[] => {
    const { extends: other, set } = conditions[name]!;
    const issues: Placed[] = [];
    if (other !== undefined && !names.includes(other))
      issues.push(unknownName(['conditions', name, 'extends'], 'condition', other, names));
    else if (other !== undefined && returns(plain, name))
      issues.push({
        code: 'circular-condition',
        path: ['conditions', name, 'extends'],
        message: `condition ${name} extends itself, by way of ${other}`,
        hint: 'let one of them stand on its own',
      });
    for (const [path, why] of shared)
      if (valueAt(set, path) !== undefined)
        issues.push({
          code: 'shared-in-blocks',
          path: ['conditions', name, 'set', ...path],
          message: `${why}, so that runs can be compared`,
          hint: `set ${path.join('.')} in \`base\``,
          atKey: true,
        });
    return issues;
  });
}

/** Whether the chain of a condition leads back to it. */
function returns(plain: unknown, name: string): boolean {
  const chain = chainOf(valueAt(plain, ['conditions']), name);
  return valueAt(plain, ['conditions', chain.at(-1)!, 'extends']) === name;
}

function assayIssues({ assays, conditions }: StudyDocument): Placed[] {
  const names = Object.keys(conditions);
  return Object.entries(assays).flatMap(([name, assay]): Placed[] => {
    const unknown = assay.conditions.flatMap((condition, i) =>
      names.includes(condition)
        ? []
        : [unknownName(['assays', name, 'conditions', i], 'condition', condition, names)],
    );
    if (assay.kind === 'contrast')
      return [...unknown, ...statisticIssues(assay.statistic, ['assays', name, 'statistic'])];
    const key = assay.kind === 'panel' ? 'panel' : 'rules';
    const rules = assay.kind === 'panel' ? assay.panel : assay.rules;
    return [
      ...unknown,
      ...rules.flatMap((rule, i) => ruleIssues(rule, ['assays', name, key, i])),
      ...(assay.kind === 'panel' ? ruleIssues(assay.rule, ['assays', name, 'rule']) : []),
    ];
  });
}

function statisticIssues(statistic: string, path: Placed['path']): Placed[] {
  try {
    statisticNamed(statistic);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.issues.map((issue) => unplaced(issue, path));
  }
}

/** An issue at a key of the study. */
const unplaced = ({ code, message, hint }: Issue, path: Placed['path']): Placed => ({
  ...{ code, message, path },
  ...(hint === undefined ? {} : { hint }),
});

function ruleIssues(rule: string, path: Placed['path']): Placed[] {
  if (isName(rule))
    return knownRule(rule) === null ? [unknownName(path, 'known rule', rule, knownRuleNames())] : [];
  const read = readUpdateRule(rule);
  return read.ok ? [] : read.issues.map((issue) => unplaced(issue, path));
}

function endpointIssues({ assays, primary, secondary, controls }: StudyDocument): Placed[] {
  const endpoints = [
    ...(primary === undefined ? [] : [[['primary'], primary] as const]),
    ...secondary.map((each, i) => [['secondary', i], each] as const),
    ...controls.map((each, i) => [['controls', i], each] as const),
  ];
  const issues = endpoints.flatMap(([path, { assay, measure }]): Placed[] => {
    const found = assays[assay];
    if (found === undefined) return [unknownName([...path, 'assay'], 'assay', assay, Object.keys(assays))];
    const measures = measuresOf(found);
    return measures.includes(measure)
      ? []
      : [unknownName([...path, 'measure'], 'measure', measure, measures)];
  });
  if (primary === undefined && secondary.length > 0)
    issues.push({
      code: 'no-primary',
      path: ['secondary'],
      message: 'secondary endpoints are tested only where the primary one holds, and there is none',
      hint: 'give `primary`, or leave them out',
      atKey: true,
    });
  return issues;
}

const unknownName = (path: Placed['path'], what: string, name: string, names: readonly string[]): Placed => ({
  code: `unknown-${what.replaceAll(' ', '-')}`,
  path,
  message: `there is no ${what} \`${name}\``,
  hint: didYouMean(name, names) ?? (names.length === 0 ? `define it first` : `there are ${names.join(', ')}`),
});
