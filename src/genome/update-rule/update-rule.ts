/**
 * The update-rule chromosome: one straight-line program, applied to every parameter tensor.
 *
 * Plain frozen data. `nodes` is in topological order: an op reads only nodes before it. A state read (`x'` in the notation) is a node of
 * its own, so recurrence goes through `states` and never through `args`. All states are written together after the step.
 */
import type { RuleOpName } from './ops.ts';

/** What a rule may read: gradient, parameter, batch loss, step from 1, steps in the budget, batch size, training examples, and the size of each tensor. */
export type RuleInput = 'g' | 'w' | 'L' | 't' | 'T' | 'b' | 'n' | 'rows' | 'cols';

/** Where one result of a reduction belongs: one number per row, per column, per tensor, or for all parameters. */
export type Scope = 'row' | 'col' | 'tensor' | 'all';

/**
 * The shape of a value: a `Scope`, `full` (one number per parameter element), or for each tensor another matrix of its dimensions: `transposed` (cols x rows),
 * `rowrow` (rows x rows), `colcol` (cols x cols). Broadcast goes upward only: all < tensor < row, col < full, and tensor < the other matrices.
 */
export type ValueShape = Scope | MatrixShape;

/** A value that is a matrix for each parameter tensor: as large as the tensor, its transpose, rows x rows, or columns x columns. */
export type MatrixShape = 'full' | 'transposed' | 'rowrow' | 'colcol';

/** One value of a rule: an input, a constant, a state as it was, or an op over earlier nodes. */
export type RuleNode =
  | { readonly kind: 'input'; readonly input: RuleInput }
  | { readonly kind: 'constant'; readonly value: number }
  /** `x'`: the value that state `slot` had after the previous step. */
  | { readonly kind: 'state'; readonly slot: number }
  | {
      readonly kind: 'op';
      readonly op: RuleOpName;
      readonly args: readonly number[];
      readonly over?: Scope;
      /** The number that belongs to the op, where it has one. */
      readonly count?: number;
    };

/** A state: before the first step it is `initial` (times the identity, where it is a square matrix); after each step it takes the value of node `next`. */
export interface RuleState {
  readonly next: number;
  readonly initial: number;
}

/** An update rule as a graph of nodes in topological order, applied to every parameter tensor at every step. */
export interface UpdateRule {
  readonly nodes: readonly RuleNode[];
  readonly states: readonly RuleState[];
  /** Index of the node that is added to the parameter (`u` in the notation). */
  readonly output: number;
}
