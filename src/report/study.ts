/** A study for people: its plan, how far it is, and its verdict, controls before claims and effects before tests. */
import type { CommandAnswer } from './command-answers.ts';
import { type Cell, formatNumber, renderTable } from './table.ts';

type Verdict = CommandAnswer<'study-verdict'>;
type Result = Verdict['controls'][number]['result'];

/** The verdict in words and tables. */
export function verdictText(verdict: Verdict): string {
  const { conventions: of } = verdict;
  return [
    `${verdict.study}: ${verdict.question.trim()}`,
    outcomeText(verdict),
    registrationText(verdict),
    flowText(verdict),
    ...(verdict.controls.length === 0 ? [] : [controlsText(verdict)]),
    ...(verdict.primary === null ? [] : [endpointsText(verdict)]),
    ['unit', 'tests', 'primary', 'secondary', 'controls', 'failures']
      .map((key) => `${key}: ${of[key]!}.`)
      .join('\n'),
    verdict.caution,
  ].join('\n\n');
}

function outcomeText({ outcome, noOutcome, readings, status }: Verdict): string {
  if (outcome === null) return `No verdict: ${noOutcome}.`;
  return [
    `Verdict (${status}): ${outcome.name}. ${outcome.meaning}`,
    `What would have spoken against it: ${outcome.refutedBy}.`,
    ...readings.map(({ meaning }) => meaning),
  ].join('\n');
}

function registrationText({ registration }: Pick<Verdict, 'registration'>): string {
  const { hash, registeredAt, times, deviations, isConfirmatory } = registration;
  const listed = deviations.map(({ at, what }) => `  ${at}: ${what}`);
  const status =
    hash === null
      ? 'The study was not registered before its runs: everything here is exploratory.'
      : `Registered ${registeredAt} as ${hash.slice(0, 16)}...${times === 1 ? '' : ` (registration ${times} of this study; the earlier ones were replaced before it began)`}; ${isConfirmatory ? 'carried out and analysed as registered.' : 'not carried out or analysed as registered, so everything here is exploratory:'}`;
  return [status, ...listed].join('\n');
}

function flowText({ flow, assays }: Verdict): string {
  const { runs, over, unfinished, missing, births, evaluations } = flow;
  const ended = Object.entries(evaluations).map(([how, count]) => `${count} ${how}`);
  const open = [
    ...(unfinished === 0 ? [] : [`${unfinished} not over`]),
    ...(missing === 0 ? [] : [`${missing} not launched`]),
  ];
  const cells = assays.flatMap(({ name, cells: own }) => {
    if (own === null) return [];
    const failed = Object.entries(own.failed).map(([reason, count]) => `${count} ${reason}`);
    return [`${name}: ${own.trainings} trainings, failed ${failed.join(', ') || 'none'}`];
  });
  const without = assays.flatMap(({ name, blocks }) =>
    blocks.flatMap(({ block, missing: why }) =>
      why === null ? [] : [`${name} has no number for ${block}: ${why}`],
    ),
  );
  return [
    `Runs ${runs}: ${[`${over} over`, ...open].join(', ')}. Births ${births}: ${ended.join(', ') || 'none'}.`,
    ...(cells.length === 0 ? [] : [`Assays. ${cells.join('; ')}.`]),
    ...without,
  ].join('\n');
}

const numbers = (result: Result): Cell[] =>
  result === null
    ? [0, null, null, null, null, null, null]
    : [
        ...[result.blocks, result.mean, result.sd, result.lower, result.upper],
        ...[result.effect?.g ?? null, result.signFlip.p],
      ];

const numberHeads = ['blocks', 'mean', 'sd', 'lower', 'upper', 'g', 'p'];

function controlsText({ controls }: Verdict): string {
  return `Controls\n${renderTable(
    ['', 'expected', ...numberHeads, 'holds'],
    controls.map(({ assay, measure, expect, result, holds }) => [
      ...[`${assay}: ${measure}`, expect],
      ...numbers(result),
      holds ? 'yes' : 'NO',
    ]),
  )}`;
}

function endpointsText(verdict: Verdict): string {
  const { primary, secondary } = verdict;
  const { assay, measure, claim, result, alpha, smallest, finding } = primary!;
  const table = renderTable(
    ['', ...numberHeads, 'Holm', 'finding'],
    [
      [`${assay}: ${measure}`, ...numbers(result), null, finding],
      ...secondary.map((each): Cell[] => [
        `  ${each.assay}: ${each.measure}`,
        ...numbers(each.result),
        each.holm,
        each.finding ?? 'not tested',
      ]),
    ],
  );
  const parts = [primary!, ...secondary].flatMap((each) => partsOf(verdict, each));
  return `Primary: ${claim} (alpha ${formatNumber(alpha)}, smallest effect of interest ${formatNumber(smallest)}). Secondary below it.\n${table}${parts.length === 0 ? '' : `\n\nOf these, exploratory: ${parts.join('; ')}. Where the second home has as much as the first, the effect is of specialisation and nothing special about the first rule.`}`;
}

/** The two halves of a home advantage, means over blocks: who is better at the first home, and who at the second. */
function partsOf(
  { assays }: Verdict,
  { assay, measure }: Pick<Verdict['controls'][number], 'assay' | 'measure'>,
): string[] {
  const found = assays.find(({ name }) => name === assay);
  if (found?.kind !== 'home-advantage' || !measure.endsWith('advantage')) return [];
  const mean = (part: string): string => {
    const values = found.blocks.flatMap(
      ({ measures }) => measures?.[measure.replace('advantage', part)] ?? [],
    );
    return formatNumber(values.reduce((sum, value) => sum + value, 0) / values.length);
  };
  return [
    `${assay}, ${measure}: ${mean('at first')} at the home of ${found.conditions[0]}, ${mean('at second')} at that of ${found.conditions[1]}`,
  ];
}

/** The plan in words. */
export function planText({
  study,
  question,
  conditions,
  counts,
  time,
  power,
}: CommandAnswer<'study-plan'>): string {
  return [
    `${study}: ${question.trim()}`,
    renderTable(
      ['condition', ''],
      conditions.map(({ name, summary }) => [name, summary]),
    ),
    `${counts.blocks} blocks, ${counts.runs} runs, ${counts.births} births: at most ${counts.trainings} trainings and ${formatNumber(counts.costUnits)} cost units; assays train at most ${counts.assayTrainings} more.`,
    `About ${duration(time.seconds)} here with ${time.workers} worker${time.workers === 1 ? '' : 's'}: ${formatNumber(1000 * time.secondsPerTraining)} ms for each of ${time.sample} founders that were trained now; what evolves may be larger or smaller.`,
    power === null
      ? 'Power: unknown before a pilot of at least three blocks (`pilot`, and `study run --pilot`).'
      : `Power of the primary test, from the spread of ${power.pilotBlocks} pilot blocks (mean ${formatNumber(power.mean)}, sd ${formatNumber(power.sd)})\n${renderTable(
          ['effect', 'power', 'lower', 'upper'],
          power.powers.map(({ effect, power: share, lower, upper }) => [effect, share, lower, upper]),
        )}`,
  ].join('\n\n');
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} seconds`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} minutes` : `${formatNumber(seconds / 3600)} hours`;
}

/** How far a study is. */
export function statusText(status: CommandAnswer<'study-status'>): string {
  const { study, runs } = status;
  const over = runs.filter(({ state }) => state === 'finished').length;
  return [
    `${study}: ${over} of ${runs.length} runs are over.`,
    registrationText(status),
    renderTable(
      ['block', 'condition', 'run', 'state', 'told', 'births'],
      runs.map(({ block, condition, run, state, told, births }) => [
        ...[block, condition, run, state, told, births],
      ]),
    ),
  ].join('\n\n');
}
