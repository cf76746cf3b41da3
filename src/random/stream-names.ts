/**
 * The name of every random stream, each a function of what the stream belongs to. Names are permanent: another name is another search.
 *
 * No two streams share a name. A stream of a run is the run's seed and an ending, and none of those endings is the end of another one: so a name tells its seed and its
 * ending apart however many slashes the seed has. Streams that belong to no run begin with one of `roots`, and no seed may (`isReservedSeed`). Other parameters are
 * escaped, so that each is one part of the path.
 */

/** A parameter as one part of a path: `%` and `/` are written `%25` and `%2F`. */
const part = (text: string | number): string => String(text).replaceAll('%', '%25').replaceAll('/', '%2F');

/** First parts of the names that belong to no run. */
const roots = ['split', 'task', 'traits', 'selection', 'association', 'compare', 'assay', 'study'] as const;

/** Whether streams of a run with this seed could be mistaken for streams that belong to no run. */
export const isReservedSeed = (seed: string): boolean => roots.some((root) => seed.startsWith(`${root}/`));

/** Prefixes of the streams of one training: what `streamsOfTraining` takes as its seed. */
export const trainingSeeds = {
  /** The training of an individual, for its fitness. `task` is the task's key in the document. */
  individual: (seed: string, birthIndex: number, task: string, replicate: number) =>
    `${seed}/individual/${birthIndex}/${part(task)}/${replicate}`,
  /** The re-run of an elite, by the prefix of the training that it repeats. */
  again: (training: string) => `${training}/reeval`,
  /** A few steps that are the same for every individual of a run. */
  probe: (seed: string, task: string) => `${seed}/probe/${part(task)}`,
  /** A training outside of selection: of an assay, in one of its stages. Subjects of one block share it, so that they are compared on the same draws. */
  assay: (assay: string, block: string, stage: string, replicate: number) =>
    `assay/${part(assay)}/${part(block)}/${part(stage)}/${replicate}`,
  /** The steps that rules are measured on. */
  ruleProbe: () => 'traits/probe',
} as const;

/** What is drawn in one training. `training` is one of `trainingSeeds`, or the seed that a user gave. */
const streamsOfTraining = {
  /** The order of examples. */
  batches: (training: string) => `${training}/batches`,
  /** Initial values of a parameter, by its name in the program. */
  weights: (training: string, parameter: string) => `${training}/weights/${part(parameter)}`,
  /** What is random and never trained, such as the matrices of a rotation. */
  constants: (training: string, constant: string) => `${training}/constants/${part(constant)}`,
  /** Keys of a noise node of the update rule, and the one key of all dropouts. */
  noise: (training: string, node: number | 'dropout') => `${training}/noise/${node}`,
} as const;

/** What is drawn in a run besides its trainings. */
const streamsOfRun = {
  /** Everything about a birth: selection, mutations. */
  birth: (seed: string, birthIndex: number) => `${seed}/birth/${birthIndex}`,
  /** What stands for fitness under the control `shuffled-labels`. */
  label: (seed: string, birthIndex: number) => `${seed}/label/${birthIndex}`,
  /** An architecture that founders of a block of a study may have. */
  studyFounder: (block: string, i: number) => `${block}/founder/${i}`,
  /** Who of the living after a birth is taken into a sample. */
  censusSample: (seed: string, time: number) => `${seed}/census/${time}`,
  /** Which births `verify --replay` takes. */
  replay: (seed: string) => `${seed}/replay`,
} as const;

/** What belongs to no run: data, and tests of what was found. */
const otherStreams = {
  /** Which rows of a table become which split. */
  split: (splitSeed: string) => `split/${splitSeed}`,
  /** One part, such as a split, of one draw of a generated task. */
  task: (task: string, draw: number, of: string) => `task/${part(task)}/${draw}/${part(of)}`,
  /** Gradients that rules are measured on. */
  ruleProbe: (of: 'noise' | 'constant' | 'weights') => `${trainingSeeds.ruleProbe()}/${of}`,
  /** Permutations of a trait among the parents of a run. */
  selection: (run: number, trait: string) => `selection/${run}/${part(trait)}`,
  /** Permutations within the censuses of a run; over several runs. */
  association: (run: number) => `association/${run}`,
  associationOverRuns: () => 'association/runs',
  /** A comparison of two conditions. */
  comparison: (statistic: string, first: string, second: string) =>
    `compare/${part(statistic)}/${part(first)}/${part(second)}`,
  /** Signs and resamples of one endpoint of a study. */
  verdict: (study: string, assay: string, measure: string) =>
    `study/${part(study)}/${part(assay)}/${part(measure)}`,
  /** Signs and resamples of one measure of an assay. */
  assayed: (assay: string, measure: string) => `assay/${part(assay)}/${part(measure)}`,
  /** Which of a population are subjects of an assay. */
  assaySample: (assay: string, block: string) => `assay/${part(assay)}/${part(block)}/sample`,
  /** One mutation of a chromosome of an assay's subject. */
  assayStep: (assay: string, block: string, chromosome: 'architecture' | 'rule', i: number) =>
    `assay/${part(assay)}/${part(block)}/steps/${chromosome}/${i}`,
  /** Which births of a run with the same fate are subjects of an assay. */
  birthSample: (assay: string, block: string, fate: string) =>
    `assay/${part(assay)}/${part(block)}/births/${part(fate)}/sample`,
} as const;

export const streamNames = { ...streamsOfRun, ...streamsOfTraining, ...otherStreams } as const;

/** What a stream of a test is forked into. */
export const forkNames = {
  census: (time: number) => time,
  statistic: (name: string) => part(name),
  bootstrap: () => 'bootstrap',
  signFlips: () => 'sign flips',
  permutation: () => 'permutation',
  plan: () => 'plan',
  plannedEffect: (effect: number) => effect,
  plannedSize: () => 'size',
  simulation: (i: number) => i,
} as const;
