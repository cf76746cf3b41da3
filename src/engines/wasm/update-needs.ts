/** What one loop nest of an update is for, and which values it needs for that, in which forms. */
import { nodesNeeded } from '../../compiler/update.ts';
import { isMatrix } from '../../genome/update-rule/shapes.ts';
import type { MatrixShape, ValueShape } from '../../genome/update-rule/update-rule.ts';
import { isScalar, kindOf, type OpNode, type UpdatePlace } from './update-place.ts';
import type { Accumulator } from './update-reductions.ts';

/** Reductions of values of one matrix shape, arguments of whole ops, and in the last pass what is stored. */
export interface Loops {
  readonly shape: MatrixShape;
  readonly reductions: readonly Accumulator[];
  readonly materials: readonly { readonly index: number; readonly address: number }[];
  /** State slots to be written, and whether the parameters are. */
  readonly slots: readonly number[];
  readonly writesParameters: boolean;
}

/** Whole ops that are computed when this pass has ended. */
export const wholesOf = ({ nodes, layout }: UpdatePlace, pass: number) =>
  [...layout.wholes.keys()].filter((index) => nodes[index]!.pass === pass);

const matrixOf = (shape: ValueShape): MatrixShape => (isMatrix(shape) ? shape : 'full');

/** What the loops over values of this shape have to do in this pass. */
export function loopsOf(place: UpdatePlace, pass: number, shape: MatrixShape): Loops {
  const { code, nodes, states, layout, program } = place;
  const isLast = pass === program.update.passes - 1;
  const belongs = (of: readonly number[]) =>
    (of.map((i) => nodes[i]!.shape).find(isMatrix) ?? 'full') === shape;
  const reductions = nodes.flatMap((node, index): Accumulator[] =>
    kindOf(node) === 'reduction' && node.pass === pass && belongs((node as OpNode).args)
      ? [{ index, node: node as OpNode, lanes: code.local('v128') }]
      : [],
  );
  const materials = wholesOf(place, pass).flatMap((whole) =>
    (nodes[whole] as OpNode).args.flatMap((index, i) => {
      const address = layout.wholes.get(whole)!.args[i] ?? null;
      return address === null || !belongs([index]) ? [] : [{ index, address }];
    }),
  );
  const slots = [...states.keys()].filter((slot) => isLast && matrixOf(states[slot]!.shape) === shape);
  return { shape, reductions, materials, slots, writesParameters: isLast && shape === 'full' };
}

/** Whether they have nothing to do, and are left out. */
export const isIdle = ({ reductions, materials, slots, writesParameters }: Loops): boolean =>
  reductions.length + materials.length + slots.length === 0 && !writesParameters;

/** Pointwise nodes, states, inputs and finished reductions that a nest depends on within its pass, in program order. */
export function neededNodes(
  { nodes, states, program }: UpdatePlace,
  { reductions, materials, slots, writesParameters }: Loops,
  pass: number,
): number[] {
  const roots = [
    ...reductions.flatMap(({ node }) => node.args),
    ...materials.map(({ index }) => index),
    ...(writesParameters ? [program.update.output] : []),
    ...slots.map((slot) => states[slot]!.next),
  ];
  return nodesNeeded(nodes, roots, pass);
}

/** Which scalars the inner loop reads as lanes, and in which forms. */
export function laneUses(
  { nodes, states, program }: UpdatePlace,
  needed: readonly number[],
  { reductions, materials, slots, writesParameters }: Loops,
): ReadonlySet<string> {
  const uses = new Set<string>();
  const use = (index: number, form: string) =>
    isScalar(nodes[index]!.shape) && nodes[index]!.kind !== 'constant' && uses.add(`${form} ${index}`);
  for (const index of needed) {
    const node = nodes[index]!;
    if (kindOf(node) !== 'pointwise' || isScalar(node.shape)) continue;
    const { op, args } = node as OpNode;
    for (const arg of args) use(arg, 'value');
    const beta = op === 'lerp' ? args[2]! : op === 'debias' ? args[1]! : null;
    if (beta !== null && isScalar(nodes[beta]!.shape)) uses.add(`${op} ${beta}`);
  }
  for (const { node } of reductions) for (const arg of node.args) use(arg, 'value');
  for (const { index } of materials) use(index, 'value');
  if (writesParameters) use(program.update.output, 'value');
  for (const slot of slots) if (!isScalar(states[slot]!.shape)) use(states[slot]!.next, 'value');
  return uses;
}
