/**
 * TensorFlow.js on libtensorflow, loaded when it is first asked for and not before. It is found in the folder that `npm run setup:tensorflow` builds, and only there: an add-on
 * that npm has built is not safe in threads. Every thread loads its own; the environment must be set by the main thread, since threads see a copy that native code does not
 * read.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { join } from 'node:path';
import util from 'node:util';
import type * as Tf from '@tensorflow/tfjs-core';
import { UserError } from '../../notation/user-error.ts';
import { tensorflowSetupCommand } from '../../search-space/packaged.ts';
import { builtAddOn, tensorflowHome, tensorflowPackage } from './home.ts';

/** TensorFlow.js as loaded, with the version of the library below it and the device that it computes on. */
export interface Tensorflow {
  readonly tf: typeof Tf;
  /** Of libtensorflow. */
  readonly version: string;
  readonly device: { readonly kind: 'cpu' | 'gpu'; readonly name: string };
}

/** What the package's backend offers beside the kernels. */
interface NodeBackend {
  readonly binding: { readonly TF_Version: string };
  readonly isUsingGpuDevice: boolean;
}

/** Read by native code when it is loaded; what a user has set stays. */
const environment = {
  // Errors only.
  TF_CPP_MIN_LOG_LEVEL: '2',
  // oneDNN is off: its order of sums depends on the processor even more than TensorFlow's own, and it logs a line at every start whatever the log level.
  TF_ENABLE_ONEDNN_OPTS: '0',
  // Several workers share one GPU.
  TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  // Products in float32, not in the 10-bit fractions that recent GPUs would take for them.
  NVIDIA_TF32_OVERRIDE: '0',
  // Workers are the parallelism; and sums are then taken in one order, whatever the number of cores.
  TF_NUM_INTRAOP_THREADS: '1',
  TF_NUM_INTEROP_THREADS: '1',
} as const;

let loaded: Tensorflow | undefined;

/** @throws UserError that says why it cannot be loaded here and what to do. */
export function loadTensorflow(): Tensorflow {
  loaded ??= load();
  return loaded;
}

function load(): Tensorflow {
  if (!existsSync(builtAddOn()))
    throw unavailable(new Error(`there is no native addon module ${builtAddOn()}`));
  for (const [name, value] of Object.entries(environment)) process.env[name] ??= value;
  restoreRetiredUtil();
  try {
    const tf = createRequire(join(tensorflowHome(), 'here.js'))(tensorflowPackage) as typeof Tf;
    const backend = tf.backend() as unknown as NodeBackend;
    const kind = backend.isUsingGpuDevice ? 'gpu' : 'cpu';
    return { tf, version: backend.binding.TF_Version, device: { kind, name: deviceName(kind) } };
  } catch (error) {
    throw unavailable(error as Error & { code?: string });
  }
}

/** The package (of 2024) calls two functions of `node:util` that newer versions of Node no longer have. */
function restoreRetiredUtil(): void {
  const retired = util as unknown as Record<'isNullOrUndefined' | 'isArray', unknown>;
  retired.isNullOrUndefined = (value: unknown) => value == null;
  retired.isArray = Array.isArray;
}

/** What a person is told, for each way in which it may be missing. */
export function unavailable(error: Error & { code?: string }): UserError {
  const why =
    error.code === 'MODULE_NOT_FOUND'
      ? `the optional package ${tensorflowPackage} is not installed`
      : /native addon module/.test(error.message)
        ? 'its native add-on is not built'
        : error.message.split('\n')[0]!;
  return new UserError({
    code: 'engine-unavailable',
    message: `the engine tensorflow cannot be loaded: ${why}`,
    hint: `build it with \`${tensorflowSetupCommand()}\`, or leave the engine to auto`,
  });
}

function deviceName(kind: 'cpu' | 'gpu'): string {
  return (kind === 'gpu' ? nvidiaModel() : cpus()[0]?.model.trim()) ?? 'unknown';
}

/** As NVIDIA's driver lists it; the first card is the one that TensorFlow takes. */
function nvidiaModel(): string | undefined {
  const cards = '/proc/driver/nvidia/gpus';
  try {
    const [first] = readdirSync(cards).sort();
    return /^Model:\s*(.+)$/m.exec(readFileSync(join(cards, first!, 'information'), 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}
