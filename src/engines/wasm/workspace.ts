/**
 * Linear memory with the kernels instantiated on it, used again from genome to genome. Small data sets are copied in once, as padded float32, behind the first
 * program's place; later programs lie behind the data. Large ones stay where all workers share them.
 */
import { paddedColumns } from '../../compiler/memory.ts';
import type { Examples } from '../../tasks/task.ts';
import { kernelModule } from './kernels.ts';
import { firstFreeAddress, laneMasksAddress, twoOverPiAddress } from './loops.ts';
import { setKnownFlags } from './v8-flags.ts';
import { twoOverPi } from './vector-math.ts';

const pageBytes = 65536;
/** A memory that grew beyond this is dropped instead of kept. */
const keptBytes = 64 * 1024 * 1024;

/** A split that takes more as float32 is not copied. */
const copiedBytes = 8 * 1024 * 1024;

/** Splits that a program may be bound to: it trains on one and is measured on two. */
const splitsBound = 3;

/** What the memory under a program of so many bytes comes to at most: what earlier programs and data left, the program, and its splits where they are small. */
export const workspaceBytes = (programBytes: number): number =>
  keptBytes + programBytes + splitsBound * copiedBytes + pageBytes;

interface DataSet {
  readonly inputs: number;
  readonly targets: number;
}

/** A memory with the kernels on it. Addresses are in bytes. */
export interface Workspace {
  readonly memory: WebAssembly.Memory;
  readonly kernels: WebAssembly.Exports;
  /** Where a new program may begin. */
  programBase(): number;
  /** Makes room up to `end`. Views of the memory taken before are stale after this. */
  reserve(end: number): void;
  /** Addresses of a data set's rows; null for a large one, whose rows `copyRows` brings. `end` is where the present program ends. */
  dataSet(examples: Examples, inputCols: number, targetCols: number, end: number): DataSet | null;
}

let compiled: WebAssembly.Module | null = null;
const idle: Workspace[] = [];

/** One that lies idle, or a new one. */
export function acquireWorkspace(): Workspace {
  return idle.pop() ?? createWorkspace();
}

/** Gives it back for the next genome, unless it has grown large. */
export function releaseWorkspace(workspace: Workspace): void {
  if (workspace.memory.buffer.byteLength <= keptBytes && idle.length < 4) idle.push(workspace);
}

/** How V8 is to compile WebAssembly, before its first module. */
const flags = [
  // Its baseline tier would run the first steps of every genome at a fraction of the speed.
  'no-liftoff',
  // Inlining reads the calls that the baseline tier counted. Without that tier V8 14 (Node 26) aborts the process on their absence.
  'no-wasm-inlining',
  // V8 would unroll the loops of the matrix tiles twice and then move their accumulators between registers. Loops that gain from it are unrolled in the kernels themselves.
  'no-wasm-loop-unrolling',
];

function compiledKernels(): WebAssembly.Module {
  if (compiled === null) {
    setKnownFlags(flags);
    compiled = new WebAssembly.Module(kernelModule().bytes);
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
      const inputBytes = 4 * examples.count * paddedColumns(inputCols);
      const targetBytes = 4 * examples.count * paddedColumns(targetCols);
      if (inputBytes + targetBytes > copiedBytes) return null;
      const inputs = Math.max(base, end);
      const targets = inputs + inputBytes;
      base = targets + targetBytes;
      reserve(base);
      const all = Int32Array.from({ length: examples.count }, (_, row) => row);
      copyRows(memory, inputs, examples.inputs, all, inputCols);
      copyRows(memory, targets, examples.targets, all, targetCols);
      const placed = { inputs, targets };
      known.set(examples, placed);
      return placed;
    },
  };
}

/** These rows of a matrix, one after another, as float32 with zeros for padding. */
export function copyRows(
  memory: WebAssembly.Memory,
  address: number,
  values: Float64Array,
  rows: Int32Array,
  cols: number,
): void {
  const stride = paddedColumns(cols);
  const out = new Float32Array(memory.buffer, address, rows.length * stride);
  // A third faster than `set`, which converts numbers one by one outside compiled code.
  for (let i = 0; i < rows.length; i++) {
    const [from, to] = [rows[i]! * cols, i * stride];
    for (let j = 0; j < cols; j++) out[to + j] = values[from + j]!;
    out.fill(0, to + cols, to + stride);
  }
}
