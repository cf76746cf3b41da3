/** Tensor ops as calls to the shared kernels, one emitter per op: addresses and sizes are constants of the genome. */
import type { Program, TensorOp, TensorOpName } from '../../compiler/program.ts';
import type { Code, ModuleBuilder } from './assembler.ts';
import { positionEmitters } from './emit-position-steps.ts';
import type { Layout } from './layout.ts';
import { call, type Emitters, type Kernels, keep, type Place, vectorsIn } from './step.ts';

/** No product has both operands transposed. */
export const gemmFor = (op: Extract<TensorOp, { op: 'matmul' }>) =>
  op.transposeA ? 'gemm_tn' : op.transposeB ? 'gemm_nt' : 'gemm_nn';

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
    code.f32(op.alpha).call(kernels(gemmFor(op)));
  },
  columnSum(place, { x, out }) {
    const t = place.tensor(x);
    call(place, 'columnSum', place.address(x), 4 * t.stride, place.address(out), t.rows, t.stride / 4);
  },
  unary: (place, { fn, x, out }) =>
    call(place, `unary_${fn}`, place.address(x), place.address(out), vectorsIn(place.tensor(x))),
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
  copyColumns(place, { from, fromColumn, into, intoColumn, columns, accumulate }) {
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
};

/** Defines `forward` (which takes the mode of the pass, see `passModes`, and returns the mean loss) and `backward`. */
export function emitSteps(module: ModuleBuilder, program: Program, layout: Layout, kernels: Kernels): void {
  const placeIn = (code: Code): Place => ({
    code,
    kernels,
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
