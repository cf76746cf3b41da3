/** The verdict of a study: its controls first, then the primary endpoint, the secondary ones behind it, and what the table of outcomes makes of them. */
import type { Lineage } from '../lineage/open.ts';
import { runSummary } from '../lineage/runs.ts';
import { stream } from '../random/stream.ts';
import { streamNames } from '../random/stream-names.ts';
import { equivalenceTest } from '../statistics/equivalence.ts';
import { type OverBlocks, overBlocks } from '../statistics/home-advantage.ts';
import { holm } from '../statistics/multiplicity.ts';
import { signFlipTest } from '../statistics/permutation.ts';
import type { AssayResult } from './assays.ts';
import type { StudyDocument } from './document.ts';
import { type Findings, outcomeOf } from './outcomes.ts';
import type { RegistrationReport } from './registration.ts';
import { type Finding, readingOf } from './roles.ts';
import type { StudyRun } from './runs.ts';
import { controlAlpha } from './schema.ts';
import type { VerdictAnswer } from './verdict-answer.ts';

interface Endpoint {
  readonly assay: string;
  readonly measure: string;
  readonly claim: string;
}

type Measured = Pick<VerdictAnswer['controls'][number], 'assay' | 'measure' | 'claim' | 'result' | 'missing'>;

/** How the numbers of a verdict are to be read. */
const conventions = {
  unit: 'the block is the unit: all numbers of an endpoint are one for each block, and tests and limits are over blocks',
  tests: 'p is one-sided, of a mean above 0, over all changes of signs; limits are BCa, 95 %, over blocks',
  primary:
    'above: p is at most alpha; small: that, and the upper limit is within the smallest effect of interest; none: the mean is within it by two one-sided t tests at alpha; below: p of a mean below 0 is at most alpha; open: none of these',
  secondary:
    'above: by Holm at the alpha of the primary endpoint; none and below: at that alpha over the number of secondary endpoints. Only where the primary one is above, and where every block has a number; the numbers are printed all the same',
  controls:
    'above: p is at most 0.05; none: the mean is within the margin by two one-sided t tests at 0.05. A block without a number fails it. Where one fails there is no verdict, as the instrument is in doubt',
  failures:
    'a training that failed counts as one that learned nothing. A population of which nobody lives counts so in home advantage; in other assays its block has no number, and an endpoint with such a block is not tested',
} as const;

/** Makes the verdict of a study from what its assays gave. */
export function verdictOf(
  document: StudyDocument,
  assays: readonly AssayResult[],
  registration: RegistrationReport,
  flow: VerdictAnswer['flow'],
): VerdictAnswer {
  const measured = (endpoint: Endpoint) => measuredOf(document, assays, endpoint);
  const controls = document.controls.map((control) => {
    const found = measured(control);
    // A block without a number may be one in which it does not hold.
    const holds = found.told.missing === 0 && controlHolds(control, found.values);
    return { ...found.told, expect: control.expect, holds };
  });
  const primary = document.primary === undefined ? null : primaryOf(document.primary, measured);
  const isOpen = primary?.finding === 'above';
  const secondary = secondariesOf(document, isOpen, measured);
  const reason = noOutcome(document, controls, primary, flow, assays);
  return {
    study: document.name,
    question: document.question,
    status: registration.isConfirmatory ? 'confirmatory' : 'exploratory',
    registration: { ...registration, deviations: [...registration.deviations] },
    flow,
    conventions,
    assays: assays.map(({ name, blocks, cells }) => ({
      ...{ name, kind: document.assays[name]!.kind, conditions: [...document.assays[name]!.conditions] },
      cells: cells === null ? null : { trainings: cells.trainings, failed: { ...cells.failed } },
      blocks: blocks.map(({ block, runs: compared, measures, missing }) => ({
        ...{ block, runs: [...compared], measures: measures === null ? null : { ...measures }, missing },
      })),
    })),
    ...{ controls, primary, secondary },
    outcome: primary === null || reason !== null ? null : outcomeAnswer(primary.finding, secondary),
    noOutcome: reason,
    readings: reason === null ? readingsOf(secondary) : [],
    caution:
      'What small tasks and networks show need not hold for large ones: say so with every number, and measure how ranks change with size.',
  };
}

/** Why there is none, for people; null where there is one. */
function noOutcome(
  { primary: registered }: StudyDocument,
  controls: VerdictAnswer['controls'],
  primary: VerdictAnswer['primary'],
  { runs, over }: VerdictAnswer['flow'],
  assays: readonly AssayResult[],
): string | null {
  if (registered === undefined || primary === null) return 'the study has no primary endpoint';
  if (over < runs)
    return `${runs - over} of ${runs} runs are not over, and who stops when the numbers please has chosen them`;
  if (primary.missing > 0) {
    const blocks = assays.find(({ name }) => name === registered.assay)!.blocks;
    const why = blocks.find(({ measures }) => measures?.[registered.measure] === undefined)?.missing;
    return `${primary.missing} blocks have no number for the primary endpoint${why == null ? '' : ` (${why})`}, and a block is never left out`;
  }
  const failed = controls.filter(({ holds }) => !holds);
  return failed.length === 0
    ? null
    : `controls failed: ${failed.map(({ assay, measure }) => `${measure} of ${assay}`).join(', ')}`;
}

/** An endpoint as it is told, and the values of its blocks. */
interface Found {
  readonly told: Measured;
  readonly values: readonly number[];
}

function measuredOf(
  { name, seed }: StudyDocument,
  assays: readonly AssayResult[],
  { assay, measure, claim }: Endpoint,
): Found {
  const blocks = assays.find((each) => each.name === assay)?.blocks ?? [];
  const values = blocks.flatMap(({ measures }) => measures?.[measure] ?? []);
  const random = stream(streamNames.verdict(`${name}-${seed}`, assay, measure));
  return {
    values,
    told: {
      ...{ assay, measure, claim },
      result: values.length === 0 ? null : overBlocks(values, random),
      missing: blocks.length - values.length,
    },
  };
}

function controlHolds(
  { expect, margin }: StudyDocument['controls'][number],
  values: readonly number[],
): boolean {
  if (values.length === 0) return false;
  return expect === 'above'
    ? isAbove(values, controlAlpha)
    : margin !== undefined && isWithin(values, margin, controlAlpha);
}

/** By all changes of signs; drawn ones, of more than sixteen values, are never so few that this depends on them at usual levels. */
const isAbove = (values: readonly number[], alpha: number): boolean =>
  signFlipTest(values, stream(streamNames.verdict('', '', 'side')), { side: 'greater' }).p <= alpha;

/** By two one-sided t tests; where nothing varies, by the one value there is. */
function isWithin(values: readonly number[], margin: number, alpha: number): boolean {
  if (values.length < 2) return false;
  const { isShown, mean } = equivalenceTest(values, margin, { alpha });
  return isShown ?? Math.abs(mean) < margin;
}

function primaryOf(
  primary: NonNullable<StudyDocument['primary']>,
  measured: (endpoint: Endpoint) => Found,
): NonNullable<VerdictAnswer['primary']> {
  const { alpha, smallest } = primary;
  const { told, values } = measured(primary);
  const finding = findingOf(told.result, values, { above: alpha, others: alpha, smallest });
  return { ...told, alpha, smallest, finding };
}

/** Levels of the tests of a finding, and what counts as none. `p`: in the place of the test's own, adjusted for several. */
interface FindingTests {
  readonly above: number;
  readonly others: number;
  readonly smallest: number;
  readonly p?: number | undefined;
}

function findingOf(
  result: OverBlocks | null,
  values: readonly number[],
  { above, others, smallest, p = result?.signFlip.p }: FindingTests,
): Finding {
  if (result === null || p === undefined) return 'open';
  if (p <= above) return result.upper !== null && result.upper <= smallest ? 'small' : 'above';
  if (isWithin(values, smallest, others)) return 'none';
  const mirrored = values.map((value) => -value);
  return isAbove(mirrored, others) ? 'below' : 'open';
}

function secondariesOf(
  { primary, secondary }: StudyDocument,
  isOpen: boolean,
  measured: (endpoint: Endpoint) => Found,
): VerdictAnswer['secondary'] {
  const all = secondary.map((endpoint) => measured(endpoint));
  const adjusted = holm(all.map(({ told: { result } }) => result?.signFlip.p ?? null));
  return all.map(({ told, values }, i) => {
    const { role = null, smallest: own } = secondary[i]!;
    const smallest = own ?? primary?.smallest ?? null;
    const isTested = isOpen && primary !== undefined && smallest !== null && told.missing === 0;
    const finding = !isTested
      ? null
      : findingOf(told.result, values, {
          ...{ above: primary.alpha, others: primary.alpha / secondary.length, smallest },
          p: adjusted[i] ?? undefined,
        });
    return { ...told, role, smallest, holm: adjusted[i] ?? null, finding };
  });
}

function outcomeAnswer(
  primary: Finding,
  secondary: VerdictAnswer['secondary'],
): NonNullable<VerdictAnswer['outcome']> {
  const of = (role: string) => secondary.find((each) => each.role === role)?.finding ?? null;
  const findings: Findings = { primary, tuned: of('tuned'), geometry: of('geometry') };
  const { name, meaning, refutedBy } = outcomeOf(findings);
  return { name, meaning, refutedBy };
}

const readingsOf = (secondary: VerdictAnswer['secondary']): VerdictAnswer['readings'] =>
  secondary.flatMap(({ role, finding }) => {
    const meaning = role === null || finding === null ? null : readingOf(role, finding);
    return meaning === null ? [] : [{ role: role!, finding: finding!, meaning }];
  });

/** How runs and births of a study became what is analysed. */
export function studyFlow(runs: readonly StudyRun[], lineage: Lineage): VerdictAnswer['flow'] {
  const count = (of: (run: StudyRun) => boolean) => runs.filter(of).length;
  const births = runs.reduce((sum, { row }) => sum + (row === null ? 0 : row.lastTold + 1), 0);
  const evaluations: Record<string, number> = {};
  for (const { row } of runs) {
    if (row === null) continue;
    for (const { status, reason, count: of } of runSummary(lineage, row.run).evaluations) {
      const key = reason === null ? status : `${status}: ${reason}`;
      evaluations[key] = (evaluations[key] ?? 0) + of;
    }
  }
  return {
    runs: runs.length,
    over: count(({ row }) => row?.endReason != null),
    unfinished: count(({ row }) => row !== null && row.endReason === null),
    missing: count(({ row }) => row === null),
    ...{ births, evaluations },
  };
}
