/**
 * The closed table of architecture ops. Names are stored in databases and in people's files: permanent.
 *
 * Elementwise and norm ops keep the shape of their input; `dense` is fully connected over the whole example and gives [1, 1, units].
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
export type ActivationName = (typeof activationNames)[number];

/** Init schemes of weighted nodes, see `Initializer`. `torch` is PyTorch's default for linear layers: U(-1/sqrt(fanIn), 1/sqrt(fanIn)). */
export const initSchemes = ['he', 'glorot', 'lecun', 'orthogonal', 'normal', 'zero', 'torch'] as const;
export type InitScheme = (typeof initSchemes)[number];

/** A gene of a node: its kind, its bounds, and the value it has where the text does not name it (null: it must be named). */
export type GeneSpec =
  | { readonly kind: 'integer'; readonly min: number; readonly max: number; readonly default: number | null }
  | { readonly kind: 'real'; readonly min: number; readonly max: number; readonly default: number | null }
  | { readonly kind: 'flag'; readonly default: boolean }
  | { readonly kind: 'choice'; readonly choices: readonly string[]; readonly default: string };

export interface ArchitectureOp {
  /** How many nodes it reads: exactly, or from `min` to `max`. */
  readonly inputs: { readonly min: number; readonly max: number };
  readonly genes: Readonly<Record<string, GeneSpec>>;
  /** One sentence for `--help`, documents and errors. */
  readonly summary: string;
}

const one = { min: 1, max: 1 } as const;
const activation = (summary: string) => ({ inputs: one, genes: {}, summary }) satisfies ArchitectureOp;

/** Std of the initial weights before `gain`: he sqrt(2/fanIn), glorot sqrt(2/(fanIn+fanOut)), lecun sqrt(1/fanIn), normal 0.01; orthogonal: Haar. */
const weightGenes = {
  init: { kind: 'choice', choices: initSchemes, default: 'torch' },
  gain: { kind: 'real', min: 1e-4, max: 1e4, default: 1 },
  bias: { kind: 'flag', default: true },
  multiplier: { kind: 'real', min: 1e-4, max: 1e4, default: 1 },
} as const satisfies Record<string, GeneSpec>;

export const architectureOps = {
  input: { inputs: { min: 0, max: 0 }, genes: {}, summary: 'the example itself; written x' },
  dense: {
    inputs: one,
    genes: { units: { kind: 'integer', min: 1, max: 65536, default: null }, ...weightGenes },
    summary: 'multiplier * (x V) + bias, over the whole example; V is the trained weight',
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
  add: { inputs: { min: 2, max: 2 }, genes: {}, summary: 'sum of two activations of one shape' },
  multiply: { inputs: { min: 2, max: 2 }, genes: {}, summary: 'product of two activations of one shape' },
  concat: { inputs: { min: 2, max: 2 }, genes: {}, summary: 'both, flattened, side by side: [1, 1, n + m]' },
  layerNorm: { inputs: one, genes: {}, summary: 'layer norm over channels with learned gain and bias' },
  rmsNorm: { inputs: one, genes: {}, summary: 'RMS norm over channels with learned gain' },
  scale: {
    inputs: one,
    genes: { value: { kind: 'real', min: 1e-4, max: 1e4, default: 1 } },
    summary: 'x * gain per channel; gain is learned and starts at value',
  },
  flatten: { inputs: one, genes: {}, summary: '[1, 1, height * width * channels]' },
} as const satisfies Record<string, ArchitectureOp>;

export type ArchitectureOpName = keyof typeof architectureOps;
