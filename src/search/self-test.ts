/** A small check that an engine works on this machine: gradients of a known network against the reference. */
import { compile } from '../compiler/compile.ts';
import type { Engine } from '../engines/engine.ts';
import { initialParameters } from '../engines/initial-weights.ts';
import { referenceEngine } from '../engines/reference/engine.ts';
import { knownArchitecture, knownRule } from '../genome/known.ts';
import { openMnist1d } from '../tasks/mnist1d.ts';

/** Largest difference relative to max(1, |reference|). Throws where it is beyond what the engine declares. */
export function selfTest(engine: Engine): number {
  const task = openMnist1d({ seed: 42, search: 500, select: 500 });
  const genome = { architecture: knownArchitecture('residual-mlp')!, rule: knownRule('adam')! };
  const compiled = compile(genome, task.signature, {
    batchSize: 4,
    limits: { parameters: 1e6, stepFlops: 1e9, bytes: 1e8 },
  });
  if (!compiled.ok) throw new Error(compiled.detail);
  const gradients = ({ prepare }: Engine) => {
    const executable = prepare(compiled.program);
    try {
      executable.writeParameters(initialParameters(compiled.program, 'doctor'));
      executable.bind(task, 'train');
      executable.loadRows(Int32Array.of(0, 1, 2, 3));
      executable.forward({ mode: 'probe' });
      executable.backward();
      return executable.readGradients();
    } finally {
      executable.dispose();
    }
  };
  const expected = gradients(referenceEngine);
  const found = gradients(engine);
  let worst = 0;
  expected.forEach((values, p) => {
    values.forEach((value, i) => {
      worst = Math.max(worst, Math.abs(found[p]![i]! - value) / Math.max(1, Math.abs(value)));
    });
  });
  if (!(worst <= engine.tolerance.gradient))
    throw new Error(
      `gradients differ from the reference by ${worst}, and ${engine.tolerance.gradient} is declared`,
    );
  return worst;
}
