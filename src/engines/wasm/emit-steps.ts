/** A program's passes as functions of the genome's module: its tensor ops one after another. */
import type { Program, TensorOp } from '../../compiler/program.ts';
import type { Code, ModuleBuilder } from './assembler.ts';
import type { Layout } from './layout.ts';
import { type Callables, call, type Place } from './tensor-ops/emitter.ts';
import { emitterOf } from './tensor-ops/table.ts';

/** Defines `forward` (which takes the mode of the pass, see `passModes`, and returns the mean loss) and `backward`. */
export function emitSteps(
  module: ModuleBuilder,
  program: Program,
  layout: Layout,
  { kernels, host }: { readonly kernels: Callables; readonly host: Callables },
): void {
  const placeIn = (code: Code): Place => ({
    code,
    kernels,
    host,
    scratch: layout.scratch,
    program,
    tensor: (id) => program.tensors[id]!,
    address: (id) => (id === null ? 0 : layout.arena + 4 * program.tensors[id]!.offset),
    table: (op) => layout.tables.get(op)!,
  });
  const run = (place: Place, ops: readonly TensorOp[]) => {
    for (const op of ops) emitterOf(op).emit(place, op);
  };
  module.function(
    ['i32'],
    ['f64'],
    (code) => {
      const place = placeIn(code);
      run(place, program.forward);
      const loss = place.tensor(program.loss);
      call(place, 'mean', place.address(program.loss), 4 * loss.stride, loss.rows);
    },
    'forward',
  );
  module.function([], [], (code) => run(placeIn(code), program.backward), 'backward');
}
