/** How many replicates a test needs: by simulating the experiment, as any test at all, permutation tests too, can be judged so. */
import type { Random } from '../random/stream.ts';
import { forkNames } from '../random/stream-names.ts';

/** The share of simulated experiments in which a test rejects. */
export interface Power {
  readonly power: number;
  readonly rejections: number;
  readonly simulations: number;
  /** Of the share rejected, 95 %, by Wilson 1927. */
  readonly lower: number;
  readonly upper: number;
}

/** The share of simulated experiments whose p-value is at most `alpha`; a null p-value is no rejection. */
export function simulatedPower(
  experiment: (random: Random) => number | null,
  random: Random,
  { simulations = 1000, alpha = 0.05 }: { readonly simulations?: number; readonly alpha?: number } = {},
): Power {
  let rejections = 0;
  for (let i = 0; i < simulations; i++) {
    const p = experiment(random.fork(forkNames.simulation(i)));
    if (p !== null && p <= alpha) rejections += 1;
  }
  return { power: rejections / simulations, rejections, simulations, ...wilson(rejections, simulations) };
}

/** Score interval of a share. */
export function wilson(hits: number, n: number, z = 1.959963984540054): { lower: number; upper: number } {
  const share = hits / n;
  const centre = share + (z * z) / (2 * n);
  const width = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  // At the ends the limit is the end itself, whatever rounding makes of it.
  return {
    lower: hits === 0 ? 0 : (centre - width) / scale,
    upper: hits === n ? 1 : (centre + width) / scale,
  };
}

/** How many replicates a power takes. */
export interface SampleSize {
  /** Replicates per arm; null where even `most` are too few. */
  readonly replicates: number | null;
  /** At that size, or at `most`. */
  readonly power: Power;
}

/** The least number of replicates whose simulated power reaches `target`, by bisection; sizes share their streams, so that they can be compared. */
export function replicatesNeeded(
  experiment: (replicates: number, random: Random) => number | null,
  random: Random,
  options: {
    readonly target?: number;
    readonly least?: number;
    readonly most?: number;
    readonly simulations?: number;
    readonly alpha?: number;
  } = {},
): SampleSize {
  const { target = 0.8, least = 2, most = 200, ...rest } = options;
  const at = (replicates: number) => simulatedPower((each) => experiment(replicates, each), random, rest);
  let [low, high, best] = [least, most, at(most)];
  if (best.power < target) return { replicates: null, power: best };
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const power = at(middle);
    if (power.power >= target) [high, best] = [middle, power];
    else low = middle + 1;
  }
  return { replicates: high, power: best };
}
