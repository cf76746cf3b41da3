/** The rewrite that lets products do rectifiers: where it applies, where it must not, and that what it leaves is a sound program. */
import { describe, expect, it } from 'vitest';
import type { Program } from '../../src/compiler/program.ts';
import { verifyProgram } from '../../src/compiler/verify.ts';
import { fuse } from '../../src/engines/wasm/fuse.ts';
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

  it('leaves sound programs, and a gate that the forward pass wrote', () => {
    let fused = 0;
    for (let n = 0; n < 300; n++) {
      const program = fuse(programOf(randomGenome(n), signature, 4));
      verifyProgram(program);
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
