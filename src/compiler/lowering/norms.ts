/** Lowering of norms, gains of channels and dropout. */
import { featureCount } from '../../genome/architecture/shapes.ts';
import type { TensorId } from '../program.ts';
import { type Context, constant, type Lowering, output, type Site } from './context.ts';

/** A parameter with one number per channel. */
const channelRow = (context: Context, site: Site, part: string, value: number): TensorId =>
  context.parameter({ name: `${site.name}.${part}`, initializer: constant(value) }, 1, site.shape[2]);

/** Layer norm or RMS norm of each position. */
export const norm =
  (kind: 'layer' | 'rms'): Lowering =>
  (context, site) => {
    const channels = site.shape[2];
    const groups = featureCount(site.shape) / channels;
    const gain = channelRow(context, site, 'gain', 1);
    const bias = kind === 'layer' ? channelRow(context, site, 'bias', 0) : null;
    const stats = context.tensor(`${site.name}.stats`, 'workspace', context.batchSize, 2 * groups);
    const out = output(context, site);
    context.emit({ op: 'norm', kind, channels, x: site.inputs[0]!, gain, bias, stats, out });
    return out;
  };

/** Batch norm of each channel. */
export const batchNorm: Lowering = (context, site) => {
  const channels = site.shape[2];
  const gain = channelRow(context, site, 'gain', 1);
  const bias = channelRow(context, site, 'bias', 0);
  const running = context.tensor(`${site.name}.running`, 'workspace', 2, channels);
  const stats = context.tensor(`${site.name}.stats`, 'workspace', 2, channels);
  const out = output(context, site);
  context.emit({ op: 'batchNorm', channels, x: site.inputs[0]!, gain, bias, running, stats, out });
  return out;
};

/** A learned gain for each channel. */
export const scale: Lowering = (context, site) => {
  const channels = site.shape[2];
  const gain = channelRow(context, site, 'gain', site.node.genes['value'] as number);
  const out = output(context, site);
  context.emit({ op: 'channelScale', channels, x: site.inputs[0]!, gain, out });
  return out;
};

/** Dropout with a site of its own, which tells its noise from that of others. */
export const dropout: Lowering = (context, site) => {
  const out = output(context, site);
  const draws = context.tensor(
    `${site.name}.draws`,
    'workspace',
    context.batchSize,
    featureCount(site.shape),
  );
  const rate = Math.fround(site.node.genes['rate'] as number);
  context.emit({ op: 'dropout', rate, site: context.nextSite(), x: site.inputs[0]!, draws, out });
  return out;
};
