/** The trainings of the panel assay: subjects are chosen, every rule is tuned on every subject and task, the best rule is chosen by the same seeds, and all are judged by others. */
import { taskKeys } from '../evaluation/individual.ts';
import { mean } from '../statistics/moments.ts';
import { type PanelMeans, panelMeans, panelRegret } from '../statistics/panel.ts';
import type { PanelAnswer } from './panel-answer.ts';
import type { Panel } from './panel-rules.ts';
import { firstBearer } from './populations.ts';
import { placesOf, ruleScores } from './rule-scores.ts';
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
  const scores = await ruleScores(
    stages,
    places.flat(),
    rules.map(({ id }) => id),
    { seeds, tuningSeeds },
  );
  const found = places.flat().map((place, p) => {
    const own = scores[p]!;
    const [best] = bestPlaces(
      own.map(({ tried }) => tried),
      1,
    );
    const { rate } = own[rule]!;
    return {
      place,
      regret: { ...panelRegret(own, rule, best!), rate },
      bestRule: rules[best!]!.name,
      rules: rules.map(({ name }, r) => ({
        rule: name,
        default: mean(own[r]!.default),
        tuned: mean(own[r]!.tuned),
        rate: own[r]!.rate,
      })),
    };
  });
  return grouped(
    found,
    places.map(({ length }) => length),
  ).map((cells, i) => {
    const { population, judged: workbench } = homes[i]!;
    const keys = taskKeys(workbench.tasks.map(({ task }) => task));
    return {
      subjects: subjects[i]!.length,
      means: panelMeans(cells.map(({ regret }) => regret)),
      regrets: cells.map(({ place, regret, ...rest }) => ({
        run: population.row.run,
        architecture: firstBearer(population, place.architecture),
        task: keys[place.task]!,
        ...regret,
        ...rest,
      })),
    };
  });
}
