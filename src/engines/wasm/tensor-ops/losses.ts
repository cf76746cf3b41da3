/** Losses of each example, and the gradients of their mean. Losses that a genome has only one of are written into its module, in float64. */
import type { TensorId } from '../../../compiler/program.ts';
import type { LossOp } from '../../../compiler/tensor-ops/losses.ts';
import type { Expression } from '../../../tasks/expression.ts';
import { objectives } from '../../../tasks/objectives.ts';
import { countDown } from '../loops.ts';
import { softmaxRows } from '../softmax-kernel.ts';
import { call, type Emitters, type Place, vectorsIn } from './emitter.ts';

/** body() for each row, with pointers to that row of each tensor. */
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

/** By op: its code and what that needs. */
export const losses: Emitters<LossOp['op']> = {
  softmaxCrossEntropy: {
    kernels: () => ['softmaxCrossEntropy'],
    /** A block of rows with their padding. */
    scratch: ({ logits }, tensors) => softmaxRows * tensors[logits]!.stride,
    emit(place, { logits, target, loss }) {
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
  },
  softmaxCrossEntropyGrad: {
    kernels: () => [],
    /** The forward pass has written it along with the loss: both need the same exponentials, and nothing is placed over a tensor of the backward pass before that begins. */
    emit() {},
  },
  squaredError: {
    kernels: () => ['squaredError'],
    emit(place, { prediction, target, loss }) {
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
  },
  squaredErrorGrad: {
    kernels: () => ['squaredErrorGrad'],
    emit(place, { prediction, target, dprediction }) {
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
  },
  logistic: {
    kernels: () => ['logistic'],
    emit: (place, { prediction, target, loss }) =>
      call(
        place,
        'logistic',
        ...[prediction, target, loss].flatMap((id) => [place.address(id), 4 * place.tensor(id).stride]),
        place.tensor(prediction).rows,
      ),
  },
  logisticGrad: {
    kernels: () => ['logisticGrad'],
    emit(place, { prediction, target, dprediction }) {
      const { rows } = place.tensor(prediction);
      for (const id of [prediction, target, dprediction])
        place.code.i32(place.address(id)).i32(4 * place.tensor(id).stride);
      place.code
        .i32(rows)
        .f32(1 / rows)
        .call(place.kernels('logisticGrad'));
    },
  },
  linearLoss: {
    kernels: () => [],
    emit(place, { best, prediction, target, loss }) {
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
  },
  linearLossGrad: {
    kernels: () => [],
    emit(place, { target, dprediction }) {
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
  },
  objective: {
    kernels: () => [],
    hosts: ['sin', 'cos'],
    emit(place, { objective, prediction, target, loss }) {
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
  },
  objectiveGrad: {
    kernels: () => [],
    hosts: ['sin', 'cos'],
    emit(place, { objective, prediction, target, dprediction }) {
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
  },
};
