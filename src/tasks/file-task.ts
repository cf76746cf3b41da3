/** Rows of files made into a task: dealt to the splits, and looked at for what would be learned wrong without a word. */
import type { Shape } from '../genome/architecture/architecture.ts';
import { fail, type Issue, ok, type Result } from '../notation/issue.ts';
import { dealRows, type FileHead, headOf, type Rows, type Shares } from './deal.ts';
import { untrainedLossOf } from './labels.ts';
import { overlapIssues } from './overlap.ts';
import { isConstant } from './standardise.ts';
import type { Examples, SplitName, Target, Task } from './task.ts';

/** Where the rows are from, and what is to be made of them. */
export interface FileRows {
  readonly name: string;
  readonly path: string;
  readonly test?: string | undefined;
  readonly own: Rows;
  /** The rows of the test file, which are `final`. */
  readonly held: Rows | null;
  readonly input: Shape;
  readonly target: Target;
  readonly options: Shares & { readonly head: FileHead };
  readonly notes: readonly Issue[];
}

/** Issues: too few rows for the shares, a test file that is the file once more, numbers to predict that are one number or too large or small to be squared. */
export function fileTask(rows: FileRows): Result<Task & { readonly notes: readonly Issue[] }> {
  const { name, path, test, own, held, input, target, options } = rows;
  const dealt = dealRows(path, own, held, options);
  if (!dealt.ok) return dealt;
  const splits = dealt.value;
  const { issues, notes } = overlapIssues(splits, path, test);
  const refused = [...issues, ...(target.kind === 'regression' ? numberIssues(splits.train, path) : [])];
  if (refused.length > 0) return fail(refused);
  return ok({
    name,
    signature: { input, target, ...headOf(options.head) },
    splits,
    untrainedLoss: untrainedLossOf(target, splits.train),
    notes: [...rows.notes, ...notes, ...untrainedClasses(splits, target, path)],
  });
}

/** Fitness tells no losses below 1e-12 apart; squares above 1e38 are infinite in single precision, in which the engines compute. */
const [smallestLoss, largestLoss] = [1e-12, 1e36];

/** Numbers that nothing can be learned of. */
function numberIssues({ targets }: Examples, path: string): Issue[] {
  const [low, high] = targets.reduce(
    ([low, high], x) => [Math.min(low!, x), Math.max(high!, x)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  ) as [number, number];
  if (isConstant(low, high))
    return [
      {
        code: 'target-constant',
        path,
        message: `the target is ${low} in every row that is trained on: there is nothing to predict`,
        hint: 'is this the right column?',
      },
    ];
  const loss = untrainedLossOf(
    { kind: 'regression', outputs: 1 },
    { count: targets.length, inputs: targets, targets },
  );
  const most = Math.max(Math.abs(low), Math.abs(high));
  return most * most <= largestLoss && loss >= smallestLoss
    ? []
    : [
        {
          code: 'target-units',
          path,
          message: `the target lies between ${low} and ${high}: its squared errors are too large or too small to be told apart`,
          hint: 'give it in units in which it is nearer to 1',
        },
      ];
}

/** Classes that all went to held-out splits, or that a published set of classes has and the file has not. */
function untrainedClasses(
  { train }: Readonly<Record<SplitName, Examples>>,
  target: Target,
  path: string,
): Issue[] {
  const classes = target.kind === 'classification' ? target.classes : target.kind === 'binary' ? 2 : 0;
  const missing = classes - new Set(train.targets).size;
  return classes === 0 || missing === 0
    ? []
    : [
        {
          code: 'target-untrained',
          path,
          message: `${missing} of the ${classes} classes ha${missing === 1 ? 's' : 've'} no row in train`,
          hint: 'give more rows of them, or another splitSeed',
        },
      ];
}
