/** The closed table of tensor ops, one record each, and what the compiler and the engines ask of an op. Nothing else in the compiler knows one op from another. */
import type { TensorId } from '../program.ts';
import { type DropoutOp, dropouts } from './dropout.ts';
import { type ElementwiseOp, elementwise } from './elementwise.ts';
import { type LossOp, losses } from './losses.ts';
import { type MoveOp, moves } from './moves.ts';
import { type NormOp, norms } from './norms.ts';
import { type ProductOp, products } from './products.ts';
import type { OperandRole, RecordsOf, SizeOf, TensorOpRecord } from './record.ts';
import { type SequenceOp, sequences } from './sequences.ts';
import { type WindowOp, windowed } from './windows.ts';

/** One op of a program: its name, the tensors that it works on, and its attributes. `accumulate` adds to what the result's tensor holds instead of overwriting it. */
export type TensorOp =
  | ElementwiseOp
  | MoveOp
  | ProductOp
  | WindowOp
  | NormOp
  | DropoutOp
  | SequenceOp
  | LossOp;

/** Name of a tensor op. Names stand in programs only, never in a database. */
export type TensorOpName = TensorOp['op'];

/** All records by name. */
export const tensorOps = {
  ...elementwise,
  ...moves,
  ...products,
  ...windowed,
  ...norms,
  ...dropouts,
  ...sequences,
  ...losses,
} as const satisfies RecordsOf<TensorOp>;

/** The record of an op, as taking any op: it is only ever given its own. */
export const recordOf = (op: TensorOp): TensorOpRecord<TensorOp> => tensorOps[op.op];

/** By op: names of the operands that it reads whatever its attributes, that it accumulates into, and that it writes, in order. */
const names = new Map(
  Object.entries(tensorOps).map(([op, { operands }]) => {
    const having = (...roles: readonly OperandRole[]) =>
      Object.entries(operands).flatMap(([name, role]) => (roles.includes(role) ? [name] : []));
    return [
      op as TensorOpName,
      {
        reads: having('reads', 'mayRead', 'selects'),
        accumulates: having('accumulates'),
        writes: having('accumulates', 'writes', 'mayWrite', 'draws', 'keeps'),
        selects: having('selects'),
        keeps: having('keeps'),
        draws: having('draws'),
      },
    ] as const;
  }),
);

type Tensors = Readonly<Record<string, TensorId | null>>;

function tensorsAt(op: TensorOp, operands: readonly string[]): TensorId[] {
  const ids: TensorId[] = [];
  for (const operand of operands) {
    const id = (op as unknown as Tensors)[operand]!;
    if (id !== null) ids.push(id);
  }
  return ids;
}

/** Which tensors an op reads and writes; a tensor that is accumulated into is both. What an op remembers from pass to pass counts as written only. */
export function operandsOf(op: TensorOp): {
  readonly reads: readonly TensorId[];
  readonly writes: readonly TensorId[];
} {
  const { reads, accumulates, writes } = names.get(op.op)!;
  const read = tensorsAt(op, reads);
  if ('accumulate' in op && op.accumulate) read.push(...tensorsAt(op, accumulates));
  return { reads: read, writes: tensorsAt(op, writes) };
}

/** Tensors that an op reads without a slope: see the role `selects`. */
export const selectorsOf = (op: TensorOp): readonly TensorId[] => tensorsAt(op, names.get(op.op)!.selects);

/** The tensors of an op that last from step to step, with their initial elements, row-major and without padding. */
export function statesOf(op: TensorOp): readonly { readonly id: TensorId; readonly initial: Float64Array }[] {
  const { keeps } = names.get(op.op)!;
  if (keeps.length === 0) return [];
  const initial = recordOf(op).initial!(op);
  return keeps.map((operand) => ({
    id: (op as unknown as Record<string, TensorId>)[operand]!,
    initial: initial[operand]!,
  }));
}

/** The tensors that an op fills with noise in a `train` pass, and the site that tells one such op of a network from another. */
export const drawsOf = (op: TensorOp): readonly { readonly id: TensorId; readonly site: number }[] =>
  'site' in op ? tensorsAt(op, names.get(op.op)!.draws).map((id) => ({ id, site: op.site })) : [];

/** The first claim about the sizes of the operands that does not hold, as half a sentence, or null. */
export function brokenClaim(op: TensorOp, size: SizeOf): string | null {
  const broken = recordOf(op)
    .claims(op, size)
    .find(([, holds]) => !holds);
  return broken === undefined ? null : `it does not hold that ${broken[0]}`;
}

/** What an op copies that does nothing else, the same numbers in rows of another length or not; null where it does more. */
export const copiedWhole = (
  op: TensorOp,
  tensors: readonly { readonly rows: number; readonly cols: number }[],
): { readonly from: TensorId; readonly into: TensorId } | null =>
  recordOf(op).copies?.(op, (id) => tensors[id]!) ?? null;
