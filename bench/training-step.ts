/** How fast does one genome train? `wasm` against `reference` and against TensorFlow.js on WebAssembly: same network, data, batch and steps, one core. */
import { compile } from '../src/compiler/compile.ts';
import type { Program } from '../src/compiler/program.ts';
import type { Engine, Executable } from '../src/engines/engine.ts';
import { initialConstants, initialParameters } from '../src/engines/initial-weights.ts';
import { noiseKeys } from '../src/engines/noise.ts';
import { referenceEngine } from '../src/engines/reference/engine.ts';
import { wasmEngine } from '../src/engines/wasm/engine.ts';
import { readArchitecture } from '../src/genome/architecture/read.ts';
import type { Genome } from '../src/genome/genome.ts';
import { knownRule } from '../src/genome/known.ts';
import { openTask } from '../src/tasks/open.ts';
import type { Task } from '../src/tasks/task.ts';
import { askPeer, type Bench, least, type Row } from './lib.ts';

const batch = 100;
const widths = [
  { hidden: 16, steps: 2000, peerTarget: 50 },
  { hidden: 100, steps: 300, peerTarget: 12 },
  { hidden: 256, steps: 60, peerTarget: 6 },
] as const;

export function mlp(hidden: number): Genome {
  const architecture = readArchitecture(
    `h1 = relu(dense(x, units: ${hidden}))\ny = relu(dense(h1, units: ${hidden}))\n`,
  );
  const rule = knownRule('adam');
  if (!architecture.ok || rule === null) throw new Error('the bench genome does not parse');
  return { architecture: architecture.value, rule };
}

export async function mnist1d(): Promise<Task> {
  const task = await openTask({ name: 'mnist1d' });
  if (!task.ok) throw new Error('mnist1d does not open');
  return task.value;
}

function programOf(task: Task, genome: Genome): Program {
  const compiled = compile(genome, task.signature, {
    batchSize: batch,
    limits: { parameters: 1e7, stepFlops: 1e12, bytes: 1e9 },
  });
  if (!compiled.ok) throw new Error(compiled.detail);
  return compiled.program;
}

/** A whole training step as a function: gather, forward, backward, update. */
export function stepper(
  engine: Engine,
  task: Task,
  genome: Genome,
): { step(): void; executable: Executable } {
  const executable = engine.prepare(programOf(task, genome));
  executable.writeConstants(initialConstants(executable.program, 'bench'));
  executable.writeParameters(initialParameters(executable.program, 'bench'));
  executable.resetStates();
  executable.bind(task, 'train');
  const n = task.splits.train.count;
  const rows = Int32Array.from({ length: batch }, (_, i) => i);
  const noise = noiseKeys('bench');
  let t = 0;
  return {
    executable,
    step() {
      t += 1;
      const from = ((t - 1) * batch) % (n - batch + 1);
      for (let i = 0; i < batch; i++) rows[i] = from + i;
      executable.loadRows(rows);
      const L = executable.forward({ mode: 'train', t, noise });
      executable.backward();
      executable.update({ t, T: 1e6, L, b: batch, n }, noise);
    },
  };
}

function msPerStep(engine: Engine, task: Task, hidden: number, steps: number): number[] {
  const { step, executable } = stepper(engine, task, mlp(hidden));
  for (let i = 0; i < Math.max(5, steps / 5); i++) step();
  const blocks = Array.from({ length: 5 }, () => {
    const start = performance.now();
    for (let i = 0; i < steps; i++) step();
    return (performance.now() - start) / steps;
  });
  executable.dispose();
  return blocks;
}

function firstStepMs(task: Task): number[] {
  return Array.from({ length: 20 }, (_, i) => {
    const start = performance.now();
    // A new width each time, so that nothing made for an earlier genome can be used again.
    stepper(wasmEngine, task, mlp(100 + i)).step();
    return performance.now() - start;
  });
}

export const trainingStep: Bench = {
  question: 'How fast does one genome train, against the reference and against TensorFlow.js on WebAssembly?',
  async run() {
    const task = await mnist1d();
    const examples = { inputs: [...task.splits.train.inputs], targets: [...task.splits.train.targets] };
    const rows: Row[] = [];
    for (const { hidden, steps, peerTarget } of widths) {
      const wasm = msPerStep(wasmEngine, task, hidden, steps);
      const reference = msPerStep(referenceEngine, task, hidden, Math.max(3, Math.floor(steps / 50)));
      const peer = askPeer<{ msPerStep: number[]; version: string }>('tfjs-wasm.mjs', {
        hidden,
        steps: Math.max(20, Math.floor(steps / 10)),
        warmup: 20,
        batch,
        ...examples,
      });
      const ratio = least(peer.msPerStep) / least(wasm);
      rows.push(
        {
          what: `wasm, 40-${hidden}-${hidden}-10, batch 100, Adam`,
          value: least(wasm),
          unit: 'ms/step',
          raw: wasm,
        },
        { what: `reference, same`, value: least(reference), unit: 'ms/step', raw: reference },
        {
          what: `TensorFlow.js ${peer.version} wasm, same`,
          value: least(peer.msPerStep),
          unit: 'ms/step',
          raw: peer.msPerStep,
        },
        {
          what: `wasm over TensorFlow.js wasm, H=${hidden}`,
          value: ratio,
          unit: 'x',
          target: `at least ${peerTarget}x`,
          met: ratio >= peerTarget,
        },
      );
    }
    const first = firstStepMs(task);
    rows.push({
      what: 'genome to first optimised step, MLP H=100 with Adam (median of 20 new genomes)',
      value: [...first].sort((a, b) => a - b)[10]!,
      unit: 'ms',
      target: 'under 10 ms',
      met: [...first].sort((a, b) => a - b)[10]! < 10,
      raw: first,
    });
    return rows;
  },
};
