import type { Command } from 'commander';
import { type Compared, comparisonsOf } from '../../analysis/comparison.ts';
import {
  arePaired,
  type ComparedCondition,
  conditionOf,
  type DocumentDifferences,
  documentDifferences,
  requireApart,
  whyUnpaired,
} from '../../analysis/conditions.ts';
import {
  requireTraits,
  runSource,
  statisticNamed,
  statisticNames,
  usualStatistics,
} from '../../analysis/run-statistics.ts';
import { flowOf, flowText } from '../../lineage/flow.ts';
import type { Lineage } from '../../lineage/open.ts';
import { listRuns } from '../../lineage/runs.ts';
import { UserError } from '../../notation/user-error.ts';
import {
  conditionsText,
  effectsText,
  missingText,
  plansText,
  pooledText,
  testsText,
} from '../../report/comparison.ts';
import { renderTable } from '../../report/table.ts';
import { collectText, databaseOption, jsonOption, positiveInteger, withLineage } from '../options.ts';
import { type Output, printJson } from '../output.ts';

interface Options {
  readonly db: string;
  readonly statistic: readonly string[];
  readonly architecture?: string;
  readonly rule?: string;
  readonly tau?: number;
  readonly paired: boolean;
  readonly json?: boolean;
}

/** streetlight compare CONDITION CONDITION...: conditions over runs, where each run is one unit. */
export function registerCompare(program: Command, output: Output): void {
  program
    .command('compare')
    .argument(
      '<conditions...>',
      'two or more: run numbers such as 1,2,3, or the name of a document, condition or scheme; each is compared with the first',
    )
    .description(
      'compare conditions over runs: effects with intervals, exact tests, what the next experiment needs',
    )
    .option(
      '--statistic <name>',
      `compare this; may be given again: ${statisticNames.join(', ')}, architecture.TRAIT, rule.TRAIT`,
      collectText,
      [],
    )
    .option('--architecture <trait>', 'trait of architectures in `association`; default depth')
    .option('--rule <trait>', 'trait of rules in `association`; default instructions')
    .option(
      '--tau <births>',
      'horizon of persistence; default the latest to which every run is watched',
      positiveInteger,
    )
    .option('--no-paired', 'do not pair runs of the same seed')
    .addOption(databaseOption())
    .addOption(jsonOption())
    .action((texts: readonly string[], options: Options) =>
      withLineage(options.db, (lineage) => {
        const conditions = chosenConditions(lineage, texts);
        const rows = analysed(lineage, conditions, options);
        if (options.json === true) printJson(output, asJson(lineage, conditions, rows, options.paired));
        else output.print(asText(lineage, conditions, rows, options.paired));
      }),
    );
}

function chosenConditions(lineage: Lineage, texts: readonly string[]): ComparedCondition[] {
  if (texts.length < 2)
    throw new UserError({
      code: 'one-condition',
      message: 'a comparison needs two conditions, and there is one',
      hint: 'name another: run numbers between commas, or the name of a document, condition or scheme',
    });
  const all = listRuns(lineage);
  const conditions = texts.map((text) => conditionOf(text, all));
  requireApart(conditions);
  return conditions;
}

function analysed(lineage: Lineage, conditions: readonly ComparedCondition[], options: Options): Compared[] {
  const { architecture = 'depth', rule = 'instructions', tau, paired } = options;
  const statistics = options.statistic.length > 0 ? options.statistic : usualStatistics;
  if ((options.architecture ?? options.rule) !== undefined && !statistics.includes('association'))
    throw new UserError({
      code: 'no-association',
      message: '--architecture and --rule name the traits of `association`, which is not compared',
      hint: 'add --statistic association',
    });
  for (const each of statistics) statisticNamed(each);
  requireTraits(lineage, { architecture, rule });
  const runs = conditions.flatMap((condition) => condition.runs);
  const sources = new Map(runs.map((row) => [row.run, runSource(lineage, row)]));
  return comparisonsOf(conditions, sources, { statistics, architecture, rule, tau, mayPair: paired });
}

const conventions = {
  unit: 'each run is one unit',
  intervals:
    "means with 95 % of Student's t; differences with 95 % BCa bootstrap limits of 9,999 draws, and with those of Student's t (Welch, or of pairs)",
  effect: "g is Hedges' g with 95 % limits; of pairs in units of the spread of differences",
  tests:
    'p counts all ways to deal runs to conditions, or of pairs all changes of sign, enumerated up to 100,000, else 9,999 drawn and never 0; by t: Welch, or of pairs',
  family:
    'Holm and Benjamini-Hochberg (BH) over all comparisons printed: Holm for claims, BH for exploration',
  pooled:
    "weighted by the runs' own errors, variance between runs by Paule and Mandel, limits by Hartung and Knapp with max(1, q) (Röver, Knapp and Friede 2015)",
  power:
    "of Student's test at 5 % by simulation, normal; for planning the next experiment, it says nothing about this one",
} as const;

/** Each condition beside the first: paired, or why not. */
function pairings([reference, ...others]: readonly ComparedCondition[], mayPair: boolean) {
  return others.map((other) => {
    const isPaired = mayPair && arePaired(other, reference!);
    return {
      ...{ of: other.name, less: reference!.name, pairs: isPaired ? other.runs.length : 0 },
      reason: isPaired ? null : mayPair ? whyUnpaired(other, reference!) : 'as --no-paired says',
    };
  });
}

function differencesText({ between, inPart, within }: DocumentDifferences): string[] {
  const told = (places: readonly string[], text: (places: string) => string) =>
    places.length === 0 ? [] : [text(places.join(', '))];
  return [
    ...told(between, (places) => `Documents differ between the conditions in ${places}.`),
    ...told(
      inPart,
      (places) =>
        `Documents differ between the conditions in part only in ${places}, as runs within a condition do not agree in it: its effect cannot be told from what else differs.`,
    ),
    ...(between.length + inPart.length === 0
      ? ['Documents do not differ between the conditions: these differ in chance alone.']
      : []),
    ...told(
      within,
      (places) =>
        `Documents differ within a condition in ${places}, in the same shares in all of them: it adds to the spread of runs, and the conditions do not differ in it.`,
    ),
  ];
}

/** Fewer runs than this make BCa limits much too narrow: with two pairs they are the two differences. */
const fewRuns = 10;

const fewRunsText = (conditions: readonly ComparedCondition[]): string =>
  conditions.every(({ runs }) => runs.length >= fewRuns)
    ? ''
    : ` With fewer than ${fewRuns} runs of a condition BCa limits are too narrow: trust the limits of t and the exact test.`;

function asJson(
  lineage: Lineage,
  conditions: readonly ComparedCondition[],
  rows: readonly Compared[],
  mayPair: boolean,
) {
  return {
    conditions: conditions.map(({ name, runs, leftOut }) => ({
      ...{ name, runs: runs.map(({ run, seed }) => ({ run, seed })) },
      leftOut,
    })),
    pairing: pairings(conditions, mayPair),
    documentsDifferIn: documentDifferences(conditions.map(({ runs }) => runs)),
    conventions,
    flow: Object.fromEntries(
      conditions.map(({ name, runs }) => [
        name,
        flowOf(
          lineage,
          runs.map(({ run }) => run),
        ),
      ]),
    ),
    comparisons: rows,
  };
}

function asText(
  lineage: Lineage,
  conditions: readonly ComparedCondition[],
  rows: readonly Compared[],
  mayPair: boolean,
): string {
  const pooled = pooledText(rows);
  const named = new Map(
    rows.map(({ statistic, title, note }) => [statistic, [statistic, title, note] as const]),
  );
  const isComparable = rows.some(({ comparison }) => comparison !== null);
  return [
    [
      `Comparison of ${conditions.map(({ name, runs }) => `${name} (${runs.length} runs: ${runs.map(({ run }) => run).join(', ')})`).join(', ')}; ${conventions.unit}.`,
      ...conditions.map(
        ({ name, runs }) =>
          `${name}: ${flowText(
            flowOf(
              lineage,
              runs.map(({ run }) => run),
            ),
          )}.`,
      ),
      ...conditions.flatMap(({ leftOut }) =>
        leftOut.map(({ run, reason }) => `Run ${run} is left out: ${reason}.`),
      ),
      ...pairings(conditions, mayPair).map(({ of, less, pairs, reason }) =>
        reason === null
          ? `${of} less ${less}: ${pairs} pairs, runs of the same seed.`
          : `${of} less ${less}: not paired, ${reason}.`,
      ),
      ...differencesText(documentDifferences(conditions.map(({ runs }) => runs))),
    ].join('\n'),
    renderTable(['statistic', 'what it is', 'here'], [...named.values()]),
    [sentence(conventions.intervals), conditionsText(rows), ...missingText(rows)].join('\n'),
    ...rows.flatMap(({ statistic, reason }) =>
      reason === null ? [] : [`${statistic} is not compared: ${reason}.`],
    ),
    ...(isComparable
      ? [
          `Effects: ${conventions.effect}.${fewRunsText(conditions)}\n${effectsText(rows)}`,
          `Tests: ${conventions.tests}. ${sentence(conventions.family)}\n${testsText(rows)}`,
          ...(pooled === null ? [] : [`Pooled means: ${conventions.pooled}.\n${pooled}`]),
          `Power ${conventions.power}.\n${plansText(rows)}`,
        ]
      : []),
  ].join('\n\n');
}

const sentence = (text: string) => `${text[0]!.toUpperCase()}${text.slice(1)}.`;
