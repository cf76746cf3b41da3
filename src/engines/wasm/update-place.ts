/** What the parts of an update share: the program, where things lie, and the locals of the one function that they all write into. */
import type { Program, UpdateNode } from '../../compiler/program.ts';
import { ruleOps } from '../../genome/update-rule/ops.ts';
import { isMatrix } from '../../genome/update-rule/shapes.ts';
import type { ValueShape } from '../../genome/update-rule/update-rule.ts';
import type { Code } from './assembler.ts';
import { descriptorWords, type Layout } from './layout.ts';
import type { Imports } from './rule-ops.ts';

/** A node that is an op. */
export type OpNode = Extract<UpdateNode, { kind: 'op' }>;
/** Shapes of scalars, by the loop at whose beginning they are known. */
export type Level = 'all' | 'tensor' | 'row';

/** Whether a value of this shape is one number where its loop begins. */
export const isScalar = (shape: ValueShape): shape is Level => shape !== 'col' && !isMatrix(shape);

/** The kind of op, or null for inputs, constants and states. */
export const kindOf = (node: UpdateNode) => (node.kind === 'op' ? ruleOps[node.op].kind : null);

/** Locals of the arguments of `update`. */
export const inputLocals = { t: 0, T: 1, L: 2, b: 3, n: 4 } as const;

/** Numbers that are not said to be otherwise are indices of locals. */
export interface UpdatePlace {
  readonly code: Code;
  readonly program: Program;
  readonly nodes: Program['update']['nodes'];
  readonly states: Program['update']['states'];
  readonly layout: Layout;
  readonly imports: Imports;
  /** Locals of values by node: float64 for scalars; for vectors v128. Splats go by form and node, see update-scalars.ts. */
  readonly scalars: Map<number, number>;
  readonly splats: Map<string, number>;
  readonly vectors: Map<number, number>;
  /** The words of the present tensor's descriptor. */
  readonly word: Readonly<Record<(typeof descriptorWords)[number], number>>;
  readonly descriptor: number;
  readonly tensorsLeft: number;
  readonly rowsLeft: number;
  /** Bytes to the present vector, from the beginning of a region of one shape. */
  readonly element: number;
  /** The same for column values, and where the tensor's end. */
  readonly column: number;
  readonly columnsEnd: number;
  /** The same for row values. */
  readonly rowStart: number;
  /** v128: which lanes of the present vector are real. */
  readonly mask: number;
}

/** Reserves the locals that all parts share. */
export function createUpdatePlace(
  code: Code,
  program: Program,
  layout: Layout,
  imports: Imports,
): UpdatePlace {
  const word = Object.fromEntries(
    descriptorWords.map((name) => [name, code.local('i32')]),
  ) as UpdatePlace['word'];
  return {
    code,
    program,
    nodes: program.update.nodes,
    states: program.update.states,
    layout,
    imports,
    scalars: new Map(),
    splats: new Map(),
    vectors: new Map(),
    word,
    descriptor: code.local('i32'),
    tensorsLeft: code.local('i32'),
    rowsLeft: code.local('i32'),
    element: code.local('i32'),
    column: code.local('i32'),
    columnsEnd: code.local('i32'),
    rowStart: code.local('i32'),
    mask: code.local('v128'),
  };
}
