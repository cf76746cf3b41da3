/** Mutations of the program that no test may fail to notice: each was once possible unnoticed. What is identical in two runs, two files or two programs rests on these lines. */

export interface KnownMutation {
  readonly name: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly from: string;
  readonly to: string;
  /** The test file that must fail. */
  readonly test: string;
}

const controller = 'tests/identity/controller.test.ts';
const evaluation = 'tests/identity/evaluation.test.ts';
const eventHash = 'tests/identity/event-hash.test.ts';
const file = 'tests/identity/file.test.ts';

export const knownMutations: readonly KnownMutation[] = [
  {
    name: 'duplicates known by the rule alone',
    file: 'src/evolution/controller.ts',
    from: 'birth.architectureHash + birth.ruleHash',
    to: 'birth.ruleHash.repeat(2)',
    test: controller,
  },
  {
    name: 'evaluations remembered by the rule alone',
    file: 'src/evolution/remember.ts',
    from: 'birth.architectureHash + birth.ruleHash',
    to: 'birth.ruleHash',
    test: controller,
  },
  {
    name: 'elites breed that were not confirmed',
    file: 'src/evolution/population.ts',
    from: 'outcome.details?.reevaluation?.confirmed !== false',
    to: 'true',
    test: controller,
  },
  {
    name: 'labels drawn from the stream of the birth',
    file: 'src/random/stream-names.ts',
    from: '/label/',
    to: '/birth/',
    test: controller,
  },
  {
    name: 'births drawn from one stream',
    file: 'src/random/stream-names.ts',
    from: '/birth/${birthIndex}',
    to: '/birth/0',
    test: controller,
  },
  {
    name: 'an evaluation stream without the task',
    file: 'src/random/stream-names.ts',
    from: '/${part(task)}/${replicate}',
    to: '/${replicate}',
    test: evaluation,
  },
  {
    name: 'noise nodes share a stream',
    file: 'src/random/stream-names.ts',
    from: '/noise/${node}',
    to: '/noise/0',
    test: evaluation,
  },
  {
    name: 'a bar that is just reached is missed',
    file: 'src/evaluation/individual.ts',
    from: 'fitness >= bar',
    to: 'fitness > bar',
    test: evaluation,
  },
  {
    name: 'an event hash without deaths',
    file: 'src/evolution/event-hash.ts',
    from: '    deaths.map(({ birthIndex, cause, at }) => [birthIndex, cause, at]),\n',
    to: '',
    test: eventHash,
  },
  {
    name: 'an event hash without contestants',
    file: 'src/evolution/event-hash.ts',
    from: '    birth.contestants,\n',
    to: '',
    test: eventHash,
  },
  {
    name: 'replaying never finds another birth',
    file: 'src/search/replay.ts',
    from: '!isSameBirth(event, birth) || ',
    to: '',
    test: file,
  },
  {
    name: 'replaying never finds another result',
    file: 'src/search/replay.ts',
    from: ' || !isSameResult(reproducible, event, outcome)',
    to: '',
    test: file,
  },
  {
    name: 'commits that are not synchronised',
    file: 'src/lineage/open.ts',
    from: 'synchronous = FULL',
    to: 'synchronous = OFF',
    test: file,
  },
];
