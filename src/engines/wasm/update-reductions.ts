/** Reductions of an update: accumulated in the inner loop, finished where their loop ends. Those over columns gather in memory, the others in a local. */
import { matrixNumbers } from '../../compiler/whole-ops.ts';
import type { MatrixShape, Scope } from '../../genome/update-rule/update-rule.ts';
import type { ReductionName } from './rule-ops.ts';
import { overColumns } from './update-loops.ts';
import type { Level, OpNode, UpdatePlace } from './update-place.ts';
import { pushPlace, setScalar } from './update-scalars.ts';
import { pushVector } from './update-vectors.ts';

/** A running reduction: float64 pairs, or float32 lanes for `max`, and where its result goes. */
export interface Accumulator {
  readonly node: OpNode;
  readonly index: number;
  readonly lanes: number;
}

const identityOf = ({ op }: OpNode) => (op === 'max' ? Number.NEGATIVE_INFINITY : 0);

/** Sets it to the identity of its op, where its loop begins. */
export const resetAccumulator = ({ code }: UpdatePlace, { node, lanes }: Accumulator) =>
  void code.lanes(identityOf(node)).set(lanes);

/** Takes the present vector in: in a local, or over columns in memory. */
export function accumulate(place: UpdatePlace, { node, index, lanes }: Accumulator): void {
  const { code, layout, column, mask } = place;
  const [a, b] = [node.args[0]!, node.op === 'dot' ? node.args[1]! : node.args[0]!];
  const masked = (value: number) => {
    pushVector(place, value);
    code.lanes(identityOf(node)).get(mask).op('v128.bitselect');
  };
  const squares = node.op !== 'mean' && node.op !== 'max';
  if (node.over === 'col') {
    code.get(column).get(column).access('v128.load', layout.results.get(index)!);
    masked(a);
    if (squares) {
      masked(b);
      code.op('f32x4.mul');
    }
    code.op(node.op === 'max' ? 'f32x4.max' : 'f32x4.add').access('v128.store', layout.results.get(index)!);
  } else if (node.op === 'max') {
    masked(a);
    code.get(lanes).op('f32x4.max').set(lanes);
  } else {
    for (const half of [() => code, () => code.upperHalf()]) {
      masked(a);
      half().op('f64x2.promote_low_f32x4');
      if (squares) {
        masked(b);
        half().op('f64x2.promote_low_f32x4', 'f64x2.mul');
      }
      code.get(lanes).op('f64x2.add').set(lanes);
    }
  }
}

/** Pushes how many elements one result covers, as f64. */
function pushCount({ code, program, word }: UpdatePlace, over: Scope, shape: MatrixShape): void {
  const sizes = program.parameters.map(({ value }) => program.tensors[value]!);
  if (over === 'all') code.f64(matrixNumbers(shape, sizes));
  else if (over === 'tensor') code.get(word.rows).get(word.cols).op('i32.mul', 'f64.convert_i32_s');
  else code.get(over === 'row' ? word.cols : word.rows).op('f64.convert_i32_s');
}

const finishers = {
  mean(place, over, shape) {
    pushCount(place, over, shape);
    place.code.op('f64.div');
  },
  norm: ({ code }) => code.op('f64.sqrt'),
  dot: () => {},
  max: () => {},
  rms(place, over, shape) {
    pushCount(place, over, shape);
    place.code.op('f64.div', 'f64.sqrt');
  },
} as const satisfies Record<ReductionName, (place: UpdatePlace, over: Scope, shape: MatrixShape) => void>;

/** Folds the lanes; an `all` result stays in a local, others go to memory. */
export function finishScalar(
  place: UpdatePlace,
  { node, index, lanes }: Accumulator,
  level: Level,
  shape: MatrixShape,
): void {
  const { code, layout } = place;
  if (level !== 'all') pushPlace(place, level);
  if (node.op === 'max') {
    for (let lane = 0; lane < 4; lane++) {
      code.get(lanes).lane('f32x4.extract_lane', lane);
      if (lane > 0) code.op('f32.max');
    }
    code.op('f64.promote_f32');
  } else code.get(lanes).lane('f64x2.extract_lane', 0).get(lanes).lane('f64x2.extract_lane', 1).op('f64.add');
  finishers[node.op as ReductionName](place, level, shape);
  if (level === 'all') setScalar(place, index);
  else code.access('f64.store', layout.results.get(index)!);
}

/** The same for a reduction over columns: its row of results. */
export function resetColumns(place: UpdatePlace, { node, index }: Accumulator): void {
  overColumns(place, () =>
    place.code
      .get(place.column)
      .lanes(identityOf(node))
      .access('v128.store', place.layout.results.get(index)!),
  );
}

/** Turns sums over columns into the op's result, where the tensor ends. */
export function finishColumns(place: UpdatePlace, { node, index }: Accumulator): void {
  const { code, layout, column, word } = place;
  const address = layout.results.get(index)!;
  if (node.op === 'dot' || node.op === 'max') return;
  overColumns(place, () => {
    code.get(column).get(column).access('v128.load', address);
    if (node.op !== 'norm') code.get(word.rows).op('f32.convert_i32_s', 'f32x4.splat', 'f32x4.div');
    if (node.op !== 'mean') code.op('f32x4.sqrt');
    code.access('v128.store', address);
  });
}
