/**
 * The closed table of architecture ops. Names are stored in databases and in people's files: permanent.
 *
 * Elementwise and norm ops keep the shape of their input; `dense` is fully connected over the whole example and gives [1, 1, units]. `conv`, `pool` and `attention` work on
 * the positions [height, width]; `conv` with kernel 1 is a dense layer on each position.
 */

/** y = f(x), elementwise. `gelu` is the tanh form of Hendrycks and Gimpel 2016; `leakyRelu` has slope 0.01 below zero. */
export const activationNames = [
  'relu',
  'leakyRelu',
  'gelu',
  'silu',
  'tanh',
  'sigmoid',
  'softplus',
  'sin',
  'abs',
  'square',
  'identity',
] as const;

/** An op that acts on each number by itself and has no parameters. */
export type ActivationName = (typeof activationNames)[number];

/** Init schemes of weighted nodes, see `Initializer`. `torch` is PyTorch's default for linear layers: U(-1/sqrt(fanIn), 1/sqrt(fanIn)). */
export const initSchemes = ['he', 'glorot', 'lecun', 'orthogonal', 'normal', 'zero', 'torch'] as const;

/** How the weights of a node are drawn before training. */
export type InitScheme = (typeof initSchemes)[number];

/** A gene of a node: its kind, its bounds, and the value it has where the text does not name it (null: it must be named). */
export type GeneSpec =
  | { readonly kind: 'integer'; readonly min: number; readonly max: number; readonly default: number | null }
  | { readonly kind: 'real'; readonly min: number; readonly max: number; readonly default: number | null }
  | { readonly kind: 'flag'; readonly default: boolean }
  /** A name or a whole number. */
  | {
      readonly kind: 'extent';
      readonly choices: readonly string[];
      readonly min: number;
      readonly max: number;
      readonly default: string | number;
    }
  | { readonly kind: 'choice'; readonly choices: readonly string[]; readonly default: string };

/** What is the same for all nodes of one op. */
export interface ArchitectureOp {
  /** How many nodes it reads: exactly, or from `min` to `max`. */
  readonly inputs: { readonly min: number; readonly max: number };
  readonly genes: Readonly<Record<string, GeneSpec>>;
  /** One sentence for `--help`, documents and errors. */
  readonly summary: string;
}

const one = { min: 1, max: 1 } as const;
const activation = (summary: string) => ({ inputs: one, genes: {}, summary }) satisfies ArchitectureOp;

/**
 * Genes of weighted nodes. `rotation`: the weight used is Q V R with fixed random orthogonal Q and R, V is trained, and the initial weight is what it would be without: the same network in
 * other coordinates. Std of the initial weights before `gain`: he sqrt(2/fanIn), glorot sqrt(2/(fanIn+fanOut)), lecun sqrt(1/fanIn), normal 0.01; orthogonal: Haar.
 */
const weightGenes = {
  init: { kind: 'choice', choices: initSchemes, default: 'torch' },
  gain: { kind: 'real', min: 1e-4, max: 1e4, default: 1 },
  bias: { kind: 'flag', default: true },
  multiplier: { kind: 'real', min: 1e-4, max: 1e4, default: 1 },
  rotation: { kind: 'flag', default: false },
} as const satisfies Record<string, GeneSpec>;

const integer = <Default extends number | null>(min: number, max: number, otherwise: Default) => ({
  kind: 'integer' as const,
  min,
  max,
  default: otherwise,
});

const pooling = { kind: 'choice', choices: ['max', 'mean'], default: 'max' } as const;

/** The closed table of architecture ops. Names stand in stored genomes: permanent. */
export const architectureOps = {
  input: { inputs: { min: 0, max: 0 }, genes: {}, summary: 'the example itself; written x' },
  dense: {
    inputs: one,
    genes: { units: integer(1, 65536, null), ...weightGenes },
    summary: 'multiplier * (x V) + bias, over the whole example; V is the trained weight',
  },
  conv: {
    inputs: one,
    genes: {
      units: integer(1, 65536, null),
      kernel: integer(1, 64, 3),
      stride: integer(1, 64, 1),
      dilation: integer(1, 64, 1),
      groups: integer(1, 65536, 1),
      padding: { kind: 'extent', choices: ['same', 'valid'], min: 1, max: 64, default: 'same' },
      ...weightGenes,
    },
    summary:
      'convolution over [height, width], kernel rows 1 where height is 1; padding same (ceil(size / stride) positions), valid (none) or so many zeros on both sides; depthwise where groups and units are the channels',
  },
  pool: {
    inputs: one,
    genes: { kind: pooling, kernel: integer(1, 64, 2), stride: integer(1, 64, 2) },
    summary: 'largest or mean value in each window, per channel, without padding',
  },
  globalPool: {
    inputs: one,
    genes: { kind: { ...pooling, default: 'mean' } },
    summary: 'largest or mean value over all positions, per channel: [1, 1, channels]',
  },
  attention: {
    inputs: one,
    genes: {
      units: integer(1, 65536, null),
      heads: integer(1, 256, 1),
      causal: { kind: 'flag', default: false },
      ...weightGenes,
    },
    summary:
      'multi-head self-attention over the positions: softmax(q k / sqrt(units / heads)) v per head, then o; q, k, v, o are learned linear maps with these genes; causal: no position sees a later one',
  },
  embed: {
    inputs: one,
    genes: {
      tokens: integer(1, 65536, null),
      units: integer(1, 65536, null),
      gain: { kind: 'real', min: 1e-4, max: 1e4, default: 1 },
    },
    summary:
      'a learned vector, N(0, gain^2) at first, for each position of a one-channel input: that of the token floor(x), clipped to 0..tokens - 1; passes no gradient to x',
  },
  positions: {
    inputs: one,
    genes: { kind: { kind: 'choice', choices: ['learned', 'sinusoid'], default: 'learned' } },
    summary:
      'adds a vector per position: learned (N(0, 0.02^2) at first) or the fixed sines and cosines of Vaswani et al. 2017',
  },
  dropout: {
    inputs: one,
    genes: { rate: { kind: 'real', min: 0, max: 0.95, default: null } },
    summary: 'in training, 0 with probability rate and else x / (1 - rate); x when measured',
  },
  relu: activation('max(x, 0)'),
  leakyRelu: activation('x above zero, 0.01 x below'),
  gelu: activation('x * Phi(x), tanh form'),
  silu: activation('x * sigmoid(x)'),
  tanh: activation('hyperbolic tangent'),
  sigmoid: activation('1 / (1 + exp(-x))'),
  softplus: activation('log(1 + exp(x))'),
  sin: activation('sine'),
  abs: activation('absolute value'),
  square: activation('x * x'),
  identity: activation('x'),
  add: {
    inputs: { min: 2, max: 2 },
    genes: { project: { kind: 'flag', default: false } },
    summary:
      'sum of two activations of one shape; with project, the second may have another: a learned linear map of the channels, or of the whole example where positions differ, brings it to that of the first',
  },
  multiply: { inputs: { min: 2, max: 2 }, genes: {}, summary: 'product of two activations of one shape' },
  concat: { inputs: { min: 2, max: 2 }, genes: {}, summary: 'both, flattened, side by side: [1, 1, n + m]' },
  layerNorm: { inputs: one, genes: {}, summary: 'layer norm over channels with learned gain and bias' },
  rmsNorm: { inputs: one, genes: {}, summary: 'RMS norm over channels with learned gain' },
  batchNorm: {
    inputs: one,
    genes: {},
    summary:
      'batch norm per channel over batch and positions with learned gain and bias; measured with running statistics, momentum 0.1',
  },
  scale: {
    inputs: one,
    genes: { value: { kind: 'real', min: 1e-4, max: 1e4, default: 1 } },
    summary: 'x * gain per channel; gain is learned and starts at value',
  },
  flatten: { inputs: one, genes: {}, summary: '[1, 1, height * width * channels]' },
} as const satisfies Record<string, ArchitectureOp>;

/** The name of an architecture op, as the notation spells it. */
export type ArchitectureOpName = keyof typeof architectureOps;
