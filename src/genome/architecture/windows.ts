/**
 * Windows of a kernel that slides over the [height, width] positions of an activation: what conv and pool share. Where height is 1 the kernel is one row high
 * and nothing is padded above or below, so one set of genes means a 1-D and a 2-D layer alike.
 */
import type { GeneValue, Shape } from './architecture.ts';

/** How the windows of a convolution or pool lie over its input. Sizes count positions. */
export interface Windows {
  readonly input: Shape;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly stride: number;
  readonly dilation: number;
  /** Zeros before the first row and the first column. */
  readonly top: number;
  readonly left: number;
  readonly outHeight: number;
  readonly outWidth: number;
}

type WindowGenes = Readonly<Record<string, GeneValue>>;

/** Null where no window fits. `same` gives ceil(size / stride) positions and puts the odd zero behind, as TensorFlow does; a number is PyTorch's padding on both sides. */
export function windowsOf(input: Shape, genes: WindowGenes): Windows | null {
  const [height, width] = input;
  const stride = (genes['stride'] as number | undefined) ?? 1;
  const dilation = (genes['dilation'] as number | undefined) ?? 1;
  const kernelWidth = genes['kernel'] as number;
  const kernelHeight = height === 1 ? 1 : kernelWidth;
  const along = (size: number, kernel: number, flat: boolean) => {
    const extent = (kernel - 1) * dilation + 1;
    const padding = flat ? 'valid' : (genes['padding'] ?? 'valid');
    if (padding === 'same') {
      const count = Math.ceil(size / stride);
      const zeros = Math.max((count - 1) * stride + extent - size, 0);
      return { before: Math.floor(zeros / 2), count };
    }
    const before = padding === 'valid' ? 0 : (padding as number);
    return { before, count: Math.floor((size + 2 * before - extent) / stride) + 1 };
  };
  const rows = along(height, kernelHeight, height === 1);
  const columns = along(width, kernelWidth, false);
  if (rows.count < 1 || columns.count < 1) return null;
  return {
    input,
    kernelHeight,
    kernelWidth,
    stride,
    dilation,
    top: rows.before,
    left: columns.before,
    outHeight: rows.count,
    outWidth: columns.count,
  };
}

/** One window over all positions. */
export const wholeWindow = (input: Shape): Windows => ({
  input,
  kernelHeight: input[0],
  kernelWidth: input[1],
  stride: 1,
  dilation: 1,
  top: 0,
  left: 0,
  outHeight: 1,
  outWidth: 1,
});

/** Positions that one window looks at, padding included. */
export const tapCount = ({ kernelHeight, kernelWidth }: Windows): number => kernelHeight * kernelWidth;

/** How many windows there are: positions of the result. */
export const windowCount = ({ outHeight, outWidth }: Windows): number => outHeight * outWidth;

/** The input position (row-major over height and width) under tap `tap` of window `window`; -1 where it is padding. */
export function positionUnder(windows: Windows, window: number, tap: number): number {
  const { input, kernelWidth, stride, dilation, top, left, outWidth } = windows;
  const row = Math.floor(window / outWidth) * stride + Math.floor(tap / kernelWidth) * dilation - top;
  const column = (window % outWidth) * stride + (tap % kernelWidth) * dilation - left;
  return row >= 0 && row < input[0] && column >= 0 && column < input[1] ? row * input[1] + column : -1;
}
