/** Values of shape `all`, `tensor` and `row`: float64 locals, computed where their loop begins, and their float32 splats for the inner loop. */
import { descriptorOffset } from './layout.ts';
import { type PointwiseName, scalarEmitters } from './rule-ops.ts';
import { inputLocals, kindOf, type Level, type OpNode, type UpdatePlace } from './update-place.ts';

/** Leaves a scalar, as float64. */
export function pushScalar({ code, nodes, scalars }: UpdatePlace, index: number): void {
  const node = nodes[index]!;
  if (node.kind === 'constant') code.f64(node.value);
  else if (node.kind === 'input' && node.shape === 'all')
    code.get(inputLocals[node.input as keyof typeof inputLocals]);
  else code.get(scalars.get(index)!);
}

/** Computes or loads scalar `index` into its local; its loop has begun. */
export function defineScalar(place: UpdatePlace, index: number): void {
  const { code, nodes, layout } = place;
  const node = nodes[index]!;
  if (node.kind === 'constant' || (node.kind === 'input' && node.shape === 'all')) return;
  if (node.kind === 'input')
    code
      .get(place.descriptor)
      .access('i32.load', descriptorOffset[node.input as keyof typeof descriptorOffset])
      .op('f64.convert_i32_s');
  else if (node.kind === 'state') loadScalar(place, node.shape as Level, layout.states[node.slot]!);
  else if (kindOf(node) === 'reduction') loadScalar(place, node.shape as Level, layout.results.get(index)!);
  else {
    const emit = scalarEmitters[(node as OpNode).op as PointwiseName];
    emit(
      code,
      (node as OpNode).args.map((arg) => () => pushScalar(place, arg)),
      place.imports,
      () => code.get(inputLocals.t),
    );
  }
  setScalar(place, index);
}

/** Takes a float64 off the stack into the scalar's local. */
export function setScalar({ code, scalars }: UpdatePlace, index: number): void {
  if (!scalars.has(index)) scalars.set(index, code.local('f64'));
  code.set(scalars.get(index)!);
}

/** The address of a scalar: `all` is fixed, `tensor` and `row` are at the loop's place. */
export function pushPlace({ code, word, rowStart }: UpdatePlace, level: Level): void {
  if (level === 'all') code.i32(0);
  else code.get(level === 'tensor' ? word.tensorBase : rowStart);
}

function loadScalar(place: UpdatePlace, level: Level, base: number): void {
  pushPlace(place, level);
  place.code.access('f64.load', base);
}

/** Writes what a state of scalar shape is set to. */
export function storeScalarState(place: UpdatePlace, slot: number, level: Level): void {
  pushPlace(place, level);
  pushScalar(place, place.states[slot]!.next);
  place.code.access('f64.store', place.layout.states[slot]!);
}

/** Puts a float64 expression of a scalar into a float32 splat local, at the level at which the scalar is known. */
function splat({ code, splats }: UpdatePlace, key: string, push: () => void): void {
  const local = splats.get(key) ?? code.local('v128');
  splats.set(key, local);
  push();
  code.op('f32.demote_f64', 'f32x4.splat').set(local);
}

/** Of one scalar, the forms that the inner loop uses: its value, the complement that `lerp` takes, the factor of `debias`. */
export function emitSplats(place: UpdatePlace, index: number, uses: ReadonlySet<string>): void {
  const { code } = place;
  if (uses.has(`value ${index}`)) splat(place, `value ${index}`, () => pushScalar(place, index));
  if (uses.has(`lerp ${index}`)) {
    splat(place, `lerp ${index}`, () => {
      code.f64(1);
      pushScalar(place, index);
      code.op('f64.sub');
    });
  }
  if (uses.has(`debias ${index}`)) {
    splat(place, `debias ${index}`, () => {
      code.f64(1);
      pushScalar(place, index);
      code.get(inputLocals.t).call(place.imports.host('debiasDivisor')).op('f64.div');
    });
  }
}
