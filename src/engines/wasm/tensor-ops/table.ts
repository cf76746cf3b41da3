/** Every tensor op's emitter, and what a genome's module and its layout ask of it. */
import type { Tensor } from '../../../compiler/program.ts';
import type { TensorOpName } from '../../../compiler/tensor-ops/table.ts';
import type { FusedOp } from '../fused-ops.ts';
import { dropouts } from './dropout.ts';
import { elementwise } from './elementwise.ts';
import type { Emitter, Emitters, HostName } from './emitter.ts';
import { losses } from './losses.ts';
import { moves } from './moves.ts';
import { norms } from './norms.ts';
import { products } from './products.ts';
import { sequences } from './sequences.ts';
import { windowed } from './windows.ts';

const emitters = {
  ...elementwise,
  ...moves,
  ...products,
  ...windowed,
  ...norms,
  ...dropouts,
  ...sequences,
  ...losses,
} as const satisfies Emitters<TensorOpName>;

/** The emitter of an op, as taking any op: it is only ever given its own. */
export const emitterOf = (op: FusedOp): Emitter<FusedOp> => emitters[op.op];

/** Names of the kernels that these ops call, each once, in the order of first use. */
export const kernelsOf = (ops: readonly FusedOp[]): ReadonlySet<string> =>
  new Set(ops.flatMap((op) => emitterOf(op).kernels(op)));

/** Functions outside the module that these ops call. */
export const hostsOf = (ops: readonly FusedOp[]): ReadonlySet<HostName> =>
  new Set(ops.flatMap((op) => emitterOf(op).hosts ?? []));

/** Numbers of scratch that the neediest of these ops takes. */
export const scratchOf = (ops: readonly FusedOp[], tensors: readonly Tensor[]): number =>
  ops.reduce((most, op) => Math.max(most, emitterOf(op).scratch?.(op, tensors) ?? 0), 0);

/** The table that an op's kernel reads, or null. */
export const tableOf = (op: FusedOp, tensors: readonly Tensor[]): Int32Array | null =>
  emitterOf(op).table?.(op, tensors) ?? null;
