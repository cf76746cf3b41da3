/** The loss as a function of the parameters. It takes them as an argument and gathers its own batches, so that nothing which the executable holds is touched. */
import type * as Tf from '@tensorflow/tfjs-core';
import type { Batch } from './forward.ts';

/** Call its functions inside `tf.tidy`. */
export interface Objective {
  lossOf(parameters: readonly Tf.Tensor[]): number;
  gradientOf(parameters: readonly Tf.Tensor[]): Tf.Tensor[];
  /** How many whole batches the training split has. */
  wholeBatches(): number;
  /** Mean gradient over them. */
  fullGradientOf(parameters: readonly Tf.Tensor[]): Tf.Tensor[];
}

/** What it is made of. */
interface Parts {
  /** Mean loss, as the step's own pass gives it. */
  loss(parameters: readonly Tf.Tensor[], batch: Batch): Tf.Scalar;
  loadedBatch(): Batch;
  /** Rows of the whole batches of the bound split. */
  wholeBatches(): readonly Int32Array[];
  gather(rows: Int32Array): Batch;
}

/** The loss on the batch that is loaded when it is asked for. */
export function createObjective(
  tf: typeof Tf,
  { loss, loadedBatch, wholeBatches, gather }: Parts,
): Objective {
  /** As `tf.variableGrads` does for variables: where a parameter has no part in the loss, `tf.grads` would throw. */
  const gradientOn = (parameters: readonly Tf.Tensor[], batch: Batch): Tf.Tensor[] =>
    tf.tidy(() => {
      const { grads } = tf
        .engine()
        .gradients(() => loss(parameters, batch), [...parameters], undefined, true);
      return parameters.map((x, p) => grads[p] ?? tf.zerosLike(x));
    });

  return {
    lossOf: (parameters) => tf.tidy(() => loss(parameters, loadedBatch()).dataSync()[0]!),
    gradientOf: (parameters) => gradientOn(parameters, loadedBatch()),
    wholeBatches: () => wholeBatches().length,
    fullGradientOf(parameters) {
      const batches = wholeBatches();
      return batches.reduce<Tf.Tensor[]>(
        (sum, rows) => {
          const next = tf.tidy(() =>
            gradientOn(parameters, gather(rows)).map((g, p) => tf.add(sum[p]!, tf.div(g, batches.length))),
          );
          tf.dispose(sum);
          return next;
        },
        parameters.map((x) => tf.zerosLike(x)),
      );
    },
  };
}
