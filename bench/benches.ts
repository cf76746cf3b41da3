/** The closed table of benches: one question each. */
import { bounds } from './bounds.ts';
import { controller } from './controller.ts';
import { jointOverRandom } from './joint-over-random.ts';
import { layers } from './layers.ts';
import type { Bench } from './lib.ts';
import { lineageScale } from './lineage-scale.ts';
import { memory } from './memory.ts';
import { overhead } from './overhead.ts';
import { peak } from './peak.ts';
import { savings } from './savings.ts';
import { studyControls } from './study-controls.ts';
import { trainingStep } from './training-step.ts';
import { type1Inflation } from './type-1-inflation.ts';

export const benches = {
  'training-step': trainingStep,
  peak,
  layers,
  controller,
  overhead,
  bounds,
  memory,
  'lineage-scale': lineageScale,
  'joint-over-random': jointOverRandom,
  savings,
  'type-1-inflation': type1Inflation,
  'study-controls': studyControls,
} as const satisfies Record<string, Bench>;
