/**
 * Reverse-mode differentiation of a forward pass, op by op from the loss backward (Griewank and Walther 2008, chapter 3).
 *
 * A tensor that several ops read gets its gradient in parts: the first contribution overwrites, later ones accumulate. Nothing is computed for the
 * input and target, nor for what no parameter feeds.
 */
import { type Network, type TrainedNetwork, tensorAllocator, type UnplacedTensor } from './network.ts';
import type { TensorId, TensorOp, TensorOpName } from './program.ts';

interface Tape {
  readonly tensors: UnplacedTensor[];
  /** The gradient of a tensor that a later op has already contributed to, or null: then the op has no effect on the loss. */
  gradient(of: TensorId): TensorId;
  /** Where to add a contribution: null where no parameter feeds the tensor. */
  contribution(to: TensorId): { readonly gradient: TensorId; readonly accumulate: boolean } | null;
  emit(op: TensorOp): void;
}

type Adjoints = {
  readonly [Name in TensorOpName]?: (tape: Tape, op: Extract<TensorOp, { op: Name }>) => void;
};

/** A whole tensor's gradient passed on unchanged, as from a sum. */
function pass(tape: Tape, dy: TensorId, to: TensorId): void {
  const into = tape.contribution(to);
  if (into === null) return;
  const columns = tape.tensors[to]!.cols;
  tape.emit({
    op: 'copyColumns',
    from: dy,
    fromColumn: 0,
    into: into.gradient,
    intoColumn: 0,
    columns,
    accumulate: into.accumulate,
  });
}

const adjoints = {
  softmaxCrossEntropy(tape, { logits, target }) {
    const into = tape.contribution(logits)!;
    tape.emit({ op: 'softmaxCrossEntropyGrad', logits, target, dlogits: into.gradient });
  },
  squaredError(tape, { prediction, target }) {
    const into = tape.contribution(prediction)!;
    tape.emit({ op: 'squaredErrorGrad', prediction, target, dprediction: into.gradient });
  },
  logistic(tape, { prediction, target }) {
    const into = tape.contribution(prediction)!;
    tape.emit({ op: 'logisticGrad', prediction, target, dprediction: into.gradient });
  },
  linearLoss(tape, { prediction, target }) {
    const into = tape.contribution(prediction)!;
    tape.emit({ op: 'linearLossGrad', target, dprediction: into.gradient });
  },
  objective(tape, { objective, prediction, target }) {
    const into = tape.contribution(prediction)!;
    tape.emit({ op: 'objectiveGrad', objective, prediction, target, dprediction: into.gradient });
  },
  matmul(tape, { a, b, out, alpha, bias }) {
    const dy = tape.gradient(out);
    if (bias !== null) tape.emit({ op: 'columnSum', x: dy, out: tape.contribution(bias)!.gradient });
    const weight = tape.contribution(b);
    if (weight !== null)
      tape.emit({
        op: 'matmul',
        a,
        b: dy,
        out: weight.gradient,
        transposeA: true,
        transposeB: false,
        alpha,
        bias: null,
        accumulate: weight.accumulate,
      });
    const into = tape.contribution(a);
    if (into !== null)
      tape.emit({
        op: 'matmul',
        a: dy,
        b,
        out: into.gradient,
        transposeA: false,
        transposeB: true,
        alpha,
        bias: null,
        accumulate: into.accumulate,
      });
  },
  blockMatmul(tape, { a, b, out, rowBlocks, columnBlocks, transposeB, alpha }) {
    const dy = tape.gradient(out);
    const blocks = { op: 'blockMatmul', rowBlocks, columnBlocks, alpha } as const;
    const left = tape.contribution(a);
    if (left !== null)
      tape.emit({
        ...blocks,
        a: dy,
        b,
        out: left.gradient,
        transposeA: false,
        transposeB: !transposeB,
        accumulate: left.accumulate,
      });
    const right = tape.contribution(b);
    if (right !== null)
      tape.emit({
        ...blocks,
        ...(transposeB ? { a: dy, b: a } : { a, b: dy }),
        out: right.gradient,
        transposeA: true,
        transposeB: false,
        accumulate: right.accumulate,
      });
  },
  reshape(tape, { x, out }) {
    const into = tape.contribution(x);
    if (into !== null)
      tape.emit({ op: 'reshape', x: tape.gradient(out), out: into.gradient, accumulate: into.accumulate });
  },
  addRow(tape, { x, row, out }) {
    const dy = tape.gradient(out);
    const into = tape.contribution(row);
    if (into !== null) tape.emit({ op: 'columnSum', x: dy, out: into.gradient });
    pass(tape, dy, x);
  },
  patches(tape, { windows, groups, x, out }) {
    const into = tape.contribution(x);
    if (into !== null)
      tape.emit({
        op: 'patchesGrad',
        windows,
        groups,
        dout: tape.gradient(out),
        dx: into.gradient,
        accumulate: into.accumulate,
      });
  },
  depthwise(tape, { windows, alpha, x, weight, bias, out }) {
    const dweight = tape.contribution(weight)!.gradient;
    const dbias = bias === null ? null : tape.contribution(bias)!.gradient;
    const into = tape.contribution(x) ?? scratchLike(tape, x);
    tape.emit({
      op: 'depthwiseGrad',
      windows,
      alpha,
      x,
      weight,
      dy: tape.gradient(out),
      dx: into.gradient,
      dweight,
      dbias,
      accumulate: into.accumulate,
    });
  },
  pool(tape, { kind, windows, x, out }) {
    const into = tape.contribution(x);
    if (into !== null)
      tape.emit({
        op: 'poolGrad',
        kind,
        windows,
        x,
        y: out,
        dy: tape.gradient(out),
        dx: into.gradient,
        accumulate: into.accumulate,
      });
  },
  batchNorm(tape, { channels, x, gain, bias, stats, out }) {
    const dgain = tape.contribution(gain)!.gradient;
    const dbias = tape.contribution(bias)!.gradient;
    const into = tape.contribution(x) ?? scratchLike(tape, x);
    tape.emit({
      op: 'batchNormGrad',
      channels,
      x,
      gain,
      stats,
      dy: tape.gradient(out),
      dx: into.gradient,
      dgain,
      dbias,
      accumulate: into.accumulate,
    });
  },
  dropout(tape, { rate, x, draws, out }) {
    const into = tape.contribution(x);
    if (into !== null)
      tape.emit({
        op: 'dropoutGrad',
        rate,
        draws,
        dy: tape.gradient(out),
        dx: into.gradient,
        accumulate: into.accumulate,
      });
  },
  softmax(tape, { columns, x, out }) {
    const into = tape.contribution(x);
    if (into !== null)
      tape.emit({
        op: 'softmaxGrad',
        columns,
        y: out,
        dy: tape.gradient(out),
        dx: into.gradient,
        accumulate: into.accumulate,
      });
  },
  embed(tape, { x, table, out }) {
    tape.emit({
      op: 'embedGrad',
      x,
      dy: tape.gradient(out),
      dtable: tape.contribution(table)!.gradient,
    });
  },
  unary(tape, { fn, x, out }) {
    const into = tape.contribution(x);
    if (into !== null)
      tape.emit({
        op: 'unaryGrad',
        fn,
        x,
        y: out,
        dy: tape.gradient(out),
        dx: into.gradient,
        accumulate: into.accumulate,
      });
  },
  add(tape, { a, b, out }) {
    const dy = tape.gradient(out);
    pass(tape, dy, a);
    pass(tape, dy, b);
  },
  multiply(tape, { a, b, out }) {
    const dy = tape.gradient(out);
    for (const [to, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const into = tape.contribution(to);
      if (into !== null)
        tape.emit({ op: 'multiply', a: dy, b: other, out: into.gradient, accumulate: into.accumulate });
    }
  },
  copyColumns(tape, { from, fromColumn, into: out, intoColumn, columns }) {
    const into = tape.contribution(from);
    if (into !== null)
      tape.emit({
        op: 'copyColumns',
        from: tape.gradient(out),
        fromColumn: intoColumn,
        into: into.gradient,
        intoColumn: fromColumn,
        columns,
        accumulate: into.accumulate,
      });
  },
  norm(tape, { kind, channels, x, gain, bias, stats, out }) {
    const dgain = tape.contribution(gain)!.gradient;
    const dbias = bias === null ? null : tape.contribution(bias)!.gradient;
    const into = tape.contribution(x) ?? scratchLike(tape, x);
    tape.emit({
      op: 'normGrad',
      kind,
      channels,
      x,
      gain,
      stats,
      dy: tape.gradient(out),
      dx: into.gradient,
      dgain,
      dbias,
      accumulate: into.accumulate,
    });
  },
  channelScale(tape, { channels, x, gain, out }) {
    const dgain = tape.contribution(gain)!.gradient;
    const into = tape.contribution(x) ?? scratchLike(tape, x);
    tape.emit({
      op: 'channelScaleGrad',
      channels,
      x,
      gain,
      dy: tape.gradient(out),
      dx: into.gradient,
      dgain,
      accumulate: into.accumulate,
    });
  },
} as const satisfies Adjoints;

/** Ops that compute both gradients in one go need a place for the one that nobody reads. */
function scratchLike(tape: Tape, x: TensorId) {
  const { name, rows, cols } = tape.tensors[x]!;
  return {
    gradient: tensorAllocator(tape.tensors)(`unread d ${name}`, 'workspace', rows, cols),
    accumulate: false,
  };
}

export function differentiate(network: Network): TrainedNetwork {
  const tensors = [...network.tensors];
  const allocate = tensorAllocator(tensors);
  const trained = fedByParameters(network);
  const gradients = new Map<TensorId, TensorId>(
    network.parameters.map(({ value, gradient }) => [value, gradient]),
  );
  const begun = new Set<TensorId>();
  const backward: TensorOp[] = [];
  const tape: Tape = {
    tensors,
    gradient: (of) => gradients.get(of)!,
    contribution(to) {
      if (!trained.has(to)) return null;
      let gradient = gradients.get(to);
      if (gradient === undefined) {
        const { name, rows, cols } = tensors[to]!;
        gradient = allocate(`d ${name}`, 'workspace', rows, cols);
        gradients.set(to, gradient);
      }
      const accumulate = begun.has(to);
      begun.add(to);
      return { gradient, accumulate };
    },
    emit: (op) => void backward.push(op),
  };
  for (const op of [...network.forward].reverse()) {
    const adjoint = (adjoints as Adjoints)[op.op] as ((tape: Tape, op: TensorOp) => void) | undefined;
    if (adjoint === undefined) throw new Error(`${op.op} stands in a forward pass and has no derivative`);
    const out = 'out' in op ? op.out : 'into' in op ? op.into : null;
    if (out === null || begun.has(out)) adjoint(tape, op);
  }
  return { ...network, tensors, backward };
}

/** Whether any parameter has an effect on the prediction. A head gives one; without a head it depends on the architecture. */
export const isTrainable = (network: Network): boolean => fedByParameters(network).has(network.output);

/** Tensors on a path from a parameter to the loss' side. */
function fedByParameters(network: Network): ReadonlySet<TensorId> {
  const fed = new Set<TensorId>(network.parameters.map(({ value }) => value));
  for (const op of network.forward) {
    if (operandsOf(op).reads.some((id) => fed.has(id))) for (const id of operandsOf(op).writes) fed.add(id);
  }
  return fed;
}

/** Which tensors an op reads and writes; a tensor that is accumulated into is both. What an op remembers from pass to pass counts as written only. */
export function operandsOf(op: TensorOp): {
  readonly reads: readonly TensorId[];
  readonly writes: readonly TensorId[];
} {
  const some = (...ids: (TensorId | null)[]) => ids.filter((id) => id !== null);
  const again = (accumulate: boolean, id: TensorId) => (accumulate ? [id] : []);
  switch (op.op) {
    case 'matmul':
      return { reads: [...some(op.a, op.b, op.bias), ...again(op.accumulate, op.out)], writes: [op.out] };
    case 'blockMatmul':
      return { reads: [op.a, op.b, ...again(op.accumulate, op.out)], writes: [op.out] };
    case 'reshape':
      return { reads: [op.x, ...again(op.accumulate, op.out)], writes: [op.out] };
    case 'addRow':
      return { reads: [op.x, op.row], writes: [op.out] };
    case 'patchesGrad':
      return { reads: [op.dout, ...again(op.accumulate, op.dx)], writes: [op.dx] };
    case 'depthwise':
      return { reads: some(op.x, op.weight, op.bias), writes: [op.out] };
    case 'depthwiseGrad':
      return {
        reads: [op.x, op.weight, op.dy, ...again(op.accumulate, op.dx)],
        writes: some(op.dx, op.dweight, op.dbias),
      };
    case 'poolGrad':
      return { reads: [op.x, op.y, op.dy, ...again(op.accumulate, op.dx)], writes: [op.dx] };
    case 'batchNorm':
      return { reads: [op.x, op.gain, op.bias], writes: [op.running, op.stats, op.out] };
    case 'batchNormGrad':
      return {
        reads: [op.x, op.gain, op.stats, op.dy, ...again(op.accumulate, op.dx)],
        writes: [op.dx, op.dgain, op.dbias],
      };
    case 'dropout':
      return { reads: [op.x], writes: [op.draws, op.out] };
    case 'dropoutGrad':
      return { reads: [op.draws, op.dy, ...again(op.accumulate, op.dx)], writes: [op.dx] };
    case 'softmaxGrad':
      return { reads: [op.y, op.dy, ...again(op.accumulate, op.dx)], writes: [op.dx] };
    case 'embed':
      return { reads: [op.x, op.table], writes: [op.out] };
    case 'embedGrad':
      return { reads: [op.x, op.dy], writes: [op.dtable] };
    case 'columnSum':
    case 'unary':
    case 'patches':
    case 'pool':
    case 'softmax':
      return { reads: [op.x], writes: [op.out] };
    case 'unaryGrad':
      return { reads: [op.x, op.y, op.dy, ...again(op.accumulate, op.dx)], writes: [op.dx] };
    case 'add':
      return { reads: [op.a, op.b], writes: [op.out] };
    case 'multiply':
      return { reads: [op.a, op.b, ...again(op.accumulate, op.out)], writes: [op.out] };
    case 'copyColumns':
      return { reads: [op.from, ...again(op.accumulate, op.into)], writes: [op.into] };
    case 'norm':
      return { reads: some(op.x, op.gain, op.bias), writes: [op.stats, op.out] };
    case 'normGrad':
      return {
        reads: [op.x, op.gain, op.stats, op.dy, ...again(op.accumulate, op.dx)],
        writes: some(op.dx, op.dgain, op.dbias),
      };
    case 'channelScale':
      return { reads: [op.x, op.gain], writes: [op.out] };
    case 'channelScaleGrad':
      return { reads: [op.x, op.gain, op.dy, ...again(op.accumulate, op.dx)], writes: [op.dx, op.dgain] };
    case 'softmaxCrossEntropy':
      return { reads: [op.logits, op.target], writes: [op.loss] };
    case 'softmaxCrossEntropyGrad':
      return { reads: [op.logits, op.target], writes: [op.dlogits] };
    case 'squaredError':
    case 'logistic':
    case 'linearLoss':
    case 'objective':
      return { reads: [op.prediction, op.target], writes: [op.loss] };
    case 'linearLossGrad':
      return { reads: [op.target], writes: [op.dprediction] };
    case 'squaredErrorGrad':
    case 'logisticGrad':
    case 'objectiveGrad':
      return { reads: [op.prediction, op.target], writes: [op.dprediction] };
  }
}
