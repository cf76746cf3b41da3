/** The verdict of a study: its controls first, then the primary endpoint, the secondary ones behind it, and what the table of outcomes makes of them. */
import type { Lineage } from '../lineage/open.ts';
import { runSummary } from '../lineage/runs.ts';
import { stream } from '../random/stream.ts';
import { streamNames } from '../random/stream-names.ts';
import { type OverBlocks, overBlocks } from '../statistics/home-advantage.ts';
import { holm } from '../statistics/multiplicity.ts';
import type { AssayResult } from './assays.ts';
import type { StudyDocument } from './document.ts';
import { type Finding, type Findings, outcomeOf } from './outcomes.ts';
import type { RegistrationReport } from './registration.ts';
import type { StudyRun } from './runs.ts';
import type { VerdictAnswer } from './verdict-answer.ts';

/** Of the test by which a control has to be above 0. */
const controlAlpha = 0.05;

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
    'above: p is at most alpha; none: both limits are within the smallest effect of interest; below: the upper limit is below 0; open: none of these',
  secondary:
    'tested by Holm at the alpha of the primary endpoint, and only where that is above; the numbers are printed all the same',
  controls:
    'above: p is at most 0.05; none: 0 is within the limits. Where one fails there is no verdict, as the instrument is in doubt',
  failures:
    'a training that failed counts as one that learned nothing, and so does a population of which nobody lives; neither is left out',
} as const;

/** Makes the verdict of a study from what its assays gave. */
export function verdictOf(
  document: StudyDocument,
  assays: readonly AssayResult[],
  registration: RegistrationReport,
  flow: VerdictAnswer['flow'],
): VerdictAnswer {
  const measured = (endpoint: Endpoint): Measured => measuredOf(document, assays, endpoint);
  const controls = document.controls.map((control) => {
    const found = measured(control);
    return { ...found, expect: control.expect, holds: controlHolds(control.expect, found.result) };
  });
  const primary = document.primary === undefined ? null : primaryOf(document.primary, measured);
  const isOpen = primary?.finding === 'above';
  const secondary = secondariesOf(document, isOpen, measured);
  const stands = controls.every(({ holds }) => holds);
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
    outcome: primary === null || !stands ? null : outcomeAnswer(primary.finding, secondary),
    noOutcome: stands
      ? primary === null
        ? 'the study has no primary endpoint'
        : null
      : `controls failed: ${controls
          .filter(({ holds }) => !holds)
          .map(({ assay, measure }) => `${measure} of ${assay}`)
          .join(', ')}`,
    caution:
      'What small tasks and networks show need not hold for large ones: say so with every number, and measure how ranks change with size.',
  };
}

function measuredOf(
  { name, seed }: StudyDocument,
  assays: readonly AssayResult[],
  { assay, measure, claim }: Endpoint,
): Measured {
  const blocks = assays.find((each) => each.name === assay)?.blocks ?? [];
  const values = blocks.flatMap(({ measures }) => measures?.[measure] ?? []);
  const random = stream(streamNames.verdict(`${name}-${seed}`, assay, measure));
  return {
    ...{ assay, measure, claim },
    result: values.length === 0 ? null : overBlocks(values, random),
    missing: blocks.length - values.length,
  };
}

function controlHolds(expect: 'above' | 'none', result: OverBlocks | null): boolean {
  if (result === null) return false;
  if (expect === 'above') return result.signFlip.p <= controlAlpha;
  return result.lower === null || result.upper === null
    ? result.sd === 0 && result.mean === 0
    : result.lower <= 0 && result.upper >= 0;
}

function primaryOf(
  primary: NonNullable<StudyDocument['primary']>,
  measured: (endpoint: Endpoint) => Measured,
): NonNullable<VerdictAnswer['primary']> {
  const { alpha, smallest } = primary;
  const found = measured(primary);
  return { ...found, alpha, smallest, finding: findingOf(found.result, alpha, smallest) };
}

function findingOf(
  result: OverBlocks | null,
  alpha: number,
  smallest: number,
  p = result?.signFlip.p,
): Finding {
  if (result === null || p === undefined) return 'open';
  if (p <= alpha) return 'above';
  const { lower, upper } = result;
  if (lower === null || upper === null) return 'open';
  if (lower >= -smallest && upper <= smallest) return 'none';
  return upper < 0 ? 'below' : 'open';
}

function secondariesOf(
  { primary, secondary }: StudyDocument,
  isOpen: boolean,
  measured: (endpoint: Endpoint) => Measured,
): VerdictAnswer['secondary'] {
  const found = secondary.map((endpoint) => ({ ...measured(endpoint), role: endpoint.role ?? null }));
  const adjusted = holm(found.map(({ result }) => result?.signFlip.p ?? null));
  return found.map((each, i) => ({
    ...each,
    holm: adjusted[i] ?? null,
    finding:
      !isOpen || primary === undefined
        ? null
        : findingOf(each.result, primary.alpha, primary.smallest, adjusted[i] ?? undefined),
  }));
}

function outcomeAnswer(
  primary: Finding,
  secondary: VerdictAnswer['secondary'],
): NonNullable<VerdictAnswer['outcome']> {
  const of = (role: string) => secondary.find((each) => each.role === role)?.finding ?? null;
  const findings: Findings = {
    ...{ primary, tuned: of('tuned'), geometry: of('geometry') },
  };
  const { name, meaning, refutedBy } = outcomeOf(findings);
  return { name, meaning, refutedBy };
}

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
