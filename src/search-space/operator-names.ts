/** The closed list of mutation operators, as documents name them in `variation.rates`. Names are stored in databases: permanent. */

export const architectureOperatorNames = [
  'insert-node',
  'insert-norm',
  'insert-residual',
  'insert-conv',
  'insert-attention',
  'insert-pool',
  'insert-positions',
  'insert-embed',
  'insert-dropout',
  'delete-node',
  'alter-node-op',
  'rewire-node',
  'alter-units',
  'alter-init',
  'alter-scale',
  'alter-kernel',
  'alter-stride',
  'alter-groups',
  'alter-heads',
  'alter-rate',
  'alter-kind',
  'toggle-rotation',
  'toggle-project',
  'swap-architecture',
] as const;

export const ruleOperatorNames = [
  'insert-op',
  'insert-average',
  'insert-reduction',
  'insert-noise',
  'insert-orthogonalization',
  'insert-preconditioner',
  'insert-line-search',
  'insert-look-ahead',
  'insert-history',
  'insert-anchor',
  'insert-swarm',
  'insert-smoothing',
  'delete-op',
  'alter-op',
  'rewire',
  'alter-constant',
  'alter-count',
  'alter-initial',
  'swap-rule',
] as const;

export type ArchitectureOperatorName = (typeof architectureOperatorNames)[number];
export type RuleOperatorName = (typeof ruleOperatorNames)[number];
export type OperatorName = ArchitectureOperatorName | RuleOperatorName;

export const operatorNames: readonly OperatorName[] = [...architectureOperatorNames, ...ruleOperatorNames];
