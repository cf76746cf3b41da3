/** The module of one genome: calls to the shared kernels, and the update rule fused. Small, since V8 optimises it anew for each genome. */
import type { Program } from '../../compiler/program.ts';
import { isWholeOp } from '../../genome/update-rule/ops.ts';
import { type Callable, createModule } from './assembler.ts';
import { emitSteps } from './emit-steps.ts';
import { emitUpdate, wholeParameters } from './emit-update.ts';
import { kernelSignature } from './kernels.ts';
import type { Layout } from './layout.ts';
import type { HostName } from './tensor-ops/emitter.ts';
import { hostsOf, kernelsOf } from './tensor-ops/table.ts';

const hostArity = {
  exp: 1,
  log: 1,
  clippedCos: 1,
  tanh: 1,
  pow: 2,
  debiasDivisor: 2,
  sin: 1,
  cos: 1,
} as const satisfies Record<HostName, number>;

/** Its bytes: exports `forward`, `backward` and `update`, imports the memory, kernels and functions of the host. */
export function genomeModule(program: Program, layout: Layout): Uint8Array<ArrayBuffer> {
  const module = createModule();
  const imported = new Map<string, Callable>();
  const once = (key: string, make: () => Callable) => {
    const known = imported.get(key) ?? make();
    imported.set(key, known);
    return known;
  };
  const passes = [...program.forward, ...program.backward];
  const importKernel = (name: string) => {
    const { params, results } = kernelSignature(name);
    return module.importFunction('kernels', name, params, results);
  };
  for (const name of ['mean', ...kernelsOf(passes)]) once(name, () => importKernel(name));
  const ops = new Set(
    program.update.nodes.flatMap((node) => (node.kind === 'op' ? [node.op as string] : [])),
  );
  const asked = hostsOf(passes);
  const hosts = (Object.keys(hostArity) as HostName[]).filter(
    (name) =>
      asked.has(name) ||
      (name !== 'cos' && ops.has(name)) ||
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
    if (used) once(`lanes ${name}`, () => importKernel(name));
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
