/** Rotations on or off in a whole architecture: the same network, whose parameters keep their names, and so their draws. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { initialConstants, initialParameters } from '../../src/engines/initial-weights.ts';
import type { Architecture } from '../../src/genome/architecture/architecture.ts';
import { canonicalArchitecture } from '../../src/genome/architecture/canonical.ts';
import { readArchitecture } from '../../src/genome/architecture/read.ts';
import { rotatableNodes, withRotations } from '../../src/genome/architecture/rotated.ts';
import { architectureFromText, architectureText } from '../../src/lineage/codec.ts';
import { genomeOf, programOf } from '../support/engines.ts';

const branch = fc
  .tuple(fc.constantFrom('dense', 'conv', 'attention'), fc.boolean(), fc.constantFrom('tanh', 'relu', 'sin'))
  .map(([op, rotation, f]) => `${f}(${op}(x, units: 4${rotation ? ', rotation: true' : ''}))`);

const architectures = fc.tuple(branch, branch, branch).map(([a, b, c]) =>
  read(`p = dense(flatten(${a}), units: 4)
q = dense(flatten(${b}), units: 4)
r = dense(flatten(${c}), units: 4)
y = multiply(add(p, q), r)`),
);

function read(text: string): Architecture {
  const result = readArchitecture(text);
  if (!result.ok) throw new Error(result.issues.map(({ message }) => message).join('; '));
  return result.value;
}

const shapeOf = ({ nodes, output }: Architecture) => ({
  output,
  nodes: nodes.map(({ op, inputs, genes: { rotation: _, ...genes } }) => ({ op, inputs, genes })),
});

describe('rotations of a whole architecture', () => {
  it('are on in all weighted nodes or in none, and nothing else differs', () => {
    fc.assert(
      fc.property(architectures, fc.boolean(), (architecture, rotation) => {
        const changed = withRotations(architecture, rotation);
        expect(rotatableNodes(changed).map((i) => changed.nodes[i]!.genes['rotation'])).toEqual(
          rotatableNodes(architecture).map(() => rotation),
        );
        expect(shapeOf(changed)).toEqual(shapeOf(architecture));
        expect(withRotations(withRotations(changed, !rotation), rotation)).toEqual(changed);
      }),
    );
  });

  it('keep the order of nodes through their text, also where the canonical form has another', () => {
    let reordered = 0;
    fc.assert(
      fc.property(architectures, fc.boolean(), (architecture, rotation) => {
        const changed = withRotations(architecture, rotation);
        expect(architectureFromText(architectureText(changed))).toEqual(changed);
        if (JSON.stringify(canonicalArchitecture(changed)) !== JSON.stringify(changed)) reordered += 1;
      }),
    );
    expect(reordered).toBeGreaterThan(0);
  });

  it('begin as the same network on either side', () => {
    const signature = { input: [1, 6, 2], target: { kind: 'classification', classes: 3 } } as const;
    fc.assert(
      fc.property(architectures, (architecture) => {
        const [plain, rotated] = [false, true].map((rotation) => {
          const program = programOf(
            { ...genomeOf('y = x', 'u = g'), architecture: withRotations(architecture, rotation) },
            rotation
              ? { ...signature, head: { kind: 'linear', bias: true, init: 'torch', rotation } }
              : signature,
            4,
          );
          return { program, values: initialParameters(program, 'seed') };
        });
        const constants = initialConstants(rotated!.program, 'seed');
        for (const [p, { name, value, rotation }] of rotated!.program.parameters.entries()) {
          expect(plain!.program.parameters[p]!.name).toBe(name);
          expect(rotation !== undefined).toBe(name.endsWith('weight'));
          if (rotation === undefined) continue;
          const { rows, cols } = rotated!.program.tensors[value]!;
          const [left, right] = [constants[rotation.left]!, constants[rotation.right]!];
          const [v, w] = [rotated!.values[p]!, plain!.values[p]!];
          for (let i = 0; i < rows; i++)
            for (let j = 0; j < cols; j++) {
              let used = 0;
              for (let k = 0; k < rows; k++)
                for (let l = 0; l < cols; l++)
                  used += left[i * rows + k]! * v[k * cols + l]! * right[l * cols + j]!;
              expect(used).toBeCloseTo(w[i * cols + j]!, 12);
            }
        }
      }),
      { numRuns: 5 },
    );
  });

  it('are others for another seed', () => {
    const program = programOf(
      genomeOf('y = dense(x, units: 4, rotation: true)', 'u = g'),
      {
        input: [1, 1, 4],
        target: { kind: 'regression', outputs: 1 },
      },
      4,
    );
    expect(initialConstants(program, 'one')).not.toEqual(initialConstants(program, 'other'));
  });
});
