/**
 * The closed table of update-rule ops. Names are stored in databases and in people's files: permanent.
 *
 * Every op is total: any finite inputs give a defined value. An engine may compute in float32; scalars (shapes `all` and `tensor`) are float64 on every engine.
 */

/** What an argument of a whole op must be: `full` (anything that broadcasts to it), `all` (one number for all parameters), any matrix, or a square one. */
export type ArgumentKind = 'full' | 'all' | 'matrix' | 'square';

/** What the most demanding op of a rule asks of an engine, in rising order. Names are permanent. */
export const tiers = [
  'elementwise',
  'average',
  'reduction',
  'matrix',
  'evaluation',
  'history',
  'population',
] as const;

/** How much of the training a rule looks at, from what each number needs alone to whole populations of weights. */
export type Tier = (typeof tiers)[number];

/** What is the same for all uses of one op. */
export interface RuleOp {
  readonly args: number;
  /**
   * pointwise: the result has the join of the argument shapes. reduction: needs `over: row | col | tensor | all`, the shape of the result.
   * noise: no args, full shape. whole: needs its arguments complete, and is computed between two passes over the parameters; see `takes` and `gives`.
   */
  readonly kind: 'pointwise' | 'reduction' | 'noise' | 'whole';
  /** True where swapping the two args changes no bit. */
  readonly commutative?: true;
  /** True where two ops of the same arguments are two draws. */
  readonly random?: true;
  /** Infix or prefix spelling, where it has one. */
  readonly symbol?: '+' | '-' | '*' | '/' | '<' | '>';
  /** The tier of a whole op. */
  readonly tier?: Tier;
  /** What each argument of a whole op must be. */
  readonly takes?: readonly ArgumentKind[];
  /** The shape of a whole op's result: `same` is the first argument's, `product` and `transpose` are a matrix product's and the transposed one's. */
  readonly gives?: 'full' | 'all' | 'same' | 'product' | 'transpose';
  /** A whole number that belongs to the op, written as a named argument. */
  readonly count?: {
    readonly key: string;
    readonly min: number;
    readonly max: number;
    readonly default: number;
  };
  /**
   * What one number of the result takes, in flop-equivalents (src/compiler/cost.ts): where it is one of many in lanes, and where it is a float64 scalar (shapes `all`, `tensor`,
   * `row`). Of a reduction: what one number of its argument takes, and one of its result. Measured on `wasm`; whole ops are counted by their flops (src/compiler/whole-ops.ts).
   */
  readonly work?: readonly [lane: number, scalar: number];
  readonly summary: string;
}

/** The closed table of update-rule ops. Names stand in stored genomes: permanent. */
export const ruleOps = {
  add: { args: 2, kind: 'pointwise', work: [1, 30], commutative: true, symbol: '+', summary: 'a + b' },
  sub: { args: 2, kind: 'pointwise', work: [1, 30], symbol: '-', summary: 'a - b' },
  mul: { args: 2, kind: 'pointwise', work: [2, 30], commutative: true, symbol: '*', summary: 'a * b' },
  div: {
    args: 2,
    kind: 'pointwise',
    work: [28, 100],
    symbol: '/',
    summary: 'a / b, and 0 where a is 0, so that 0 / 0 is 0; a / 0 overflows',
  },
  neg: { args: 1, kind: 'pointwise', work: [1, 30], summary: '-a' },
  abs: { args: 1, kind: 'pointwise', work: [1, 30], summary: '|a|' },
  sign: { args: 1, kind: 'pointwise', work: [20, 1000], summary: '-1, 0 or 1' },
  square: { args: 1, kind: 'pointwise', work: [2, 30], summary: 'a * a' },
  sqrt: { args: 1, kind: 'pointwise', work: [16, 1000], summary: 'square root of |a|' },
  exp: { args: 1, kind: 'pointwise', work: [220, 900], summary: 'exp of a clipped to [-87, 87]' },
  log: { args: 1, kind: 'pointwise', work: [250, 1600], summary: 'natural log of max(|a|, 2^-126)' },
  cos: {
    args: 1,
    kind: 'pointwise',
    work: [190, 1350],
    summary: 'cosine of a clipped to [-8192, 8192]: schedules over t / T',
  },
  tanh: { args: 1, kind: 'pointwise', work: [235, 2500], summary: 'hyperbolic tangent' },
  pow: {
    args: 2,
    kind: 'pointwise',
    work: [470, 2900],
    summary: 'exp(b * log(a)), with the clipping of exp and log: the power of |a|; pow(a, 0) is 1',
  },
  maximum: { args: 2, kind: 'pointwise', work: [1, 40], commutative: true, summary: 'the larger of a and b' },
  minimum: {
    args: 2,
    kind: 'pointwise',
    work: [1, 40],
    commutative: true,
    summary: 'the smaller of a and b',
  },
  clip: { args: 3, kind: 'pointwise', work: [4, 60], summary: 'minimum(maximum(a, low), high)' },
  less: { args: 2, kind: 'pointwise', work: [3, 700], symbol: '<', summary: '1 where a < b, else 0' },
  greater: { args: 2, kind: 'pointwise', work: [3, 700], symbol: '>', summary: '1 where a > b, else 0' },
  where: { args: 3, kind: 'pointwise', work: [7, 60], summary: 'where(c, a, b): a where c > 0, else b' },
  lerp: { args: 3, kind: 'pointwise', work: [5, 80], summary: 'lerp(a, b, beta) = beta a + (1 - beta) b' },
  debias: {
    args: 2,
    kind: 'pointwise',
    work: [270, 1000],
    summary: 'debias(a, beta) = a / (1 - beta^t), the bias correction of Adam; a where beta^t is 1',
  },
  mean: { args: 1, kind: 'reduction', work: [10, 40], summary: 'arithmetic mean' },
  norm: { args: 1, kind: 'reduction', work: [10, 100], summary: 'Euclidean norm' },
  dot: { args: 2, kind: 'reduction', work: [12, 40], commutative: true, summary: 'sum of a * b' },
  max: { args: 1, kind: 'reduction', work: [16, 40], summary: 'largest element' },
  rms: { args: 1, kind: 'reduction', work: [12, 100], summary: 'root mean square' },
  normal: {
    args: 0,
    kind: 'noise',
    work: [350, 0],
    random: true,
    summary: 'a fresh standard normal number per parameter element',
  },
  uniform: {
    args: 0,
    kind: 'noise',
    work: [110, 0],
    random: true,
    summary: 'a fresh number per parameter element, uniform in [0, 1)',
  },
  matmul: {
    args: 2,
    kind: 'whole',
    tier: 'matrix',
    takes: ['matrix', 'matrix'],
    gives: 'product',
    summary: 'matrix product, tensor by tensor',
  },
  transpose: {
    args: 1,
    kind: 'whole',
    tier: 'matrix',
    takes: ['matrix'],
    gives: 'transpose',
    summary: 'each tensor transposed',
  },
  orthogonalize: {
    args: 1,
    kind: 'whole',
    tier: 'matrix',
    takes: ['matrix'],
    gives: 'same',
    summary:
      'singular values towards 1: a / (norm + 1e-8), then five steps of Newton and Schulz with the coefficients of Muon (3.4445, -4.775, 2.0315)',
  },
  inverseRoot: {
    args: 2,
    kind: 'whole',
    tier: 'matrix',
    takes: ['square', 'all'],
    gives: 'same',
    summary:
      'inverseRoot(A, p): A to the power -1/p for symmetric A, by its eigenvalues, each raised to at least 1e-6 of the largest; 0 where A is 0',
  },
  eigenbasis: {
    args: 1,
    kind: 'whole',
    tier: 'matrix',
    takes: ['square'],
    gives: 'same',
    summary:
      'eigenvectors of symmetric A as columns, largest eigenvalue first, the largest element of each positive; where eigenvalues coincide, rounding chooses among the bases',
  },
  lossAt: {
    args: 1,
    kind: 'whole',
    tier: 'evaluation',
    takes: ['full'],
    gives: 'all',
    summary: 'loss of the same batch at w + d. Costs 1 unit',
  },
  gradAt: {
    args: 1,
    kind: 'whole',
    tier: 'evaluation',
    takes: ['full'],
    gives: 'full',
    summary: 'gradient of the same batch at w + d. Costs 3 units',
  },
  fullGradAt: {
    args: 2,
    kind: 'whole',
    tier: 'evaluation',
    takes: ['full', 'all'],
    gives: 'full',
    summary:
      'fullGradAt(d, when): where `when` > 0 the mean gradient at w + d over the whole batches of the training split, in order, for 3 units each; else 0 for nothing',
  },
  backtrack: {
    args: 5,
    kind: 'whole',
    tier: 'evaluation',
    takes: ['full', 'all', 'all', 'all', 'all'],
    gives: 'all',
    count: { key: 'tries', min: 1, max: 100, default: 20 },
    summary:
      'backtrack(d, slope, start, c, shrink): the first s of start, start * shrink, ... with loss(w + s d) <= L + c s slope (Armijo), or 0 if no try meets it. Costs 1 unit a try, and nothing where d is 0',
  },
  goldstein: {
    args: 7,
    kind: 'whole',
    tier: 'evaluation',
    takes: ['full', 'all', 'all', 'all', 'all', 'all', 'all'],
    gives: 'all',
    count: { key: 'tries', min: 1, max: 100, default: 20 },
    summary:
      'goldstein(d, slope, start, c, shrink, grow, most): as backtrack, and the loss must also be >= L + (1 - c) s slope: s shrinks where Armijo fails, else grows, to `most` at most, where Armijo is enough; 0 if no try meets them. Costs 1 unit a try, and nothing where d is 0',
  },
  lipschitz: {
    args: 5,
    kind: 'whole',
    tier: 'evaluation',
    takes: ['full', 'full', 'all', 'all', 'all'],
    gives: 'all',
    count: { key: 'tries', min: 1, max: 100, default: 20 },
    summary:
      'lipschitz(d, g, start, c, shrink): the first s of start, start * shrink, ... with |gradient(w + s d) - g| <= c |d|, or 0 if no try meets it. Costs 3 units a try, and nothing where d is 0',
  },
  lbfgs: {
    args: 3,
    kind: 'whole',
    tier: 'history',
    takes: ['full', 'full', 'full'],
    gives: 'full',
    count: { key: 'memory', min: 1, max: 100, default: 10 },
    summary:
      'lbfgs(g, s, y): remembers the pair (s, y) if the dot product is above 1e-10, and gives the inverse Hessian of the last pairs times g (two-loop recursion, scaled by the last pair); with no pair yet, g * minimum(1, 1 / |g|)',
  },
  swarm: {
    args: 3,
    kind: 'whole',
    tier: 'population',
    takes: ['all', 'all', 'all'],
    gives: 'full',
    random: true,
    count: { key: 'particles', min: 2, max: 64, default: 20 },
    summary:
      'swarm(spread, inertia, pull): one round of particle swarm optimization with a global best; gives the way from w to the best place known. Particles begin at w + spread * normal, the first at w; each is tried on the batch, for 1 unit',
  },
  smoothGrad: {
    args: 1,
    kind: 'whole',
    tier: 'population',
    takes: ['all'],
    gives: 'full',
    random: true,
    count: { key: 'pairs', min: 1, max: 64, default: 8 },
    summary:
      'smoothGrad(sigma): gradient of the loss smoothed by normal noise of deviation sigma, estimated without a backward pass from antithetic pairs of losses shaped by rank (OpenAI-ES). Costs 2 units a pair',
  },
} as const satisfies Record<string, RuleOp>;

/** The name of an update-rule op, as the notation spells it. */
export type RuleOpName = keyof typeof ruleOps;
type NamesOf<Field extends 'kind' | 'tier', Value> = {
  [Name in RuleOpName]: (typeof ruleOps)[Name] extends { readonly [F in Field]: Value } ? Name : never;
}[RuleOpName];

/** Ops that need their arguments complete before they can begin, and so end a pass over the parameters. */
export type WholeOpName = NamesOf<'kind', 'whole'>;
/** Whole ops that treat each tensor as a matrix. */
export type MatrixOpName = NamesOf<'tier', 'matrix'>;
/** Whole ops over all parameters together as one vector, most of which look at the loss elsewhere. */
export type LandscapeOpName = Exclude<WholeOpName, MatrixOpName>;

/** True for whole ops that treat each tensor as a matrix. */
export const isMatrixOp = (op: RuleOpName): op is MatrixOpName => (ruleOps[op] as RuleOp).tier === 'matrix';

/** True for ops that need their arguments complete before they can begin. */
export const isWholeOp = (op: RuleOpName): op is WholeOpName => ruleOps[op].kind === 'whole';
