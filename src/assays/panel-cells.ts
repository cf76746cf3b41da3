/** The trainings of the panel assay: subjects are chosen, every rule is tuned on every subject and task, the best rule is chosen by the same seeds, and all are judged by others. */
import { taskKeys } from '../evaluation/individual.ts';
import { mean } from '../statistics/moments.ts';
import { type PanelMeans, panelMeans, panelRegret } from '../statistics/panel.ts';
import type { PanelAnswer } from './panel-answer.ts';
import type { Panel } from './panel-rules.ts';
import { firstBearer } from './populations.ts';
import { bestPlaces, bestRate, grouped, rateTrials, type Stages, scoresBySeed } from './scores.ts';
import { type Choice, chosenArchitectures, type JudgedHome } from './subjects.ts';
import { unseenScores } from './tuning.ts';

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
  const places = homes.map(({ block, judged: workbench }, i) =>
    subjects[i]!.flatMap((architecture) =>
      workbench.tasks.map((_, task) => ({ block, workbench, architecture, task })),
    ),
  );
  const trials = places.flat().flatMap((each) => rules.map(({ id }) => ({ ...each, rule: id })));
  const tried = grouped(
    await unseenScores(
      stages,
      'tuning',
      trials.flatMap((each) =>
        rateTrials.map((learningRate) => ({ ...each, learningRate, seeds: tuningSeeds })),
      ),
    ),
    trials.map(() => rateTrials.length),
  );
  const rates = tried.map(bestRate);
  const judged = await scoresBySeed(
    stages,
    'judgement',
    'final',
    trials.flatMap((each, i) => [0, rates[i]!].map((learningRate) => ({ ...each, learningRate, seeds }))),
  );
  // One training for each seed, of the one task of the trial.
  const scores = judged.map((bySeed) => bySeed.flat());
  const found = places.flat().map((place, p) => {
    const first = p * rules.length;
    const own = rules.map((_, r) => ({
      default: scores[2 * (first + r)]!,
      tuned: scores[2 * (first + r) + 1]!,
    }));
    const [best] = bestPlaces(
      rules.map((_, r) => Math.max(...tried[first + r]!)),
      1,
    );
    return {
      place,
      regret: { ...panelRegret(own, rule, best!), rate: rates[first + rule]! },
      bestRule: rules[best!]!.name,
      rules: rules.map(({ name }, r) => ({
        rule: name,
        default: mean(own[r]!.default),
        tuned: mean(own[r]!.tuned),
        rate: rates[first + r]!,
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
