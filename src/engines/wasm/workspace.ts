/**
 * Linear memory with the kernels instantiated on it, used again from genome to genome. Data sets are copied in once, as padded float32, behind the first program's
 * place; later programs lie behind the data.
 */
import { setFlagsFromString } from 'node:v8';
import { paddedColumns } from '../../compiler/memory.ts';
import type { Examples } from '../../tasks/task.ts';
import { kernelModule } from './kernels.ts';
import { firstFreeAddress, laneMasksAddress, twoOverPiAddress } from './loops.ts';
import { twoOverPi } from './vector-math.ts';

const pageBytes = 65536;
/** A memory that grew beyond this is dropped instead of kept. */
const keptBytes = 64 * 1024 * 1024;

interface DataSet {
  readonly inputs: number;
  readonly targets: number;
}

export interface Workspace {
  readonly memory: WebAssembly.Memory;
  readonly kernels: WebAssembly.Exports;
  /** Where a new program may begin. */
  programBase(): number;
  /** Makes room up to `end`. Views of the memory taken before are stale after this. */
  reserve(end: number): void;
  /** Addresses of a data set's rows; `end` is where the present program ends. */
  dataSet(examples: Examples, inputCols: number, targetCols: number, end: number): DataSet;
}

let compiled: WebAssembly.Module | null = null;
const idle: Workspace[] = [];

export function acquireWorkspace(): Workspace {
  return idle.pop() ?? createWorkspace();
}

export function releaseWorkspace(workspace: Workspace): void {
  if (workspace.memory.buffer.byteLength <= keptBytes && idle.length < 4) idle.push(workspace);
}

function compiledKernels(): WebAssembly.Module {
  if (compiled === null) {
    // V8's baseline tier would run the first steps of every genome at a fraction of the speed.
    setFlagsFromString('--no-liftoff');
    // Inlining reads the calls that the baseline tier counted. Without that tier V8 14 (Node 26) aborts the process on their absence.
    setFlagsFromString('--no-wasm-inlining');
    // V8 would double the loops of the tiles and shuffle their accumulators behind each. What gains from it is unrolled in the kernels.
    setFlagsFromString('--no-wasm-loop-unrolling');
    compiled = new WebAssembly.Module(kernelModule());
  }
  return compiled;
}

function createWorkspace(): Workspace {
  const memory = new WebAssembly.Memory({ initial: 4 });
  const kernels = new WebAssembly.Instance(compiledKernels(), { env: { memory } }).exports;
  const masks = new Int32Array(memory.buffer, laneMasksAddress, 16);
  for (let remainder = 0; remainder < 4; remainder++)
    for (let lane = 0; lane < 4; lane++)
      masks[4 * remainder + lane] = remainder === 0 || lane < remainder ? -1 : 0;
  new Uint32Array(memory.buffer, twoOverPiAddress).set(twoOverPi);
  const known = new Map<Examples, DataSet>();
  let base = firstFreeAddress;
  const reserve = (end: number) => {
    const missing = end - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
  };
  return {
    memory,
    kernels,
    programBase: () => base,
    reserve,
    dataSet(examples, inputCols, targetCols, end) {
      const before = known.get(examples);
      if (before !== undefined) return before;
      const inputs = Math.max(base, end);
      const targets = inputs + 4 * examples.count * paddedColumns(inputCols);
      base = targets + 4 * examples.count * paddedColumns(targetCols);
      reserve(base);
      copyPadded(memory, inputs, examples.inputs, examples.count, inputCols);
      copyPadded(memory, targets, examples.targets, examples.count, targetCols);
      const placed = { inputs, targets };
      known.set(examples, placed);
      return placed;
    },
  };
}

function copyPadded(
  memory: WebAssembly.Memory,
  address: number,
  values: Float64Array,
  rows: number,
  cols: number,
): void {
  const stride = paddedColumns(cols);
  const out = new Float32Array(memory.buffer, address, rows * stride);
  for (let i = 0; i < rows; i++) out.set(values.subarray(i * cols, (i + 1) * cols), i * stride);
}
