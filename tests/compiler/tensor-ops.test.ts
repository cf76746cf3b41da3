/** What the record of a tensor op says of its operands is what the op does: each is run in the reference engine with its accesses watched. */
import { describe, expect, it } from 'vitest';
import type { Program, TensorId, TensorOp } from '../../src/compiler/program.ts';
import type { OperandRole } from '../../src/compiler/tensor-ops/record.ts';
import {
  brokenClaim,
  drawsOf,
  operandsOf,
  recordOf,
  statesOf,
  type TensorOpName,
  tensorOps,
} from '../../src/compiler/tensor-ops/table.ts';
import { noiseKeys } from '../../src/engines/noise.ts';
import { runTensorOp } from '../../src/engines/reference/tensor-ops/table.ts';
import type { View } from '../../src/engines/reference/tensor-ops/view.ts';
import type { TaskSignature } from '../../src/tasks/task.ts';
import { genomeOf, programOf } from '../support/engines.ts';

const classes = { kind: 'classification', classes: 3 } as const;
const image: TaskSignature = { input: [6, 6, 2], target: classes };
const row = (target: TaskSignature['target']): TaskSignature => ({ input: [1, 2, 3], target });
const noHead = { kind: 'none' } as const;

/** Together they have every op there is. */
const programs: readonly Program[] = (
  [
    [
      'a = relu(batchNorm(conv(x, units: 4, kernel: 3, groups: 2)))\nb = dropout(gelu(conv(a, units: 4, kernel: 3, groups: 4)), rate: 0.3)\nc = pool(b, kind: max, kernel: 2, stride: 2)\nd = add(attention(layerNorm(positions(c, kind: learned)), units: 4, heads: 2, causal: true), c)\ng = dense(globalPool(scale(rmsNorm(d)), kind: mean), units: 5, rotation: true)\ny = concat(multiply(g, sigmoid(g)), tanh(g))\n',
      image,
    ],
    [
      'y = attention(embed(x, tokens: 5, units: 4), units: 4, heads: 2)\n',
      { input: [1, 6, 1], target: classes },
    ],
    ['y = conv(tanh(conv(x, units: 2, kernel: 3)), units: 2, kernel: 2)\n', image],
    ['y = dense(x, units: 2)\n', row({ kind: 'regression', outputs: 2 })],
    ['y = dense(x, units: 2)\n', row({ kind: 'binary' })],
    ['y = dense(x, units: 2, bias: false)\n', { ...row({ kind: 'linear', best: [0.5, -1] }), head: noHead }],
    ['y = dense(x, units: 2)\n', { ...row({ kind: 'objective', objective: 'branin' }), head: noHead }],
  ] as const
).map(([text, signature]) => programOf(genomeOf(text, 'u = -0.1 * g'), signature, 3));

const allOps = programs.flatMap((program) =>
  [...program.forward, ...program.backward].map((op) => ({ program, op })),
);

/** Which tensors a training pass reads before it has written the element, and which it writes, and how many elements. */
function watched(program: Program, op: TensorOp) {
  const read = new Set<TensorId>();
  const written = new Map<TensorId, Set<string>>();
  const view = (id: TensorId): View => {
    const { rows, cols } = program.tensors[id]!;
    const here = new Map<string, number>();
    return {
      rows,
      cols,
      get(i, j) {
        if (i < 0 || i >= rows || j < 0 || j >= cols) throw new Error(`${op.op} reads outside its operand`);
        if (!written.get(id)?.has(`${i},${j}`)) read.add(id);
        return here.get(`${i},${j}`) ?? ((7 * i + 3 * j + id) % 11) / 10;
      },
      set(i, j, value) {
        if (i < 0 || i >= rows || j < 0 || j >= cols) throw new Error(`${op.op} writes outside its operand`);
        written.set(id, (written.get(id) ?? new Set()).add(`${i},${j}`));
        here.set(`${i},${j}`, value);
      },
    };
  };
  const views = new Map<TensorId, View>();
  const once = (id: TensorId) => {
    const known = views.get(id) ?? view(id);
    views.set(id, known);
    return known;
  };
  runTensorOp(op, once, { mode: 'train', t: 1, noise: noiseKeys('watched') });
  return { read, written };
}

describe('records of tensor ops', () => {
  it('are all put to the test here', () => {
    expect(new Set(allOps.map(({ op }) => op.op))).toEqual(new Set(Object.keys(tensorOps)));
    const added = allOps.filter(({ op }) => 'accumulate' in op && op.accumulate);
    expect(new Set(added.map(({ op }) => op.op)).size).toBeGreaterThan(3);
  });

  it.each(Object.keys(tensorOps) as TensorOpName[])(
    '%s reads and writes the operands that it names',
    (name) => {
      const operands: Readonly<Record<string, OperandRole>> = tensorOps[name].operands;
      const unread = new Set(
        Object.keys(operands).filter((key) => /reads|mayRead|selects/.test(operands[key]!)),
      );
      for (const { program, op } of allOps.filter((one) => one.op.op === name)) {
        const { read, written } = watched(program, op);
        const { reads, writes } = operandsOf(op);
        for (const key of unread)
          if (read.has((op as unknown as Record<string, TensorId>)[key]!)) unread.delete(key);
        // What lasts from pass to pass is read, too, and counts as written only.
        const lasting = [...statesOf(op), ...drawsOf(op)].map(({ id }) => id);
        expect([...reads, ...lasting]).toEqual(expect.arrayContaining([...read]));
        expect([...written.keys()].sort()).toEqual([...writes].sort());
      }
      expect([...unread], 'named and never read').toEqual([]);
    },
  );

  it('that overwrite, overwrite every element, so that nothing of another tensor shows through', () => {
    for (const { program, op } of allOps) {
      if (op.op === 'copyColumns' || ('accumulate' in op && op.accumulate)) continue;
      const { written } = watched(program, op);
      for (const id of operandsOf(op).writes) {
        const { name, rows, cols } = program.tensors[id]!;
        expect(written.get(id)?.size, `${op.op}: ${name}`).toBe(rows * cols);
      }
    }
  });

  it('give what they keep its first elements, as many as its tensor has', () => {
    const states = allOps.flatMap(({ program, op }) => statesOf(op).map((state) => ({ program, ...state })));
    expect(states.length).toBeGreaterThan(0);
    for (const { program, id, initial } of states) {
      const { rows, cols } = program.tensors[id]!;
      expect(initial).toHaveLength(rows * cols);
    }
  });

  it('weigh a layer at no less than two flops for each multiplication with its addition', () => {
    const flopsOf = (text: string, signature: TaskSignature, batch: number) => {
      const { forward, tensors } = programOf(genomeOf(text, 'u = -0.1 * g'), signature, batch);
      const products = forward.filter(
        ({ op }) => op === 'matmul' || op === 'blockMatmul' || op === 'depthwise',
      );
      // The last one is the head.
      return products.slice(0, -1).map((op) => recordOf(op).flops(op, (id) => tensors[id]!));
    };
    const expectAtLeast = (weighed: readonly number[], counted: readonly number[]) => {
      expect(weighed).toHaveLength(counted.length);
      for (const [i, flops] of counted.entries()) expect(weighed[i]).toBeGreaterThanOrEqual(flops);
    };
    const [batch, side, channels, units, taps] = [3, 6, 2, 4, 9];
    const windows = batch * side * side;
    expectAtLeast(flopsOf('y = dense(x, units: 5)\n', image, batch), [
      2 * batch * side * side * channels * 5,
    ]);
    expectAtLeast(flopsOf('y = conv(x, units: 4, kernel: 3)\n', image, batch), [
      2 * windows * taps * channels * units,
    ]);
    expectAtLeast(flopsOf('y = conv(x, units: 4, kernel: 3, groups: 2)\n', image, batch), [
      (2 * windows * taps * channels * units) / 2,
    ]);
    expectAtLeast(flopsOf('y = conv(x, units: 2, kernel: 3, groups: 2)\n', image, batch), [
      2 * windows * taps * channels,
    ]);
    // Three maps, scores, what they mix, and a map: over n positions, n^2 products of all units.
    const n = side * side;
    const map = (from: number, to: number) => 2 * batch * n * from * to;
    const mixing = 2 * batch * n * n * units;
    expectAtLeast(flopsOf('y = attention(x, units: 4, heads: 2)\n', image, batch), [
      ...[map(channels, units), map(channels, units), map(channels, units)],
      ...[mixing, mixing, map(units, units)],
    ]);
  });

  it('claim something that does not hold once a result has a row or a column more', () => {
    for (const { program, op } of allOps)
      for (const id of new Set(operandsOf(op).writes)) {
        const sizeOf = (of: TensorId) => program.tensors[of]!;
        expect(brokenClaim(op, sizeOf)).toBeNull();
        const brokenWith = (more: { readonly rows: number; readonly cols: number }) =>
          brokenClaim(op, (of) => {
            const { rows, cols } = sizeOf(of);
            return of === id ? { rows: rows + more.rows, cols: cols + more.cols } : { rows, cols };
          });
        const broken = brokenWith({ rows: 1, cols: 0 }) ?? brokenWith({ rows: 0, cols: 1 });
        expect(broken, `${op.op}: ${program.tensors[id]!.name}`).not.toBeNull();
      }
  });
});
