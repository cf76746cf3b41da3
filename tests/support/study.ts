/** A study that takes seconds: three blocks of three conditions, with real trainings. */
export const smallStudy = {
  name: 'small',
  question: 'Are architectures at home under the rule that they evolved with?',
  blocks: 3,
  pilot: 3,
  base: {
    tasks: [{ name: 'spirals', turns: 1, train: 64, search: 32, select: 32, final: 32 }],
    evaluation: { steps: 12, batchSize: 16 },
    evolution: {
      ...{ condition: 'rule-fixed', population: 8, tournament: 3, births: 50, inFlight: 4, reassortment: 0 },
    },
    founders: {
      architectures: ['linear', 'y = relu(dense(x, units: 4))'],
      rules: ['adam'],
      mutations: [1, 3],
    },
    variation: { rates: { 'alter-init': 0, 'alter-scale': 0 }, without: ['scale'] },
    limits: { parameters: 500, units: 16, architectureNodes: 8 },
  },
  heldOut: { draws: 1 },
  conditions: {
    A: { summary: 'Adam fixed' },
    S: { summary: 'momentum fixed', set: { founders: { rules: ['heavy-ball'] } } },
    D: { summary: 'drift', extends: 'A', set: { evolution: { scheme: 'random-parents' } } },
  },
  assays: {
    home: {
      ...{ kind: 'home-advantage', conditions: ['A', 'S'], rules: ['adam', 'heavy-ball'] },
      ...{ top: 2, seeds: 1, tuningSeeds: 1 },
    },
    selection: { kind: 'contrast', conditions: ['A', 'D'], statistic: 'final-fitness' },
  },
  primary: {
    ...{ assay: 'home', measure: 'default advantage', alpha: 0.2, smallest: 0.05 },
    claim: 'architectures are at home under the rule that they evolved with',
  },
  secondary: [
    { assay: 'home', measure: 'tuned advantage', role: 'tuned', claim: 'with tuned learning rates too' },
  ],
  controls: [
    {
      assay: 'selection',
      measure: 'difference',
      expect: 'none',
      margin: 20,
      claim: 'selection is not absurd',
    },
  ],
} as const;
