/** Where `npm run setup:tensorflow` puts what it builds: a folder of the clone that git ignores and `npm ci` leaves alone. */
import { join } from 'node:path';
import { packageRoot } from '../../genome/known.ts';

/** The npm package that is built and loaded; it serves processors and GPUs. */
export const tensorflowPackage = '@tensorflow/tfjs-node-gpu';

/** The folder of all that TensorFlow needs. */
export const tensorflowHome = (): string => join(packageRoot(), '.tensorflow');

/** The package's copy in which the add-on is built. */
export const builtPackage = (): string => join(tensorflowHome(), 'node_modules', tensorflowPackage);

/** The add-on itself, a file that exists once the set-up has run. */
export const builtAddOn = (): string => join(builtPackage(), 'lib', 'napi-v8', 'tfjs_binding.node');
