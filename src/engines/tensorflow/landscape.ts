/** The landscape of update-rule ops on float32 tensors: a vector is a row of all parameters. */
import type * as Tf from '@tensorflow/tfjs-core';
import type { EvaluationUnits } from '../../compiler/program.ts';
import { fillNoise, type NoiseKeys } from '../noise.ts';
import type { Allowance } from '../rules/allowance.ts';
import type { Landscape } from '../rules/landscape.ts';
import type { Objective } from './objective.ts';
import type { RowLayout, Size } from './row.ts';
import { reductions } from './rule-ops.ts';

/** Writing to a vector replaces its tensor and disposes of the old one. So a vector that is written to must not share its tensor with anything else. */
export interface Vector {
  row: Tf.Tensor;
}

/** A vector of zeros. */
export const vectorOf = (tf: typeof Tf, { length }: RowLayout): Vector => ({ row: tf.zeros([1, length]) });

/** For one step, and inside its `tf.tidy`: only tensors that the caller keeps outlive it. */
export function createLandscape(
  tf: typeof Tf,
  sizes: readonly Size[],
  layout: RowLayout,
  w: Vector,
  objective: Objective,
  noise: NoiseKeys,
  units: EvaluationUnits,
  allowance: Allowance,
): Landscape<Vector> {
  function write(out: Vector, row: Tf.Tensor): void {
    // The new tensor may be computed from the old one, so the old one is disposed of last.
    out.row.dispose();
    out.row = row;
  }
  const scaled = (alpha: number, { row }: Vector) => (alpha === 1 ? tf.clone(row) : tf.mul(row, alpha));
  return {
    w,
    place: vectorOf(tf, layout),
    clear: (out) => write(out, tf.zerosLike(out.row)),
    dot: (a, b) => tf.tidy(() => reductions.dot.join([reductions.dot.part(tf, a.row, b.row)])),
    combine: (out, alpha, a, beta, b) =>
      write(
        out,
        tf.tidy(() => (beta === 0 ? scaled(alpha, a) : tf.add(scaled(alpha, a), scaled(beta, b)))),
      ),
    multiply: (out, a, b) => write(out, tf.mul(a.row, b.row)),
    noise(out, kind, node, t) {
      const drawn = sizes.map((size, p) => {
        const values = new Float64Array(size.rows * size.cols);
        fillNoise(kind, noise(node), t, p, size, values);
        return values;
      });
      const row = new Float32Array(layout.length);
      let start = 0;
      for (const values of drawn) {
        row.set(values, start);
        start += values.length;
      }
      write(out, tf.tensor2d(row, [1, row.length]));
    },
    lossOf(place) {
      allowance.charge(units.loss);
      return tf.tidy(() => objective.lossOf(layout.split(place.row)));
    },
    gradientOf(place, out) {
      allowance.charge(units.gradient);
      write(
        out,
        tf.tidy(() => layout.join(objective.gradientOf(layout.split(place.row)))),
      );
    },
    fullGradientOf(place, out) {
      allowance.charge(units.gradient * objective.wholeBatches());
      write(
        out,
        tf.tidy(() => layout.join(objective.fullGradientOf(layout.split(place.row)))),
      );
    },
  };
}
