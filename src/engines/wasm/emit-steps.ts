/** Tensor ops as calls to the shared kernels, one emitter per op: addresses and sizes are constants of the genome. */
import type { Program, TensorId, TensorOp, TensorOpName } from '../../compiler/program.ts';
import type { Expression } from '../../tasks/expression.ts';
import { objectives } from '../../tasks/objectives.ts';
import type { Code, ModuleBuilder } from './assembler.ts';
import { positionEmitters } from './emit-position-steps.ts';
import type { FusedMatmul, FusedUnary } from './fused-ops.ts';
import type { Layout } from './layout.ts';
import { countDown } from './loops.ts';
import { call, type Emitters, isInPlace, type Kernels, keep, type Place, vectorsIn } from './step.ts';

/** No product has both operands transposed. */
export const gemmFor = (op: FusedMatmul) =>
  op.rectified
    ? 'fused_nn'
    : op.gate !== undefined
      ? 'fused_nt'
      : op.transposeA
        ? 'gemm_tn'
        : op.transposeB
          ? 'gemm_nt'
          : 'gemm_nn';

export const unaryFor = ({ fn, slope }: FusedUnary) =>
  slope === undefined ? `unary_${fn}` : `unarySlope_${fn}`;

const emitters: Emitters<TensorOpName> = {
  ...positionEmitters,
  matmul(place, op) {
    const { code, kernels, scratch, tensor, address } = place;
    const [a, b, out] = [tensor(op.a), tensor(op.b), tensor(op.out)];
    const init = op.accumulate ? [address(op.out), 4 * out.stride] : [address(op.bias), 0];
    for (const arg of [
      address(op.a),
      4 * a.stride,
      address(op.b),
      4 * b.stride,
      address(op.out),
      4 * out.stride,
      ...init,
      out.rows,
      out.cols,
      op.transposeA ? a.rows : a.cols,
      scratch,
    ])
      code.i32(arg);
    code.f32(op.alpha);
    if (op.rectified) code.i32(1);
    else if (op.gate !== undefined) code.i32(address(op.gate) - address(op.out));
    code.call(kernels(gemmFor(op)));
  },
  columnSum(place, { x, out }) {
    const t = place.tensor(x);
    call(place, 'columnSum', place.address(x), 4 * t.stride, place.address(out), t.rows, t.stride / 4);
  },
  unary(place, op) {
    const ids = op.slope === undefined ? [op.x, op.out] : [op.x, op.out, op.slope];
    call(place, unaryFor(op), ...ids.map((id) => place.address(id)), vectorsIn(place.tensor(op.x)));
  },
  unaryGrad: (place, { fn, x, y, dy, dx, accumulate }) =>
    call(
      place,
      `unaryGrad_${fn}`,
      place.address(x),
      place.address(y),
      place.address(dy),
      place.address(dx),
      vectorsIn(place.tensor(x)),
      keep(accumulate),
    ),
  add: (place, { a, b, out }) =>
    call(place, 'add', place.address(a), place.address(b), place.address(out), vectorsIn(place.tensor(out))),
  multiply: (place, { a, b, out, accumulate }) =>
    call(
      place,
      'multiply',
      place.address(a),
      place.address(b),
      place.address(out),
      vectorsIn(place.tensor(out)),
      keep(accumulate),
    ),
  copyColumns(place, op) {
    if (isInPlace(place, op)) return;
    const { from, fromColumn, into, intoColumn, columns, accumulate } = op;
    const [f, t] = [place.tensor(from), place.tensor(into)];
    call(
      place,
      'copyColumns',
      place.address(from) + 4 * fromColumn,
      4 * f.stride,
      place.address(into) + 4 * intoColumn,
      4 * t.stride,
      t.rows,
      columns,
      keep(accumulate),
    );
  },
  norm(place, { kind, channels, x, gain, bias, stats, out }) {
    const t = place.tensor(x);
    call(
      place,
      'norm',
      place.address(x),
      place.address(gain),
      place.address(bias),
      place.address(stats),
      place.address(out),
      4 * t.stride,
      4 * place.tensor(stats).stride,
      t.rows,
      t.cols / channels,
      channels,
      kind === 'layer' ? 1 : 0,
    );
  },
  normGrad(place, { kind, channels, x, gain, stats, dy, dx, dgain, dbias, accumulate }) {
    const t = place.tensor(x);
    const addresses = [x, gain, stats, dy, dx, dgain, dbias].map((id) => place.address(id));
    call(
      place,
      'normGrad',
      ...addresses,
      4 * t.stride,
      4 * place.tensor(stats).stride,
      t.rows,
      t.cols / channels,
      channels,
      kind === 'layer' ? 1 : 0,
      keep(accumulate),
    );
  },
  channelScale(place, { channels, x, gain, out }) {
    const t = place.tensor(x);
    call(
      place,
      'channelScale',
      place.address(x),
      place.address(gain),
      place.address(out),
      4 * t.stride,
      t.rows,
      t.cols / channels,
      channels,
    );
  },
  channelScaleGrad(place, { channels, x, gain, dy, dx, dgain, accumulate }) {
    const t = place.tensor(x);
    const addresses = [x, gain, dy, dx, dgain].map((id) => place.address(id));
    call(
      place,
      'channelScaleGrad',
      ...addresses,
      4 * t.stride,
      t.rows,
      t.cols / channels,
      channels,
      keep(accumulate),
    );
  },
  softmaxCrossEntropy(place, { logits, target, loss }) {
    const first = place.program.backward[0];
    if (first?.op !== 'softmaxCrossEntropyGrad' || first.logits !== logits)
      throw new Error('the backward pass does not begin at the loss');
    const [t, labels, losses] = [place.tensor(logits), place.tensor(target), place.tensor(loss)];
    for (const arg of [
      place.address(logits),
      4 * t.stride,
      place.address(target),
      4 * labels.stride,
      place.address(loss),
      4 * losses.stride,
      t.rows,
      t.cols,
      place.address(first.dlogits),
    ])
      place.code.i32(arg);
    place.code
      .f32(1 / t.rows)
      .i32(place.scratch)
      .call(place.kernels('softmaxCrossEntropy'));
  },
  /** The forward pass has written it along with the loss: both need the same exponentials, and nothing is placed over a tensor of the backward pass before that begins. */
  softmaxCrossEntropyGrad() {},
  squaredError(place, { prediction, target, loss }) {
    const t = place.tensor(prediction);
    call(
      place,
      'squaredError',
      place.address(prediction),
      place.address(target),
      4 * t.stride,
      place.address(loss),
      4 * place.tensor(loss).stride,
      t.rows,
      t.cols,
    );
  },
  squaredErrorGrad(place, { prediction, target, dprediction }) {
    const t = place.tensor(prediction);
    for (const arg of [
      place.address(prediction),
      place.address(target),
      place.address(dprediction),
      vectorsIn(t),
    ])
      place.code.i32(arg);
    place.code.f32(2 / (t.rows * t.cols)).call(place.kernels('squaredErrorGrad'));
  },
  logistic: (place, { prediction, target, loss }) =>
    call(
      place,
      'logistic',
      ...[prediction, target, loss].flatMap((id) => [place.address(id), 4 * place.tensor(id).stride]),
      place.tensor(prediction).rows,
    ),
  logisticGrad(place, { prediction, target, dprediction }) {
    const { rows } = place.tensor(prediction);
    for (const id of [prediction, target, dprediction])
      place.code.i32(place.address(id)).i32(4 * place.tensor(id).stride);
    place.code
      .i32(rows)
      .f32(1 / rows)
      .call(place.kernels('logisticGrad'));
  },
  linearLoss(place, { best, prediction, target, loss }) {
    overRows(place, [prediction, target, loss], ([p, t, out]) => {
      place.code.get(out!).f64(0);
      for (const [j, value] of best.entries()) {
        number(place, t!, j);
        number(place, p!, j);
        place.code.f64(value).op('f64.sub', 'f64.mul', 'f64.add');
      }
      place.code.op('f32.demote_f64').access('f32.store');
    });
  },
  linearLossGrad(place, { target, dprediction }) {
    const { rows, cols } = place.tensor(target);
    overRows(place, [target, dprediction], ([t, out]) => {
      for (let j = 0; j < cols; j++) {
        place.code.get(out!);
        number(place, t!, j);
        place.code
          .f64(1 / rows)
          .op('f64.mul', 'f32.demote_f64')
          .access('f32.store', 4 * j);
      }
    });
  },
  objective(place, { objective, prediction, target, loss }) {
    const { value, gradient } = objectives[objective];
    overRows(place, [prediction, target, loss], ([p, t, out]) => {
      place.code.get(out!);
      evaluate(place, value, p!);
      for (const j of gradient.keys()) {
        number(place, t!, j);
        number(place, p!, j);
        place.code.op('f64.mul', 'f64.add');
      }
      place.code.op('f32.demote_f64').access('f32.store');
    });
  },
  objectiveGrad(place, { objective, prediction, target, dprediction }) {
    const { rows } = place.tensor(prediction);
    overRows(place, [prediction, target, dprediction], ([p, t, out]) => {
      for (const [j, partial] of objectives[objective].gradient.entries()) {
        place.code.get(out!);
        evaluate(place, partial, p!);
        number(place, t!, j);
        place.code
          .op('f64.add')
          .f64(1 / rows)
          .op('f64.mul', 'f32.demote_f64')
          .access('f32.store', 4 * j);
      }
    });
  },
};

/** body() for each row, with pointers to that row of each tensor. Losses that a genome has only one of are written into its module, in float64. */
function overRows(place: Place, ids: readonly TensorId[], body: (pointers: readonly number[]) => void): void {
  const { code } = place;
  const left = code.local('i32');
  const pointers = ids.map((id) => {
    const pointer = code.local('i32');
    code.i32(place.address(id)).set(pointer);
    return pointer;
  });
  code.i32(place.tensor(ids[0]!).rows).set(left);
  countDown(code, left, () => {
    body(pointers);
    for (const [i, pointer] of pointers.entries()) code.advance(pointer, 4 * place.tensor(ids[i]!).stride);
  });
}

/** Leaves column j of the row at `pointer`, as float64. */
function number({ code }: Place, pointer: number, j: number): void {
  code
    .get(pointer)
    .access('f32.load', 4 * j)
    .op('f64.promote_f32');
}

const arithmetic = { add: 'f64.add', subtract: 'f64.sub', multiply: 'f64.mul' } as const;

/** Leaves the formula's value at the row that `pointer` points to. */
function evaluate(place: Place, e: Expression, pointer: number): void {
  switch (e.kind) {
    case 'constant':
      place.code.f64(e.value);
      break;
    case 'variable':
      number(place, pointer, e.index);
      break;
    case 'sin':
    case 'cos':
      evaluate(place, e.a, pointer);
      place.code.call(place.host(e.kind));
      break;
    default:
      evaluate(place, e.a, pointer);
      evaluate(place, e.b, pointer);
      place.code.op(arithmetic[e.kind]);
  }
}

/** Defines `forward` (which takes the mode of the pass, see `passModes`, and returns the mean loss) and `backward`. */
export function emitSteps(
  module: ModuleBuilder,
  program: Program,
  layout: Layout,
  { kernels, host }: { readonly kernels: Kernels; readonly host: Kernels },
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
    for (const op of ops) (emitters[op.op] as (place: Place, op: TensorOp) => void)(place, op);
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
