/** Values of shape `col` and of matrices: vectors of four columns, computed in the inner loop, and what the last pass stores. */
import { type LaneArgument, laneEmitters, type PointwiseName } from './rule-ops.ts';
import { inputLocals, isScalar, kindOf, type OpNode, type UpdatePlace } from './update-place.ts';

/** Leaves the present vector of a value, or a scalar in all lanes. */
export function pushVector({ code, nodes, splats, vectors }: UpdatePlace, index: number): void {
  const node = nodes[index]!;
  if (node.kind === 'constant') code.lanes(node.value);
  else code.get(isScalar(node.shape) ? splats.get(`value ${index}`)! : vectors.get(index)!);
}

function laneArgument(place: UpdatePlace, index: number): LaneArgument {
  const { code, splats } = place;
  const form = (name: 'lerp' | 'debias') => splats.get(`${name} ${index}`);
  const [complement, correction] = [form('lerp'), form('debias')];
  return {
    push: () => pushVector(place, index),
    ...(complement === undefined ? {} : { complement: () => code.get(complement) }),
    ...(correction === undefined ? {} : { correction: () => code.get(correction) }),
  };
}

/** Computes or loads vector `index` into its local. */
export function defineVector(place: UpdatePlace, index: number): void {
  const { code, nodes, layout, program, element, column, vectors } = place;
  const node = nodes[index]!;
  const load = (pointer: number, base: number) => code.get(pointer).access('v128.load', base);
  const gradients = 4 * program.parameterLength;
  if (node.kind === 'input') load(element, layout.arena + (node.input === 'g' ? gradients : 0));
  else if (node.kind === 'state') load(node.shape === 'col' ? column : element, layout.states[node.slot]!);
  else if (kindOf(node) === 'noise') load(element, layout.noise.get(index)!);
  else if (kindOf(node) === 'reduction') load(column, layout.results.get(index)!);
  else if (kindOf(node) === 'whole') load(element, layout.results.get(index)!);
  else {
    const { op, args } = node as OpNode;
    laneEmitters[op as PointwiseName](
      code,
      args.map((arg) => laneArgument(place, arg)),
      place.imports,
      () => code.get(inputLocals.t).op('f32.demote_f64', 'f32x4.splat'),
    );
  }
  if (!vectors.has(index)) vectors.set(index, code.local('v128'));
  code.set(vectors.get(index)!);
}

/** Stores new values. Those of column states go to a second buffer: every row still has to read the old ones. */
export function storeVectorStates(place: UpdatePlace, slots: readonly number[]): void {
  const { code, states, layout, element, column } = place;
  for (const slot of slots) {
    const state = states[slot]!;
    if (isScalar(state.shape)) continue;
    code.get(state.shape === 'col' ? column : element);
    pushVector(place, state.next);
    code.access('v128.store', layout.states[slot]! + (state.shape === 'col' ? layout.colBytes : 0));
  }
}

/** The parameters += the rule's output. */
export function storeParameters(place: UpdatePlace): void {
  const { code, program, layout, element } = place;
  code.get(element).get(element).access('v128.load', layout.arena);
  pushVector(place, program.update.output);
  code.op('f32x4.add').access('v128.store', layout.arena);
}

/** Copies the new values of column states over the old ones, once every row has read those. */
export function commitColumnStates({ code, states, layout, column }: UpdatePlace): void {
  for (const [slot, state] of states.entries()) {
    if (state.shape !== 'col') continue;
    code.i32(0).set(column);
    code.while(
      () => code.get(column).i32(layout.colBytes).op('i32.lt_s'),
      () => {
        code
          .get(column)
          .get(column)
          .access('v128.load', layout.states[slot]! + layout.colBytes)
          .access('v128.store', layout.states[slot]!);
        code.advance(column, 16);
      },
    );
  }
}
