/** The rewrites before a program becomes calls: where they apply, where they must not, and that what they leave is a sound program. */
import { describe, expect, it } from 'vitest';
import type { Program, TensorOp } from '../../src/compiler/program.ts';
import { copiedWhole } from '../../src/compiler/tensor-ops/table.ts';
import { verifyProgram } from '../../src/compiler/verify.ts';
import { fuse } from '../../src/engines/wasm/fuse.ts';
import { knownArchitecture, knownArchitectureNames, knownRule } from '../../src/genome/known.ts';
import { randomGenome } from '../support/arbitraries.ts';
import { genomeOf, programOf } from '../support/engines.ts';

const signature = { input: [1, 6, 1], target: { kind: 'classification', classes: 3 } } as const;
const compiled = (architecture: string): Program =>
  programOf(genomeOf(architecture, 'u = -0.1 * g'), signature, 4);

/** Names of the ops, with what products do besides. */
const namesOf = ({ forward, backward }: ReturnType<typeof fuse>) =>
  [...forward, ...backward].map((op) =>
    op.op !== 'matmul' ? op.op : op.rectified ? 'rectified' : op.gate !== undefined ? 'gated' : 'matmul',
  );
const count = (names: readonly string[], name: string) => names.filter((other) => other === name).length;

/** The same program with the slopes that activations write beside their values as ops of their own, as the compiler's checks know them. */
function spelledOut(program: ReturnType<typeof fuse>): Program {
  return {
    ...program,
    forward: program.forward.flatMap((op): TensorOp[] =>
      op.op === 'unary' && op.slope !== undefined ? [op, { ...op, out: op.slope }] : [op],
    ),
  };
}

/** Reshapes and whole copies that take a pass over memory. */
const moving = ({ forward, backward, tensors }: ReturnType<typeof fuse>) =>
  [...forward, ...backward].filter((op) => {
    const copy = copiedWhole(op, tensors);
    return copy !== null && tensors[copy.from]!.offset !== tensors[copy.into]!.offset;
  }).length;

describe('fusing rectifiers into products', () => {
  it('takes both rectifiers of a network with two hidden layers, and their gradients', () => {
    const names = namesOf(fuse(compiled('h1 = relu(dense(x, units: 5))\ny = relu(dense(h1, units: 7))')));
    expect(count(names, 'rectified')).toBe(2);
    expect(count(names, 'gated')).toBe(2);
    expect(names.filter((name) => name.startsWith('unary'))).toEqual([]);
  });

  it('makes the arena smaller', () => {
    const program = compiled('h1 = relu(dense(x, units: 5))\ny = relu(dense(h1, units: 7))');
    expect(fuse(program).arenaLength).toBeLessThan(program.arenaLength);
  });

  it.each([
    ['a product that something else reads', 'h = dense(x, units: 5)\ny = multiply(relu(h), h)'],
    ['a product that another function reads', 'h = dense(x, units: 5)\ny = add(relu(h), tanh(h))'],
    ['a sum', 'h = add(dense(x, units: 5), dense(x, units: 5, bias: false))\ny = relu(h)'],
    ['another activation', 'y = tanh(dense(x, units: 5))'],
  ])('does not rectify %s', (_what, text) => {
    expect(count(namesOf(fuse(compiled(text))), 'rectified')).toBe(0);
  });

  it('rectifies once where a rectifier follows another, whose gradient needs what is between', () => {
    const program = fuse(compiled('y = relu(relu(dense(x, units: 5)))'));
    expect(count(namesOf(program), 'rectified')).toBe(1);
    const written = program.forward.flatMap((op) => ('out' in op ? [op.out] : []));
    for (const op of program.backward)
      if (op.op === 'matmul' && op.gate !== undefined) expect(written).toContain(op.gate);
    verifyProgram(program);
  });

  it('does not gate a gradient that has two sources', () => {
    const text = 'h = relu(dense(x, units: 5))\ny = concat(dense(h, units: 5), dense(h, units: 4))';
    const names = namesOf(fuse(compiled(text)));
    expect(count(names, 'rectified')).toBe(1);
    expect(count(names, 'gated')).toBe(0);
    expect(count(names, 'unaryGrad')).toBe(1);
  });

  it('takes rectifiers behind convolutions, through the reshape between, and their gradients', () => {
    const names = namesOf(
      fuse(
        compiled(
          'a = relu(conv(x, units: 8))\nb = relu(conv(a, units: 4, kernel: 1))\ny = conv(b, units: 4)',
        ),
      ),
    );
    expect(count(names, 'rectified')).toBe(2);
    expect(count(names, 'gated')).toBe(1);
    expect(count(names, 'unary')).toBe(0);
    expect(count(names, 'unaryGrad')).toBe(1);
  });

  it('does not gate through a reshape that moves numbers', () => {
    const names = namesOf(fuse(compiled('a = relu(conv(x, units: 5))\ny = conv(a, units: 4, kernel: 1)')));
    expect(count(names, 'rectified')).toBe(1);
    expect(count(names, 'gated')).toBe(0);
  });

  it('leaves sound programs, and a gate that the forward pass wrote', () => {
    let fused = 0;
    for (let n = 0; n < 300; n++) {
      const program = fuse(programOf(randomGenome(n), signature, 4));
      verifyProgram(spelledOut(program));
      const written = new Set(program.forward.flatMap((op) => ('out' in op ? [op.out] : [])));
      for (const op of program.backward)
        if (op.op === 'matmul' && op.gate !== undefined) {
          expect(written.has(op.gate)).toBe(true);
          fused += 1;
        }
    }
    expect(fused).toBeGreaterThan(2);
  });
});

describe('keeping slopes', () => {
  it.each(['gelu', 'silu'])(
    'makes the gradient of %s a product, the slopes written in the forward pass',
    (fn) => {
      const program = fuse(compiled(`h = ${fn}(dense(x, units: 5))\ny = add(${fn}(h), h)`));
      const kept = program.forward.flatMap((op) => (op.op === 'unary' ? [op.slope] : []));
      expect(kept).not.toContain(undefined);
      expect(program.backward.filter(({ op }) => op === 'unaryGrad')).toEqual([]);
      const read = program.backward.flatMap((op) => (op.op === 'multiply' ? [op.a] : []));
      expect(read.sort()).toEqual(kept.sort());
      verifyProgram(spelledOut(program));
    },
  );

  it('keeps none that no gradient asks for', () => {
    const program = fuse(compiled('y = dense(gelu(x), units: 5)'));
    expect(program.forward.flatMap((op) => (op.op === 'unary' ? [op.slope] : []))).toEqual([undefined]);
  });
});

describe('reshapes and copies in place', () => {
  it('moves nothing where rows are whole vectors on both sides', () => {
    const text = 'a = conv(x, units: 8)\nb = attention(layerNorm(a), units: 8)\ny = add(a, b)';
    const program = fuse(compiled(text));
    expect(moving(program)).toBe(0);
    verifyProgram(spelledOut(program));
  });

  it('copies the gradient of a sum for neither side, though one of them gathers more', () => {
    const text =
      'a = conv(x, units: 8)\nb = add(a, relu(conv(a, units: 8)))\ny = add(b, relu(conv(b, units: 8)))';
    expect(moving(fuse(compiled(text)))).toBe(0);
  });

  it('copies it where both gather more', () => {
    const text =
      'a = dense(x, units: 8)\nb = dense(x, units: 8)\nc = concat(tanh(a), tanh(b))\nd = add(a, b)\ny = concat(c, d)';
    expect(moving(fuse(compiled(text)))).toBe(1);
  });

  it('moves where rows end inside a vector', () => {
    expect(moving(fuse(compiled('y = conv(x, units: 5)')))).toBeGreaterThan(0);
  });

  it.each(knownArchitectureNames())('leaves %s sound', (name) => {
    const genome = { architecture: knownArchitecture(name)!, rule: knownRule('adam')! };
    const onLine = { input: [1, 40, 1], target: { kind: 'classification', classes: 10 } } as const;
    verifyProgram(spelledOut(fuse(programOf(genome, onLine, 4))));
  });

  it('leaves programs sound in which activations are read as rows and otherwise, and gradients come in parts', () => {
    const parts = [
      'conv(a, units: 8)',
      'conv(a, units: 8, kernel: 1)',
      'attention(a, units: 8)',
      'relu(a)',
      'a',
    ];
    for (const first of parts)
      for (const second of parts)
        for (const third of parts) {
          const text = `a = relu(conv(x, units: 8))\nb = add(${first}, ${second})\ny = add(b, ${third})`;
          verifyProgram(spelledOut(fuse(compiled(text))));
        }
  });
});
