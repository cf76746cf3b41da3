/** The closed table of the kinds of assays that a study can have. */
import { z } from 'zod';
import { championsKind } from './champions.ts';
import { contrastKind } from './contrast.ts';
import { homeAdvantageKind } from './home-advantage.ts';
import type { AssayKind } from './kind.ts';
import { panelKind } from './panel.ts';
import { rescueKind } from './rescue.ts';
import { rotationKind } from './rotation.ts';
import { timeShiftKind } from './time-shift.ts';
import { transplantKind } from './transplant.ts';

/** By what documents call them. */
export const kinds = {
  'home-advantage': homeAdvantageKind,
  panel: panelKind,
  rotation: rotationKind,
  rescue: rescueKind,
  transplant: transplantKind,
  'time-shift': timeShiftKind,
  champions: championsKind,
  contrast: contrastKind,
} as const satisfies Readonly<Record<string, AssayKind>>;

/** One assay of a study document. */
export const studyAssaySchema = z.discriminatedUnion('kind', [
  kinds['home-advantage'].schema,
  kinds.panel.schema,
  kinds.rotation.schema,
  kinds.rescue.schema,
  kinds.transplant.schema,
  kinds['time-shift'].schema,
  kinds.champions.schema,
  kinds.contrast.schema,
]);

/** One assay of a study, with every default filled in. */
export type StudyAssay = z.output<typeof studyAssaySchema>;

/** The kind of an assay; what it is given is that assay and no other. */
export const kindOf = ({ kind }: Pick<StudyAssay, 'kind'>): AssayKind => kinds[kind];
