/** The rungs of a scale ladder: the same task with more or fewer training examples, the same architecture with wider or narrower layers. */
import type { WorkbenchContent } from '../dispatch/evaluator.ts';
import { compileFor } from '../evaluation/evaluate.ts';
import type { Architecture, ArchitectureNode } from '../genome/architecture/architecture.ts';
import { canonicalArchitecture } from '../genome/architecture/canonical.ts';
import { knownRule } from '../genome/known.ts';
import type { RunRow } from '../lineage/runs.ts';
import type { Issue } from '../notation/issue.ts';
import { UserError } from '../notation/user-error.ts';
import { storedDocument } from '../search/closed-document.ts';
import { tasksOf } from '../search-space/document.ts';
import { type TaskName, type TaskSpec, taskSchema } from '../search-space/task-schema.ts';
import { workbenchOn } from './workbench.ts';

/** What grows along a ladder; the other stays as it is. */
export const ladderAxes = ['examples', 'width'] as const;
export type LadderAxis = (typeof ladderAxes)[number];

/** The option of a generated task that says how many examples train, of those where neither the network's inputs nor its outputs depend on it. */
const examplesOption = {
  spirals: 'train',
  'teacher-student': 'train',
  scalar: 'train',
  tokens: 'train',
  margin: 'examples',
} as const satisfies Partial<Record<TaskName, string>>;

/** The task with so many times the examples to train on, and the same held-out ones where they are drawn by themselves; null where it has no such option or cannot have so many. */
export function taskOfSize(spec: TaskSpec, factor: number): TaskSpec | null {
  if (!(spec.name in examplesOption)) return null;
  const key = examplesOption[spec.name as keyof typeof examplesOption];
  const examples = (spec as Readonly<Record<string, unknown>>)[key] as number;
  const scaled = taskSchema.safeParse({ ...spec, [key]: Math.round(examples * factor) });
  return scaled.success ? scaled.data : null;
}

/** The architecture with so many times the units in every layer that has them, rounded, and one at least; the groups of a depthwise convolution follow. */
export const architectureOfWidth = ({ nodes, output }: Architecture, factor: number): Architecture =>
  canonicalArchitecture({ nodes: nodes.map((node) => nodeOfWidth(node, factor)), output });

function nodeOfWidth(node: ArchitectureNode, factor: number): ArchitectureNode {
  const { units, groups } = node.genes;
  if (typeof units !== 'number') return node;
  const scaled = Math.max(1, Math.round(units * factor));
  const follows = groups === units ? { groups: scaled } : {};
  return { ...node, genes: { ...node.genes, units: scaled, ...follows } };
}

/** Parameters of an architecture on each task of a workbench; null where it cannot be trained on one of them. */
export function parametersOn(
  { settings, tasks }: WorkbenchContent,
  architecture: Architecture,
): number[] | null {
  const compiled = tasks.map(({ task }) =>
    compileFor(settings, { architecture, rule: knownRule('sgd')! }, task),
  );
  const counts = compiled.flatMap((each) => (each.ok ? [each.program.cost.parameters] : []));
  return counts.length === tasks.length ? counts : null;
}

/** The same workbench with limits that have room for layers so many times as wide. */
export function roomFor({ settings, ...rest }: WorkbenchContent, width: number): WorkbenchContent {
  const { limits } = settings;
  const times = Math.max(1, width) ** 2;
  return {
    ...rest,
    settings: {
      ...settings,
      limits: {
        ...limits,
        parameters: times * limits.parameters,
        stepFlops: times * limits.stepFlops,
        bytes: times * limits.bytes,
      },
    },
  };
}

/** A run's tasks at each of some sizes, trained on as its own. @throws UserError with all tasks that come in one size alone, or are too small for a batch then. */
export async function workbenchesOfSizes(
  row: RunRow,
  factors: readonly number[],
): Promise<WorkbenchContent[]> {
  const specs = tasksOf(storedDocument(row));
  const issues = specs.flatMap((spec): Issue[] =>
    factors.every((factor) => taskOfSize(spec, factor) !== null)
      ? []
      : [
          {
            code: 'one-size',
            message: `task ${spec.name} of run ${row.run} does not come with ${factors.join(', ')} times the examples`,
            hint: `leave the ladder of examples out (--examples 1), or use runs on ${Object.keys(examplesOption).join(', ')}`,
          },
        ],
  );
  if (issues.length > 0) throw new UserError(issues);
  const here = process.cwd();
  const folders = { launch: row.closed?.folder ?? here, other: here };
  const benches: WorkbenchContent[] = [];
  for (const factor of factors)
    benches.push(
      await workbenchOn(
        row,
        specs.map((spec) => taskOfSize(spec, factor)!),
        folders,
      ),
    );
  return benches;
}
