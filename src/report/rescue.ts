/** The rescue assay for people: what was sampled, shifts and discards over runs with their limits, then run by run with the errors of the sample. */
import type { z } from 'zod';
import type { assays } from '../assays/assays.ts';
import { fates, rateSettings, rescueMeasures, rescueQuantities } from '../statistics/rescue.ts';
import type { Rows } from './answers.ts';
import { type Cell, renderTable } from './table.ts';

type Answer = z.output<(typeof assays)['rescue']['answer']>;
type Estimate = Answer['populations'][number]['means']['home default']['births'];

const told = [
  'score',
  'fates',
  'sample',
  'home',
  'best',
  'regret',
  'shift',
  'discarded',
  'as good',
  'keys',
  'errors',
];

/** The answer in words and tables. */
export function rescueText(answer: Answer): string {
  const { conventions: of } = answer;
  return [
    [headline(answer), ...flow(answer)].join('\n'),
    told.map((key) => `${key}: ${of[key]!}.`).join('\n'),
    birthsTable(answer),
    ...answer.groups.map((group) => groupTable(answer, group)),
    ...contrastTexts(answer),
    ratesTable(answer),
    meansTable(answer),
    answer.caution,
  ].join('\n\n');
}

const headline = ({ runs, panel, births, rule }: Answer) =>
  `Survivors, the culled and all births of ${runs.length} run${runs.length === 1 ? '' : 's'} (${runs.join(', ')}): ${births.length} births under ${panel.length} rule${panel.length === 1 ? '' : 's'} and their own; regret is of ${rule}.`;

function flow({ asked, cells, documents, unfinished, conventions, contrast }: Answer): string[] {
  const failed = Object.entries(cells.failed).map(([reason, count]) => `${count} ${reason}`);
  const { between, inPart, within } = documents;
  return [
    `At most ${asked.sample} births of each fate. ${cells.trainings} trainings, failed ${failed.join(', ') || 'none'} (they count as 0 decades). Fresh seeds ${asked.seeds}, for the choice ${asked.tuningSeeds}; delta ${asked.delta}, cap ${asked.cap} decades${asked.tuned ? '' : '; own learning rates only'}. Engine ${conventions['engine']}.`,
    ...(contrast?.leftOut ?? []).map(({ run, reason }) => `Run ${run} is in no block: ${reason}.`),
    ...(between.length + inPart.length === 0
      ? []
      : [`The documents of the groups differ in ${[...between, ...inPart].join(', ')}.`]),
    ...(within.length === 0 ? [] : [`The documents of the runs differ in ${within.join(', ')}.`]),
    ...unfinished.map((run) => `Run ${run} is not finished.`),
  ];
}

function birthsTable({ populations, births }: Answer): string {
  const sampled = (run: number, fate: string) =>
    births.filter((each) => each.run === run && each.fate === fate).length;
  return `Births by what became of them, and how many of these were sampled\n${renderTable(
    ['run', ...fates, 'lost with a worker'],
    populations.map(({ run, births: sizes, lost }): Cell[] => [
      run,
      ...fates.map((fate) => `${sizes[fate]} (${sampled(run, fate)})`),
      lost,
    ]),
  )}`;
}

function groupTable({ groups }: Answer, { runs, results }: Answer['groups'][number]): string {
  const which = groups.length === 1 ? '' : `, ${runs.join(', ')}`;
  return `Over runs${which}\n${renderTable(
    ['', 'runs', 'mean', 'sd', 'lower', 'upper'],
    rescueMeasures.map((measure): Cell[] => {
      const { runs: count, mean, sd, lower, upper } = results[measure];
      return [measure, count, mean, sd, lower, upper];
    }),
  )}`;
}

function contrastTexts({ contrast, conventions }: Answer): string[] {
  if (contrast === null) return [];
  const pairs = contrast.blocks.map(({ first, second }) => `${first} and ${second}`).join(', ');
  return [
    `First less second group, over blocks (runs ${pairs})\n${renderTable(
      ['', 'blocks', 'mean', 'sd', 'lower', 'upper', 'p'],
      rescueMeasures.map((measure): Cell[] => {
        const found = contrast.results[measure];
        if (found === null) return [measure, 0, null, null, null, null, null];
        return [...[measure, found.blocks, found.mean, found.sd, found.lower, found.upper, found.signFlip.p]];
      }),
    )}`,
    `odds: ${conventions['odds']}.\n${renderTable(
      ['rescued', 'strata', 'odds ratio', 'lower', 'upper', 'p'],
      rateSettings.map((rate): Cell[] => {
        const odds = contrast.odds[rate];
        if (odds === null) return [rate, 0, null, null, null, null];
        return [rate, odds.strata - odds.uninformative, odds.oddsRatio, odds.lower, odds.upper, odds.p];
      }),
    )}`,
  ];
}

const pair = (estimate: Estimate): Cell[] => [estimate?.estimate ?? null, estimate?.se ?? null];

function ratesTable({ populations }: Answer): string {
  return `Culled births, run by run\n${renderTable(
    [
      ...['run', 'rates', 'bar', 'best bar', 'discarded', 'se', 'at home', 'se', 'rescued', 'se'],
      ...['rescued living', 'se', 'as good', 'se', 'keys', 'se', 'of'],
    ],
    populations.flatMap(({ run, rates, lostArchitectures }) =>
      rateSettings.flatMap((rate): Cell[][] => {
        const own = rates[rate];
        if (own === null) return [];
        return [
          [
            ...[run, rate, own.bar, own.championBar, ...pair(own.discarded), ...pair(own.atHome)],
            ...[...pair(own.rescued), ...pair(own.rescuedLiving), ...pair(own.asGood), ...pair(own.keys)],
            lostArchitectures,
          ],
        ];
      }),
    ),
  )}`;
}

function meansTable({ populations }: Answer): string {
  return `Means, run by run\n${renderTable(
    ['run', 'of', 'births', 'survivors', 'living', 'culled', 'shift', 'se', 'living only', 'se'],
    populations.flatMap(({ run, means }) =>
      rescueQuantities
        .filter((quantity) => means[quantity].births !== null)
        .map((quantity): Cell[] => {
          const { births, survivors, living, culled, shift, livingOnly } = means[quantity];
          return [
            ...[run, quantity],
            ...[births, survivors, living, culled].map((each) => each?.estimate ?? null),
            ...[...pair(shift), ...pair(livingOnly)],
          ];
        }),
    ),
  )}`;
}

/** One row for each of the sampled. */
export const rescueCsv = ({ births }: Answer): Rows => ({
  head: [
    ...['run', 'individual', 'fate', 'inclusion', 'home_default', 'home_tuned', 'best_default', 'best_tuned'],
    ...['best_rule_default', 'best_rule_tuned', 'regret_default', 'regret_tuned', 'sharing', 'lives_on'],
  ],
  rows: births.map(({ run, individual, fate, inclusion, home, best, bestRule, regret, sharing, livesOn }) => [
    ...[run, individual, fate, inclusion, home.default, home.tuned, best.default, best.tuned],
    ...[bestRule.default, bestRule.tuned, regret.default, regret.tuned, sharing, livesOn ? 1 : 0],
  ]),
});
