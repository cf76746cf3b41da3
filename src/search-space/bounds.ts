/** Bounds that join several keys of a document. */
import { architectureOperatorNames, ruleOperatorNames } from './operator-names.ts';
import type { Path, Placed } from './place.ts';
import type { SearchDocument } from './schema.ts';
import { hasAccuracy, type TaskSpec, taskBounds } from './task-schema.ts';

/** A task of the document that is right in itself. */
export interface SoundTask {
  readonly path: Path;
  readonly spec: TaskSpec;
}

type Check = (
  holds: boolean,
  path: Path,
  message: string,
  hint: string,
  ...reads: readonly (readonly [string, ...string[]])[]
) => void;

/** What is wrong with a document whose values are each allowed, and not together: a tournament of nobody, more mutations than a founder can have, ranges upside down. */
export function boundIssues(document: SearchDocument, tasks: readonly SoundTask[]): Placed[] {
  const { evolution, founders, variation, evaluation } = document;
  const issues: Placed[] = [];
  const check: Check = (holds, path, message, hint, ...reads) => {
    if (!holds) issues.push({ code: 'impossible-bound', path, message, hint, reads });
  };
  const range = ([from, to]: readonly [number, number], path: Path) =>
    check(from <= to, path, `from ${from} to ${to} is no range`, 'write [from, to]');
  check(
    (document.task === undefined) !== (document.tasks === undefined),
    ['task'],
    'a document has a task, or a list of tasks',
    'write `task: { name: ... }`, or `tasks:` and a list',
    ['tasks'],
  );
  const { population, tournament, inFlight, births } = evolution;
  check(
    inFlight <= population,
    ['evolution', 'inFlight'],
    `${inFlight} births in flight need at least as many founders, and the population is ${population}`,
    'lower inFlight or raise population',
    ['evolution', 'population'],
  );
  check(
    births >= population,
    ['evolution', 'births'],
    `${births} births cannot fill a population of ${population}`,
    'births include the founders',
    ['evolution', 'population'],
  );
  check(
    tournament <= population,
    ['evolution', 'tournament'],
    `a tournament of ${tournament} in a population of ${population}`,
    'lower tournament',
    ['evolution', 'population'],
  );
  range(founders.mutations, ['founders', 'mutations']);
  range(variation.mutations, ['variation', 'mutations']);
  range(evaluation.learningRates, ['evaluation', 'learningRates']);
  for (const { path, spec } of tasks) {
    check(
      evaluation.fitness !== 'accuracy' || hasAccuracy(spec),
      ['evaluation', 'fitness'],
      `accuracy is not defined for task ${spec.name}`,
      'use loss-decades',
    );
    for (const { key, message, hint } of taskBounds(spec)) check(false, [...path, key], message, hint);
  }
  rateBounds(document, check);
  conditionBounds(document, check);
  savingBounds(document, check);
  return issues;
}

/** The chromosomes that may change under each condition. */
const changing = {
  joint: ['architecture', 'rule'],
  'rule-fixed': ['architecture'],
  'architecture-fixed': ['rule'],
  'rule-resampled': ['architecture'],
  alternating: ['architecture', 'rule'],
  cooperative: ['architecture', 'rule'],
} as const satisfies Record<SearchDocument['evolution']['condition'], readonly (keyof typeof operatorsOf)[]>;

const operatorsOf = { architecture: architectureOperatorNames, rule: ruleOperatorNames } as const;

function rateBounds({ evolution, variation }: SearchDocument, check: Check): void {
  for (const chromosome of changing[evolution.condition])
    check(
      operatorsOf[chromosome].some((name) => variation.rates[name] !== 0),
      ['variation', 'rates'],
      `all operators that change the ${chromosome} have rate 0, and condition ${evolution.condition} is to change it`,
      `give one of them a rate, or use condition ${chromosome}-fixed`,
      ['evolution', 'condition'],
    );
}

function conditionBounds({ evolution, evaluation }: SearchDocument, check: Check): void {
  const { condition, scheme, population, panel } = evolution;
  check(
    condition !== 'rule-resampled' || panel.length > 0,
    ['evolution', 'panel'],
    'rule-resampled draws from a panel of rules, and there is none',
    'name them: panel: [sgd, adam]',
    ['evolution', 'condition'],
  );
  check(
    evolution.gate === undefined || scheme !== 'shuffled-labels',
    ['evolution', 'gate'],
    'under shuffled-labels selection does not see fitness, and there are no elites to confirm',
    'leave the gate out',
    ['evolution', 'scheme'],
  );
  if (condition !== 'cooperative') return;
  check(
    population >= 2,
    ['evolution', 'population'],
    'two populations share these places, and there is one place',
    'raise population',
    ['evolution', 'condition'],
  );
  check(
    scheme !== 'map-elites',
    ['evolution', 'scheme'],
    'map-elites keeps one map, and cooperative has two populations',
    'use aging or truncation',
    ['evolution', 'condition'],
  );
  check(
    evaluation.cache === undefined,
    ['evaluation', 'cache'],
    'under cooperative the fitness of an individual depends on its partners and cannot be used again',
    'leave the cache out',
    ['evolution', 'condition'],
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
    ['evaluation', 'steps'],
  );
  const until = Math.min(steps, rungs[0] ?? steps);
  check(
    cache === undefined || (cache.verifySteps <= until && cache.probeSteps <= steps),
    ['evaluation', 'cache'],
    `a hit is verified on steps that every training reaches, and they are ${until}`,
    'lower verifySteps or probeSteps',
    ['evaluation', 'steps'],
    ['evaluation', 'hurdles'],
  );
}
