/** Adam less each of its ingredients, and with the three maxima that go by the name of AMSGrad. One table, in the notation of rules; all else is as in the known rule `adam`. */

interface Ablation {
  /** What differs from Adam. */
  readonly summary: string;
  /** A known rule, or notation. */
  readonly rule: string;
}

/** By names that stand in answers and are typed: permanent. */
export const ablations = {
  momentum: {
    summary: 'the gradient in the place of the first moment (beta1 = 0)',
    rule: "v = lerp(v', square(g), 0.999)\nu = -0.001 * g / (sqrt(debias(v, 0.999)) + 1e-8)",
  },
  'second-moment': {
    summary: 'no division: averaged momentum',
    rule: "m = lerp(m', g, 0.9)\nu = -0.001 * debias(m, 0.9)",
  },
  'bias-correction': {
    summary: 'both moments as they are, begun at 0',
    rule: "m = lerp(m', g, 0.9)\nv = lerp(v', square(g), 0.999)\nu = -0.001 * m / (sqrt(v) + 1e-8)",
  },
  epsilon: {
    summary: 'nothing added to the root; 0 where both moments are 0',
    rule: "m = lerp(m', g, 0.9)\nv = lerp(v', square(g), 0.999)\nu = -0.001 * debias(m, 0.9) / sqrt(debias(v, 0.999))",
  },
  'per-coordinate': {
    summary: 'one second moment for all parameters, that of the mean square of the gradient',
    rule: "m = lerp(m', g, 0.9)\nv = lerp(v', mean(square(g), over: all), 0.999)\nu = -0.001 * debias(m, 0.9) / (sqrt(debias(v, 0.999)) + 1e-8)",
  },
  'amsgrad-torch': {
    summary: 'the maximum of the raw second moment, debiased afterwards',
    rule: 'amsgrad-torch',
  },
  'amsgrad-paper': {
    summary: 'the maximum of the raw second moment, and no bias correction of either',
    rule: 'amsgrad-paper',
  },
  'amsgrad-optax': { summary: 'the maximum of the debiased second moment', rule: 'amsgrad-optax' },
} as const satisfies Readonly<Record<string, Ablation>>;

/** The name of an ablation. */
export type AblationName = keyof typeof ablations;

/** In the order of the table. */
export const ablationNames = Object.keys(ablations) as readonly AblationName[];
