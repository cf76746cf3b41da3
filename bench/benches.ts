/** The closed table of benches: one question each. */
import type { Bench } from './lib.ts';
import { peak } from './peak.ts';
import { trainingStep } from './training-step.ts';

export const benches = {
  'training-step': trainingStep,
  peak,
} as const satisfies Record<string, Bench>;
