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

export type OperatorName = keyof typeof architectureOperators | keyof typeof ruleOperators;
export const operatorNames = [
  ...Object.keys(architectureOperators),
  ...Object.keys(ruleOperators),
] as readonly OperatorName[];
