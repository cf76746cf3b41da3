/** Regression on what a random network of one hidden layer says, with noise: the student has seen the teacher's kind of function, and its best loss is the noise's variance. */
import { tanh } from '../numerics/elementary.ts';
import { type Counts, dot, drawSplits, taskStream, variance } from './generate.ts';
import type { Task } from './task.ts';

/** Options of the task `teacher-student`: see its schema. */
export interface TeacherStudentOptions extends Counts {
  readonly features: number;
  readonly hidden: number;
  readonly activation: 'tanh' | 'relu';
  readonly noise: number;
  readonly draw: number;
}

const activations = {
  tanh,
  relu: (x: number) => (x > 0 ? x : 0),
} as const satisfies Record<TeacherStudentOptions['activation'], (x: number) => number>;

/** Standard normal inputs; hidden weights N(0, 4 / features), so that units bend; output weights N(0, 1 / hidden). */
export function openTeacherStudent(options: TeacherStudentOptions): Task {
  const { features, hidden, noise, draw } = options;
  const activation = activations[options.activation];
  const teacher = taskStream('teacher-student', draw, 'teacher');
  const normals = (scale: number, length: number) =>
    Float64Array.from({ length }, () => scale * teacher.normal());
  const weights = Array.from({ length: hidden }, () => normals(2 / Math.sqrt(features), features));
  const out = normals(1 / Math.sqrt(hidden), hidden);
  const splits = drawSplits(
    'teacher-student',
    draw,
    options,
    { inputs: features, targets: 1 },
    (random) => (input, target) => {
      for (let j = 0; j < features; j++) input[j] = random.normal();
      target[0] =
        dot(
          out,
          Float64Array.from(weights, (row) => activation(dot(row, input))),
        ) +
        noise * random.normal();
    },
  );
  return {
    name: 'teacher-student',
    signature: { input: [1, 1, features], target: { kind: 'regression', outputs: 1 } },
    splits,
    untrainedLoss: variance(splits.train.targets),
    floor: noise * noise,
  };
}
