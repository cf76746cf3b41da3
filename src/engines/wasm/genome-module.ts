/** The module of one genome: calls to the shared kernels, and the update rule fused. Small, since V8 optimises it anew for each genome. */
import type { Program, TensorOp, TensorOpName } from '../../compiler/program.ts';
import { isWholeOp } from '../../genome/update-rule/ops.ts';
import { type Callable, createModule, type ValueType } from './assembler.ts';
import { blockParameters } from './block-kernels.ts';
import { blockKernelFor } from './emit-position-steps.ts';
import { emitSteps, gemmFor, unaryFor } from './emit-steps.ts';
import { emitUpdate, wholeParameters } from './emit-update.ts';
import { gemmParameters } from './gemm.ts';
import type { Layout } from './layout.ts';

const ints = (count: number): ValueType[] => Array.from({ length: count }, () => 'i32');
const withAlpha = (names: readonly string[]): ValueType[] =>
  names.map((name) => (name === 'alpha' ? 'f32' : 'i32'));
const gemm = withAlpha(gemmParameters);
const blocks = withAlpha(blockParameters);

/** Signatures of the kernels that genome modules call. */
const kernelSignatures: Readonly<
  Record<string, { readonly params: ValueType[]; readonly results: ValueType[] }>
> = {
  gemm_nn: { params: gemm, results: [] },
  gemm_nt: { params: gemm, results: [] },
  gemm_tn: { params: gemm, results: [] },
  fused_nn: { params: [...gemm, 'i32'], results: [] },
  fused_nt: { params: [...gemm, 'i32'], results: [] },
  blocks_nn: { params: blocks, results: [] },
  blocks_nt: { params: blocks, results: [] },
  blocks_tn: { params: blocks, results: [] },
  copyRuns: { params: ints(7), results: [] },
  addRuns: { params: ints(7), results: [] },
  addRow: { params: ints(5), results: [] },
  clear: { params: ints(2), results: [] },
  depthwise: { params: [...ints(12), 'f32'], results: [] },
  depthwiseGrad: { params: [...ints(14), 'f32'], results: [] },
  pool_max: { params: ints(9), results: [] },
  pool_mean: { params: ints(9), results: [] },
  poolGrad_max: { params: ints(11), results: [] },
  poolGrad_mean: { params: ints(11), results: [] },
  batchNorm: { params: ints(12), results: [] },
  batchNormGrad: { params: ints(13), results: [] },
  dropout: { params: [...ints(5), 'f32', 'f32'], results: [] },
  dropoutGrad: { params: [...ints(5), 'f32', 'f32'], results: [] },
  softmax: { params: ints(7), results: [] },
  softmaxGrad: { params: ints(8), results: [] },
  embed: { params: ints(10), results: [] },
  embedGrad: { params: ints(10), results: [] },
  copyColumns: { params: ints(7), results: [] },
  columnSum: { params: ints(5), results: [] },
  add: { params: ints(4), results: [] },
  multiply: { params: ints(5), results: [] },
  norm: { params: ints(11), results: [] },
  normGrad: { params: ints(14), results: [] },
  channelScale: { params: ints(7), results: [] },
  channelScaleGrad: { params: ints(10), results: [] },
  softmaxCrossEntropy: { params: [...ints(9), 'f32', 'i32'], results: [] },
  squaredError: { params: ints(7), results: [] },
  squaredErrorGrad: { params: [...ints(4), 'f32'], results: [] },
  logistic: { params: ints(7), results: [] },
  logisticGrad: { params: [...ints(7), 'f32'], results: [] },
  mean: { params: ints(3), results: ['f64'] },
};

/** Parameters of the kernels of activations, by the part of their name before the activation's. */
const unaryParameters: Readonly<Record<string, number>> = { unary: 3, unarySlope: 4, unaryGrad: 6 };

const signatureOf = (kernel: string) => {
  const count = unaryParameters[kernel.split('_')[0]!];
  return count === undefined ? kernelSignatures[kernel]! : { params: ints(count), results: [] };
};

const hostArity = {
  exp: 1,
  log: 1,
  clippedCos: 1,
  tanh: 1,
  pow: 2,
  debiasDivisor: 2,
  sin: 1,
  cos: 1,
} as const;

export function genomeModule(program: Program, layout: Layout): Uint8Array<ArrayBuffer> {
  const module = createModule();
  const imported = new Map<string, Callable>();
  const once = (key: string, make: () => Callable) => {
    const known = imported.get(key) ?? make();
    imported.set(key, known);
    return known;
  };
  for (const name of kernelsOf(program))
    once(name, () =>
      module.importFunction('kernels', name, signatureOf(name).params, signatureOf(name).results),
    );
  const ops = new Set(
    program.update.nodes.flatMap((node) => (node.kind === 'op' ? [node.op as string] : [])),
  );
  const hasObjective = program.forward.some(({ op }) => op === 'objective');
  const hosts = (Object.keys(hostArity) as (keyof typeof hostArity)[]).filter(
    (name) =>
      (name === 'sin' || name === 'cos' ? hasObjective : ops.has(name)) ||
      (name === 'debiasDivisor' && ops.has('debias')) ||
      (name === 'clippedCos' && ops.has('cos')),
  );
  for (const name of hosts)
    once(`host ${name}`, () =>
      module.importFunction(
        'host',
        name,
        Array.from({ length: hostArity[name] }, () => 'f64' as const),
        ['f64'],
      ),
    );
  if (program.update.nodes.some((node) => node.kind === 'op' && isWholeOp(node.op)))
    once('host whole', () => module.importFunction('host', 'whole', wholeParameters, ['f64']));
  for (const name of ['exp', 'log', 'cos', 'tanh']) {
    const used = ops.has(name) || (/exp|log/.test(name) && (ops.has('pow') || ops.has('debias')));
    if (used) once(`lanes ${name}`, () => module.importFunction('kernels', name, ['v128'], ['v128']));
  }
  emitSteps(module, program, layout, {
    kernels: (name) => imported.get(name)!,
    host: (name) => imported.get(`host ${name}`)!,
  });
  emitUpdate(module, program, layout, {
    host: (name) => imported.get(`host ${name}`)!,
    lanes: (name) => imported.get(`lanes ${name}`)!,
  });
  return module.bytes();
}

/** Ops that no kernel stands for. */
const inlined: ReadonlySet<TensorOpName> = new Set([
  'softmaxCrossEntropyGrad',
  'linearLoss',
  'linearLossGrad',
  'objective',
  'objectiveGrad',
]);

/** Names of the kernels that a program calls. */
function kernelsOf(program: Program): ReadonlySet<string> {
  const names = new Set<string>(['mean']);
  for (const op of [...program.forward, ...program.backward])
    for (const name of kernelsFor(op)) names.add(name);
  return names;
}

function kernelsFor(op: TensorOp): readonly string[] {
  switch (op.op) {
    case 'matmul':
      return [gemmFor(op)];
    case 'blockMatmul':
      return [blockKernelFor(op)];
    case 'unary':
      return [unaryFor(op)];
    case 'unaryGrad':
      return [`unaryGrad_${op.fn}`];
    case 'reshape':
      return [op.accumulate ? 'addRuns' : 'copyRuns'];
    case 'patches':
      return ['copyRuns'];
    case 'patchesGrad':
      return ['clear', 'addRuns'];
    case 'pool':
      return [`pool_${op.kind}`];
    case 'poolGrad':
      return ['clear', `poolGrad_${op.kind}`];
    case 'depthwiseGrad':
    case 'embedGrad':
      return ['clear', op.op];
    default:
      return inlined.has(op.op) ? [] : [op.op];
  }
}
