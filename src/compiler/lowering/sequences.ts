/** Lowering of attention, embeddings and position codes. */
import { positionCount } from '../../genome/architecture/shapes.ts';
import type { TensorId } from '../program.ts';
import {
  addRow,
  exampleRows,
  type Lowering,
  linear,
  output,
  positionRows,
  type WeightGenes,
} from './context.ts';

/** Multi-head self-attention: maps to queries, keys and values, their scaled products, a softmax, and a map of what it mixes. */
export const attention: Lowering = (context, site) => {
  const genes = site.node.genes as unknown as WeightGenes & {
    readonly heads: number;
    readonly causal: boolean;
  };
  const [shape, units] = [site.inputShapes[0]!, site.shape[2]];
  const positions = positionCount(shape);
  const rows = context.batchSize * positions;
  const x = positionRows(context, `${site.name}.input`, site.inputs[0]!, shape);
  const map = (part: string, from: TensorId, fanIn: number) =>
    linear(context, `${site.name}.${part}`, from, rows, { fanIn, fanOut: units }, genes);
  const [query, key, value] = ['query', 'key', 'value'].map((part) => map(part, x, shape[2])) as [
    TensorId,
    TensorId,
    TensorId,
  ];
  const blocks = {
    op: 'blockMatmul',
    rowBlocks: context.batchSize,
    columnBlocks: genes.heads,
    transposeA: false,
    accumulate: false,
  } as const;
  const columns = genes.heads * positions;
  const scores = context.tensor(`${site.name}.scores`, 'activation', rows, columns);
  const alpha = 1 / Math.sqrt(units / genes.heads);
  context.emit({ ...blocks, a: query, b: key, out: scores, transposeB: true, alpha });
  const shares = context.tensor(`${site.name}.shares`, 'activation', rows, columns);
  const period = genes.causal ? positions : 0;
  context.emit({ op: 'softmax', columns: positions, period, x: scores, out: shares });
  const mixed = context.tensor(`${site.name}.mixed`, 'activation', rows, units);
  context.emit({ ...blocks, a: shares, b: value, out: mixed, transposeB: false, alpha: 1 });
  return exampleRows(context, site.name, map('output', mixed, units), site.shape);
};

/** A row of a learned table for each token. */
export const embed: Lowering = (context, site) => {
  const { tokens, gain } = site.node.genes as { readonly tokens: number; readonly gain: number };
  const units = site.shape[2];
  const table = context.parameter(
    { name: `${site.name}.table`, initializer: { scheme: 'lecun', gain, fanIn: 1, fanOut: units } },
    tokens,
    units,
  );
  const out = output(context, site);
  context.emit({ op: 'embed', x: site.inputs[0]!, table, out });
  return out;
};

/** A row per position, learned or fixed, added to every example. */
export const positions: Lowering = (context, site) => {
  const [height, width, channels] = site.shape;
  const features = height * width * channels;
  const name = `${site.name}.positions`;
  const fans = { fanIn: channels, fanOut: channels };
  const row =
    site.node.genes['kind'] === 'learned'
      ? context.parameter({ name, initializer: { scheme: 'normal', gain: 2, ...fans } }, 1, features)
      : context.constant({ name, initializer: { scheme: 'sinusoid', gain: 1, ...fans } }, 1, features).value;
  return addRow(context, site.name, site.inputs[0]!, row, context.batchSize, features);
};
