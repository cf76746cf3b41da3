/** The trainings of the noise-dose assay: subjects are chosen, each rule is tuned on each without noise, and judged at every dose at that rate. */
import { taskKeys } from '../evaluation/individual.ts';
import { noisyRule } from '../genome/update-rule/noisy.ts';
import { ruleBlock } from '../lineage/blocks.ts';
import { ruleFromText } from '../lineage/codec.ts';
import type { Lineage } from '../lineage/open.ts';
import { mean } from '../statistics/moments.ts';
import {
  type DoseCurve,
  type PopulationTolerances,
  populationTolerances,
  tolerances,
} from '../statistics/noise-dose.ts';
import type { Task } from '../tasks/task.ts';
import type { NoiseDoseAnswer } from './noise-dose-answer.ts';
import type { PanelRule } from './panel-rules.ts';
import { firstBearer } from './populations.ts';
import { placesOf } from './rule-scores.ts';
import { grouped, type Stages, scoresBySeed } from './scores.ts';
import { type Choice, chosenArchitectures, type JudgedHome } from './subjects.ts';
import type { Trained } from './train-cells.ts';
import { tunedRates } from './tuning.ts';

/** A rule, and the rows in `block` of what it is at each dose, itself at dose 0 first. */
export interface DosedRule {
  readonly rule: PanelRule;
  readonly doses: readonly number[];
}

/** Rows that nobody has are made. @throws UserError where one is missing in a file that may only be read. */
export const dosedRule = (lineage: Lineage, rule: PanelRule, doses: readonly number[]): DosedRule => ({
  rule,
  doses: [rule.id, ...doses.map((dose) => ruleBlock(lineage, noisyRule(ruleFromText(rule.text), dose)))],
});

/** How much is trained, and what counts as worse. */
export interface NoiseDoseEffort extends Choice {
  /** Above 0, rising. */
  readonly doses: readonly number[];
  readonly worse: number;
  readonly seeds: number;
  readonly tuningSeeds: number;
}

/** What is found of one population. */
export interface NoiseDosePopulation {
  readonly subjects: number;
  /** In the order of the rules. */
  readonly rules: readonly PopulationTolerances[];
  /** Each subject on each task under each rule. */
  readonly curves: NoiseDoseAnswer['curves'];
}

/** In the order of the homes. @throws Interrupted, with what was trained stored. */
export async function noiseDosePopulations(
  stages: Stages,
  rules: readonly DosedRule[],
  homes: readonly JudgedHome[],
  { doses, worse, seeds, tuningSeeds, ...choice }: NoiseDoseEffort,
): Promise<NoiseDosePopulation[]> {
  const subjects = await chosenArchitectures(stages, homes, choice);
  const places = placesOf(homes, subjects);
  const trials = places.flat().flatMap((place) => rules.map((dosed) => ({ place, dosed })));
  const rates = await tunedRates(
    stages,
    trials.map(({ place, dosed }) => ({ ...place, rule: dosed.rule.id })),
    tuningSeeds,
  );
  const before = stages.all.length;
  const judged = await scoresBySeed(
    stages,
    'judgement',
    'final',
    trials.flatMap(({ place, dosed }, i) =>
      dosed.doses.map((rule) => ({ ...place, rule, learningRate: rates[i]!, seeds })),
    ),
  );
  // One training for each seed, of the one task of the trial.
  const scores = judged.map((bySeed) => mean(bySeed.flat()));
  const trained = grouped(
    stages.all.slice(before),
    judged.map(() => seeds),
  );
  const perTrial = doses.length + 1;
  const found = trials.map((trial, i) => {
    const { workbench, task } = trial.place;
    const own = trained.slice(i * perTrial, (i + 1) * perTrial);
    const curve: DoseCurve = {
      scores: scores.slice(i * perTrial, (i + 1) * perTrial),
      errors: classifies(workbench.tasks[task]!.task) ? own.map(meanError) : null,
    };
    return { ...trial, rate: rates[i]!, curve };
  });
  return grouped(
    found,
    places.map(({ length }) => length * rules.length),
  ).map((own, i) => {
    const { population, judged: workbench } = homes[i]!;
    const keys = taskKeys(workbench.tasks.map(({ task }) => task));
    return {
      subjects: subjects[i]!.length,
      rules: rules.map((rule) =>
        populationTolerances(
          own.filter(({ dosed }) => dosed === rule).map(({ curve }) => curve),
          doses,
          worse,
        ),
      ),
      curves: own.map(({ place, dosed, rate, curve }) => ({
        run: population.row.run,
        architecture: firstBearer(population, place.architecture),
        task: keys[place.task]!,
        rule: dosed.rule.name,
        ...{ rate, ...curve, tolerance: tolerances(curve, doses, worse) },
      })),
    };
  });
}

const classifies = ({ signature: { target } }: Task) =>
  target.kind === 'classification' || target.kind === 'binary';

/** Who failed has no prediction right. */
const meanError = (trained: readonly Trained[]): number =>
  mean(trained.map(({ loss, accuracy }) => (loss === null ? 1 : 1 - accuracy!)));
