/** Compared conditions for people: which runs they are and in what they differ, then the tables. */
import type { CompareAnswer } from '../analysis/compare-answer.ts';
import { flowText } from '../lineage/flow.ts';
import { conditionsText, effectsText, missingText, plansText, pooledText, testsText } from './comparison.ts';
import { renderTable } from './table.ts';

function differencesText({ between, inPart, within }: CompareAnswer['documentsDifferIn']): string[] {
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

/** What became of the births of each condition, which runs are left out or paired, and how documents differ. */
export const conditionLines = ({
  conditions,
  pairing,
  documentsDifferIn,
  flow,
}: Pick<CompareAnswer, 'conditions' | 'pairing' | 'documentsDifferIn' | 'flow'>): string[] => [
  ...conditions.map(({ name }) => `${name}: ${flowText(flow[name]!)}.`),
  ...conditions.flatMap(({ leftOut }) =>
    leftOut.map(({ run, reason }) => `Run ${run} is left out: ${reason}.`),
  ),
  ...pairing.map(({ of, less, pairs, reason }) =>
    reason === null
      ? `${of} less ${less}: ${pairs} pairs, runs of the same seed.`
      : `${of} less ${less}: not paired, ${reason}.`,
  ),
  ...(conditions.length < 2 ? [] : differencesText(documentsDifferIn)),
];

/** Which runs stand for which condition. */
const headText = (answer: CompareAnswer): string =>
  [
    `Comparison of ${answer.conditions.map(({ name, runs }) => `${name} (${runs.length} runs: ${runs.map(({ run }) => run).join(', ')})`).join(', ')}; ${answer.conventions.unit}.`,
    ...conditionLines(answer),
  ].join('\n');

/** Of a comparison's answer. */
export function compareText(answer: CompareAnswer): string {
  const { conventions, caution, comparisons: rows } = answer;
  const pooled = pooledText(rows);
  const named = new Map(
    rows.map(({ statistic, title, note }) => [statistic, [statistic, title, note] as const]),
  );
  const isComparable = rows.some(({ comparison }) => comparison !== null);
  return [
    headText(answer),
    renderTable(['statistic', 'what it is', 'here'], [...named.values()]),
    [sentence(conventions.intervals), conditionsText(rows), ...missingText(rows)].join('\n'),
    ...rows.flatMap(({ statistic, reason }) =>
      reason === null ? [] : [`${statistic} is not compared: ${reason}.`],
    ),
    ...(isComparable
      ? [
          `Effects: ${conventions.effect}.${caution === null ? '' : ` ${caution}`}\n${effectsText(rows)}`,
          `Tests: ${conventions.tests}. ${sentence(conventions.family)}\n${testsText(rows)}`,
          ...(pooled === null ? [] : [`Pooled means: ${conventions.pooled}.\n${pooled}`]),
          `Power ${conventions.power}.\n${plansText(rows)}`,
        ]
      : []),
  ].join('\n\n');
}

const sentence = (text: string) => `${text[0]!.toUpperCase()}${text.slice(1)}.`;
