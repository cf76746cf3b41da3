/** Loads TensorFlow and multiplies two matrices: prints what it runs on. */
import { loadTensorflow } from '../../src/engines/tensorflow/load.ts';

const { tf, version, device } = loadTensorflow();
const product = tf.matMul(tf.ones([2, 3]), tf.ones([3, 2])).dataSync();
if (!product.every((value) => value === 3)) throw new Error(`1s times 1s gave ${product.join(' ')}`);
console.log(`TensorFlow ${version} on ${device.kind} (${device.name})`);
