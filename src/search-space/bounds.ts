/** Bounds that join several keys of a document. */
import { type SearchDocument, tasksOf } from './schema.ts';
import { hasAccuracy, taskBounds } from './task-schema.ts';

export type Path = readonly (string | number)[];

/** An issue at a place that the text knows. */
export interface Placed {
  readonly code: string;
  readonly message: string;
  readonly path: Path;
  readonly hint?: string;
}

export function boundIssues(document: SearchDocument): Placed[] {
  const { evolution, founders, variation, evaluation } = document;
  const issues: Placed[] = [];
  const check = (holds: boolean, path: Path, message: string, hint: string) => {
    if (!holds) issues.push({ code: 'impossible-bound', path, message, hint });
  };
  const range = ([from, to]: readonly [number, number], path: Path) =>
    check(from <= to, path, `from ${from} to ${to} is no range`, 'write [from, to]');
  check(
    (document.task === undefined) !== (document.tasks === undefined),
    ['task'],
    'a document has a task, or a list of tasks',
    'write `task: { name: ... }`, or `tasks:` and a list',
  );
  const { population, tournament, inFlight, births } = evolution;
  check(
    inFlight <= population,
    ['evolution', 'inFlight'],
    `${inFlight} births in flight need at least as many founders, and the population is ${population}`,
    'lower inFlight or raise population',
  );
  check(
    births >= population,
    ['evolution', 'births'],
    `${births} births cannot fill a population of ${population}`,
    'births include the founders',
  );
  check(
    tournament <= population,
    ['evolution', 'tournament'],
    `a tournament of ${tournament} in a population of ${population}`,
    'lower tournament',
  );
  range(founders.mutations, ['founders', 'mutations']);
  range(variation.mutations, ['variation', 'mutations']);
  range(evaluation.learningRates, ['evaluation', 'learningRates']);
  tasksOf(document).forEach((task, i) => {
    check(
      evaluation.fitness !== 'accuracy' || hasAccuracy(task),
      ['evaluation', 'fitness'],
      `accuracy is not defined for task ${task.name}`,
      'use loss-decades',
    );
    const at = document.tasks === undefined ? ['task'] : ['tasks', i];
    for (const { key, message, hint } of taskBounds(task)) check(false, [...at, key], message, hint);
  });
  conditionBounds(document, check);
  savingBounds(document, check);
  return issues;
}

type Check = (holds: boolean, path: Path, message: string, hint: string) => void;

function conditionBounds({ evolution, evaluation }: SearchDocument, check: Check): void {
  const { condition, scheme, population, panel } = evolution;
  check(
    condition !== 'rule-resampled' || panel.length > 0,
    ['evolution', 'panel'],
    'rule-resampled draws from a panel of rules, and there is none',
    'name them: panel: [sgd, adam]',
  );
  check(
    evolution.gate === undefined || scheme !== 'shuffled-labels',
    ['evolution', 'gate'],
    'under shuffled-labels selection does not see fitness, and there are no elites to confirm',
    'leave the gate out',
  );
  if (condition !== 'cooperative') return;
  check(
    population >= 2,
    ['evolution', 'population'],
    'two populations share these places, and there is one place',
    'raise population',
  );
  check(
    scheme !== 'map-elites',
    ['evolution', 'scheme'],
    'map-elites keeps one map, and cooperative has two populations',
    'use aging or truncation',
  );
  check(
    evaluation.cache === undefined,
    ['evaluation', 'cache'],
    'under cooperative the fitness of an individual depends on its partners and cannot be used again',
    'leave the cache out',
  );
}

function savingBounds({ evaluation }: SearchDocument, check: Check): void {
  const { hurdles, cache, steps } = evaluation;
  const rungs = hurdles?.rungs ?? [];
  check(
    rungs.every((rung, i) => rung < steps && (i === 0 || rung > rungs[i - 1]!)),
    ['evaluation', 'hurdles', 'rungs'],
    `rungs must ascend and end before step ${steps}`,
    'such as rungs: [75, 150] of 300 steps',
  );
  const until = Math.min(steps, rungs[0] ?? steps);
  check(
    cache === undefined || (cache.verifySteps <= until && cache.probeSteps <= steps),
    ['evaluation', 'cache'],
    `a hit is verified on steps that every training reaches, and they are ${until}`,
    'lower verifySteps or probeSteps',
  );
}
