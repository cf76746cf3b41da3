/** What the TensorFlow.js peers share: an MLP 40-H-H-10 trained with Adam on the examples it is given, on whatever backend `tf` has. */
import { text } from 'node:stream/consumers';

/** Reads { hidden, steps, warmup, batch, inputs, targets } as JSON on standard input; prints { msPerStep: number[], loss, version, backend } as JSON. */
export async function answer(tf, version) {
  const { hidden, steps, warmup, batch, inputs, targets } = JSON.parse(await text(process.stdin));
  const layer = (fanIn, units) => ({
    w: tf.variable(tf.randomUniform([fanIn, units], -1 / Math.sqrt(fanIn), 1 / Math.sqrt(fanIn))),
    b: tf.variable(tf.zeros([units])),
  });
  const layers = [layer(40, hidden), layer(hidden, hidden), layer(hidden, 10)];
  const forward = (x) => {
    const h1 = tf.relu(tf.add(tf.matMul(x, layers[0].w), layers[0].b));
    const h2 = tf.relu(tf.add(tf.matMul(h1, layers[1].w), layers[1].b));
    return tf.add(tf.matMul(h2, layers[2].w), layers[2].b);
  };
  const optimizer = tf.train.adam(1e-3);
  const batches = Math.floor(inputs.length / 40 / batch);
  const xs = Array.from({ length: batches }, (_, i) =>
    tf.tensor2d(inputs.slice(i * batch * 40, (i + 1) * batch * 40), [batch, 40]),
  );
  const ys = Array.from({ length: batches }, (_, i) =>
    tf.oneHot(tf.tensor1d(targets.slice(i * batch, (i + 1) * batch), 'int32'), 10),
  );
  const variables = layers.flatMap(({ w, b }) => [w, b]);

  let loss;
  const step = (i) => {
    loss?.dispose();
    loss = optimizer.minimize(
      () => tf.losses.softmaxCrossEntropy(ys[i % batches], forward(xs[i % batches])),
      true,
      variables,
    );
  };
  for (let i = 0; i < warmup; i++) step(i);
  loss.dataSync();
  const msPerStep = [];
  for (let block = 0; block < 5; block++) {
    const start = performance.now();
    for (let i = 0; i < steps; i++) step(i);
    loss.dataSync();
    msPerStep.push((performance.now() - start) / steps);
  }
  console.log(JSON.stringify({ msPerStep, loss: loss.dataSync()[0], version, backend: tf.getBackend() }));
}
