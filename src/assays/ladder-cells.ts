/** The trainings of the scale-ladder assay: subjects that can be had at every width, then the whole panel on each of them at every rung. */
import type { WorkbenchContent } from '../dispatch/evaluator.ts';
import { architectureBlock } from '../lineage/blocks.ts';
import { architectureFromText } from '../lineage/codec.ts';
import type { Lineage } from '../lineage/open.ts';
import { architectureOfWidth, parametersOn, roomFor } from './ladder-rungs.ts';
import { type PanelFound, panelAt } from './panel-cells.ts';
import type { Panel } from './panel-rules.ts';
import type { Place, RuleEffort } from './rule-scores.ts';
import { grouped, type Stages } from './scores.ts';
import { bestArchitectures, type Home } from './subjects.ts';

/** A population with its tasks at every size. */
export interface LadderHome extends Home {
  /** In the order of the factors of examples; that of factor 1 is the run's own. */
  readonly sizes: readonly WorkbenchContent[];
}

/** The factors of both ladders, each ascending and with 1 among them. */
export interface LadderFactors {
  readonly examples: readonly number[];
  readonly width: readonly number[];
}

/** An architecture at every width. */
export interface LadderSubject {
  /** As it evolved, the id of its row in `block`. */
  readonly architecture: number;
  /** In the order of the factors of width. */
  readonly widths: readonly { readonly architecture: number; readonly parameters: readonly number[] }[];
}

/** The subjects of a population, and the better architectures that are none. */
export interface LadderSubjects {
  readonly subjects: readonly LadderSubject[];
  /** Of the best that were looked at so many do not fit their task at some width, or have as many parameters at two of them. */
  readonly unscalable: number;
}

/** A subject on a task at one rung, and what the panel comes to there. */
export interface LadderFound {
  readonly subject: LadderSubject;
  readonly task: number;
  readonly examplesFactor: number;
  readonly widthFactor: number;
  readonly examples: number;
  readonly parameters: number;
  readonly found: PanelFound;
}

/** Of each population the best `top` architectures that come in every width, by trainings anew. @throws Interrupted. */
export async function ladderSubjects(
  stages: Stages,
  lineage: Lineage,
  homes: readonly LadderHome[],
  { width }: Pick<LadderFactors, 'width'>,
  top: number,
): Promise<LadderSubjects[]> {
  const ordered = await bestArchitectures(stages, homes, Number.POSITIVE_INFINITY);
  const text = lineage.db.prepare<[number], string>('SELECT canon FROM block WHERE id = ?').pluck();
  return homes.map(({ own }, i) => {
    const roomy = roomFor(own, width.at(-1)!);
    const subjects: LadderSubject[] = [];
    let unscalable = 0;
    for (const architecture of ordered[i]!) {
      if (subjects.length === top) break;
      const widths = widthsOf(lineage, roomy, architecture, text.get(architecture)!, width);
      if (widths === null) unscalable += 1;
      else subjects.push({ architecture, widths });
    }
    return { subjects, unscalable };
  });
}

/** Null where an architecture cannot be trained at some width, or its parameters do not grow from each to the next. */
function widthsOf(
  lineage: Lineage,
  workbench: WorkbenchContent,
  id: number,
  text: string,
  factors: readonly number[],
): LadderSubject['widths'] | null {
  const own = architectureFromText(text);
  const scaled = factors.map((factor) => (factor === 1 ? own : architectureOfWidth(own, factor)));
  const counts = scaled.map((each) => parametersOn(workbench, each));
  const known = counts.filter((each) => each !== null);
  if (known.length < counts.length) return null;
  const grows = known.every((own, k) => k === 0 || own.every((count, task) => count > known[k - 1]![task]!));
  if (!grows) return null;
  return scaled.map((architecture, k) => ({
    architecture: factors[k] === 1 ? id : architectureBlock(lineage, architecture),
    parameters: known[k]!,
  }));
}

/** The panel at all rungs of both ladders, population by population: subject by subject, then task by task, then rung by rung. Every rung has the same seeds. @throws Interrupted. */
export async function ladderCells(
  stages: Stages,
  panel: Panel,
  homes: readonly LadderHome[],
  subjects: readonly LadderSubjects[],
  factors: LadderFactors,
  effort: Pick<RuleEffort, 'seeds' | 'tuningSeeds'>,
): Promise<LadderFound[][]> {
  const rungs = rungsOf(factors);
  const widest = factors.width.at(-1)!;
  const steps = homes.map(({ block, own, sizes }, i) => {
    const roomy = sizes.map((each) => roomFor(each, widest));
    return subjects[i]!.subjects.flatMap((subject) =>
      own.tasks.flatMap((_, task) =>
        rungs.map(({ examples, width }) => {
          const workbench = roomy[examples]!;
          const scaled = subject.widths[width]!;
          const place: Place = { block, workbench, architecture: scaled.architecture, task };
          return {
            ...{ subject, task, place },
            examplesFactor: factors.examples[examples]!,
            widthFactor: factors.width[width]!,
            examples: workbench.tasks[task]!.task.splits.train.count,
            parameters: scaled.parameters[task]!,
          };
        }),
      ),
    );
  });
  const found = await panelAt(
    stages,
    panel,
    steps.flat().map(({ place }) => place),
    { ...effort, byHalves: true },
  );
  return grouped(
    steps.flat().map(({ place: _, ...step }, i) => ({ ...step, found: found[i]! })),
    steps.map(({ length }) => length),
  );
}

/** Places among the factors: the rung as it evolved, then each other size, then each other width. */
function rungsOf({ examples, width }: LadderFactors): { examples: number; width: number }[] {
  const [ownSize, ownWidth] = [examples.indexOf(1), width.indexOf(1)];
  const others = (factors: readonly number[], own: number) =>
    factors.map((_, i) => i).filter((i) => i !== own);
  return [
    { examples: ownSize, width: ownWidth },
    ...others(examples, ownSize).map((size) => ({ examples: size, width: ownWidth })),
    ...others(width, ownWidth).map((wide) => ({ examples: ownSize, width: wide })),
  ];
}
