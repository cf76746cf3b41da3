/** Convolutions and attention at MNIST-1D sizes: what share of the core's own peak do whole training steps reach? Counted are the FLOPs of products, depthwise ones included. */
import type { Program, TensorOp } from '../src/compiler/program.ts';
import { wasmEngine } from '../src/engines/wasm/engine.ts';
import { readArchitecture } from '../src/genome/architecture/read.ts';
import { tapCount } from '../src/genome/architecture/windows.ts';
import { knownArchitecture, knownRule } from '../src/genome/known.ts';
import { type Bench, least, type Row } from './lib.ts';
import { peakModule } from './peak-module.ts';
import { mnist1d, stepper } from './training-step.ts';

const wideCnn = `h1 = relu(conv(x, units: 32, kernel: 5, stride: 2))
h2 = relu(conv(h1, units: 64, kernel: 3, stride: 2))
y = relu(conv(h2, units: 64, kernel: 3))`;

function architectureOf(network: string) {
  const known = /^[a-z-]+$/.test(network) ? knownArchitecture(network) : null;
  if (known !== null) return known;
  const read = readArchitecture(network);
  if (!read.ok) throw new Error(read.issues[0]?.message);
  return read.value;
}

const networks: readonly { readonly what: string; readonly network: string }[] = [
  { what: 'cnn, 25 channels', network: 'cnn' },
  { what: 'cnn, 32 and 64 channels', network: wideCnn },
  { what: 'resnet', network: 'resnet' },
  { what: 'separable-cnn', network: 'separable-cnn' },
  { what: 'transformer', network: 'transformer' },
];

/** Multiplications and additions of products in one step. */
function productFlops({ forward, backward, tensors }: Program): number {
  const size = (id: number) => tensors[id]!.rows * tensors[id]!.cols;
  const flops = (op: TensorOp): number => {
    switch (op.op) {
      case 'matmul':
      case 'blockMatmul': {
        const [rowBlocks, columnBlocks] = op.op === 'matmul' ? [1, 1] : [op.rowBlocks, op.columnBlocks];
        const { rows, cols } = tensors[op.a]!;
        return 2 * size(op.out) * (op.transposeA ? rows / rowBlocks : cols / columnBlocks);
      }
      case 'depthwise':
        return 2 * tapCount(op.windows) * size(op.out);
      case 'depthwiseGrad':
        return 4 * tapCount(op.windows) * size(op.dy);
      default:
        return 0;
    }
  };
  return [...forward, ...backward].reduce((total, op) => total + flops(op), 0);
}

export const layers: Bench = {
  question: "What share of the core's peak do training steps with convolutions and attention reach?",
  async run() {
    const { spin, flopsPerRound } = peakModule();
    const rounds = 5_000_000;
    spin(rounds);
    const task = await mnist1d();
    const peaks: number[] = [];
    const timed = networks.map(({ what, network }) => {
      const genome = { architecture: architectureOf(network), rule: knownRule('adam')! };
      const { step, executable } = stepper(wasmEngine, task, genome);
      for (let i = 0; i < 100; i++) step();
      const ms: number[] = [];
      // Side by side in short blocks, so that both see the machine in its best moments.
      for (let block = 0; block < 20; block++) {
        const start = performance.now();
        spin(rounds);
        peaks.push((flopsPerRound * rounds) / (performance.now() - start) / 1e6);
        const begun = performance.now();
        for (let i = 0; i < 10; i++) step();
        ms.push((performance.now() - begun) / 10);
      }
      executable.dispose();
      return { what, ms, gflops: productFlops(executable.program) / least(ms) / 1e6 };
    });
    const top = peaks.reduce((a, b) => Math.max(a, b));
    return timed.map(
      ({ what, ms, gflops }): Row => ({
        what: `whole training step, ${what}`,
        value: gflops,
        unit: 'GFLOP/s',
        raw: ms,
        note: `${((100 * gflops) / top).toFixed(0)} % of peak, ${least(ms).toFixed(3)} ms a step`,
        target: 'at least 60 % of peak',
        met: gflops / top >= 0.6,
      }),
    );
  },
};
