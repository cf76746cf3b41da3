/**
 * The closed table of update-rule ops. Names are stored in databases and in people's files: permanent.
 *
 * Every op is total: any finite inputs give a defined value. An engine may compute in float32; scalars (shapes `all` and `tensor`) are float64 on every engine.
 */

export interface RuleOp {
  readonly args: number;
  /**
   * pointwise: the result has the join of the argument shapes. reduction: needs `over: row | col | tensor | all`, the shape of the result.
   * noise: no args, full shape.
   */
  readonly kind: 'pointwise' | 'reduction' | 'noise';
  /** True where swapping the two args changes no bit. */
  readonly commutative?: true;
  /** Infix or prefix spelling, where it has one. */
  readonly symbol?: '+' | '-' | '*' | '/' | '<' | '>';
  readonly summary: string;
}

export const ruleOps = {
  add: { args: 2, kind: 'pointwise', commutative: true, symbol: '+', summary: 'a + b' },
  sub: { args: 2, kind: 'pointwise', symbol: '-', summary: 'a - b' },
  mul: { args: 2, kind: 'pointwise', commutative: true, symbol: '*', summary: 'a * b' },
  div: {
    args: 2,
    kind: 'pointwise',
    symbol: '/',
    summary: 'a / b, and 0 where a is 0, so that 0 / 0 is 0; a / 0 overflows',
  },
  neg: { args: 1, kind: 'pointwise', summary: '-a' },
  abs: { args: 1, kind: 'pointwise', summary: '|a|' },
  sign: { args: 1, kind: 'pointwise', summary: '-1, 0 or 1' },
  square: { args: 1, kind: 'pointwise', summary: 'a * a' },
  sqrt: { args: 1, kind: 'pointwise', summary: 'square root of |a|' },
  exp: { args: 1, kind: 'pointwise', summary: 'exp of a clipped to [-87, 87]' },
  log: { args: 1, kind: 'pointwise', summary: 'natural log of max(|a|, 2^-126)' },
  tanh: { args: 1, kind: 'pointwise', summary: 'hyperbolic tangent' },
  pow: {
    args: 2,
    kind: 'pointwise',
    summary: 'exp(b * log(a)), with the clipping of exp and log: the power of |a|; pow(a, 0) is 1',
  },
  maximum: { args: 2, kind: 'pointwise', commutative: true, summary: 'the larger of a and b' },
  minimum: { args: 2, kind: 'pointwise', commutative: true, summary: 'the smaller of a and b' },
  clip: { args: 3, kind: 'pointwise', summary: 'minimum(maximum(a, low), high)' },
  less: { args: 2, kind: 'pointwise', symbol: '<', summary: '1 where a < b, else 0' },
  greater: { args: 2, kind: 'pointwise', symbol: '>', summary: '1 where a > b, else 0' },
  where: { args: 3, kind: 'pointwise', summary: 'where(c, a, b): a where c > 0, else b' },
  lerp: { args: 3, kind: 'pointwise', summary: 'lerp(a, b, beta) = beta a + (1 - beta) b' },
  debias: {
    args: 2,
    kind: 'pointwise',
    summary: 'debias(a, beta) = a / (1 - beta^t), the bias correction of Adam; a where beta^t is 1',
  },
  mean: { args: 1, kind: 'reduction', summary: 'arithmetic mean' },
  norm: { args: 1, kind: 'reduction', summary: 'Euclidean norm' },
  dot: { args: 2, kind: 'reduction', commutative: true, summary: 'sum of a * b' },
  max: { args: 1, kind: 'reduction', summary: 'largest element' },
  rms: { args: 1, kind: 'reduction', summary: 'root mean square' },
  normal: { args: 0, kind: 'noise', summary: 'a fresh standard normal number per parameter element' },
  uniform: { args: 0, kind: 'noise', summary: 'a fresh number per parameter element, uniform in [0, 1)' },
} as const satisfies Record<string, RuleOp>;

export type RuleOpName = keyof typeof ruleOps;
