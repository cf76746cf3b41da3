/** The peer: TensorFlow.js on libtensorflow, on the add-on of `npm run setup:tensorflow`; one thread, and oneDNN as TensorFlow has it. What it is asked and answers: tfjs-mlp.mjs. */
process.env.TF_ENABLE_ONEDNN_OPTS ??= '1';
const { loadTensorflow } = await import('../../dist/src/engines/tensorflow/load.js');
const { answer } = await import('./tfjs-mlp.mjs');

const { tf, version, device } = loadTensorflow();
await answer(tf, `${version}, ${device.kind}`);
