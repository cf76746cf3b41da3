/** The trainings of the rotation assay: subjects are chosen, two rules are tuned on each in plain and in rotated coordinates, and judged by other seeds. */
import type { WorkbenchContent } from '../dispatch/evaluator.ts';
import { taskKeys } from '../evaluation/individual.ts';
import { mean } from '../statistics/moments.ts';
import { type AlignmentMeans, alignment, alignmentMeans } from '../statistics/rotation.ts';
import type { PanelRule } from './panel-rules.ts';
import { firstBearer } from './populations.ts';
import { type BothCoordinates, rotatedBench } from './rotated-bench.ts';
import type { RotationAnswer } from './rotation-answer.ts';
import { grouped, type Stages, scoresBySeed } from './scores.ts';
import { type Choice, chosenArchitectures, type JudgedHome } from './subjects.ts';
import type { Trained } from './train-cells.ts';
import { tunedRates } from './tuning.ts';

/** The rule in question, and one that commutes with rotations, on which the assay must find nothing. */
export interface RotationRules {
  readonly rule: PanelRule;
  readonly null: PanelRule;
}

/** How much is trained. */
export interface RotationEffort extends Choice {
  readonly seeds: number;
  readonly tuningSeeds: number;
}

/** What is found of one population. */
export interface RotationPopulation {
  readonly subjects: number;
  /** Subjects with rotations of their own. */
  readonly rotated: number;
  readonly means: AlignmentMeans;
  /** Each subject on each task. */
  readonly cells: RotationAnswer['alignments'];
}

/** Nothing can be said where the rotated network is more than this machine trains. */
const untrainable = ({ reason }: Trained) => reason === 'too-large' || reason === 'unsupported';

/** In the order of the homes. `coordinates`: rows of an architecture in both. @throws Interrupted, with what was trained stored. */
export async function rotationPopulations(
  stages: Stages,
  rules: RotationRules,
  coordinates: (architecture: number) => BothCoordinates,
  homes: readonly JudgedHome[],
  { seeds, tuningSeeds, ...choice }: RotationEffort,
): Promise<RotationPopulation[]> {
  const subjects = (await chosenArchitectures(stages, homes, choice)).map((own) =>
    own.map((architecture) => ({ architecture, ...coordinates(architecture) })),
  );
  const benches = new Map<WorkbenchContent, WorkbenchContent>();
  for (const { judged } of homes) if (!benches.has(judged)) benches.set(judged, rotatedBench(judged));
  const places = homes.map(({ judged }, i) =>
    subjects[i]!.flatMap((subject) => judged.tasks.map((_, task) => ({ subject, task }))),
  );
  // Of each place: the rule in plain and in rotated coordinates, then the other.
  const trials = homes.flatMap(({ block, judged }, i) =>
    places[i]!.flatMap(({ subject: { plain, rotated }, task }) =>
      [rules.rule.id, rules.null.id].flatMap((rule) => [
        { block, task, rule, workbench: judged, architecture: plain },
        { block, task, rule, workbench: benches.get(judged)!, architecture: rotated },
      ]),
    ),
  );
  const rates = await tunedRates(stages, trials, tuningSeeds);
  const before = stages.all.length;
  const judged = await scoresBySeed(
    stages,
    'judgement',
    'final',
    trials.map((each, i) => ({ ...each, learningRate: rates[i]!, seeds })),
  );
  // One training for each seed, of the one task of the trial.
  const trained = grouped(
    stages.all.slice(before),
    trials.map(() => seeds),
  );
  const found = places.flat().map((place, p) => {
    const of = (first: number) => {
      const [plain, rotated] = [judged[first]!.flat(), judged[first + 1]!.flat()];
      const isLost = trained[first + 1]!.some(untrainable) && !trained[first]!.some(untrainable);
      return {
        ...{ plain: mean(plain), rotated: mean(rotated) },
        ...{ plainRate: rates[first]!, rotatedRate: rates[first + 1]! },
        alignment: isLost ? null : alignment({ plain, rotated }),
      };
    };
    return { place, rule: of(4 * p), null: of(4 * p + 2) };
  });
  return grouped(
    found,
    places.map(({ length }) => length),
  ).map((cells, i) => {
    const { population, judged: workbench } = homes[i]!;
    const keys = taskKeys(workbench.tasks.map(({ task }) => task));
    return {
      subjects: subjects[i]!.length,
      rotated: subjects[i]!.filter(({ ownRotations }) => ownRotations > 0).length,
      means: alignmentMeans(
        cells.map(({ rule, null: none }) => ({ rule: rule.alignment, null: none.alignment })),
      ),
      cells: cells.map(({ place: { subject, task }, ...rest }) => ({
        run: population.row.run,
        architecture: firstBearer(population, subject.architecture),
        task: keys[task]!,
        ...rest,
      })),
    };
  });
}
