/** The softmax of attention, and embeddings of tokens. */
import type { TensorId } from '../../../compiler/program.ts';
import type { SequenceOp } from '../../../compiler/tensor-ops/sequences.ts';
import { call, clear, type Emitters, keep, type Place } from './emitter.ts';

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

/** By op: its code and what that needs. */
export const sequences: Emitters<SequenceOp['op']> = {
  softmax: {
    kernels: () => ['softmax'],
    emit(place, { columns, period, x, out }) {
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
  },
  softmaxGrad: {
    kernels: () => ['softmaxGrad'],
    emit(place, { columns, y, dy, dx, accumulate }) {
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
  },
  embed: {
    kernels: () => ['embed'],
    emit: (place, { x, table, out }) => overTokens(place, 'embed', x, table, out),
  },
  embedGrad: {
    kernels: () => ['clear', 'embedGrad'],
    emit(place, { x, dy, dtable }) {
      clear(place, dtable);
      overTokens(place, 'embedGrad', x, dtable, dy);
    },
  },
};
