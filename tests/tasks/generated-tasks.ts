/** Every task that needs no file, in each of its variants. */
import type { TaskInput } from '../../src/search-space/task-schema.ts';
import { objectiveNames } from '../../src/tasks/objectives.ts';

export const generatedTasks: readonly TaskInput[] = [
  { name: 'mnist1d' },
  { name: 'mnist1d-pair' },
  { name: 'mnist1d-pair', classes: [7, 2], draw: 3 },
  { name: 'spirals' },
  { name: 'spirals', arms: 3, noise: 0 },
  { name: 'teacher-student' },
  { name: 'teacher-student', activation: 'relu', noise: 0 },
  { name: 'scalar' },
  { name: 'scalar', function: 'two-layer' },
  { name: 'tokens' },
  { name: 'tokens', language: 'induction' },
  { name: 'tokens', language: 'copy', draw: 1 },
  { name: 'imbalance' },
  { name: 'imbalance', variant: 'mixture', classes: 20 },
  { name: 'margin' },
  { name: 'margin', margin: 0.01, draw: 2 },
  { name: 'kernel', rows: 300 },
  { name: 'matrix-factorization' },
  { name: 'quadratic-blocks' },
  { name: 'quadratic-blocks', rotated: true },
  { name: 'quadratic-blocks', spectrum: 'homogeneous' },
  { name: 'quadratic-deep' },
  { name: 'quadratic-deep', noise: 0 },
  ...objectiveNames.map((name) => ({ name: 'objective', function: name }) as const),
  { name: 'objective', noise: 1 },
  { name: 'reddi' },
  { name: 'reddi', stream: 'stochastic' },
  { name: 'reddi', stream: 'theorem-1' },
];
