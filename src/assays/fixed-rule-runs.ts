/** Runs of two populations that evolved under one rule each, paired by their seeds into blocks. */
import { type DocumentDifferences, documentDifferences } from '../analysis/conditions.ts';
import { knownRule, knownRuleNames } from '../genome/known.ts';
import { ruleText } from '../lineage/codec.ts';
import type { Lineage } from '../lineage/open.ts';
import type { RunRow } from '../lineage/runs.ts';
import { UserError } from '../notation/user-error.ts';
import { nobodyLives, type Population, populationOf } from './populations.ts';
import { blocksBySeed, type LeftOut, type SeedBlock, type SeedGroup } from './seed-blocks.ts';

/** Runs whose living all have this rule. */
export interface RuleGroup {
  readonly rule: { readonly id: number; readonly name: string; readonly text: string };
  readonly populations: readonly Population[];
}

/** Two groups and their blocks, in the order of the seeds; the group of the run that was named first is the first. */
export interface PairedRuns {
  readonly groups: readonly [RuleGroup, RuleGroup];
  readonly blocks: readonly SeedBlock<Population>[];
  readonly leftOut: readonly LeftOut[];
  /** In what the documents of the groups differ, and where runs of one group differ. */
  readonly documents: DocumentDifferences;
}

/** @throws UserError with all runs that cannot be used: more than one rule among the living, rules that are not two, no two runs of one seed. */
export function pairedRuns(lineage: Lineage, runs: readonly RunRow[]): PairedRuns {
  const living = runs.map((row) => populationOf(lineage, row));
  refuseUnfixed(living);
  const byRule = new Map<number, Population[]>();
  for (const population of living) {
    const { rule } = population.genomes[0]!;
    byRule.set(rule, [...(byRule.get(rule) ?? []), population]);
  }
  const [first, second, ...others] = [...byRule].map(([id, populations]) =>
    groupOf(lineage, id, populations),
  );
  if (first === undefined || second === undefined || others.length > 0)
    throw new UserError({
      code: 'not-two-rules',
      message: `these runs evolved under ${byRule.size === 1 ? 'one rule' : `${byRule.size} rules`}, and home advantage is between two`,
      hint: 'name runs of two conditions, such as Adam-fixed and momentum-fixed ones; `streetlight runs` lists them',
    });
  const { blocks, leftOut } = blocksBySeed(
    [first, second].map(({ rule, populations }) => ({
      name: `under ${rule.name}`,
      members: populations,
    })) as [SeedGroup<Population>, SeedGroup<Population>],
    { one: 'under one rule', other: 'under the other rule' },
  );
  return {
    groups: [first, second],
    ...{ blocks, leftOut },
    documents: documentDifferences(
      [first, second].map(({ populations }) => populations.map(({ row }) => row)),
    ),
  };
}

function refuseUnfixed(living: readonly Population[]): void {
  const issues = living.flatMap(({ row: { run }, genomes }) => {
    const rules = new Set(genomes.map(({ rule }) => rule)).size;
    if (rules === 1) return [];
    return [
      rules === 0
        ? nobodyLives(run)
        : {
            code: 'rule-not-fixed',
            message: `the living of run ${run} have ${rules} rules, and its home is not one rule`,
            hint: 'use runs whose rule is fixed (evolution.condition: rule-fixed, one rule among the founders)',
          },
    ];
  });
  if (issues.length > 0) throw new UserError(issues);
}

function groupOf({ db }: Lineage, id: number, populations: readonly Population[]): RuleGroup {
  const text = db.prepare<[number], string>('SELECT canon FROM block WHERE id = ?').pluck().get(id)!;
  const name = knownRuleNames().find((each) => ruleText(knownRule(each)!) === text);
  return { rule: { id, name: name ?? `rule ${id}`, text }, populations };
}
