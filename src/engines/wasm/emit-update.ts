/**
 * The update rule as straight-line SIMD, one fused loop nest per pass between reductions: tensors, rows, vectors of four columns.
 *
 * A pass without reductions and without shapes in between runs over the whole parameter region as one flat array. States are written in the last pass, where
 * every read of an element's old value comes before its write.
 */
import type { Program, UpdateNode } from '../../compiler/program.ts';
import { isMatrix } from '../../genome/update-rule/shapes.ts';
import type { ValueShape } from '../../genome/update-rule/update-rule.ts';
import type { Callable, ModuleBuilder } from './assembler.ts';
import type { ValueType } from './instructions.ts';
import { type Layout, takesNumber } from './layout.ts';
import type { Imports } from './rule-ops.ts';
import { flatLoop, loopNest } from './update-loops.ts';
import { isIdle, type Loops, laneUses, loopsOf, neededNodes, wholesOf } from './update-needs.ts';
import { createUpdatePlace, kindOf, type Level, type OpNode, type UpdatePlace } from './update-place.ts';
import {
  accumulate,
  finishColumns,
  finishScalar,
  resetAccumulator,
  resetColumns,
} from './update-reductions.ts';
import { defineScalar, emitSplats, pushScalar, setScalar, storeScalarState } from './update-scalars.ts';
import {
  commitColumnStates,
  defineVector,
  pushVector,
  storeParameters,
  storeVectorStates,
} from './update-vectors.ts';

/** Numbers that a whole op may take. */
const mostNumbers = 6;
/** whole(node, numbers): computes a whole op and returns its result where that is a number. */
export const wholeParameters: readonly ValueType[] = [
  'i32',
  ...Array.from({ length: mostNumbers }, () => 'f64' as const),
];

/** update(t, T, L, b, n) of one program. */
export function emitUpdate(
  module: ModuleBuilder,
  program: Program,
  layout: Layout,
  imports: Imports,
): Callable {
  return module.function(
    ['f64', 'f64', 'f64', 'f64', 'f64'],
    [],
    (code) => {
      const place = createUpdatePlace(code, program, layout, imports);
      for (const [index, node] of place.nodes.entries())
        if (node.kind === 'state' && node.shape === 'all') defineScalar(place, index);
      for (let pass = 0; pass < program.update.passes; pass++) emitPass(place, pass);
      commitColumnStates(place);
    },
    'update',
  );
}

function emitPass(place: UpdatePlace, pass: number): void {
  for (const [index, node] of place.nodes.entries()) {
    if (node.shape === 'all' && kindOf(node) === 'pointwise' && node.pass === pass)
      defineScalar(place, index);
  }
  // The nest of shape `full` comes last. It writes parameters and states of rows, columns and tensors, of which the other nests still read the old values.
  for (const shape of [...place.layout.spaces.keys()].sort(
    (a, b) => Number(a === 'full') - Number(b === 'full'),
  )) {
    const loops = loopsOf(place, pass, shape);
    if (!isIdle(loops)) emitLoops(place, loops, pass);
  }
  for (const index of wholesOf(place, pass)) callWhole(place, index);
}

function emitLoops(place: UpdatePlace, loops: Loops, pass: number): void {
  const { nodes, states, layout } = place;
  const { shape, reductions, materials, slots } = loops;
  const needed = neededNodes(place, loops, pass);
  const at = (level: ValueShape) => needed.filter((index) => nodes[index]!.shape === level);
  const uses = laneUses(place, needed, loops);
  const isFlat =
    reductions.length + materials.length === 0 &&
    at('tensor').length + at('row').length + at('col').length === 0 &&
    slots.every((slot) => isMatrix(states[slot]!.shape) || states[slot]!.shape === 'all');
  const over = (scope: Level | 'col') => reductions.filter(({ node }) => node.over === scope);

  const begin = (level: Level) => {
    for (const index of at(level)) if (level !== 'all') defineScalar(place, index);
    for (const index of at(level)) emitSplats(place, index, uses);
    for (const reduction of over(level)) resetAccumulator(place, reduction);
    for (const slot of slots) if (states[slot]!.shape === level) storeScalarState(place, slot, level);
  };
  const inner = () => {
    for (const index of [...at('col'), ...at(shape)].sort((a, b) => a - b)) defineVector(place, index);
    for (const reduction of reductions) accumulate(place, reduction);
    for (const material of materials) storeMaterial(place, material);
    storeVectorStates(place, slots);
    if (loops.writesParameters) storeParameters(place);
  };
  const { bytes, descriptors } = layout.spaces.get(shape)!;
  begin('all');
  if (isFlat) flatLoop(place, bytes, inner);
  else
    loopNest(place, descriptors, {
      beginColumns: () => {
        for (const reduction of over('col')) resetColumns(place, reduction);
      },
      begin,
      inner,
      end: (level) => {
        for (const reduction of over(level)) finishScalar(place, reduction, level, shape);
        if (level === 'tensor') for (const reduction of over('col')) finishColumns(place, reduction);
      },
    });
  for (const reduction of over('all')) finishScalar(place, reduction, 'all', shape);
}

/** An argument of a whole op, with 0 for padding. */
function storeMaterial(place: UpdatePlace, { index, address }: Loops['materials'][number]): void {
  const { code, element, mask } = place;
  code.get(element);
  pushVector(place, index);
  code.get(mask).op('v128.and').access('v128.store', address);
}

/** The host computes a whole op out of memory: its arguments lie there, and its result will. */
function callWhole(place: UpdatePlace, index: number): void {
  const { code, nodes, imports } = place;
  const { op, args, shape } = nodes[index] as OpNode & UpdateNode;
  const numbers = args.filter((_, i) => takesNumber(op, i));
  code.i32(index);
  for (const number of numbers) pushScalar(place, number);
  for (let i = numbers.length; i < mostNumbers; i++) code.f64(0);
  code.call(imports.host('whole'));
  if (shape === 'all') setScalar(place, index);
  else code.op('drop');
}
