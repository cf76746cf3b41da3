import { type Command, InvalidArgumentError, Option } from 'commander';
import { measureTraits } from '../../analysis/measured-traits.ts';
import { meanGradients } from '../../analysis/selection.ts';
import { chosenRun, requireBirths } from '../../lineage/chosen.ts';
import { flowOf, flowText } from '../../lineage/flow.ts';
import type { Lineage } from '../../lineage/open.ts';
import type { RunRow } from '../../lineage/runs.ts';
import { type Heritable, heritables } from '../../lineage/taxa.ts';
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
import { askContext } from '../ask-context.ts';
import {
  censusOption,
  collectRunList,
  collectText,
  databaseOption,
  jsonOption,
  positiveInteger,
  withLineage,
} from '../options.ts';
import { type Call, printJson } from '../output.ts';
import {
  type Analysis,
  agesOf,
  analysed,
  namesByChromosome,
  type SelectionOptions,
  trees,
} from './selection-question.ts';

type Descent = NonNullable<Analysis['descent']>;

interface Options extends SelectionOptions {
  readonly db: string;
  readonly json?: boolean;
}

/** streetlight selection RUN: what changed the population, selection or chance, and how quickly lines took over. */
export function registerSelection(program: Command, output: Call): void {
  program
    .command('selection')
    .argument('[run]', 'the run; default the newest', positiveInteger)
    .description(
      'what changed the traits of a chromosome or of genomes from census to census: selection, drift, mutation; and how quickly lines of a chromosome took over',
    )
    .addOption(
      new Option('--of <what>', 'of what: along the donors of a chromosome, or of genomes, half along either')
        .choices([...heritables])
        .default('architecture'),
    )
    .option(
      '--trait <name>',
      'look at this trait closely; may be given again: a trait of the chromosome (`streetlight reference` explains all), of genomes rule.family or architecture.depth; fitness; or NAME=VALUE',
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
        for (const { chromosome, names } of namesByChromosome(options))
          await measureTraits(lineage, [chosen.run], chromosome, names, askContext(output));
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
  parts:
    'selection (`scheme` in JSON, where `selection` is all of Cov(w, z) / mean w): the chances that the scheme gave at every birth, less even chances; drift: who was drawn, less those chances, of mean 0 by construction, and its sd from the same chances; viability: children that failed, did not join or had the chromosome replaced whole; turnover: even chances less deaths',
  newLines:
    'new lines: the living without a parent among the living of the census before, whose line began since (begun) or whose ancestor had died with its child unborn (orphaned)',
  gradients:
    'Lande and Arnold 1983: relative number of descendants on traits in standard deviations (n - 1); gamma is twice the quadratic coefficient; means over intervals, whose errors describe this run only',
} as const;

const price = (lines: string, counted: string) =>
  `Price equation between censuses along ${lines}, population moments: change = selection + drift + viability + turnover + transmission + new lines; w counts ${counted} at the next census`;

const chromosomeConventions = {
  price: price('the donor path', 'living descendants'),
  ...conventions,
  effectiveSize:
    'joined births per birth times mean age of donors over the variance of offspring number (Hill 1979)',
  ages: 'age of the last common ancestor of the living along the donors, in births, at every birth once there has been one',
} as const;

const genomeConventions = {
  price: price('the donors of both chromosomes', 'shares of the living'),
  shares:
    'a birth has half its ancestry from the donor of its architecture and half from that of its rule; a share is the sum over lines of descent of the products of halves, so that w, begun and orphaned need not be whole; a chromosome that is replaced whole begins a line for its half',
  ...conventions,
  reassortment:
    'transmission by reassortment: the chromosome that carries the trait came from the other parent than the half that is followed',
  descent:
    'effective size, fixation, common ancestors and sweeps are of one chromosome: a genome has many lines of descent and no one last common ancestor; --of architecture and --of rule tell them',
} as const;

/** Who is analysed: individuals alive at some census, and over all intervals the living at their two ends. */
function countedOf({ individuals, intervals }: Pick<Analysis, 'individuals' | 'intervals'>) {
  const total = (pick: (each: Analysis['intervals'][number]) => number) =>
    intervals.reduce((sum, each) => sum + pick(each), 0);
  return {
    individuals,
    parents: total(({ parents }) => parents.length),
    children: total(({ children }) => children),
    begun: total(({ begun }) => begun),
    orphaned: total(({ orphaned }) => orphaned),
  };
}

function asJson(lineage: Lineage, chosen: RunRow, { of }: Options, analysis: Analysis) {
  const { evolution, times, intervals, totals, leftOut, gradients, communities, descent, tests } = analysis;
  return {
    run: chosen.run,
    unfinished: chosen.endReason === null,
    of,
    scheme: evolution.scheme,
    condition: evolution.condition,
    conventions: of === 'genome' ? genomeConventions : chromosomeConventions,
    flow: flowOf(lineage, [chosen.run]),
    censuses: times,
    counted: countedOf(analysis),
    traits: totals.map((each) => ({ ...each, byOperator: Object.fromEntries(each.byOperator) })),
    leftOut,
    intervals: intervals.map(({ parents, descendants, traits, ...interval }) => ({
      ...{ ...interval, parents: parents.length },
      descendants: [...descendants],
      traits:
        traits === null
          ? null
          : Object.fromEntries(
              Object.entries(traits).map(([name, each]) => [
                name,
                { ...each.price, ...each.parts, byOperator: Object.fromEntries(each.byOperator) },
              ]),
            ),
    })),
    withinCensusTests: tests,
    gradients: { mean: gradients.flatMap(meanGradients), intervals: gradients },
    communities,
    effectiveSize: descent?.size ?? null,
    takeover: descent?.takeover ?? null,
    coalescence: descent === null ? null : coalescenceJson(descent.series, times),
    sweeps: descent?.sweeps ?? null,
  };
}

const coalescenceJson = (series: Descent['series'], times: readonly number[]) =>
  trees.map((tree) => ({
    tree,
    ...agesOf(series[tree]),
    changes: series[tree].changes,
    censuses: times.map((time) => ({
      time,
      ancestor: defined(series[tree].ancestor[time]!),
      age: defined(series[tree].age[time]!),
    })),
  }));

const defined = (value: number) => (value < 0 ? null : value);

const plurals = { architecture: 'architectures', rule: 'rules', genome: 'genomes' } as const;

function asText(lineage: Lineage, chosen: RunRow, { of, trait: named }: Options, analysis: Analysis): string {
  const { evolution, times, intervals, totals, leftOut, gradients, communities, descent, tests } = analysis;
  const closely = totals.filter(({ trait }) => named.includes(trait));
  const means = gradients.flatMap(meanGradients);
  const reasons = [...new Set(gradients.flat().flatMap(({ reason }) => reason ?? []))];
  const { individuals, parents, children, begun, orphaned } = countedOf(analysis);
  return [
    [
      `Selection on ${plurals[of]} of run ${chosen.run} (${evolution.scheme}, ${evolution.condition}), ${times.length} censuses, ${intervals.length} intervals.`,
      `${flowText(flowOf(lineage, [chosen.run]))}.`,
      `Analysed: ${individuals} individuals, alive at some census; in all intervals ${parents} parents, the living at their beginnings, and ${children} children, the living at their ends, of which ${formatNumber(begun)} begun and ${formatNumber(orphaned)} orphaned.`,
      ...(of === 'genome'
        ? [`${genomeConventions.price}.`, `Shares: ${genomeConventions.shares}.`]
        : [`${chromosomeConventions.price}.`]),
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
        : [
            `${each.trait}, transmission by what changed the ${of === 'genome' ? 'genome' : 'chromosome'}:\n${operatorsText(each, of)}`,
          ]),
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
    ...(descent === null
      ? [`Left out: ${genomeConventions.descent}.`]
      : descentParts(of, evolution, descent, times)),
  ].join('\n\n');
}

function descentParts(
  of: Heritable,
  evolution: Analysis['evolution'],
  { size, takeover, series, sweeps }: Descent,
  times: readonly number[],
): string[] {
  return [
    [
      `Descent of the ${of}. Effective size: ${chromosomeConventions.effectiveSize}.`,
      descentText(size, takeover, neutralGeneration(evolution)),
    ].join('\n'),
    [
      `Coalescence: ${chromosomeConventions.ages}; an event is a change of that ancestor. The living of a tree have none while they go back to several origins.`,
      renderTable(
        ['tree', 'events', 'births', 'age, 5 %', 'median', '95 %'],
        trees.map((tree) => {
          const { events, births, lower, median, upper } = agesOf(series[tree]);
          return [tree, events, births, lower, median, upper];
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
    ...sweepLines(sweeps),
  ];
}

/** Mean age of a parent that is drawn evenly, where the oldest dies. */
const neutralGeneration = ({ scheme, population, inFlight }: Analysis['evolution']) =>
  scheme === 'map-elites' ? null : (population - 1 + 2 * inFlight) / 2;

function sweepLines(result: Descent['sweeps']): string[] {
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
