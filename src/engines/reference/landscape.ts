/** The landscape of update-rule ops on float64 arrays, one per parameter tensor. */
import type { EvaluationUnits } from '../../compiler/program.ts';
import { fillNoise, type NoiseKeys } from '../noise.ts';
import type { Allowance } from '../rules/allowance.ts';
import type { Landscape } from '../rules/landscape.ts';

/** One array per parameter tensor. */
export type Vector = readonly Float64Array[];

/** The loss as a function of the parameters, on the batch of the step. */
export interface Objective {
  lossOf(parameters: Vector): number;
  gradientOf(parameters: Vector): Vector;
  /** Whole batches of the training split. */
  wholeBatches(): number;
  /** Mean gradient over them. */
  fullGradientOf(parameters: Vector): Vector;
}

/** Rows and columns of a parameter. */
export interface Size {
  readonly rows: number;
  readonly cols: number;
}

/** A vector of zeros, an array for each parameter. */
export const vectorOf = (sizes: readonly Size[]): Vector =>
  sizes.map(({ rows, cols }) => new Float64Array(rows * cols));

const copy = (out: Vector, from: Vector) => {
  for (const [p, values] of out.entries()) values.set(from[p]!);
};

/** The landscape around `w`. `spend` is told the cost units of each evaluation, in forward passes. */
export function createLandscape(
  sizes: readonly Size[],
  w: Vector,
  objective: Objective,
  noise: NoiseKeys,
  units: EvaluationUnits,
  allowance: Allowance,
): Landscape<Vector> {
  const eachElement = (out: Vector, value: (p: number, i: number) => number) => {
    for (const [p, values] of out.entries()) for (let i = 0; i < values.length; i++) values[i] = value(p, i);
  };
  return {
    w,
    place: vectorOf(sizes),
    clear: (out) => eachElement(out, () => 0),
    dot: (a, b) => a.reduce((sum, values, p) => values.reduce((s, x, i) => s + x * b[p]![i]!, sum), 0),
    combine: (out, alpha, a, beta, b) =>
      eachElement(out, (p, i) => alpha * a[p]![i]! + (beta === 0 ? 0 : beta * b[p]![i]!)),
    multiply: (out, a, b) => eachElement(out, (p, i) => a[p]![i]! * b[p]![i]!),
    noise(out, kind, node, t) {
      for (const [p, values] of out.entries()) fillNoise(kind, noise(node), t, p, sizes[p]!, values);
    },
    lossOf(place) {
      allowance.charge(units.loss);
      return objective.lossOf(place);
    },
    gradientOf(place, out) {
      allowance.charge(units.gradient);
      copy(out, objective.gradientOf(place));
    },
    fullGradientOf(place, out) {
      allowance.charge(units.gradient * objective.wholeBatches());
      copy(out, objective.fullGradientOf(place));
    },
  };
}
