/**
 * Sequences of tokens whose next token is to be predicted, small enough for one layer of attention. Inputs are token numbers, to be embedded; what can be known is known
 * in closed form.
 */
import { log } from '../numerics/elementary.ts';
import type { Random } from '../random/stream.ts';
import { type Counts, drawSplits, type FillExample, taskStream } from './generate.ts';
import type { Task } from './task.ts';

/** Options of the task `tokens`: see its schema. */
export interface TokensOptions extends Counts {
  readonly language: 'markov' | 'induction' | 'copy';
  readonly alphabet: number;
  readonly length: number;
  readonly order: number;
  readonly draw: number;
}

interface Language {
  readonly fill: (random: Random) => FillExample;
  /** Nats per token that no predictor can save. */
  readonly floor: number;
}

const languages = {
  markov,
  /** Random tokens; the last has come before, once, and what followed it there follows again (Olsson et al. 2022, "In-context learning and induction heads"). */
  induction: ({ alphabet, length }) => ({
    floor: 0,
    fill: (random) => (input, target) => {
      const last = random.below(alphabet);
      const other = () => (last + 1 + random.below(alphabet - 1)) % alphabet;
      for (let i = 0; i < length; i++) input[i] = other();
      const before = random.below(length - 2);
      input[before] = last;
      input[length - 1] = last;
      target[0] = input[before + 1]!;
    },
  }),
  /** Random tokens; the first one comes again at the end. */
  copy: ({ alphabet, length }) => ({
    floor: 0,
    fill: (random) => (input, target) => {
      for (let i = 0; i < length; i++) input[i] = random.below(alphabet);
      target[0] = input[0]!;
    },
  }),
} as const satisfies Record<TokensOptions['language'], (options: TokensOptions) => Language>;

/** A stationary Markov chain; next-token distributions are normalised cubes of exponential draws, a few likely tokens and a tail. The floor is its entropy rate. */
function markov({ alphabet, order, draw }: TokensOptions): Language {
  const random = taskStream('tokens', draw, 'chain');
  const power = (n: number) => new Array<number>(n).fill(alphabet).reduce((a, b) => a * b, 1);
  const contexts = power(order);
  const next = Array.from({ length: contexts }, () => {
    const weights = Array.from({ length: alphabet }, () => {
      const draw = -log(1 - random.uniform());
      return draw * draw * draw;
    });
    const total = weights.reduce((a, b) => a + b);
    return weights.map((w) => w / total);
  });
  const after = (context: number, token: number) => (context * alphabet + token) % contexts;
  const stationary = stationaryDistribution(next, after);
  const entropy = (p: readonly number[]) => -p.reduce((sum, x) => sum + (x > 0 ? x * log(x) : 0), 0);
  return {
    floor: stationary.reduce((sum, weight, context) => sum + weight * entropy(next[context]!), 0),
    fill: (source) => (input, target) => {
      let context = source.weighted(stationary);
      const step = () => {
        const token = source.weighted(next[context]!);
        context = after(context, token);
        return token;
      };
      for (let i = 0; i < input.length; i++)
        input[i] = i < order ? Math.floor(context / power(order - 1 - i)) % alphabet : step();
      target[0] = step();
    },
  };
}

/** By power iteration: the chain mixes geometrically, since every token may follow every context. */
function stationaryDistribution(
  next: readonly (readonly number[])[],
  after: (context: number, token: number) => number,
): readonly number[] {
  let p = next.map(() => 1 / next.length);
  for (let round = 0; round < 2000; round++) {
    const moved = next.map(() => 0);
    for (const [context, row] of next.entries())
      for (const [token, probability] of row.entries())
        moved[after(context, token)]! += p[context]! * probability;
    const change = moved.reduce((most, x, i) => Math.max(most, Math.abs(x - p[i]!)), 0);
    p = moved;
    if (change < 1e-16) break;
  }
  return p;
}

/** Every split from the same language, by streams of its own. */
export function openTokens(options: TokensOptions): Task {
  const { alphabet, length, draw } = options;
  const { fill, floor } = languages[options.language](options);
  return {
    name: 'tokens',
    signature: { input: [1, length, 1], target: { kind: 'classification', classes: alphabet } },
    splits: drawSplits('tokens', draw, options, { inputs: length, targets: 1 }, fill),
    untrainedLoss: log(alphabet),
    floor,
  };
}
