/**
 * The update rule as straight-line SIMD, one fused loop nest per pass between reductions: tensors, rows, vectors of four columns.
 *
 * Values of shape `all`, `tensor` and `row` are float64 locals computed where their loop begins, with a float32 splat for the inner loop; `col` and `full` values are
 * vectors. A pass without reductions and without shapes in between runs over the whole parameter region as one flat array. States are written in the last pass, where
 * every read of an element's old value comes before its write.
 *
 * Longer than other files on purpose: its functions close over the locals of one WebAssembly function and mean nothing apart from it.
 */
import type { Program, UpdateNode } from '../../compiler/program.ts';
import { matrixNumbers } from '../../compiler/whole-ops.ts';
import { ruleOps } from '../../genome/update-rule/ops.ts';
import { isMatrix } from '../../genome/update-rule/shapes.ts';
import type { MatrixShape, Scope, ValueShape } from '../../genome/update-rule/update-rule.ts';
import type { Callable, Code, ModuleBuilder, ValueType } from './assembler.ts';
import { descriptorBytes, descriptorOffset, descriptorWords, type Layout, takesNumber } from './layout.ts';
import { lastVectorMask } from './loops.ts';
import {
  type Imports,
  type LaneArgument,
  laneEmitters,
  type PointwiseName,
  type ReductionName,
  scalarEmitters,
} from './rule-ops.ts';

type OpNode = Extract<UpdateNode, { kind: 'op' }>;
type Level = 'all' | 'tensor' | 'row';

const isScalar = (shape: ValueShape): shape is Level => shape !== 'col' && !isMatrix(shape);
const kindOf = (node: UpdateNode) => (node.kind === 'op' ? ruleOps[node.op].kind : null);

/** A running reduction: float64 pairs, or float32 lanes for `max`, and where its result goes. */
interface Accumulator {
  readonly node: OpNode;
  readonly index: number;
  readonly lanes: number;
}

/** Numbers that a whole op may take. */
const mostNumbers = 6;
/** whole(node, numbers): computes a whole op and returns its result where that is a number. */
export const wholeParameters: readonly ValueType[] = [
  'i32',
  ...Array.from({ length: mostNumbers }, () => 'f64' as const),
];

/** What one loop nest of a pass is for: reductions of values of one matrix shape, arguments of whole ops, and in the last pass what is stored. */
interface Loops {
  readonly shape: MatrixShape;
  readonly reductions: readonly Accumulator[];
  readonly materials: readonly { readonly index: number; readonly address: number }[];
  /** State slots to be written, and whether the parameters are. */
  readonly slots: readonly number[];
  readonly writesParameters: boolean;
}

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
    (code) => updateBody(code, program, layout, imports),
    'update',
  );
}

function updateBody(code: Code, program: Program, layout: Layout, imports: Imports): void {
  const { nodes, states, output, passes } = program.update;
  const inputLocals = { t: 0, T: 1, L: 2, b: 3, n: 4 } as const;
  const scalars = new Map<number, number>();
  const splats = new Map<string, number>();
  const vectors = new Map<number, number>();
  const word = Object.fromEntries(descriptorWords.map((name) => [name, code.local('i32')])) as Record<
    (typeof descriptorWords)[number],
    number
  >;
  const [descriptor, tensorsLeft, rowsLeft, element, column, columnsEnd, rowStart, mask] = [
    code.local('i32'),
    code.local('i32'),
    code.local('i32'),
    code.local('i32'),
    code.local('i32'),
    code.local('i32'),
    code.local('i32'),
    code.local('v128'),
  ];
  const parameterBytes = 4 * program.parameterLength;
  const sizes = program.parameters.map(({ value }) => program.tensors[value]!);

  // ---- scalars -------------------------------------------------------------------------------------------------
  function pushScalar(index: number): void {
    const node = nodes[index]!;
    if (node.kind === 'constant') code.f64(node.value);
    else if (node.kind === 'input' && node.shape === 'all')
      code.get(inputLocals[node.input as keyof typeof inputLocals]);
    else code.get(scalars.get(index)!);
  }

  /** Computes or loads scalar `index` into its local; its loop has begun. */
  function defineScalar(index: number): void {
    const node = nodes[index]!;
    if (node.kind === 'constant' || (node.kind === 'input' && node.shape === 'all')) return;
    if (node.kind === 'input')
      code
        .get(descriptor)
        .access('i32.load', descriptorOffset[node.input as keyof typeof descriptorOffset])
        .op('f64.convert_i32_s');
    else if (node.kind === 'state') loadScalar(node.shape as Level, layout.states[node.slot]!);
    else if (kindOf(node) === 'reduction') loadScalar(node.shape as Level, layout.results.get(index)!);
    else {
      const emit = scalarEmitters[(node as OpNode).op as PointwiseName];
      emit(
        code,
        (node as OpNode).args.map((arg) => () => pushScalar(arg)),
        imports,
        () => code.get(inputLocals.t),
      );
    }
    setScalar(index);
  }

  function setScalar(index: number): void {
    if (!scalars.has(index)) scalars.set(index, code.local('f64'));
    code.set(scalars.get(index)!);
  }

  /** The address of a scalar: `all` is fixed, `tensor` and `row` are at the loop's place. */
  function pushPlace(level: Level): void {
    if (level === 'all') code.i32(0);
    else code.get(level === 'tensor' ? word.tensorBase : rowStart);
  }

  function loadScalar(level: Level, base: number): void {
    pushPlace(level);
    code.access('f64.load', base);
  }

  /** Puts a float64 expression of a scalar into a float32 splat local, at the level at which the scalar is known. */
  function splat(key: string, push: () => void): void {
    const local = splats.get(key) ?? code.local('v128');
    splats.set(key, local);
    push();
    code.op('f32.demote_f64', 'f32x4.splat').set(local);
  }

  // ---- one pass --------------------------------------------------------------------------------------------------
  function emitPass(pass: number): void {
    const isLast = pass === passes - 1;
    for (const [index, node] of nodes.entries()) {
      if (node.shape === 'all' && kindOf(node) === 'pointwise' && node.pass === pass) defineScalar(index);
    }
    // Parameters and states of rows, columns and tensors are written in the nest of `full`, which comes last: the others still read the old ones.
    for (const shape of [...layout.spaces.keys()].sort(
      (a, b) => Number(a === 'full') - Number(b === 'full'),
    )) {
      const loops = loopsOf(pass, shape, isLast);
      if (loops.reductions.length + loops.materials.length + loops.slots.length > 0 || loops.writesParameters)
        emitLoops(loops, pass);
    }
    for (const index of wholesOf(pass)) callWhole(index);
  }

  const wholesOf = (pass: number) => [...layout.wholes.keys()].filter((index) => nodes[index]!.pass === pass);

  function loopsOf(pass: number, shape: MatrixShape, isLast: boolean): Loops {
    const belongs = (of: readonly number[]) =>
      (of.map((i) => nodes[i]!.shape).find(isMatrix) ?? 'full') === shape;
    const reductions = nodes.flatMap((node, index): Accumulator[] =>
      kindOf(node) === 'reduction' && node.pass === pass && belongs((node as OpNode).args)
        ? [{ index, node: node as OpNode, lanes: code.local('v128') }]
        : [],
    );
    const materials = wholesOf(pass).flatMap((whole) =>
      (nodes[whole] as OpNode).args.flatMap((index, i) => {
        const address = layout.wholes.get(whole)!.args[i] ?? null;
        return address === null || !belongs([index]) ? [] : [{ index, address }];
      }),
    );
    const slots = [...states.keys()].filter((slot) => isLast && belongsTo(states[slot]!.shape, shape));
    return { shape, reductions, materials, slots, writesParameters: isLast && shape === 'full' };
  }

  const belongsTo = (of: ValueShape, shape: MatrixShape) => (isMatrix(of) ? of : 'full') === shape;

  function emitLoops(loops: Loops, pass: number): void {
    const { shape, reductions, materials, slots, writesParameters } = loops;
    const roots = [
      ...reductions.flatMap(({ node }) => node.args),
      ...materials.map(({ index }) => index),
      ...(writesParameters ? [output] : []),
      ...slots.map((slot) => states[slot]!.next),
    ];
    const needed = neededNodes(roots, pass);
    const at = (level: ValueShape) => needed.filter((index) => nodes[index]!.shape === level);
    const uses = laneUses(needed, loops);
    const flat =
      reductions.length + materials.length === 0 &&
      at('tensor').length + at('row').length + at('col').length === 0 &&
      slots.every((slot) => isMatrix(states[slot]!.shape) || states[slot]!.shape === 'all');

    const begin = (level: Level) => {
      for (const index of at(level)) if (level !== 'all') defineScalar(index);
      for (const index of at(level)) emitSplats(index, uses);
      for (const reduction of reductions) if (reduction.node.over === level) resetAccumulator(reduction);
      for (const slot of slots)
        if (states[slot]!.shape === level) storeScalarState(slot, states[slot]!.next, level);
    };
    const inner = () => {
      for (const index of [...at('col'), ...at(shape)].sort((a, b) => a - b)) defineVector(index);
      for (const reduction of reductions) accumulate(reduction);
      for (const { index, address } of materials) {
        code.get(element);
        pushVector(index);
        code.get(mask).op('v128.and').access('v128.store', address);
      }
      storeVectors(loops);
    };
    begin('all');
    if (flat) flatLoop(layout.spaces.get(shape)!.bytes, inner);
    else
      loopNest(
        layout.spaces.get(shape)!.descriptors,
        begin,
        inner,
        (level) => {
          for (const reduction of reductions)
            if (reduction.node.over === level) finishScalar(reduction, level, shape);
          if (level === 'tensor')
            for (const reduction of reductions) if (reduction.node.over === 'col') finishColumns(reduction);
        },
        () => {
          for (const reduction of reductions) if (reduction.node.over === 'col') resetColumns(reduction);
        },
      );
    for (const reduction of reductions)
      if (reduction.node.over === 'all') finishScalar(reduction, 'all', shape);
  }

  /** The host computes a whole op out of memory: its arguments lie there, and its result will. */
  function callWhole(index: number): void {
    const { op, args, shape } = nodes[index] as OpNode & UpdateNode;
    const numbers = args.filter((_, i) => takesNumber(op, i));
    code.i32(index);
    for (const number of numbers) pushScalar(number);
    for (let i = numbers.length; i < mostNumbers; i++) code.f64(0);
    code.call(imports.host('whole'));
    if (shape === 'all') setScalar(index);
    else code.op('drop');
  }

  /** Pointwise nodes, states, inputs and finished reductions that the roots depend on within this pass, in program order. */
  function neededNodes(roots: readonly number[], pass: number): number[] {
    const seen = new Set<number>();
    const visit = (index: number): void => {
      if (seen.has(index)) return;
      seen.add(index);
      const node = nodes[index]!;
      if (node.shape !== 'all' && kindOf(node) === 'pointwise' && node.pass <= pass)
        for (const arg of (node as OpNode).args) visit(arg);
    };
    roots.forEach(visit);
    return [...seen].sort((a, b) => a - b);
  }

  /** Which scalars the inner loop reads as lanes, and in which forms. */
  function laneUses(
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
    if (writesParameters) use(output, 'value');
    for (const slot of slots) if (!isScalar(states[slot]!.shape)) use(states[slot]!.next, 'value');
    return uses;
  }

  function emitSplats(index: number, uses: ReadonlySet<string>): void {
    if (uses.has(`value ${index}`)) splat(`value ${index}`, () => pushScalar(index));
    if (uses.has(`lerp ${index}`)) {
      splat(`lerp ${index}`, () => {
        code.f64(1);
        pushScalar(index);
        code.op('f64.sub');
      });
    }
    if (uses.has(`debias ${index}`)) {
      splat(`debias ${index}`, () => {
        code.f64(1);
        pushScalar(index);
        code.get(inputLocals.t).call(imports.host('debiasDivisor')).op('f64.div');
      });
    }
  }

  // ---- loops -------------------------------------------------------------------------------------------------------
  function flatLoop(bytes: number, inner: () => void): void {
    code.i32(0).set(element);
    code.while(
      () => code.get(element).i32(bytes).op('i32.lt_s'),
      () => {
        inner();
        code.advance(element, 16);
      },
    );
  }

  function loopNest(
    descriptors: number,
    begin: (level: Level) => void,
    inner: () => void,
    end: (level: Level) => void,
    beginColumns: () => void,
  ): void {
    code.i32(descriptors).set(descriptor).i32(program.parameters.length).set(tensorsLeft);
    countDown(code, tensorsLeft, () => {
      for (const [i, name] of descriptorWords.entries())
        code
          .get(descriptor)
          .access('i32.load', 4 * i)
          .set(word[name]);
      beginColumns();
      begin('tensor');
      code.get(word.rows).set(rowsLeft).get(word.rowBase).set(rowStart);
      countDown(
        code,
        rowsLeft,
        () => {
          begin('row');
          overColumns(() => {
            inner();
            code.advance(element, 16);
          });
          end('row');
          // `element` stands one stride further: padding included, it is where the next row begins.
          code.advance(rowStart, 8);
        },
        () => code.get(word.element).set(element),
      );
      end('tensor');
      code.advance(descriptor, descriptorBytes);
    });
  }

  function countDown(c: Code, count: number, body: () => void, before?: () => void): void {
    before?.();
    c.while(
      () => c.get(count).i32(0).op('i32.gt_s'),
      () => {
        body();
        c.advance(count, -1);
      },
    );
  }

  /** `column` runs over the tensor's vectors of columns; `mask` has the lanes that are real. */
  function overColumns(body: () => void): void {
    code.get(word.colBase).set(column).get(word.colBase).get(word.stride).op('i32.add').set(columnsEnd);
    code.while(
      () => code.get(column).get(columnsEnd).op('i32.lt_s'),
      () => {
        code
          .get(column)
          .i32(16)
          .op('i32.add')
          .get(columnsEnd)
          .op('i32.eq')
          .if(
            () => {
              lastVectorMask(code, word.cols);
              code.set(mask);
            },
            () => code.i32(-1).op('i32x4.splat').set(mask),
          );
        body();
        code.advance(column, 16);
      },
    );
  }

  // ---- vectors -----------------------------------------------------------------------------------------------------
  function pushVector(index: number): void {
    const node = nodes[index]!;
    if (node.kind === 'constant') code.lanes(node.value);
    else code.get(isScalar(node.shape) ? splats.get(`value ${index}`)! : vectors.get(index)!);
  }

  function laneArgument(index: number): LaneArgument {
    const form = (name: 'lerp' | 'debias') => splats.get(`${name} ${index}`);
    const [complement, correction] = [form('lerp'), form('debias')];
    return {
      push: () => pushVector(index),
      ...(complement === undefined ? {} : { complement: () => code.get(complement) }),
      ...(correction === undefined ? {} : { correction: () => code.get(correction) }),
    };
  }

  function defineVector(index: number): void {
    const node = nodes[index]!;
    const load = (place: number, base: number) => code.get(place).access('v128.load', base);
    if (node.kind === 'input') load(element, layout.arena + (node.input === 'g' ? parameterBytes : 0));
    else if (node.kind === 'state') load(node.shape === 'col' ? column : element, layout.states[node.slot]!);
    else if (kindOf(node) === 'noise') load(element, layout.noise.get(index)!);
    else if (kindOf(node) === 'reduction') load(column, layout.results.get(index)!);
    else if (kindOf(node) === 'whole') load(element, layout.results.get(index)!);
    else {
      const { op, args } = node as OpNode;
      laneEmitters[op as PointwiseName](code, args.map(laneArgument), imports, () =>
        code.get(inputLocals.t).op('f32.demote_f64', 'f32x4.splat'),
      );
    }
    if (!vectors.has(index)) vectors.set(index, code.local('v128'));
    code.set(vectors.get(index)!);
  }

  function storeVectors({ slots, writesParameters }: Loops): void {
    for (const slot of slots) {
      const state = states[slot]!;
      if (isScalar(state.shape)) continue;
      code.get(state.shape === 'col' ? column : element);
      pushVector(state.next);
      code.access('v128.store', layout.states[slot]! + (state.shape === 'col' ? layout.colBytes : 0));
    }
    if (!writesParameters) return;
    code.get(element).get(element).access('v128.load', layout.arena);
    pushVector(output);
    code.op('f32x4.add').access('v128.store', layout.arena);
  }

  function storeScalarState(slot: number, next: number, level: Level): void {
    pushPlace(level);
    pushScalar(next);
    code.access('f64.store', layout.states[slot]!);
  }

  // ---- reductions --------------------------------------------------------------------------------------------------
  function resetAccumulator({ node, lanes }: Accumulator): void {
    code.lanes(node.op === 'max' ? Number.NEGATIVE_INFINITY : 0).set(lanes);
  }

  function accumulate(reduction: Accumulator): void {
    const { node, lanes } = reduction;
    const [a, b] = [node.args[0]!, node.op === 'dot' ? node.args[1]! : node.args[0]!];
    const identity = node.op === 'max' ? Number.NEGATIVE_INFINITY : 0;
    const masked = (index: number) => {
      pushVector(index);
      code.lanes(identity).get(mask).op('v128.bitselect');
    };
    const squares = node.op !== 'mean' && node.op !== 'max';
    if (node.over === 'col') {
      code.get(column).get(column).access('v128.load', layout.results.get(reduction.index)!);
      masked(a);
      if (squares) {
        masked(b);
        code.op('f32x4.mul');
      }
      code
        .op(node.op === 'max' ? 'f32x4.max' : 'f32x4.add')
        .access('v128.store', layout.results.get(reduction.index)!);
    } else if (node.op === 'max') {
      masked(a);
      code.get(lanes).op('f32x4.max').set(lanes);
    } else {
      for (const half of [() => code, () => code.upperHalf()]) {
        masked(a);
        half().op('f64x2.promote_low_f32x4');
        if (squares) {
          masked(b);
          half().op('f64x2.promote_low_f32x4', 'f64x2.mul');
        }
        code.get(lanes).op('f64x2.add').set(lanes);
      }
    }
  }

  /** Pushes how many elements one result covers, as f64. */
  function pushCount(over: Scope, shape: MatrixShape): void {
    if (over === 'all') code.f64(matrixNumbers(shape, sizes));
    else if (over === 'tensor') code.get(word.rows).get(word.cols).op('i32.mul', 'f64.convert_i32_s');
    else code.get(over === 'row' ? word.cols : word.rows).op('f64.convert_i32_s');
  }

  const finishers = {
    mean(over, shape) {
      pushCount(over, shape);
      code.op('f64.div');
    },
    norm: () => code.op('f64.sqrt'),
    dot: () => {},
    max: () => {},
    rms(over, shape) {
      pushCount(over, shape);
      code.op('f64.div', 'f64.sqrt');
    },
  } as const satisfies Record<ReductionName, (over: Scope, shape: MatrixShape) => void>;

  /** Folds the lanes; an `all` result stays in a local, others go to memory. */
  function finishScalar({ node, index, lanes }: Accumulator, level: Level, shape: MatrixShape): void {
    if (level !== 'all') pushPlace(level);
    if (node.op === 'max') {
      for (let lane = 0; lane < 4; lane++) {
        code.get(lanes).lane('f32x4.extract_lane', lane);
        if (lane > 0) code.op('f32.max');
      }
      code.op('f64.promote_f32');
    } else
      code.get(lanes).lane('f64x2.extract_lane', 0).get(lanes).lane('f64x2.extract_lane', 1).op('f64.add');
    finishers[node.op as ReductionName](level, shape);
    if (level === 'all') setScalar(index);
    else code.access('f64.store', layout.results.get(index)!);
  }

  function resetColumns({ node, index }: Accumulator): void {
    overColumns(() =>
      code
        .get(column)
        .lanes(node.op === 'max' ? Number.NEGATIVE_INFINITY : 0)
        .access('v128.store', layout.results.get(index)!),
    );
  }

  function finishColumns({ node, index }: Accumulator): void {
    const address = layout.results.get(index)!;
    if (node.op === 'dot' || node.op === 'max') return;
    overColumns(() => {
      code.get(column).get(column).access('v128.load', address);
      if (node.op !== 'norm') code.get(word.rows).op('f32.convert_i32_s', 'f32x4.splat', 'f32x4.div');
      if (node.op !== 'mean') code.op('f32x4.sqrt');
      code.access('v128.store', address);
    });
  }

  /** Column states were written beside the old values, which every row still had to see. */
  function commitColumnStates(): void {
    for (const [slot, state] of states.entries()) {
      if (state.shape !== 'col') continue;
      code.i32(0).set(column);
      code.while(
        () => code.get(column).i32(layout.colBytes).op('i32.lt_s'),
        () => {
          code
            .get(column)
            .get(column)
            .access('v128.load', layout.states[slot]! + layout.colBytes)
            .access('v128.store', layout.states[slot]!);
          code.advance(column, 16);
        },
      );
    }
  }

  for (const [index, node] of nodes.entries())
    if (node.kind === 'state' && node.shape === 'all') defineScalar(index);
  for (let pass = 0; pass < passes; pass++) emitPass(pass);
  commitColumnStates();
}
