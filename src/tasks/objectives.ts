/** The closed table of objectives: functions of a parameter vector alone, with the point to start from and their minimum. */
import {
  add,
  cosine,
  derivative,
  type Expression,
  evaluateExpression,
  multiply,
  square,
  subtract,
  variable,
} from './expression.ts';

/** A function of a parameter vector, its partial derivatives, where to start and where it is least. */
export interface Objective {
  readonly summary: string;
  readonly value: Expression;
  readonly gradient: readonly Expression[];
  readonly start: readonly number[];
  readonly minimum: number;
  /** One of the points where the minimum is. */
  readonly minimiser: readonly number[];
}

interface Definition {
  readonly summary: string;
  readonly start: readonly number[];
  readonly minimum?: number;
  readonly minimiser: readonly number[];
}

function define(
  { summary, start, minimum = 0, minimiser }: Definition,
  formula: (...x: readonly Expression[]) => Expression,
): Objective {
  const value = formula(...start.map((_, i) => variable(i)));
  return {
    summary,
    value,
    gradient: start.map((_, i) => derivative(value, i)),
    start,
    minimum,
    minimiser,
  };
}

/** sum over i of (1 - x_i)^2 + 100 (x_{i+1} - x_i^2)^2. */
const rosenbrock = (...x: readonly Expression[]) =>
  add(
    ...x
      .slice(0, -1)
      .map((u, i) => add(square(subtract(1, u)), multiply(100, square(subtract(x[i + 1]!, square(u)))))),
  );

const beale = (u: Expression, v: Expression) =>
  add(
    ...[1.5, 2.25, 2.625].map((c, i) => {
      const power = multiply(...Array.from({ length: i + 1 }, () => v));
      return square(add(subtract(c, u), multiply(u, power)));
    }),
  );

const branin = (u: Expression, v: Expression) =>
  add(
    square(
      subtract(add(v, multiply(5 / Math.PI, u)), add(multiply(5.1 / (4 * Math.PI * Math.PI), square(u)), 6)),
    ),
    multiply(10 * (1 - 1 / (8 * Math.PI)), cosine(u)),
    10,
  );

const himmelblau = (u: Expression, v: Expression) =>
  add(square(subtract(add(square(u), v), 11)), square(subtract(add(u, square(v)), 7)));

/** Starting points of the first three are those of DeepOBS (Schneider et al. 2019). Names are stored with runs: permanent. */
export const objectives = {
  rosenbrock: define(
    { summary: 'a curved valley (Rosenbrock 1960)', start: [-0.5, 1.5], minimiser: [1, 1] },
    rosenbrock,
  ),
  beale: define(
    { summary: 'a flat valley between steep corners (Beale 1958)', start: [-4.5, 4.5], minimiser: [3, 0.5] },
    beale as (...x: readonly Expression[]) => Expression,
  ),
  branin: define(
    {
      summary: 'three global minima of 0.398 (Branin 1972)',
      start: [2.5, 12.5],
      minimum: 10 / (8 * Math.PI),
      minimiser: [Math.PI, 2.275],
    },
    branin as (...x: readonly Expression[]) => Expression,
  ),
  himmelblau: define(
    { summary: 'four global minima (Himmelblau 1972)', start: [1, 1], minimiser: [3, 2] },
    himmelblau as (...x: readonly Expression[]) => Expression,
  ),
  rosenbrock10: define(
    {
      summary: 'the chained Rosenbrock function in ten dimensions (Moré, Garbow and Hillstrom 1981)',
      start: [-1.2, 1, -1.2, 1, -1.2, 1, -1.2, 1, -1.2, 1],
      minimiser: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
    },
    rosenbrock,
  ),
} as const satisfies Record<string, Objective>;

/** Names are stored with runs: permanent. */
export type ObjectiveName = keyof typeof objectives;
/** All of them, in the order of the table. */
export const objectiveNames = Object.keys(objectives) as readonly ObjectiveName[];

/** The value at a point, in float64. */
export const objectiveAt = (name: ObjectiveName, point: readonly number[]): number =>
  evaluateExpression(objectives[name].value, (i) => point[i]!);
