/** streetlight survivorship RUN...: who survived, and for how long. */
import { type Command, Option } from 'commander';
import type { Chromosome } from '../../genome/genome.ts';
import { architectureTraits, ruleTraits } from '../../genome/traits.ts';
import { architectureFromText, ruleFromText } from '../../lineage/codec.ts';
import type { Lineage } from '../../lineage/open.ts';
import type { RunRow } from '../../lineage/runs.ts';
import { taxonLives } from '../../lineage/taxa.ts';
import { didYouMean } from '../../notation/issue.ts';
import { UserError } from '../../notation/user-error.ts';
import { drawCurves } from '../../report/curve.ts';
import { renderTable } from '../../report/table.ts';
import {
  type ConfidenceType,
  confidenceTypes,
  kaplanMeier,
  kaplanMeierBy,
  type SurvivalCurve,
  survivalQuantile,
} from '../../statistics/kaplan-meier.ts';
import { chosenRun, collectRuns, databaseOption, jsonOption, withLineage } from '../options.ts';
import { type Output, printJson } from '../output.ts';

interface Options {
  readonly db: string;
  readonly of: Chromosome;
  readonly by?: string;
  readonly confType: ConfidenceType;
  readonly json?: boolean;
}

interface Sample {
  /** Births from a taxon's origin to its extinction or to the end of the run. */
  readonly exit: number[];
  readonly event: number[];
  readonly groups: string[];
}

const traits = { architecture: architectureTraits, rule: ruleTraits } as const;

export function registerSurvivorship(program: Command, output: Output): void {
  program
    .command('survivorship')
    .argument('[runs...]', 'the runs; default the newest', collectRuns)
    .description(
      'Kaplan-Meier survivorship of taxa: all individuals that share an architecture (or rule) by descent',
    )
    .addOption(
      new Option('--of <chromosome>', 'taxa of which chromosome')
        .choices(['architecture', 'rule'])
        .default('architecture'),
    )
    .option(
      '--by <trait>',
      `group by a property of the chromosome: architecture ${Object.keys(architectureTraits).join(', ')}; rule ${Object.keys(ruleTraits).join(', ')}`,
    )
    .addOption(
      new Option('--conf-type <name>', 'confidence interval')
        .choices([...confidenceTypes])
        .default('log-log'),
    )
    .addOption(databaseOption())
    .addOption(jsonOption())
    .action((runs: readonly number[], options: Options) =>
      withLineage(options.db, (lineage) => {
        const chosen =
          runs.length === 0 ? [chosenRun(lineage, undefined)] : runs.map((run) => chosenRun(lineage, run));
        const sample = collect(
          lineage,
          chosen.map(({ run }) => run),
          options,
        );
        const curves =
          options.by === undefined
            ? new Map([['all', kaplanMeier(sample, { confidence: options.confType })]])
            : kaplanMeierBy(sample, sample.groups, { confidence: options.confType });
        const ordered = [...curves].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
        if (options.json === true)
          printJson(output, {
            runs: chosen.map(({ run }) => run),
            unfinished: unfinished(chosen),
            unit: `${options.of} taxon`,
            by: options.by ?? null,
            confidence: options.confType,
            groups: ordered.map(([group, curve]) => ({ group, ...facts(curve), table: curve.rows })),
          });
        else show(output, ordered, options, chosen);
      }),
    );
}

function collect(lineage: Lineage, runs: readonly number[], { of, by }: Options): Sample {
  const trait = by === undefined ? () => 'all' : traitOf(of, by);
  const sample: Sample = { exit: [], event: [], groups: [] };
  const text = lineage.db.prepare<[number], string>('SELECT canon FROM block WHERE id = ?').pluck();
  const known = new Map<number, string>();
  for (const run of runs) {
    const lives = taxonLives(lineage, run, of);
    for (let i = 0; i < lives.count; i++) {
      const block = lives.block[i]!;
      const group = known.get(block) ?? trait(text.get(block)!);
      known.set(block, group);
      sample.exit.push(lives.exit[i]! - lives.entry[i]!);
      sample.event.push(lives.event[i]!);
      sample.groups.push(group);
    }
  }
  if (sample.exit.length === 0)
    throw new UserError({
      code: 'nothing-to-estimate',
      message: 'no birth has been told in these runs yet',
      hint: 'resume the run first',
    });
  return sample;
}

function traitOf(of: Chromosome, by: string): (text: string) => string {
  const names = Object.keys(traits[of]);
  if (!names.includes(by))
    throw new UserError({
      code: 'unknown-trait',
      message: `there is no trait \`${by}\` of a${of === 'rule' ? ' rule' : 'n architecture'}`,
      hint: didYouMean(by, names) ?? `traits are ${names.join(', ')}`,
    });
  return of === 'rule'
    ? (text) => ruleTraits[by as keyof typeof ruleTraits](ruleFromText(text))
    : (text) => architectureTraits[by as keyof typeof architectureTraits](architectureFromText(text));
}

const unfinished = (runs: readonly RunRow[]): number[] =>
  runs.filter((run) => run.endReason === null).map(({ run }) => run);

function facts(curve: SurvivalCurve) {
  const median = survivalQuantile(curve, 0.5);
  return { n: curve.n, events: curve.events, censored: curve.n - curve.events, median };
}

/** Ages at which the table is printed: powers of two, to the longest life. */
function agesFor(curves: readonly SurvivalCurve[]): number[] {
  const longest = curves.reduce((most, curve) => Math.max(most, curve.rows.at(-1)?.time ?? 0), 0);
  const ages: number[] = [];
  for (let age = 1; age <= longest; age *= 2) ages.push(age);
  return ages;
}

/** What holds from the origin to the first exit. */
const beforeAnyExit = { survival: 1, se: 0, lower: 1, upper: 1 };

function survivalAt(curve: SurvivalCurve, age: number) {
  return curve.rows.findLast((row) => row.time <= age) ?? beforeAnyExit;
}

function show(
  output: Output,
  curves: readonly (readonly [string, SurvivalCurve])[],
  { of, by, confType }: Options,
  chosen: readonly RunRow[],
): void {
  const runs = chosen.map(({ run }) => run);
  const label = by ?? 'group';
  output.print(
    `Survivorship of ${of} taxa, run${runs.length === 1 ? '' : 's'} ${runs.join(', ')}. Time in births since the taxon's origin; alive at the end is censored.`,
  );
  output.print(
    `Kaplan-Meier, Greenwood's variance, 95 % intervals of type ${confType}. Taxa within one run are not independent: compare runs before you claim a difference.`,
  );
  for (const run of unfinished(chosen))
    output.print(
      `Run ${run} is not finished: a taxon whose only carriers are still to be told counts as extinct until it goes on.`,
    );
  output.print('');
  output.print(
    renderTable(
      [label, 'taxa', 'extinct', 'censored', 'median', 'lower', 'upper'],
      curves.map(([group, curve]) => {
        const { n, events, censored, median } = facts(curve);
        return [group, n, events, censored, median.value, median.lower, median.upper];
      }),
    ),
  );
  const ages = agesFor(curves.map(([, curve]) => curve));
  output.print(
    `\n${renderTable(
      [label, 'age', 'at risk', 'surviving', 'se', 'lower', 'upper'],
      curves.flatMap(([group, curve]) =>
        ages.flatMap((age) => {
          const row = survivalAt(curve, age);
          const atRisk = curve.rows.find((later) => later.time >= age)?.atRisk;
          return atRisk === undefined
            ? []
            : [[group, age, atRisk, row.survival, row.se, row.lower, row.upper]];
        }),
      ),
    )}\n`,
  );
  output.print(
    drawCurves(
      curves.map(([group, curve]) => ({
        label: group,
        points: [{ x: 0, y: 1 }, ...curve.rows.map(({ time, survival }) => ({ x: time, y: survival }))],
      })),
      { kind: 'step', xLabel: 'births', min: 0, max: 1 },
      output.colour,
    ),
  );
}
