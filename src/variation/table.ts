/** The closed table of mutation operators: what each name of `search-space/operator-names.ts` does. */
import type { Architecture } from '../genome/architecture/architecture.ts';
import type { UpdateRule } from '../genome/update-rule/update-rule.ts';
import type {
  ArchitectureOperatorName,
  OperatorName,
  RuleOperatorName,
} from '../search-space/operator-names.ts';
import type { Operator } from './operator.ts';
import { alterConstant } from './operators/alter-constant.ts';
import { alterCount } from './operators/alter-count.ts';
import { alterGroups } from './operators/alter-groups.ts';
import { alterHeads } from './operators/alter-heads.ts';
import { alterInit } from './operators/alter-init.ts';
import { alterInitial } from './operators/alter-initial.ts';
import { alterKernel } from './operators/alter-kernel.ts';
import { alterKind } from './operators/alter-kind.ts';
import { alterNodeOp } from './operators/alter-node-op.ts';
import { alterOp } from './operators/alter-op.ts';
import { alterRate } from './operators/alter-rate.ts';
import { alterScale } from './operators/alter-scale.ts';
import { alterStride } from './operators/alter-stride.ts';
import { alterUnits } from './operators/alter-units.ts';
import { deleteNode } from './operators/delete-node.ts';
import { deleteOp } from './operators/delete-op.ts';
import { insertAnchor } from './operators/insert-anchor.ts';
import { insertAttention } from './operators/insert-attention.ts';
import { insertAverage } from './operators/insert-average.ts';
import { insertConv } from './operators/insert-conv.ts';
import { insertDropout } from './operators/insert-dropout.ts';
import { insertEmbed } from './operators/insert-embed.ts';
import { insertHistory } from './operators/insert-history.ts';
import { insertLineSearch } from './operators/insert-line-search.ts';
import { insertLookAhead } from './operators/insert-look-ahead.ts';
import { insertNode } from './operators/insert-node.ts';
import { insertNoise } from './operators/insert-noise.ts';
import { insertNorm } from './operators/insert-norm.ts';
import { insertOp } from './operators/insert-op.ts';
import { insertOrthogonalization } from './operators/insert-orthogonalization.ts';
import { insertPool } from './operators/insert-pool.ts';
import { insertPositions } from './operators/insert-positions.ts';
import { insertPreconditioner } from './operators/insert-preconditioner.ts';
import { insertReduction } from './operators/insert-reduction.ts';
import { insertResidual } from './operators/insert-residual.ts';
import { insertSmoothing } from './operators/insert-smoothing.ts';
import { insertSwarm } from './operators/insert-swarm.ts';
import { rewire } from './operators/rewire.ts';
import { rewireNode } from './operators/rewire-node.ts';
import { swapArchitecture } from './operators/swap-architecture.ts';
import { swapRule } from './operators/swap-rule.ts';
import { toggleProject } from './operators/toggle-project.ts';
import { toggleRotation } from './operators/toggle-rotation.ts';

/** The closed table of operators that change an architecture. Names are stored in databases: permanent. */
export const architectureOperators = {
  'insert-node': insertNode,
  'insert-norm': insertNorm,
  'insert-residual': insertResidual,
  'insert-conv': insertConv,
  'insert-attention': insertAttention,
  'insert-pool': insertPool,
  'insert-positions': insertPositions,
  'insert-embed': insertEmbed,
  'insert-dropout': insertDropout,
  'delete-node': deleteNode,
  'alter-node-op': alterNodeOp,
  'rewire-node': rewireNode,
  'alter-units': alterUnits,
  'alter-init': alterInit,
  'alter-scale': alterScale,
  'alter-kernel': alterKernel,
  'alter-stride': alterStride,
  'alter-groups': alterGroups,
  'alter-heads': alterHeads,
  'alter-rate': alterRate,
  'alter-kind': alterKind,
  'toggle-rotation': toggleRotation,
  'toggle-project': toggleProject,
  'swap-architecture': swapArchitecture,
} as const satisfies Record<ArchitectureOperatorName, Operator<Architecture>>;

/** The closed table of operators that change an update rule. Names are stored in databases: permanent. */
export const ruleOperators = {
  'insert-op': insertOp,
  'insert-average': insertAverage,
  'insert-reduction': insertReduction,
  'insert-noise': insertNoise,
  'insert-orthogonalization': insertOrthogonalization,
  'insert-preconditioner': insertPreconditioner,
  'insert-line-search': insertLineSearch,
  'insert-look-ahead': insertLookAhead,
  'insert-history': insertHistory,
  'insert-anchor': insertAnchor,
  'insert-swarm': insertSwarm,
  'insert-smoothing': insertSmoothing,
  'delete-op': deleteOp,
  'alter-op': alterOp,
  rewire,
  'alter-constant': alterConstant,
  'alter-count': alterCount,
  'alter-initial': alterInitial,
  'swap-rule': swapRule,
} as const satisfies Record<RuleOperatorName, Operator<UpdateRule>>;

/** Operators that bring in another chromosome whole: what they make does not descend from the one that they were applied to. */
export const replacingOperators: ReadonlySet<string> = new Set([
  'swap-architecture',
  'swap-rule',
] satisfies OperatorName[]);

/** What each operator does, for people. */
export const operatorSummaries = {
  'insert-node':
    'puts a layer on a random edge: a dense layer with an activation, an activation alone, a learned scale, or rarely a flatten',
  'insert-norm': 'puts a norm on a random edge',
  'insert-residual':
    'joins what stands on a random edge with an earlier activation: by add or multiply where shapes agree, else by concat or by add with a projection',
  'insert-conv':
    'puts a convolution with an activation on an edge with more than one position: over all channels, or each channel on its own',
  'insert-attention':
    'puts self-attention on an edge with more than one position, alone or added to what stood there',
  'insert-pool': 'puts a pool on an edge with more than one position: over windows, or over all positions',
  'insert-positions': 'adds a vector per position on an edge with more than one position',
  'insert-embed':
    'puts an embedding on an edge with one channel: numbers become tokens, tokens become learned vectors',
  'insert-dropout': 'puts dropout on a random edge',
  'delete-node': 'takes a node out: whoever read it reads one of its inputs instead',
  'alter-node-op':
    'changes an op into another of its kind: activation to activation, norm to norm, add to multiply or concat and back',
  'rewire-node': 'lets a random edge read another activation in sight',
  'alter-units':
    'changes the width of a dense layer, convolution, attention or embedding by a log-normal factor, to a multiple of its groups or heads',
  'alter-init': 'changes how a weighted layer begins: its scheme, its gain, or whether it has a bias',
  'alter-scale':
    'changes a scale gene by a log-normal factor: the `multiplier` of a weighted layer, the starting `value` of a scale or the `gain` of an embedding',
  'alter-kernel':
    'changes how far a window reaches: the kernel of a convolution or pool, or the dilation of a convolution',
  'alter-stride':
    'changes where windows lie: the stride of a convolution or pool, or the padding of a convolution',
  'alter-groups':
    'changes how many groups of channels a convolution keeps apart: any number that divides channels and units',
  'alter-heads': 'changes the number of heads of an attention layer, or whether it is causal',
  'alter-rate': 'changes the rate of a dropout by a log-normal factor',
  'alter-kind': 'changes the kind of a pool (max, mean) or of positions (learned, sinusoid)',
  'toggle-rotation':
    'gives a weight a rotation, or takes it away: the same network in other coordinates, neutral to rules that commute with rotations',
  'toggle-project': 'lets an addition project its second input to the shape of the first, or no longer',
  'swap-architecture': 'replaces the whole architecture by that of a founder',
  'insert-op':
    'puts a random op on a random edge of the program: its first argument is what stood there, the others are values in sight or fresh leaves',
  'insert-average':
    "puts an exponential moving average on a random edge: x becomes lerp(s', x, beta), a new state. Momentum and second moments are this edit",
  'insert-reduction':
    'divides or multiplies what stands on a random edge by a reduction of a value in sight: norms, means and maxima over rows, columns, tensors or all parameters',
  'insert-noise': 'adds a little fresh noise to what stands on a random edge',
  'insert-orthogonalization':
    'orthogonalizes what stands on a random edge, tensor by tensor. Momentum and this edit make Muon',
  'insert-preconditioner':
    "puts inverse roots of running sums of g g' and g' g on both sides of what stands on a random edge, as in Shampoo",
  'insert-line-search':
    'multiplies the update by a step size that is searched for on the batch: Armijo, Goldstein or the Lipschitz test',
  'insert-look-ahead':
    'replaces what stands on a random edge by the gradient a small way along it: extra gradients, sharpness-aware minimization',
  'insert-history': 'puts L-BFGS on a random edge, with pairs taken on one batch',
  'insert-anchor':
    'corrects what stands on a random edge by the gradients at an anchor that is renewed with its full gradient: SVRG',
  'insert-swarm': 'puts a particle swarm in the place of what stands on a random edge, or adds it',
  'insert-smoothing':
    'puts a gradient of the smoothed loss, from losses alone, in the place of what stands on a random edge: evolution strategies',
  'delete-op': 'takes an op out of the program: whoever read it reads one of its arguments instead',
  'alter-op':
    'changes an op into another of the same kind and number of arguments; for a reduction it may be the scope that changes',
  rewire: 'lets a random edge read another value in sight: an input, a constant, a state or an earlier op',
  'alter-constant':
    'multiplies a constant by a log-normal factor; a decay rate near 1 moves in its distance from 1, so that 0.9 can become 0.99. Rarely the sign flips',
  'alter-count':
    'changes the number that belongs to an op by a log-normal factor: tries, memory, particles, pairs',
  'alter-initial': 'changes the value that a state has before the first step',
  'swap-rule': 'replaces the whole rule by that of a founder',
} as const satisfies Record<OperatorName, string>;
