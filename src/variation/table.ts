/** The closed table of mutation operators. Names are stored in databases: permanent. */
import type { Architecture } from '../genome/architecture/architecture.ts';
import type { UpdateRule } from '../genome/update-rule/update-rule.ts';
import type { Operator } from './operator.ts';
import { alterConstant } from './operators/alter-constant.ts';
import { alterInit } from './operators/alter-init.ts';
import { alterInitial } from './operators/alter-initial.ts';
import { alterNodeOp } from './operators/alter-node-op.ts';
import { alterOp } from './operators/alter-op.ts';
import { alterScale } from './operators/alter-scale.ts';
import { alterUnits } from './operators/alter-units.ts';
import { deleteNode } from './operators/delete-node.ts';
import { deleteOp } from './operators/delete-op.ts';
import { insertAverage } from './operators/insert-average.ts';
import { insertNode } from './operators/insert-node.ts';
import { insertNoise } from './operators/insert-noise.ts';
import { insertNorm } from './operators/insert-norm.ts';
import { insertOp } from './operators/insert-op.ts';
import { insertReduction } from './operators/insert-reduction.ts';
import { insertResidual } from './operators/insert-residual.ts';
import { rewire } from './operators/rewire.ts';
import { rewireNode } from './operators/rewire-node.ts';
import { swapArchitecture } from './operators/swap-architecture.ts';
import { swapRule } from './operators/swap-rule.ts';

export const architectureOperators = {
  'insert-node': insertNode,
  'insert-norm': insertNorm,
  'insert-residual': insertResidual,
  'delete-node': deleteNode,
  'alter-node-op': alterNodeOp,
  'rewire-node': rewireNode,
  'alter-units': alterUnits,
  'alter-init': alterInit,
  'alter-scale': alterScale,
  'swap-architecture': swapArchitecture,
} as const satisfies Record<string, Operator<Architecture>>;

export const ruleOperators = {
  'insert-op': insertOp,
  'insert-average': insertAverage,
  'insert-reduction': insertReduction,
  'insert-noise': insertNoise,
  'delete-op': deleteOp,
  'alter-op': alterOp,
  rewire,
  'alter-constant': alterConstant,
  'alter-initial': alterInitial,
  'swap-rule': swapRule,
} as const satisfies Record<string, Operator<UpdateRule>>;

/** Operators that bring in another chromosome whole: what they make does not descend from the one that they were applied to. */
export const replacingOperators: ReadonlySet<string> = new Set(['swap-architecture', 'swap-rule'] satisfies (
  | keyof typeof architectureOperators
  | keyof typeof ruleOperators
)[]);

export type OperatorName = keyof typeof architectureOperators | keyof typeof ruleOperators;
export const operatorNames = [
  ...Object.keys(architectureOperators),
  ...Object.keys(ruleOperators),
] as readonly OperatorName[];

/** What each operator does, for people. */
export const operatorSummaries = {
  'insert-node':
    'puts a layer on a random edge: a dense layer with an activation, an activation alone, or a learned scale',
  'insert-norm': 'puts a norm on a random edge',
  'insert-residual':
    'joins what stands on a random edge with an earlier activation: by add or multiply where shapes agree, else by concat',
  'delete-node': 'takes a node out: whoever read it reads one of its inputs instead',
  'alter-node-op':
    'changes an op into another of its kind: activation to activation, norm to norm, add to multiply or concat and back',
  'rewire-node': 'lets a random edge read another activation in sight',
  'alter-units': 'changes the width of a dense layer by a log-normal factor',
  'alter-init': 'changes how a dense layer begins: its scheme, its gain, or whether it has a bias',
  'alter-scale':
    'changes a scale gene by a log-normal factor: the `multiplier` of a dense layer or the starting `value` of a scale',
  'swap-architecture': 'replaces the whole architecture by that of a founder',
  'insert-op':
    'puts a random op on a random edge of the program: its first argument is what stood there, the others are values in sight or fresh leaves',
  'insert-average':
    "puts an exponential moving average on a random edge: x becomes lerp(s', x, beta), a new state. Momentum and second moments are this edit",
  'insert-reduction':
    'divides or multiplies what stands on a random edge by a reduction of a value in sight: norms, means and maxima over rows, columns, tensors or all parameters',
  'insert-noise': 'adds a little fresh noise to what stands on a random edge',
  'delete-op': 'takes an op out of the program: whoever read it reads one of its arguments instead',
  'alter-op':
    'changes an op into another of the same kind and number of arguments; for a reduction it may be the scope that changes',
  rewire: 'lets a random edge read another value in sight: an input, a constant, a state or an earlier op',
  'alter-constant':
    'multiplies a constant by a log-normal factor; a decay rate near 1 moves in its distance from 1, so that 0.9 can become 0.99. Rarely the sign flips',
  'alter-initial': 'changes the value that a state has before the first step',
  'swap-rule': 'replaces the whole rule by that of a founder',
} as const satisfies Record<OperatorName, string>;
