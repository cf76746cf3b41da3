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

/** Operators that change an update rule. Names are stored in databases: permanent. */
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

/** The name of an operator that changes an architecture. */
export type ArchitectureOperatorName = (typeof architectureOperatorNames)[number];

/** The name of an operator that changes an update rule. */
export type RuleOperatorName = (typeof ruleOperatorNames)[number];

/** The name of any mutation operator, as documents and mutation logs spell it. */
export type OperatorName = ArchitectureOperatorName | RuleOperatorName;

/** All of them, architectures first. */
export const operatorNames: readonly OperatorName[] = [...architectureOperatorNames, ...ruleOperatorNames];

/** Relative rates that operators have where a document names none: 1 but for these. */
const defaultRates: Readonly<Partial<Record<OperatorName, number>>> = {};

/** The relative rate of an operator that a document does not name. */
export const defaultRateOf = (name: string): number => defaultRates[name as OperatorName] ?? 1;
