/** Runs of two populations that evolved under one rule each, paired by their seeds into blocks. */
import { type DocumentDifferences, documentDifferences } from '../analysis/conditions.ts';
import { knownRule, knownRuleNames } from '../genome/known.ts';
import { ruleText } from '../lineage/codec.ts';
import type { Lineage } from '../lineage/open.ts';
import type { RunRow } from '../lineage/runs.ts';
import { UserError } from '../notation/user-error.ts';
import { nobodyLives, type Population, populationOf } from './populations.ts';

/** Runs whose living all have this rule. */
export interface RuleGroup {
  readonly rule: { readonly id: number; readonly name: string; readonly text: string };
  readonly populations: readonly Population[];
}

/** One run of each group, of the same seed. */
export interface Block {
  readonly seed: string;
  readonly first: Population;
  readonly second: Population;
}

/** Two groups and their blocks, in the order of the seeds; the group of the run that was named first is the first. */
export interface PairedRuns {
  readonly groups: readonly [RuleGroup, RuleGroup];
  readonly blocks: readonly Block[];
  readonly leftOut: readonly { readonly run: number; readonly reason: string }[];
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
  refuseRepeatedSeeds([first, second]);
  const partner = new Map(second.populations.map((each) => [each.row.seed, each]));
  const blocks = first.populations
    .flatMap((each): Block[] => {
      const other = partner.get(each.row.seed);
      return other === undefined ? [] : [{ seed: each.row.seed, first: each, second: other }];
    })
    .sort((a, b) => a.seed.localeCompare(b.seed, 'en', { numeric: true }));
  if (blocks.length === 0)
    throw new UserError({
      code: 'no-block',
      message:
        'no run under one rule has the seed of a run under the other, and runs are compared within seeds',
      hint: 'launch both conditions with the same seeds (--seed)',
    });
  const paired = new Set(blocks.flatMap((block) => [block.first.row.run, block.second.row.run]));
  return {
    groups: [first, second],
    blocks,
    leftOut: runs
      .filter(({ run }) => !paired.has(run))
      .map(({ run, seed }) => ({ run, reason: `no run under the other rule has its seed, ${seed}` })),
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

function refuseRepeatedSeeds(groups: readonly RuleGroup[]): void {
  const issues = groups.flatMap(({ rule, populations }) => {
    const seeds = populations.map(({ row }) => row.seed);
    return [...new Set(seeds.filter((seed, i) => seeds.indexOf(seed) !== i))].map((seed) => ({
      code: 'seed-twice',
      message: `several runs under ${rule.name} have the seed ${seed}, and only one can be in its block`,
      hint: 'name one of them',
    }));
  });
  if (issues.length > 0) throw new UserError(issues);
}

function groupOf({ db }: Lineage, id: number, populations: readonly Population[]): RuleGroup {
  const text = db.prepare<[number], string>('SELECT canon FROM block WHERE id = ?').pluck().get(id)!;
  const name = knownRuleNames().find((each) => ruleText(knownRule(each)!) === text);
  return { rule: { id, name: name ?? `rule ${id}`, text }, populations };
}
