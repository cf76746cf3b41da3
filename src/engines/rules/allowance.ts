/** What a step may still spend on evaluations beside its own pass, in cost units. */

/** Thrown by `Allowance.charge` and so by `Executable.update` where the next evaluation is not covered. Caught by the training loop: training is then stopped by its budget, as it was before the step. */
export class AllowanceSpent extends Error {
  override readonly name = 'AllowanceSpent';
  /** Units of what was evaluated before that. */
  readonly units: number;
  constructor(units: number) {
    super(`the evaluations of this step are not covered by its budget, after ${units} cost units`);
    this.units = units;
  }
}

export interface Allowance {
  /** Takes the units of an evaluation that is about to begin. @throws AllowanceSpent where they are not covered; nothing is charged then. */
  charge(units: number): void;
  /** Units taken so far. */
  spent(): number;
}

export function createAllowance(units: number): Allowance {
  let spent = 0;
  return {
    charge(more) {
      if (spent + more > units) throw new AllowanceSpent(spent);
      spent += more;
    },
    spent: () => spent,
  };
}
