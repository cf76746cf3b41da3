/** streetlight selection RUN: what changed the population, selection or chance, and how quickly lines took over. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { meanGradients } from '../../analysis/selection.ts';
import { flowOf, flowText } from '../../lineage/flow.ts';
import type { Lineage } from '../../lineage/open.ts';
import type { RunRow } from '../../lineage/runs.ts';
import {
  descentText,
  differentialsText,
  gradientsText,
  intervalsText,
  operatorsText,
  sweepsText,
  totalsText,
} from '../../report/selection.ts';
import { formatNumber, renderTable } from '../../report/table.ts';
import {
  censusOption,
  chosenRun,
  collectRunList,
  collectText,
  databaseOption,
  jsonOption,
  positiveInteger,
  requireBirths,
  withLineage,
} from '../options.ts';
import { type Output, printJson } from '../output.ts';
import { type Analysis, agesOf, analysed, type SelectionOptions, trees } from './selection-question.ts';
import { measureTraits } from './trait-values.ts';

interface Options extends SelectionOptions {
  readonly db: string;
  readonly json?: boolean;
}

export function registerSelection(program: Command, output: Output): void {
  program
    .command('selection')
    .argument('[run]', 'the run; default the newest', positiveInteger)
    .description(
      'what changed the traits of a chromosome from census to census: selection, drift, mutation; and how quickly lines took over',
    )
    .addOption(
      new Option('--of <chromosome>', 'of which chromosome')
        .choices(['architecture', 'rule'])
        .default('architecture'),
    )
    .option(
      '--trait <name>',
      'look at this trait closely; may be given again: a trait of the chromosome (`streetlight reference` explains all), fitness, or NAME=VALUE',
      collectText,
      [],
    )
    .addOption(censusOption())
    .option(
      '--null <runs>',
      'runs without selection, such as 4,5,6: a sweep is a common ancestor younger than nearly all of theirs',
      collectRunList,
    )
    .addOption(
      new Option('--quantile <share>', 'of the ages in --null: younger is a sweep')
        .argParser(openShare)
        .default(0.01),
    )
    .addOption(databaseOption())
    .addOption(jsonOption())
    .action((run: number | undefined, options: Options) =>
      withLineage(options.db, async (lineage) => {
        const chosen = chosenRun(lineage, run);
        requireBirths(chosen);
        if (!(await measureTraits(output, lineage, [chosen.run], options.of, options.trait))) return;
        const analysis = analysed(lineage, chosen, options);
        if (options.json === true) printJson(output, asJson(lineage, chosen, options, analysis));
        else output.print(asText(lineage, chosen, options, analysis));
      }),
    );
}

function openShare(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError('It must be a number between 0 and 1.');
  return value;
}

const conventions = {
  price:
    'Price equation between censuses along the donor path, population moments: change = selection + drift + viability + turnover + transmission + new lines; w counts living descendants at the next census',
  parts:
    'selection (`scheme` in JSON, where `selection` is all of Cov(w, z) / mean w): the chances that the scheme gave at every birth, less even chances; drift: who was drawn, less those chances, of mean 0 by construction, and its sd from the same chances; viability: children that failed, did not join or had the chromosome replaced whole; turnover: even chances less deaths',
  newLines:
    'new lines: the living without a parent among the living of the census before, whose line began since (begun) or whose ancestor had died with its child unborn (orphaned)',
  gradients:
    'Lande and Arnold 1983: relative number of descendants on traits in standard deviations (n - 1); gamma is twice the quadratic coefficient; means over intervals, whose errors describe this run only',
  effectiveSize:
    'joined births per birth times mean age of donors over the variance of offspring number (Hill 1979)',
  ages: 'age of the last common ancestor of the living along the donors, in births, at every birth once there has been one',
} as const;

function asJson(lineage: Lineage, chosen: RunRow, { of }: Options, analysis: Analysis) {
  const {
    evolution,
    times,
    intervals,
    totals,
    leftOut,
    gradients,
    communities,
    size,
    takeover,
    series,
    tests,
  } = analysis;
  return {
    run: chosen.run,
    unfinished: chosen.endReason === null,
    chromosome: of,
    scheme: evolution.scheme,
    condition: evolution.condition,
    conventions,
    flow: flowOf(lineage, [chosen.run]),
    censuses: times,
    traits: totals.map((each) => ({ ...each, byOperator: Object.fromEntries(each.byOperator) })),
    leftOut,
    intervals: intervals.map(({ from, to, parents, descendants, begun, orphaned, traits }) => ({
      ...{ from, to, parents: parents.length, begun, orphaned },
      descendants: [...descendants],
      traits:
        traits === null
          ? null
          : Object.fromEntries(
              Object.entries(traits).map(([name, { price, parts }]) => [
                name,
                { ...price, ...parts, byOperator: Object.fromEntries(price.byOperator) },
              ]),
            ),
    })),
    withinCensusTests: tests,
    gradients: { mean: gradients.flatMap(meanGradients), intervals: gradients },
    communities,
    effectiveSize: size,
    takeover,
    coalescence: trees.map((tree) => ({
      tree,
      ...agesOf(series[tree]),
      changes: series[tree].changes,
      censuses: times.map((time) => ({
        time,
        ancestor: defined(series[tree].ancestor[time]!),
        age: defined(series[tree].age[time]!),
      })),
    })),
    sweeps: analysis.sweeps,
  };
}

const defined = (value: number) => (value < 0 ? null : value);

function asText(lineage: Lineage, chosen: RunRow, { of, trait: named }: Options, analysis: Analysis): string {
  const { evolution, times, intervals, totals, leftOut, gradients, communities, series, tests } = analysis;
  const closely = totals.filter(({ trait }) => named.includes(trait));
  const means = gradients.flatMap(meanGradients);
  const reasons = [...new Set(gradients.flat().flatMap(({ reason }) => reason ?? []))];
  return [
    [
      `Selection on ${of === 'rule' ? 'rules' : 'architectures'} of run ${chosen.run} (${evolution.scheme}, ${evolution.condition}), ${times.length} censuses, ${intervals.length} intervals.`,
      `${flowText(flowOf(lineage, [chosen.run]))}; ${intervals.reduce((sum, { parents }) => sum + parents.length, 0)} parents in all intervals.`,
      `${conventions.price}.`,
      `${conventions.parts}.`,
      `${conventions.newLines}.`,
      'One run describes itself: its intervals share ancestors. Compare runs before you claim an effect.',
      ...(chosen.endReason === null
        ? [`The run is not finished: its last birth so far is ${chosen.lastTold}.`]
        : []),
      ...leftOut.map(({ trait, reason }) => `Left out ${trait}: ${reason}.`),
    ].join('\n'),
    totals.length === 0
      ? 'No interval has a living descendant of its parents: lines began anew more often than censuses were taken. Give a smaller --every.'
      : `Over all intervals:\n${totalsText(totals)}`,
    ...(totals.length === 0
      ? []
      : [
          `Means over intervals; no intensity is beyond the root of the opportunity:\n${differentialsText(totals)}`,
        ]),
    ...closely.flatMap((each) => [
      `${each.trait}, interval by interval:\n${intervalsText(each.trait, intervals)}`,
      ...(each.byOperator.size === 0
        ? []
        : [`${each.trait}, transmission by what changed the chromosome:\n${operatorsText(each)}`]),
    ]),
    ...tests.flatMap(({ trait, test }) =>
      test === null
        ? []
        : [
            `${trait}: p ${formatNumber(test.p)} of the summed differential by permutation within censuses, ${test.arrangements} arrangements; descriptive.`,
          ],
    ),
    ...(means.length === 0
      ? []
      : [
          `Gradients${named.length > 1 ? ' of these traits together' : ' of each trait alone'} (${conventions.gradients}):\n${gradientsText(means)}`,
        ]),
    ...(reasons.length === 0 ? [] : [`Intervals without gradients: ${reasons.join('; ')}.`]),
    ...(communities === null
      ? []
      : [
          `Cov(w, z) / mean w between and within the two species, summed over intervals:\n${renderTable(
            ['trait', 'between', 'within'],
            communities.map(({ trait, between, within }) => [trait, between, within]),
          )}`,
        ]),
    [
      `Descent of the ${of}. ${conventions.effectiveSize}.`,
      descentText(analysis.size, analysis.takeover, neutralGeneration(evolution)),
    ].join('\n'),
    [
      `Coalescence: ${conventions.ages}; an event is a change of that ancestor. The living of a tree have none while they go back to several origins.`,
      renderTable(
        ['tree', 'events', 'age, 5 %', 'median', '95 %'],
        trees.map((tree) => {
          const { events, lower, median, upper } = agesOf(series[tree]);
          return [tree, events, lower, median, upper];
        }),
      ),
    ].join('\n'),
    renderTable(
      ['birth', ...trees.map((tree) => `${tree}: ancestor`), ...trees.map((tree) => `${tree}: age`)],
      times.map((time) => [
        time,
        ...trees.map((tree) => defined(series[tree].ancestor[time]!)),
        ...trees.map((tree) => defined(series[tree].age[time]!)),
      ]),
    ),
    ...sweepLines(analysis.sweeps),
  ].join('\n\n');
}

/** Mean age of a parent that is drawn evenly, where the oldest dies. */
const neutralGeneration = ({ scheme, population, inFlight }: Analysis['evolution']) =>
  scheme === 'map-elites' ? null : (population - 1 + 2 * inFlight) / 2;

function sweepLines(result: Analysis['sweeps']): string[] {
  if (result === null) return ['Sweeps are called against runs without selection: give them with --null.'];
  const { runs, quantile: share, schemes } = result;
  const against = runs.map((run, i) => `${run} (${schemes[i]})`).join(', ');
  return [
    `Sweeps: stretches of births with a last common ancestor younger than the ${formatNumber(100 * share)} % quantile of its age in runs ${against}.`,
    ...result.trees.map(({ tree, births, threshold, sweeps: found }) => {
      if (threshold === null) return `${tree}: the living of those runs never had one common ancestor.`;
      const below = `${formatNumber(threshold)} births, over ${births} births`;
      return found!.length === 0
        ? `${tree}: none below ${below}.`
        : `${tree}: ${found!.length} below ${below}.\n${sweepsText(found!)}`;
    }),
  ];
}
