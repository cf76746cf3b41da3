/** Tensor ops over positions, blocks and batches as calls to the shared kernels. Kernels that add get a cleared place first where they are to overwrite. */
import type { PositionOpName, TensorId } from '../../compiler/program.ts';
import { tapCount, type Windows, windowCount } from '../../genome/architecture/windows.ts';
import { call, type Emitters, isInPlace, keep, type Place, vectorsIn } from './step.ts';
import { runWords } from './tables.ts';

/** The mode of the pass, the argument of `forward`. */
const modeParameter = 0;

const clear = (place: Place, id: TensorId) =>
  call(place, 'clear', place.address(id), vectorsIn(place.tensor(id)));

/** The last arguments of kernels over windows. */
const windowArguments = (windows: Windows, examples: number, table: number) => [
  examples,
  table,
  windowCount(windows),
  tapCount(windows),
  windows.input[2],
];

export const positionEmitters: Emitters<PositionOpName> = {
  blockMatmul(place, op) {
    const [a, out] = [place.tensor(op.a), place.tensor(op.out)];
    const { rowBlocks, columnBlocks } = op;
    for (const id of [op.a, op.b, op.out]) {
      const { rows, cols, stride } = place.tensor(id);
      for (const arg of [
        place.address(id),
        4 * stride,
        (4 * stride * rows) / rowBlocks,
        (4 * cols) / columnBlocks,
      ])
        place.code.i32(arg);
    }
    const n = out.cols / columnBlocks;
    for (const arg of [
      out.rows / rowBlocks,
      n,
      op.transposeA ? a.rows / rowBlocks : a.cols / columnBlocks,
      rowBlocks,
      columnBlocks,
      place.scratch,
      columnBlocks === 1 || n % 4 === 0 ? 1 : 0,
      keep(op.accumulate),
    ])
      place.code.i32(arg);
    place.code.f32(op.alpha).call(place.kernels(blockKernelFor(op)));
  },
  reshape(place, op) {
    const [x, out] = [place.tensor(op.x), place.tensor(op.out)];
    if (isInPlace(place, op)) return;
    const { address, values } = place.table(op);
    const examples = Math.min(x.rows, out.rows);
    call(
      place,
      op.accumulate ? 'addRuns' : 'copyRuns',
      place.address(op.x),
      (4 * x.stride * x.rows) / examples,
      place.address(op.out),
      (4 * out.stride * out.rows) / examples,
      examples,
      address,
      values.length / runWords,
    );
  },
  addRow(place, { x, row, out }) {
    const t = place.tensor(x);
    call(place, 'addRow', place.address(x), place.address(row), place.address(out), t.rows, t.stride / 4);
  },
  patches(place, op) {
    const [x, out] = [place.tensor(op.x), place.tensor(op.out)];
    const { address, values } = place.table(op);
    call(
      place,
      'copyRuns',
      place.address(op.x),
      4 * x.stride,
      place.address(op.out),
      4 * out.stride * windowCount(op.windows),
      x.rows,
      address,
      values.length / runWords,
    );
  },
  patchesGrad(place, op) {
    const [dout, dx] = [place.tensor(op.dout), place.tensor(op.dx)];
    const { address, values } = place.table(op);
    if (!op.accumulate) clear(place, op.dx);
    call(
      place,
      'addRuns',
      place.address(op.dout),
      4 * dout.stride * windowCount(op.windows),
      place.address(op.dx),
      4 * dx.stride,
      dx.rows,
      address,
      values.length / runWords,
    );
  },
  depthwise(place, op) {
    const [x, weight, out] = [place.tensor(op.x), place.tensor(op.weight), place.tensor(op.out)];
    for (const arg of [
      place.address(op.x),
      4 * x.stride,
      place.address(op.weight),
      4 * weight.stride,
      place.address(op.bias),
      place.address(op.out),
      4 * out.stride,
      ...windowArguments(op.windows, x.rows, place.table(op).address),
    ])
      place.code.i32(arg);
    place.code.f32(op.alpha).call(place.kernels('depthwise'));
  },
  depthwiseGrad(place, op) {
    const [x, weight, dy] = [place.tensor(op.x), place.tensor(op.weight), place.tensor(op.dy)];
    if (!op.accumulate) clear(place, op.dx);
    clear(place, op.dweight);
    if (op.dbias !== null) clear(place, op.dbias);
    for (const arg of [
      place.address(op.x),
      4 * x.stride,
      place.address(op.weight),
      4 * weight.stride,
      place.address(op.dy),
      4 * dy.stride,
      place.address(op.dx),
      place.address(op.dweight),
      place.address(op.dbias),
      ...windowArguments(op.windows, x.rows, place.table(op).address),
    ])
      place.code.i32(arg);
    place.code.f32(op.alpha).call(place.kernels('depthwiseGrad'));
  },
  pool(place, op) {
    const [x, out] = [place.tensor(op.x), place.tensor(op.out)];
    call(
      place,
      `pool_${op.kind}`,
      place.address(op.x),
      4 * x.stride,
      place.address(op.out),
      4 * out.stride,
      ...windowArguments(op.windows, x.rows, place.table(op).address),
    );
  },
  poolGrad(place, op) {
    const [x, y] = [place.tensor(op.x), place.tensor(op.y)];
    if (!op.accumulate) clear(place, op.dx);
    call(
      place,
      `poolGrad_${op.kind}`,
      place.address(op.x),
      4 * x.stride,
      place.address(op.y),
      place.address(op.dy),
      4 * y.stride,
      place.address(op.dx),
      ...windowArguments(op.windows, x.rows, place.table(op).address),
    );
  },
  batchNorm(place, { channels, x, gain, bias, running, stats, out }) {
    const t = place.tensor(x);
    for (const arg of [
      ...[x, gain, bias, running, stats, out].map((id) => place.address(id)),
      4 * t.stride,
      4 * place.tensor(stats).stride,
      t.rows,
      t.cols / channels,
      channels,
    ])
      place.code.i32(arg);
    place.code.get(modeParameter).call(place.kernels('batchNorm'));
  },
  batchNormGrad(place, { channels, x, gain, stats, dy, dx, dgain, dbias, accumulate }) {
    const t = place.tensor(x);
    call(
      place,
      'batchNormGrad',
      ...[x, gain, stats, dy, dx, dgain, dbias].map((id) => place.address(id)),
      4 * t.stride,
      4 * place.tensor(stats).stride,
      t.rows,
      t.cols / channels,
      channels,
      keep(accumulate),
    );
  },
  dropout(place, { rate, x, draws, out }) {
    for (const arg of [...[x, draws, out].map((id) => place.address(id)), vectorsIn(place.tensor(x))])
      place.code.i32(arg);
    place.code
      .get(modeParameter)
      .f32(rate)
      .f32(1 / (1 - rate))
      .call(place.kernels('dropout'));
  },
  dropoutGrad(place, { rate, draws, dy, dx, accumulate }) {
    for (const arg of [
      ...[draws, dy, dx].map((id) => place.address(id)),
      vectorsIn(place.tensor(dx)),
      keep(accumulate),
    ])
      place.code.i32(arg);
    place.code
      .f32(rate)
      .f32(1 / (1 - rate))
      .call(place.kernels('dropoutGrad'));
  },
  softmax(place, { columns, period, x, out }) {
    const t = place.tensor(x);
    call(
      place,
      'softmax',
      place.address(x),
      place.address(out),
      4 * t.stride,
      t.rows,
      t.cols / columns,
      columns,
      period,
    );
  },
  softmaxGrad(place, { columns, y, dy, dx, accumulate }) {
    const t = place.tensor(y);
    call(
      place,
      'softmaxGrad',
      ...[y, dy, dx].map((id) => place.address(id)),
      4 * t.stride,
      t.rows,
      t.cols / columns,
      columns,
      keep(accumulate),
    );
  },
  embed: (place, { x, table, out }) => overTokens(place, 'embed', x, table, out),
  embedGrad(place, { x, dy, dtable }) {
    clear(place, dtable);
    overTokens(place, 'embedGrad', x, dtable, dy);
  },
};

function overTokens(place: Place, kernel: string, x: TensorId, table: TensorId, out: TensorId): void {
  const [tokens, rows, vectors] = [place.tensor(x), place.tensor(table), place.tensor(out)];
  call(
    place,
    kernel,
    place.address(x),
    4 * tokens.stride,
    place.address(table),
    4 * rows.stride,
    place.address(out),
    4 * vectors.stride,
    tokens.rows,
    tokens.cols,
    rows.cols,
    rows.rows,
  );
}

export const blockKernelFor = (op: { readonly transposeA: boolean; readonly transposeB: boolean }) =>
  op.transposeA ? 'blocks_tn' : op.transposeB ? 'blocks_nt' : 'blocks_nn';
