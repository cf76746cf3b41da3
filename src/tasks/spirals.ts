/** Interleaved spirals (Lang and Witbrock 1988): points of class k lie on one arm, k / arms of a turn after the first, with normal noise. */
import { cos, log, sin } from '../numerics/elementary.ts';
import { type Counts, drawSplits } from './generate.ts';
import type { Task } from './task.ts';

/** Options of the task `spirals`: see its schema. */
export interface SpiralsOptions extends Counts {
  readonly arms: number;
  readonly turns: number;
  readonly noise: number;
  readonly draw: number;
}

/** The radius grows from 0.1 to 1 with the angle; arms take turns, so that classes are balanced. */
export function openSpirals(options: SpiralsOptions): Task {
  const { arms, turns, noise, draw } = options;
  const splits = drawSplits(
    'spirals',
    draw,
    options,
    { inputs: 2, targets: 1 },
    (random) => (input, target, i) => {
      const arm = i % arms;
      const along = random.uniform();
      const radius = 0.1 + 0.9 * along;
      const angle = 2 * Math.PI * (turns * along + arm / arms);
      input[0] = radius * cos(angle) + noise * random.normal();
      input[1] = radius * sin(angle) + noise * random.normal();
      target[0] = arm;
    },
  );
  return {
    name: 'spirals',
    signature: { input: [1, 1, 2], target: { kind: 'classification', classes: arms } },
    splits,
    untrainedLoss: log(arms),
    ...(noise === 0 ? { floor: 0 } : {}),
  };
}
