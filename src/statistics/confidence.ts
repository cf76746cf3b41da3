/** Pointwise limits of a survival probability on three scales, as R's survfit has them (Kalbfleisch and Prentice 2002, section 1.4). */
import { exp, log } from '../numerics/elementary.ts';

/** Names stand in output: permanent. `log` is R's default, `log-log` ours. */
export const confidenceTypes = ['log-log', 'log', 'plain'] as const;

/** The scale on which a survival curve's limits are symmetric, by R's names (`conf.type` of survfit). */
export type ConfidenceType = (typeof confidenceTypes)[number];

/** The 0.975 quantile of the normal distribution. */
export const z95 = 1.959963984540054;

/** Lower and upper limit; null where one is open or not defined. */
export interface Limits {
  /** Null where not defined (probability 0). */
  readonly se: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** `sigma` is the standard error of the logarithm of the probability. */
export function limitsOf(probability: number, sigma: number, confidence: ConfidenceType, z: number): Limits {
  if (probability <= 0) return { se: null, lower: null, upper: null };
  if (sigma === 0) return { se: 0, lower: probability, upper: probability };
  return { se: probability * sigma, ...scales[confidence](probability, sigma, z) };
}

const scales = {
  plain: (s, sigma, z) => ({ lower: Math.max(0, s - z * s * sigma), upper: Math.min(1, s + z * s * sigma) }),
  log: (s, sigma, z) => ({ lower: s * exp(-z * sigma), upper: Math.min(1, s * exp(z * sigma)) }),
  'log-log': (s, sigma, z) => {
    const width = (z * sigma) / -log(s);
    return { lower: exp(log(s) * exp(width)), upper: exp(log(s) * exp(-width)) };
  },
} as const satisfies Record<ConfidenceType, (s: number, sigma: number, z: number) => Omit<Limits, 'se'>>;
