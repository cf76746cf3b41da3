/** The peer: TensorFlow.js with its WebAssembly backend, one thread. What it is asked and answers: tfjs-mlp.mjs. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { answer } from './tfjs-mlp.mjs';

const require = createRequire(import.meta.url);
setWasmPaths(
  `${dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json'))}${join('/', 'dist', '/')}`,
);
setThreadsCount(1);
await tf.setBackend('wasm');
await tf.ready();
await answer(tf, tf.version.tfjs);
