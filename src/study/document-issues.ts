/** What is wrong with a study that its schema cannot see. */
import { statisticNamed } from '../analysis/run-statistics.ts';
import { ruleHash } from '../genome/identity.ts';
import { knownRule, knownRuleNames } from '../genome/known.ts';
import { canonicalUpdateRule } from '../genome/update-rule/canonical.ts';
import { readUpdateRule } from '../genome/update-rule/read.ts';
import { didYouMean, type Issue } from '../notation/issue.ts';
import { UserError } from '../notation/user-error.ts';
import { evaluationSettings } from '../search/setup.ts';
import { type SearchDocument, tasksOf } from '../search-space/document.ts';
import type { Placed } from '../search-space/place.ts';
import { valueAt } from '../search-space/schema-issues.ts';
import { documentRule, founderRuleNames, isName } from '../variation/settings.ts';
import { hasDraws } from './blocks.ts';
import { kindOf } from './kinds/table.ts';
import { chainOf, mergedDocument, namesIn } from './place.ts';
import { fitsRole, roleTable } from './roles.ts';
import { controlAlpha, type StudyDocument } from './schema.ts';

/** What the schema cannot see, of what it takes: names that name nothing, measures that an assay has not, values that all conditions of a block must share. */
export function studyIssues(
  study: StudyDocument,
  plain: unknown,
  base: SearchDocument | null,
  searches: Readonly<Record<string, SearchDocument>>,
): Placed[] {
  return [
    ...baseIssues(study),
    ...conditionIssues(study, plain),
    ...assayIssues(study, plain),
    ...comparedIssues(study, searches),
    ...heldOutIssues(study, base),
    ...endpointIssues(study, plain),
    ...powerlessIssues(study),
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

function conditionIssues({ conditions, blocks }: StudyDocument, plain: unknown): Placed[] {
  const names = namesIn(plain, 'conditions');
  return Object.keys(conditions).flatMap((name): Placed[] => {
    const { extends: other } = conditions[name]!;
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
    const { blocks: own } = conditions[name]!;
    if (own !== undefined && own > blocks)
      issues.push({
        code: 'more-blocks',
        path: ['conditions', name, 'blocks'],
        message: `condition ${name} is to be in ${own} blocks, and the study has ${blocks}`,
        hint: 'leave it out: a condition is in all blocks',
      });
    const merged = mergedDocument(plain, name);
    const base = valueAt(plain, ['base']);
    for (const [path, why] of shared)
      if (JSON.stringify(valueAt(merged, path)) !== JSON.stringify(valueAt(base, path)))
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

function assayIssues({ assays }: StudyDocument, plain: unknown): Placed[] {
  const names = namesIn(plain, 'conditions');
  return Object.entries(assays).flatMap(([name, assay]): Placed[] => {
    const unknown = assay.conditions.flatMap((condition, i) =>
      names.includes(condition)
        ? []
        : [unknownName(['assays', name, 'conditions', i], 'condition', condition, names)],
    );
    if (assay.kind === 'contrast')
      return [...unknown, ...statisticIssues(assay.statistic, ['assays', name, 'statistic'])];
    const rules = kindOf(assay).rules(assay);
    return [...unknown, ...rules.flatMap(({ path, rule }) => ruleIssues(rule, ['assays', name, ...path]))];
  });
}

/** Conditions that an assay compares must have been trained alike, and at homes that are theirs. */
function comparedIssues(
  { assays }: StudyDocument,
  searches: Readonly<Record<string, SearchDocument>>,
): Placed[] {
  return Object.entries(assays).flatMap(([name, assay]): Placed[] => {
    const [first, second] = assay.conditions.map((condition) => searches[condition]);
    if (first === undefined || second === undefined || !kindOf(assay).isTrained) return [];
    const issues: Placed[] = [];
    if (JSON.stringify(evaluationSettings(first)) !== JSON.stringify(evaluationSettings(second)))
      issues.push({
        code: 'trained-otherwise',
        path: ['assays', name, 'conditions'],
        message: `conditions ${assay.conditions.join(' and ')} train their candidates with another budget, fitness or limits, and cannot be compared on one workbench`,
        hint: 'compare conditions that differ in what evolves',
      });
    if (assay.kind === 'home-advantage') issues.push(...homeIssues(name, assay.rules, [first, second]));
    return issues;
  });
}

function homeIssues(
  name: string,
  rules: readonly [string, string],
  searches: readonly [SearchDocument, SearchDocument],
): Placed[] {
  const path = ['assays', name, 'rules'];
  const hash = (text: string) => ruleHash(canonicalUpdateRule(documentRule(text)));
  if (!rules.every(isRule)) return [];
  const homes = rules.map(hash);
  if (homes[0] === homes[1])
    return [
      {
        code: 'one-home',
        path,
        message: 'both homes are one rule, and nobody is away there',
        hint: 'give two rules',
      },
    ];
  const fixed = searches.map(({ evolution, founders }) => {
    const names = founderRuleNames(founders);
    return evolution.condition === 'rule-fixed' && names.length === 1 && isRule(names[0]!)
      ? hash(names[0]!)
      : null;
  });
  return fixed[0] === homes[1] && fixed[1] === homes[0]
    ? [
        {
          code: 'homes-exchanged',
          path,
          message: 'each population has the home of the other one: home advantage would have the wrong sign',
          hint: 'write the rules in the order of the conditions',
        },
      ]
    : [];
}

const isRule = (text: string): boolean => (isName(text) ? knownRule(text) !== null : readUpdateRule(text).ok);

/** Tasks that are read from files have no other draws: their examples would be judged on that runs were trained on. */
function heldOutIssues({ heldOut }: StudyDocument, base: SearchDocument | null): Placed[] {
  if (base === null || heldOut.draws === 0) return [];
  const without = tasksOf(base).filter((spec) => !hasDraws(spec));
  if (without.length === 0) return [];
  return [
    {
      code: 'no-other-draw',
      path: ['heldOut', 'draws'],
      message: `task ${without[0]!.name} is read from files and has no other draws, on which runs did not train`,
      hint: 'write `heldOut: { draws: 0 }`: assays then judge on the final split, or on `heldOut.tasks`',
    },
  ];
}

/** With n blocks no p can be below 2^-n. */
function powerlessIssues(study: StudyDocument): Placed[] {
  const { primary, controls, assays, blocks } = study;
  const inBlocks = (assay: string) =>
    Math.min(
      blocks,
      ...(Object.hasOwn(assays, assay) ? assays[assay]!.conditions : []).map(
        (condition) => study.conditions[condition]?.blocks ?? blocks,
      ),
    );
  const tests = [
    ...(primary === undefined ? [] : [[['primary', 'alpha'], primary, primary.alpha] as const]),
    ...controls.flatMap((control, i) =>
      control.expect === 'above' ? [[['controls', i], control, controlAlpha] as const] : [],
    ),
  ];
  const impossible = tests
    .map(([path, { assay }, alpha]) => [path, inBlocks(assay), alpha] as const)
    .filter(([, count, alpha]) => 2 ** -count > alpha);
  const margins = controls.flatMap(({ expect, margin }, i): Placed[] =>
    (expect === 'none') === (margin !== undefined)
      ? []
      : [
          {
            code: 'margin',
            path: ['controls', i],
            message:
              expect === 'none'
                ? '`none` needs a margin: within what is a mean as good as none?'
                : 'a margin belongs to `none`',
            hint: 'write `expect: none` with `margin: 0.1`',
          },
        ],
  );
  return [
    ...margins,
    ...impossible.slice(0, 1).map(
      ([path, count, alpha]): Placed => ({
        code: 'too-few-blocks',
        path: [...path],
        message: `with ${count} blocks no p can be below ${2 ** -count}, and this asks for ${alpha}`,
        hint: `give at least ${Math.ceil(-Math.log2(alpha))} blocks`,
        reads: [['blocks']],
      }),
    ),
  ];
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

function endpointIssues({ assays, primary, secondary, controls }: StudyDocument, plain: unknown): Placed[] {
  const names = namesIn(plain, 'assays');
  const repeated = secondary.findIndex(
    ({ role }, i) => role !== undefined && secondary.findIndex((each) => each.role === role) < i,
  );
  const endpoints = [
    ...(primary === undefined ? [] : [[['primary'], primary] as const]),
    ...secondary.map((each, i) => [['secondary', i], each] as const),
    ...controls.map((each, i) => [['controls', i], each] as const),
  ];
  const issues = endpoints.flatMap(([path, { assay, measure }]): Placed[] => {
    const found = Object.hasOwn(assays, assay) ? assays[assay] : undefined;
    if (found === undefined)
      return names.includes(assay) ? [] : [unknownName([...path, 'assay'], 'assay', assay, names)];
    const { measures } = kindOf(found);
    return measures.includes(measure)
      ? []
      : [unknownName([...path, 'measure'], 'measure', measure, measures)];
  });
  if (repeated >= 0)
    issues.push({
      code: 'role-twice',
      path: ['secondary', repeated, 'role'],
      message: 'another endpoint stands for this already',
      hint: 'give the role to one of them',
    });
  secondary.forEach(({ role, assay, measure }, i) => {
    const of = Object.hasOwn(assays, assay) ? assays[assay] : undefined;
    if (role === undefined || of === undefined) return;
    // Default and tuned are compared with one another, so that they must be of the same populations.
    const isOther = role === 'tuned' && assay !== primary?.assay;
    if (!fitsRole(role, of, measure) || isOther)
      issues.push({
        code: 'role-misfit',
        path: ['secondary', i, 'role'],
        message: `\`${role}\` is for ${roleTable[role].is}${isOther ? ', of the assay that the primary endpoint is of' : ''}`,
        hint: 'leave the role out',
      });
  });
  if (primary === undefined && secondary.length > 0)
    issues.push({
      code: 'no-primary',
      path: ['secondary'],
      message: 'secondary endpoints are tested only where the primary one holds, and there is none',
      hint: 'give `primary`, or leave them out',
      ...{ atKey: true, reads: [['primary']] },
    });
  return issues;
}

const unknownName = (path: Placed['path'], what: string, name: string, names: readonly string[]): Placed => ({
  code: `unknown-${what.replaceAll(' ', '-')}`,
  path,
  message: `there is no ${what} \`${name}\``,
  hint: didYouMean(name, names) ?? (names.length === 0 ? `define it first` : `there are ${names.join(', ')}`),
});
