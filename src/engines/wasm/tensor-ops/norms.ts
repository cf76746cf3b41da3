/** Norms and gains of channels. */
import type { NormOp } from '../../../compiler/tensor-ops/norms.ts';
import { call, type Emitters, keep, modeParameter } from './emitter.ts';

/** By op: its code and what that needs. */
export const norms: Emitters<NormOp['op']> = {
  norm: {
    kernels: () => ['norm'],
    emit(place, { kind, channels, x, gain, bias, stats, out }) {
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
  },
  normGrad: {
    kernels: () => ['normGrad'],
    emit(place, { kind, channels, x, gain, stats, dy, dx, dgain, dbias, accumulate }) {
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
  },
  batchNorm: {
    kernels: () => ['batchNorm'],
    emit(place, { channels, x, gain, bias, running, stats, out }) {
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
  },
  batchNormGrad: {
    kernels: () => ['batchNormGrad'],
    emit(place, { channels, x, gain, stats, dy, dx, dgain, dbias, accumulate }) {
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
  },
  channelScale: {
    kernels: () => ['channelScale'],
    emit(place, { channels, x, gain, out }) {
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
  },
  channelScaleGrad: {
    kernels: () => ['channelScaleGrad'],
    emit(place, { channels, x, gain, dy, dx, dgain, accumulate }) {
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
  },
};
