/**
 * Rewrites of a program before code is made of it. Each gives the same bits as the ops that it replaces. Afterwards memory is planned anew, since some tensors are no longer made.
 */

import { planMemory } from '../../compiler/memory.ts';
import type { UnplacedTensor } from '../../compiler/network.ts';
import type { Program, TensorId } from '../../compiler/program.ts';
import { operandsOf } from '../../compiler/tensor-ops/table.ts';
import { fuseRectifiers } from './fuse-rectifiers.ts';
import type { FusedProgram } from './fused-ops.ts';
import { placesShared } from './in-place.ts';
import { keepSlopes } from './keep-slopes.ts';

/** All rewrites, and memory planned for what they leave. The bits of every result are those of the program as compiled. */
export function fuse(program: Program): FusedProgram {
  const added: UnplacedTensor[] = [];
  const add = (tensor: UnplacedTensor): TensorId => program.tensors.length + added.push(tensor) - 1;
  const { forward, backward } = keepSlopes(fuseRectifiers(program), program.tensors, add);
  const alive = new Set([...forward, ...backward].flatMap((op) => operandsOf(op).writes));
  const made = new Set([...program.forward, ...program.backward].flatMap((op) => operandsOf(op).writes));
  const tensors = [...program.tensors, ...added].map((tensor, id) =>
    made.has(id) && !alive.has(id) ? { ...tensor, rows: 0 } : tensor,
  );
  const fused = { ...program, tensors, forward, backward };
  return { ...fused, ...planMemory(fused, placesShared(fused)), forward, backward };
}
