/** How fast does one genome train? `wasm` against `reference` and against TensorFlow.js, on WebAssembly and on libtensorflow: same network, data, batch and steps, one core. */
import { existsSync } from 'node:fs';
import { compile } from '../src/compiler/compile.ts';
import type { Program } from '../src/compiler/program.ts';
import type { Engine, Executable } from '../src/engines/engine.ts';
import { initialConstants, initialParameters } from '../src/engines/initial-weights.ts';
import { noiseKeys } from '../src/engines/noise.ts';
import { referenceEngine } from '../src/engines/reference/engine.ts';
import { builtAddOn } from '../src/engines/tensorflow/home.ts';
import { wasmEngine } from '../src/engines/wasm/engine.ts';
import { readArchitecture } from '../src/genome/architecture/read.ts';
import type { Genome } from '../src/genome/genome.ts';
import { knownRule } from '../src/genome/known.ts';
import { openTask } from '../src/tasks/open.ts';
import type { Task } from '../src/tasks/task.ts';
import { askPeer, type Bench, least, type Row } from './lib.ts';

const batch = 100;
const widths = [
  { hidden: 16, steps: 2000, targets: { 'tfjs-wasm': 50, 'tfjs-node': 80 } },
  { hidden: 100, steps: 300, targets: { 'tfjs-wasm': 12, 'tfjs-node': 8 } },
  { hidden: 256, steps: 60, targets: { 'tfjs-wasm': 6, 'tfjs-node': 2 } },
] as const;

type Peer = keyof (typeof widths)[number]['targets'];
const peerNames = {
  'tfjs-wasm': 'TensorFlow.js wasm',
  'tfjs-node': 'TensorFlow.js on libtensorflow',
} as const satisfies Record<Peer, string>;

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

/** TensorFlow's rows are left out where it is not set up. It is loaded by its peer only, as its threads would disturb what is measured here. */
function peersHere(): readonly Peer[] {
  if (existsSync(builtAddOn())) return ['tfjs-wasm', 'tfjs-node'];
  console.error('  no rows of tfjs-node: type npm run setup:tensorflow first');
  return ['tfjs-wasm'];
}

function againstPeer(peer: Peer, wasm: number, hidden: number, target: number, asked: object): Row[] {
  const { msPerStep, version } = askPeer<{ msPerStep: number[]; version: string }>(`${peer}.mjs`, asked);
  const ratio = least(msPerStep) / wasm;
  return [
    {
      what: `${peerNames[peer]} (${version}), same`,
      value: least(msPerStep),
      unit: 'ms/step',
      raw: msPerStep,
    },
    {
      what: `wasm over ${peerNames[peer]}, H=${hidden}`,
      value: ratio,
      unit: 'x',
      target: `at least ${target}x`,
      met: ratio >= target,
    },
  ];
}

export const trainingStep: Bench = {
  question:
    'How fast does one genome train, against the reference and against TensorFlow.js on WebAssembly and on libtensorflow?',
  async run() {
    const task = await mnist1d();
    const examples = { inputs: [...task.splits.train.inputs], targets: [...task.splits.train.targets] };
    const rows: Row[] = [];
    const peers = peersHere();
    for (const { hidden, steps, targets } of widths) {
      const wasm = msPerStep(wasmEngine, task, hidden, steps);
      const reference = msPerStep(referenceEngine, task, hidden, Math.max(3, Math.floor(steps / 50)));
      rows.push(
        {
          what: `wasm, 40-${hidden}-${hidden}-10, batch 100, Adam`,
          value: least(wasm),
          unit: 'ms/step',
          raw: wasm,
        },
        { what: `reference, same`, value: least(reference), unit: 'ms/step', raw: reference },
      );
      for (const peer of peers) {
        const asked = { hidden, steps: Math.max(20, Math.floor(steps / 10)), warmup: 20, batch, ...examples };
        rows.push(...againstPeer(peer, least(wasm), hidden, targets[peer], asked));
      }
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
