/** The closed table of assays: questions that are answered by trainings outside of selection, and one about where selection has been, which needs none. */
import type { Question } from '../analysis/question.ts';
import { ablationAssay } from './ablation.ts';
import { epistasisAssay } from './epistasis.ts';
import { homeAdvantageAssay } from './home-advantage.ts';
import { linearRateAssay } from './linear-rate.ts';
import { noiseDoseAssay } from './noise-dose.ts';
import { panelAssay } from './panel.ts';
import { rescueAssay } from './rescue.ts';
import { rotationAssay } from './rotation.ts';
import { scaleLadderAssay } from './scale-ladder.ts';
import { streetlightMapAssay } from './streetlight-map.ts';
import { timeShiftAssay } from './time-shift.ts';
import { transplantAssay } from './transplant.ts';
import { winnersCurseAssay } from './winners-curse.ts';

/** By their names: permanent, as those of questions, with which they share their schemas' names. */
export const assays = {
  'home-advantage': homeAdvantageAssay,
  'noise-dose': noiseDoseAssay,
  panel: panelAssay,
  epistasis: epistasisAssay,
  transplant: transplantAssay,
  'time-shift': timeShiftAssay,
  'winners-curse': winnersCurseAssay,
  rescue: rescueAssay,
  rotation: rotationAssay,
  'streetlight-map': streetlightMapAssay,
  ablation: ablationAssay,
  'scale-ladder': scaleLadderAssay,
  'linear-rate': linearRateAssay,
} as const satisfies Readonly<Record<string, Question>>;
