/** Lowering of convolutions and pools. */
import { positionCount } from '../../genome/architecture/shapes.ts';
import {
  tapCount,
  type Windows,
  wholeWindow,
  windowCount,
  windowsOf,
} from '../../genome/architecture/windows.ts';
import type { TensorId } from '../program.ts';
import {
  addRow,
  bias,
  type Context,
  exampleRows,
  type Lowering,
  matmul,
  output,
  positionRows,
  type Site,
  type WeightGenes,
  weight,
} from './context.ts';

/**
 * A convolution is a product of patches and weight; with kernel 1 and stride 1 the patches are the positions themselves. One group per channel needs no product: each channel is
 * scaled under each tap.
 */
export const conv: Lowering = (context, site) => {
  const genes = site.node.genes as unknown as WeightGenes & { readonly groups: number };
  const windows = windowsOf(site.inputShapes[0]!, site.node.genes)!;
  const [channels, units] = [windows.input[2], site.shape[2]];
  if (genes.groups === channels && units === channels && channels > 1)
    return depthwise(context, site, windows, genes);
  const columns = (tapCount(windows) * channels) / genes.groups;
  const fans = { fanIn: columns, fanOut: units * tapCount(windows) };
  const w = weight(context, `${site.name}.weight`, columns, units, fans, genes);
  const b = bias(context, `${site.name}.bias`, units, fans, genes);
  const rows = patches(context, site, windows, genes.groups);
  const name = positionCount(site.shape) === 1 ? site.name : `${site.name}.products`;
  const rowCount = context.batchSize * windowCount(windows);
  const products = context.tensor(name, 'activation', rowCount, units);
  if (genes.groups === 1) {
    matmul(context, rows, w, products, genes.multiplier, b);
    return exampleRows(context, site.name, products, site.shape);
  }
  context.emit({
    op: 'blockMatmul',
    a: rows,
    b: w,
    out: products,
    rowBlocks: 1,
    columnBlocks: genes.groups,
    transposeA: false,
    transposeB: false,
    alpha: genes.multiplier,
    accumulate: false,
  });
  const shifted =
    b === null ? products : addRow(context, `${site.name}.shifted`, products, b, rowCount, units);
  return exampleRows(context, site.name, shifted, site.shape);
};

function patches(context: Context, site: Site, windows: Windows, groups: number): TensorId {
  const { input, stride, top, left, outHeight, outWidth } = windows;
  const isEachPosition =
    tapCount(windows) === 1 &&
    stride === 1 &&
    top + left === 0 &&
    outHeight === input[0] &&
    outWidth === input[1];
  const x = site.inputs[0]!;
  if (isEachPosition) return positionRows(context, `${site.name}.input`, x, input);
  const out = context.tensor(
    `${site.name}.patches`,
    'activation',
    context.batchSize * windowCount(windows),
    tapCount(windows) * input[2],
  );
  context.emit({ op: 'patches', windows, groups, x, out });
  return out;
}

function depthwise(context: Context, site: Site, windows: Windows, genes: WeightGenes): TensorId {
  const [taps, channels] = [tapCount(windows), windows.input[2]];
  const fans = { fanIn: taps, fanOut: channels * taps };
  const w = weight(context, `${site.name}.weight`, taps, channels, fans, genes);
  const b = bias(context, `${site.name}.bias`, channels, fans, genes);
  const out = output(context, site);
  context.emit({
    op: 'depthwise',
    windows,
    alpha: genes.multiplier,
    x: site.inputs[0]!,
    weight: w,
    bias: b,
    out,
  });
  return out;
}

const pooled =
  (windowsAt: (site: Site) => Windows): Lowering =>
  (context, site) => {
    const out = output(context, site);
    const kind = site.node.genes['kind'] as 'max' | 'mean';
    context.emit({ op: 'pool', kind, windows: windowsAt(site), x: site.inputs[0]!, out });
    return out;
  };

/** Windows of the genes' size and stride. */
export const pool = pooled((site) => windowsOf(site.inputShapes[0]!, site.node.genes)!);
/** One window over all positions. */
export const globalPool = pooled((site) => wholeWindow(site.inputShapes[0]!));
