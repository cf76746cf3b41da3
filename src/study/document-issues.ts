/** What is wrong with a study that its schema cannot see. */
import { statisticNamed } from '../analysis/run-statistics.ts';
import { ruleHash } from '../genome/identity.ts';
import { knownRule, knownRuleNames } from '../genome/known.ts';
import { canonicalUpdateRule } from '../genome/update-rule/canonical.ts';
import { readUpdateRule } from '../genome/update-rule/read.ts';
import { namedTrait } from '../lineage/trait-store.ts';
import type { Issue } from '../notation/issue.ts';
import { UserError } from '../notation/user-error.ts';
import { evaluationSettings } from '../search/setup.ts';
import { type SearchDocument, tasksOf } from '../search-space/document.ts';
import type { Placed } from '../search-space/place.ts';
import { valueAt } from '../search-space/schema-issues.ts';
import { documentRule, founderRuleNames, isName } from '../variation/settings.ts';
import { hasDraws } from './blocks.ts';
import { endpointIssues, unknownName } from './endpoint-issues.ts';
import { kindOf, type StudyAssay } from './kinds/table.ts';
import { chainOf, mergedDocument, namesIn } from './place.ts';
import type { StudyDocument } from './schema.ts';

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
    ...endpointIssues(study, plain, searches),
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
    if (assay.kind === 'contrast') return [...unknown, ...statisticIssues(assay, ['assays', name])];
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
    const [first, ...others] = assay.conditions.flatMap((condition) => searches[condition] ?? []);
    if (first === undefined || others.length === 0 || !kindOf(assay).isTrained) return [];
    const issues: Placed[] = [];
    const settings = (search: SearchDocument) => JSON.stringify(evaluationSettings(search));
    if (others.some((other) => settings(other) !== settings(first)))
      issues.push({
        code: 'trained-otherwise',
        path: ['assays', name, 'conditions'],
        message: `conditions ${assay.conditions.join(' and ')} train their candidates with another budget, fitness or limits, and cannot be compared on one workbench`,
        hint: 'compare conditions that differ in what evolves',
      });
    if (assay.kind === 'home-advantage') issues.push(...homeIssues(name, assay.rules, [first, others[0]!]));
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

function statisticIssues(
  { statistic, ...traits }: Extract<StudyAssay, { kind: 'contrast' }>,
  path: Placed['path'],
): Placed[] {
  const uses = refusedAt([...path, 'statistic'], () => statisticNamed(statistic).uses ?? []);
  if ('issues' in uses) return [...uses.issues];
  return (['architecture', 'rule'] as const).flatMap((chromosome): readonly Placed[] => {
    const [asked, isUsed] = [traits[chromosome], uses.value.includes(chromosome)];
    if (asked === undefined)
      return isUsed
        ? [
            {
              code: 'trait-missing',
              path: [...path, 'statistic'],
              message: `${statistic} is of a trait of ${chromosome}s`,
              hint: `say which: \`${chromosome}: ${chromosome === 'rule' ? 'family=adaptive' : 'depth'}\``,
            },
          ]
        : [];
    if (!isUsed)
      return [
        {
          code: 'trait-unused',
          path: [...path, chromosome],
          message: `${statistic} is of no such trait`,
          hint: 'leave it out',
          atKey: true,
        },
      ];
    const named = refusedAt([...path, chromosome], () => namedTrait(chromosome, asked.replace(/=.*$/, '')));
    return 'issues' in named ? named.issues : [];
  });
}

/** What `of` gives, or what it refuses, at a key of the study. */
function refusedAt<T>(
  path: Placed['path'],
  of: () => T,
): { readonly value: T } | { readonly issues: readonly Placed[] } {
  try {
    return { value: of() };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { issues: error.issues.map((issue) => unplaced(issue, path)) };
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
