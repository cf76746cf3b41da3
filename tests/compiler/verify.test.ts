/** The verifier accepts what the compiler makes, and finds every kind of defect that is planted in it. */
import { describe, expect, it } from 'vitest';
import type { Program, Tensor, TensorOp, UpdateNode } from '../../src/compiler/program.ts';
import { CompilerInvariantError, verifyProgram } from '../../src/compiler/verify.ts';
import { randomGenome } from '../support/arbitraries.ts';
import { genomeOf, programOf } from '../support/engines.ts';

const signature = { input: [1, 6, 1], target: { kind: 'classification', classes: 3 } } as const;

const program = programOf(
  genomeOf(
    'h1 = relu(layerNorm(dense(x, units: 8)))\nh2 = tanh(dense(h1, units: 8))\ny = concat(add(h1, h2), scale(multiply(h1, h2)))\n',
    "n1 = norm(g, over: tensor)\nm = lerp(m', g / n1, 0.9)\nu = -0.01 * m\n",
  ),
  signature,
  4,
);

const withOps = (change: (ops: readonly TensorOp[]) => readonly TensorOp[], key: 'forward' | 'backward') =>
  ({ ...program, [key]: change(program[key]) }) as Program;
const withTensors = (change: (tensor: Tensor, id: number) => Tensor): Program => ({
  ...program,
  tensors: program.tensors.map(change),
});
const withNodes = (change: (node: UpdateNode, index: number) => UpdateNode): Program => ({
  ...program,
  update: { ...program.update, nodes: program.update.nodes.map(change) },
});
const idOf = (name: string) => program.tensors.findIndex((tensor) => tensor.name === name);
const firstTransient = program.backward.flatMap((op) => ('dx' in op ? [op.dx] : []))[0]!;

/** By name: a defect, the stage that answers for it, and a word of the message. */
const defects: Record<string, { readonly broken: Program; readonly stage: string; readonly says: RegExp }> = {
  'an op is lost': {
    broken: withOps((ops) => ops.filter(({ op }) => op !== 'unary'), 'forward'),
    stage: 'lower',
    says: /before anything has written it/,
  },
  'ops change places': {
    broken: withOps((ops) => [...ops].reverse(), 'forward'),
    stage: 'lower',
    says: /before anything has written it/,
  },
  'a tensor does not exist': {
    broken: withOps((ops) => ops.map((op) => (op.op === 'unary' ? { ...op, x: 9999 } : op)), 'forward'),
    stage: 'lower',
    says: /does not exist/,
  },
  'a product is transposed by mistake': {
    broken: withOps(
      (ops) => ops.map((op) => (op.op === 'matmul' ? { ...op, transposeB: true } : op)),
      'forward',
    ),
    stage: 'lower',
    says: /sizes/,
  },
  'a concatenation is shifted': {
    broken: withOps(
      (ops) => ops.map((op) => (op.op === 'copyColumns' ? { ...op, intoColumn: op.intoColumn + 4 } : op)),
      'forward',
    ),
    stage: 'lower',
    says: /columns/,
  },
  'a norm has the wrong channels': {
    broken: withOps((ops) => ops.map((op) => (op.op === 'norm' ? { ...op, channels: 3 } : op)), 'forward'),
    stage: 'lower',
    says: /channels divide/,
  },
  'a gradient is never computed': {
    broken: withOps((ops) => ops.filter(({ op }) => op !== 'columnSum'), 'backward'),
    stage: 'differentiate',
    says: /nothing computes its gradient/,
  },
  'the backward pass begins in the middle': {
    broken: withOps((ops) => ops.slice(1), 'backward'),
    stage: 'differentiate',
    says: /before anything has written it/,
  },
  'a tensor lies outside the arena': {
    broken: withTensors((tensor, id) =>
      id === program.loss ? { ...tensor, offset: program.arenaLength } : tensor,
    ),
    stage: 'planMemory',
    says: /outside the arena/,
  },
  'a tensor is not aligned': {
    broken: withTensors((tensor, id) =>
      id === program.input ? { ...tensor, offset: tensor.offset + 1 } : tensor,
    ),
    stage: 'planMemory',
    says: /unaligned/,
  },
  'a row is not padded': {
    broken: withTensors((tensor, id) => (id === program.loss ? { ...tensor, stride: 1 } : tensor)),
    stage: 'planMemory',
    says: /not padded/,
  },
  'a parameter leaves its region': {
    broken: withTensors((tensor, id) =>
      id === idOf('head.bias') ? { ...tensor, offset: program.tensors[program.input]!.offset } : tensor,
    ),
    stage: 'planMemory',
    says: /parameter region/,
  },
  'a gradient of the backward pass is laid over the input that a later op reads': {
    broken: withTensors((tensor, id) =>
      id === firstTransient ? { ...tensor, offset: program.tensors[program.input]!.offset } : tensor,
    ),
    stage: 'planMemory',
    says: /laid over/,
  },
  'a reduction is read in the pass that sums it': {
    broken: withNodes((node) => ({ ...node, pass: 0 })),
    stage: 'scheduleUpdate',
    says: /before its pass has ended/,
  },
  'an argument comes after its reader': {
    broken: withNodes((node) =>
      node.kind === 'op' && node.args.length === 2
        ? { ...node, args: [program.update.nodes.length - 1, 0] }
        : node,
    ),
    stage: 'scheduleUpdate',
    says: /comes later/,
  },
  'a value is given too small a shape': {
    broken: withNodes((node) =>
      node.kind === 'op' && node.shape === 'full' ? { ...node, shape: 'tensor' } : node,
    ),
    stage: 'scheduleUpdate',
    says: /join/,
  },
};

describe('verifyProgram', () => {
  it('accepts whatever mutation reaches', () => {
    for (let i = 0; i < 200; i++)
      expect(() => verifyProgram(programOf(randomGenome(i), signature, 4))).not.toThrow();
  });

  it.each(Object.entries(defects))('finds that %s', (_, { broken, stage, says }) => {
    expect(() => verifyProgram(broken)).toThrow(CompilerInvariantError);
    expect(() => verifyProgram(broken)).toThrow(says);
    expect(() => verifyProgram(broken)).toThrow(`stage \`${stage}\``);
  });
});
