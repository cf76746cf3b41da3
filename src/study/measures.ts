/** What each kind of assay in a study gives for a block: its measures, by names that endpoints use. */
import { type MeasureName, measureNames } from '../assays/home-advantage-answer.ts';
import type { HomeBlockAnswer } from '../assays/home-advantage-blocks.ts';
import { type PanelMeans, panelMeasures } from '../statistics/panel.ts';
import type { StudyAssay } from './schema.ts';

/** Values of a block by the names of the measures; one that is not defined there is not among them. */
export type Measures = Readonly<Record<string, number>>;

const parts = {
  advantage: 'advantage',
  'at first': 'atFirst',
  'at second': 'atSecond',
} as const satisfies Record<string, keyof HomeBlockAnswer['advantages'][MeasureName]>;

const partNames = Object.keys(parts) as (keyof typeof parts)[];

/** By kinds. Names stand in study documents: permanent. */
export const studyMeasures = {
  'home-advantage': [
    ...measureNames.flatMap((measure) => partNames.map((part) => `${measure} ${part}`)),
    'from rate',
  ],
  panel: panelMeasures,
  contrast: ['difference', 'first', 'second'],
} as const satisfies Readonly<Record<StudyAssay['kind'], readonly string[]>>;

/** The names of what an assay gives for each block. */
export const measuresOf = ({ kind }: Pick<StudyAssay, 'kind'>): readonly string[] => studyMeasures[kind];

/** Of a block of the home-advantage assay. `from rate`: what tuning the learning rate takes away of H. */
export const homeMeasures = ({ advantages }: HomeBlockAnswer): Measures => ({
  ...Object.fromEntries(
    measureNames.flatMap((measure) =>
      partNames.map((part) => [`${measure} ${part}`, advantages[measure][parts[part]]]),
    ),
  ),
  'from rate': advantages.default.advantage - advantages.tuned.advantage,
});

/** Of a block of the panel assay: of its one population, or of the first less those of the second. What one of them has not is left out. */
export const panelMeasuresOf = (populations: readonly PanelMeans[]): Measures =>
  Object.fromEntries(
    panelMeasures.flatMap((measure) => {
      const [first, second] = populations.map((means) => means[measure]);
      if (first == null || second === null) return [];
      return [[measure, second === undefined ? first : first - second]];
    }),
  );
