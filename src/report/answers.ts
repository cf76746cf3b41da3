/** How answers are shown, as text for people and as CSV where they are rows; and the schemas of what they are as JSON. */
import { z } from 'zod';
import type { Question } from '../analysis/question.ts';
import { type QuestionName, questions } from '../analysis/questions.ts';
import { assays } from '../assays/assays.ts';
import { ablationCsv, ablationText } from './ablation.ts';
import { ancestorsText, commonAncestorText } from './ancestors.ts';
import { schemaId } from './answer-json.ts';
import { associationCsv, associationText } from './association.ts';
import { type Answering, commandAnswers } from './command-answers.ts';
import { compareText } from './compare.ts';
import { coverageText } from './coverage.ts';
import { diversityCsv, diversityText } from './diversity.ts';
import { epistasisCsv, epistasisText } from './epistasis.ts';
import { genomeText } from './genome.ts';
import { hazardRowsCsv, hazardRowsText, hazardText } from './hazard.ts';
import { homeAdvantageCsv, homeAdvantageText } from './home-advantage.ts';
import { linearRateCsv, linearRateText } from './linear-rate.ts';
import { noiseDoseCsv, noiseDoseText } from './noise-dose.ts';
import { panelCsv, panelText } from './panel.ts';
import { queryCsv, queryText } from './query.ts';
import { rescueCsv, rescueText } from './rescue.ts';
import { rotationCsv, rotationText } from './rotation.ts';
import { runsText } from './runs.ts';
import { scaleLadderCsv, scaleLadderText } from './scale-ladder.ts';
import { selectionText } from './selection.ts';
import { showText } from './show.ts';
import { streetlightMapCsv, streetlightMapText } from './streetlight-map.ts';
import { survivorshipCsv, survivorshipText } from './survivorship.ts';
import type { Cell } from './table.ts';
import { timeShiftCsv, timeShiftText } from './time-shift.ts';
import { transplantCsv, transplantText } from './transplant.ts';
import { winnersCurseCsv, winnersCurseText } from './winners-curse.ts';

/** Rows under names. */
export interface Rows {
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Rows of the answer itself, or the name of the question, of the same parameters, whose answer is printed as rows in its place. */
type Csv<Answer> = { readonly summary: string } & (
  | { rows(answer: Answer): Rows }
  | { readonly asks: QuestionName }
);

/** How the answers of one question are shown. */
export interface Renderer<Answer> {
  text(answer: Answer, colour: boolean): string;
  /** Absent where an answer is no rows; `summary` says which they are. */
  readonly csv?: Csv<Answer>;
}

/** All that can be asked of a database. */
export const askable = { ...questions, ...assays } as const satisfies Readonly<Record<string, Question>>;

/** The name of a question or an assay, which is that of its command. Names are typed by people and in scripts: permanent. */
export type AskableName = keyof typeof askable;

/** One for each question: a forgotten one does not compile. */
export const renderers = {
  runs: { text: runsText },
  show: { text: showText },
  coverage: { text: coverageText },
  genome: { text: genomeText },
  query: { text: queryText, csv: { summary: 'print the rows as CSV', rows: queryCsv } },
  ancestors: { text: ancestorsText },
  'common-ancestor': { text: commonAncestorText },
  survivorship: {
    text: survivorshipText,
    csv: { summary: 'print the curves as CSV', rows: survivorshipCsv },
  },
  hazard: {
    text: hazardText,
    csv: { summary: 'print the rows (entry, exit] as CSV, for coxph of R', asks: 'hazard-rows' },
  },
  'hazard-rows': {
    text: hazardRowsText,
    csv: { summary: 'print the rows as CSV, for coxph of R', rows: hazardRowsCsv },
  },
  selection: { text: selectionText },
  diversity: {
    text: diversityText,
    csv: { summary: 'print the Hill numbers as CSV', rows: diversityCsv },
  },
  association: {
    text: associationText,
    csv: { summary: 'print the censuses as CSV', rows: associationCsv },
  },
  compare: { text: compareText },
  'home-advantage': {
    text: homeAdvantageText,
    csv: { summary: 'print the blocks as CSV', rows: homeAdvantageCsv },
  },
  'noise-dose': {
    text: noiseDoseText,
    csv: { summary: 'print scores of each architecture, task, rule and dose as CSV', rows: noiseDoseCsv },
  },
  panel: {
    text: panelText,
    csv: { summary: 'print scores of each architecture, task and rule as CSV', rows: panelCsv },
  },
  epistasis: {
    text: epistasisText,
    csv: { summary: 'print the pairs of steps as CSV', rows: epistasisCsv },
  },
  transplant: {
    text: transplantText,
    csv: { summary: 'print the pairs of runs as CSV', rows: transplantCsv },
  },
  'time-shift': {
    text: timeShiftText,
    csv: { summary: 'print the pairs of times of each run as CSV', rows: timeShiftCsv },
  },
  'winners-curse': {
    text: winnersCurseText,
    csv: { summary: 'print the gaps of each run as CSV', rows: winnersCurseCsv },
  },
  rescue: {
    text: rescueText,
    csv: { summary: 'print the sampled births as CSV', rows: rescueCsv },
  },
  rotation: {
    text: rotationText,
    csv: { summary: 'print scores of each architecture, task and rule as CSV', rows: rotationCsv },
  },
  'streetlight-map': {
    text: streetlightMapText,
    csv: { summary: 'print the cells as CSV', rows: streetlightMapCsv },
  },
  ablation: {
    text: ablationText,
    csv: { summary: 'print scores of each architecture, task and ablation as CSV', rows: ablationCsv },
  },
  'linear-rate': {
    text: linearRateText,
    csv: { summary: 'print the points of each curve as CSV', rows: linearRateCsv },
  },
  'scale-ladder': {
    text: scaleLadderText,
    csv: { summary: 'print scores of each architecture, task, size and rule as CSV', rows: scaleLadderCsv },
  },
} as const satisfies { readonly [Name in AskableName]: Renderer<z.output<(typeof askable)[Name]['answer']>> };

/** One published schema, and the file in docs/schemas that it is in. */
export interface PublishedSchema {
  readonly name: string;
  readonly id: string;
  readonly file: string;
  readonly summary: string;
  /** JSON Schema, draft 2020-12. */
  readonly schema: object;
}

/** JSON's whole numbers have as many digits as one writes. */
const bigintsAreIntegers: NonNullable<Parameters<typeof z.toJSONSchema>[1]>['override'] = ({
  zodSchema,
  jsonSchema,
}) => {
  const { type } = zodSchema._zod.def;
  if (type === 'bigint') jsonSchema.type = 'integer';
};

/** Of every answer that the program gives as JSON. */
export const publishedSchemas = (): readonly PublishedSchema[] =>
  [...Object.values(askable), ...Object.values(commandAnswers)].map((each: Answering) => {
    const { name, version, summary, answer } = each;
    const id = schemaId({ name, version });
    const whole = z.strictObject({ schema: z.literal(id), ...answer.shape });
    const { $schema, ...rest } = z.toJSONSchema(whole, {
      unrepresentable: 'any',
      override: bigintsAreIntegers,
    });
    const file = `${name}.v${version}.json`;
    return { name, id, file, summary, schema: { $schema, title: id, description: summary, ...rest } };
  });
