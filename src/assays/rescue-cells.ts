/** The trainings of the rescue assay: sampled births and the best of the living, each under a panel of rules and the rule that it was born with; who is best is chosen by seeds of its own. */
import type { WorkbenchContent } from '../dispatch/evaluator.ts';
import { individualText } from '../lineage/chosen.ts';
import { individualId } from '../lineage/pack.ts';
import { mean } from '../statistics/moments.ts';
import { panelRegret } from '../statistics/panel.ts';
import { type RescueAnalysis, type RescueSubject, rescueAnalysis } from '../statistics/rescue.ts';
import type { BirthSample } from './fates.ts';
import type { Panel } from './panel-rules.ts';
import type { RescueAnswer } from './rescue-answer.ts';
import {
  bestPlaces,
  bestRate,
  grouped,
  rateTrials,
  type Stages,
  scoresBySeed,
  type Trial,
} from './scores.ts';
import { type JudgedHome, rankedGenomes } from './subjects.ts';
import { unseenScores } from './tuning.ts';

/** A population with a sample of all births of its run. */
export interface RescueHome extends JudgedHome {
  readonly sample: BirthSample;
}

/** How much is trained, and what counts as reaching a bar. */
export interface RescueEffort {
  readonly seeds: number;
  readonly tuningSeeds: number;
  /** Whether rules are tuned too; else nothing at tuned rates is known. */
  readonly tuned: boolean;
  readonly delta: number;
}

/** What is found of one run. */
export interface RescuePopulation {
  readonly analysis: RescueAnalysis;
  /** The best of the living, by trainings anew. */
  readonly champion: string;
  /** Each of the sampled, in the order of the sample. */
  readonly births: RescueAnswer['births'];
}

/** A genome to be tried under the panel, where its run is judged. */
interface Subject {
  readonly block: string;
  readonly workbench: WorkbenchContent;
  readonly architecture: number;
  readonly rule: number;
}

/** In the order of the homes. @throws Interrupted, with what was trained stored. */
export async function rescuePopulations(
  stages: Stages,
  panel: Panel,
  homes: readonly RescueHome[],
  effort: RescueEffort,
): Promise<RescuePopulation[]> {
  const ranked = await rankedGenomes(stages, homes);
  const subjects = homes.map(({ block, judged: workbench, sample }, i): Subject[] =>
    [ranked[i]![0]!, ...sample.births].map(({ architecture, rule }) => ({
      ...{ block, workbench, architecture, rule },
    })),
  );
  const found = grouped(
    await underPanel(stages, panel, subjects.flat(), effort),
    subjects.map(({ length }) => length),
  );
  return homes.map(({ population: { row }, sample }, i) => {
    const [champion, ...scores] = found[i]!;
    const births = sample.births.map((birth, k) => ({ ...birth, ...scores[k]! }));
    return {
      analysis: rescueAnalysis({
        ...{ sizes: sample.sizes, subjects: births, champion: champion!.home },
        ...{ lostArchitectures: sample.lostArchitectures, delta: effort.delta },
      }),
      champion: individualText(ranked[i]![0]!.individual),
      births: births.map(({ birth, architecture: _a, rule: _r, ...rest }) => ({
        run: row.run,
        individual: individualText(individualId(row.run, birth)),
        ...rest,
      })),
    };
  });
}

/** A rule at a learning rate. */
interface Choice {
  readonly rule: number;
  readonly learningRate: number;
}

type Scored = Pick<RescueSubject, 'home' | 'best' | 'regret'> &
  Pick<RescueAnswer['births'][number], 'bestRule'>;

/** Each subject by its own rule, the rule of the panel that regret is of, and the best of all. */
async function underPanel(
  stages: Stages,
  panel: Panel,
  subjects: readonly Subject[],
  { seeds, tuningSeeds, tuned }: RescueEffort,
): Promise<Scored[]> {
  const rates = tuned ? rateTrials : [0];
  const rulesOf = ({ rule }: Subject) => [...new Set([...panel.rules.map(({ id }) => id), rule])];
  const trials = subjects.map((subject) =>
    rulesOf(subject).flatMap((rule) =>
      rates.map((learningRate): Trial => ({ ...subject, rule, learningRate, seeds: tuningSeeds })),
    ),
  );
  const tried = grouped(
    await unseenScores(stages, 'tuning', trials.flat()),
    trials.map(({ length }) => length),
  );
  const choices = subjects.map((subject, i) =>
    choicesOf(
      panel,
      subject.rule,
      rulesOf(subject),
      grouped(
        tried[i]!,
        rulesOf(subject).map(() => rates.length),
      ),
    ),
  );
  const judged = await scoresBySeed(
    stages,
    'judgement',
    'final',
    choices.flatMap((own, i) => own.map((choice): Trial => ({ ...subjects[i]!, ...choice, seeds }))),
  );
  const scores = grouped(
    judged.map((bySeed) => bySeed.map((byTask) => mean(byTask))),
    choices.map(({ length }) => length),
  );
  return choices.map((own, i) => scoredOf(panel, own, scores[i]!));
}

/** The own rule, the rule that regret is of and the best, at their own rates and then, where rates were tried, tuned. `scores`: of each rule at each rate. */
function choicesOf(
  panel: Panel,
  home: number,
  rules: readonly number[],
  scores: readonly (readonly number[])[],
): Choice[] {
  const own = scores[0]!.length === 1 ? 0 : rateTrials.indexOf(0);
  const best = (of: readonly number[]) => rules[bestPlaces(of, 1)[0]!]!;
  const named = [home, panel.rules[panel.rule]!.id];
  const atOwn = [...named, best(scores.map((each) => each[own]!))].map((rule) => ({ rule, learningRate: 0 }));
  if (scores[0]!.length === 1) return atOwn;
  const atBest = [...named, best(scores.map((each) => Math.max(...each)))].map((rule) => ({
    rule,
    learningRate: bestRate(scores[rules.indexOf(rule)]!),
  }));
  return [...atOwn, ...atBest];
}

/** `scores`: of each choice, by seeds. */
function scoredOf(
  { rules }: Panel,
  choices: readonly Choice[],
  scores: readonly (readonly number[])[],
): Scored {
  const [home, of, best, tunedHome, tunedOf, tunedBest] = scores;
  const over = (values: readonly number[] | undefined) => (values === undefined ? null : mean(values));
  const regret =
    tunedOf === undefined || tunedBest === undefined
      ? null
      : panelRegret(
          [
            { default: of!, tuned: tunedOf },
            { default: best!, tuned: tunedBest },
          ],
          0,
          1,
        );
  const name = (choice: Choice | undefined) =>
    choice === undefined ? null : (rules.find(({ id }) => id === choice.rule)?.name ?? 'its own');
  return {
    home: { default: over(home), tuned: over(tunedHome) },
    best: { default: over(best), tuned: over(tunedBest) },
    regret: { default: regret?.default ?? null, tuned: regret?.tuned ?? null },
    bestRule: { default: name(choices[2]), tuned: name(choices[5]) },
  };
}
