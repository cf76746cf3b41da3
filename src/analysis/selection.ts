/** What changed a population, selection or chance, and how quickly lines took over. */
import { chosenRun, requireBirths } from '../lineage/chosen.ts';
import { flowOf } from '../lineage/flow.ts';
import { trees } from './answer-parts.ts';
import { agesOf, neutralGeneration } from './chromosome-descent.ts';
import { measureTraits } from './measured-traits.ts';
import { question } from './question.ts';
import { namesByChromosome, type SelectionAnalysis, selectionOf } from './selection-analysis.ts';
import { type SelectionAnswer, selectionAnswer } from './selection-answer.ts';
import { selectionConventions } from './selection-conventions.ts';
import { meanGradients } from './selection-measures.ts';
import { checkSweeps, selectionParams } from './selection-params.ts';

/** The Price equation between censuses, gradients, and the descent of a chromosome. */
export const selection = question({
  name: 'selection',
  version: 1,
  summary:
    'what changed the traits of a chromosome or of genomes from census to census: selection, drift, mutation; and how quickly lines of a chromosome took over',
  params: selectionParams,
  answer: selectionAnswer,
  async ask(lineage, asked, context) {
    checkSweeps(asked);
    const chosen = chosenRun(lineage, asked.run);
    requireBirths(chosen);
    for (const { chromosome, names } of namesByChromosome(asked))
      await measureTraits(lineage, [chosen.run], chromosome, names, context);
    const { of, trait } = asked;
    const analysis = selectionOf(lineage, chosen, asked);
    const { evolution, times, totals, leftOut, gradients, communities, descent, tests } = analysis;
    return {
      ...{ run: chosen.run, unfinished: chosen.endReason === null, lastBirth: chosen.lastTold },
      ...{ of, scheme: evolution.scheme, condition: evolution.condition },
      conventions: selectionConventions(of),
      flow: flowOf(lineage, [chosen.run]),
      censuses: times,
      counted: countedOf(analysis),
      named: trait,
      traits: totals.map((each) => ({ ...each, byOperator: Object.fromEntries(each.byOperator) })),
      leftOut,
      intervals: analysis.intervals.map(intervalAnswer),
      withinCensusTests: tests,
      gradients: { mean: gradients.flatMap(meanGradients), intervals: gradients },
      communities,
      effectiveSize: descent?.size ?? null,
      neutralGeneration: descent === null ? null : neutralGeneration(evolution),
      takeover: descent?.takeover ?? null,
      coalescence: descent === null ? null : coalescenceAnswer(descent.series, times),
      sweeps: descent?.sweeps ?? null,
    };
  },
});

/** Who is analysed: individuals alive at some census, and over all intervals the living at their two ends. */
function countedOf({ individuals, intervals }: SelectionAnalysis): SelectionAnswer['counted'] {
  const total = (pick: (each: SelectionAnalysis['intervals'][number]) => number) =>
    intervals.reduce((sum, each) => sum + pick(each), 0);
  return {
    individuals,
    parents: total(({ parents }) => parents.length),
    children: total(({ children }) => children),
    begun: total(({ begun }) => begun),
    orphaned: total(({ orphaned }) => orphaned),
  };
}

const intervalAnswer = ({
  parents,
  descendants,
  traits,
  ...interval
}: SelectionAnalysis['intervals'][number]): SelectionAnswer['intervals'][number] => ({
  ...{ ...interval, parents: parents.length, descendants: [...descendants] },
  traits:
    traits === null
      ? null
      : Object.fromEntries(
          Object.entries(traits).map(([name, { price, parts, byOperator }]) => [
            name,
            { ...price, ...parts, byOperator: Object.fromEntries(byOperator) },
          ]),
        ),
});

const coalescenceAnswer = (
  series: NonNullable<SelectionAnalysis['descent']>['series'],
  times: readonly number[],
): SelectionAnswer['coalescence'] =>
  trees.map((tree) => ({
    tree,
    ...agesOf(series[tree]),
    changes: series[tree].changes,
    censuses: times.map((time) => ({
      time,
      ancestor: orNull(series[tree].ancestor[time]!),
      age: orNull(series[tree].age[time]!),
    })),
  }));

/** -1 stands for none. */
const orNull = (value: number) => (value < 0 ? null : value);
