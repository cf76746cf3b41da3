/** The trainings of the panel assay: subjects are chosen, every rule is tuned on every subject and task, the best rule is chosen by the same seeds, and all are judged by others. */
import { taskKeys } from '../evaluation/individual.ts';
import { mean } from '../statistics/moments.ts';
import {
  type PanelCell,
  type PanelMeans,
  panelMeans,
  panelRegret,
  type RuleScores,
} from '../statistics/panel.ts';
import type { PanelAnswer } from './panel-answer.ts';
import type { Panel } from './panel-rules.ts';
import { firstBearer } from './populations.ts';
import { type Place, placesOf, type RuleEffort, ruleScores, type TriedRule } from './rule-scores.ts';
import { bestPlaces, grouped, type Stages } from './scores.ts';
import { type Choice, chosenArchitectures, type JudgedHome } from './subjects.ts';

/** How much is trained. */
export interface PanelEffort extends Choice {
  readonly seeds: number;
  readonly tuningSeeds: number;
}

/** What is found of one population. */
export interface PanelPopulation {
  readonly subjects: number;
  readonly means: PanelMeans;
  /** Each subject on each task. */
  readonly regrets: PanelAnswer['regrets'];
}

/** In the order of the homes. @throws Interrupted, with what was trained stored. */
export async function panelPopulations(
  stages: Stages,
  { rules, rule }: Panel,
  homes: readonly JudgedHome[],
  { seeds, tuningSeeds, ...choice }: PanelEffort,
): Promise<PanelPopulation[]> {
  const subjects = await chosenArchitectures(stages, homes, choice);
  const places = placesOf(homes, subjects);
  const found = await panelAt(stages, { rules, rule }, places.flat(), { seeds, tuningSeeds });
  return grouped(
    found,
    places.map(({ length }) => length),
  ).map((cells, i) => {
    const { population, judged: workbench } = homes[i]!;
    const keys = taskKeys(workbench.tasks.map(({ task }) => task));
    return {
      subjects: subjects[i]!.length,
      means: panelMeans(cells.map(({ regret }) => regret)),
      regrets: cells.map(({ place, regret, bestRule, rules: own }) => ({
        run: population.row.run,
        architecture: firstBearer(population, place.architecture),
        task: keys[place.task]!,
        ...{ ...regret, bestRule },
        rules: own.map(meanScores),
      })),
    };
  });
}

/** Of a rule of the panel its scores by seed, and j of the rate that it was tuned to. */
type FoundRule = RuleScores & Pick<TriedRule, 'rate' | 'halves'> & { readonly rule: string };

/** What the panel comes to at one place. */
export interface PanelFound {
  readonly place: Place;
  readonly regret: PanelCell;
  readonly bestRule: string;
  readonly rules: readonly FoundRule[];
}

/** A rule with the means of its scores over the seeds. */
export const meanScores = ({ rule, rate, ...scores }: FoundRule) => ({
  ...{ rule, default: mean(scores.default), tuned: mean(scores.tuned), rate },
});

/** The best rule at each place is chosen by the tuning seeds, and all are judged by others. In the order of the places. @throws Interrupted, with what was trained stored. */
export async function panelAt(
  stages: Stages,
  { rules, rule }: Panel,
  places: readonly Place[],
  effort: RuleEffort,
): Promise<PanelFound[]> {
  const scores = await ruleScores(
    stages,
    places,
    rules.map(({ id }) => id),
    effort,
  );
  return places.map((place, p) => {
    const own = scores[p]!;
    const [best] = bestPlaces(
      own.map(({ tried }) => tried),
      1,
    );
    return {
      place,
      regret: { ...panelRegret(own, rule, best!), rate: own[rule]!.rate },
      bestRule: rules[best!]!.name,
      rules: own.map((each, r) => ({
        ...{ rule: rules[r]!.name, default: each.default, tuned: each.tuned },
        ...{ rate: each.rate, halves: each.halves },
      })),
    };
  });
}
