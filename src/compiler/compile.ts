/** Genome + task -> Program. Cost is counted before anything is laid out, so a genome that is too large is refused and never runs. */
import type { Architecture, Shape } from '../genome/architecture/architecture.ts';
import { featureCount, inferShapes } from '../genome/architecture/shapes.ts';
import type { Genome } from '../genome/genome.ts';
import { outputsOf, type TaskSignature } from '../tasks/task.ts';
import { constantLayer } from './confounds.ts';
import { countCost } from './cost.ts';
import { differentiate, isTrainable } from './differentiate.ts';
import { lower } from './lower.ts';
import { planMemory } from './memory.ts';
import type { Cost, Program } from './program.ts';
import { scheduleUpdate } from './update.ts';
import { verifyNetwork, verifyProgram, verifyTrained } from './verify.ts';

/** What one training step may cost; see `Cost` for what each counts. */
export interface Limits {
  readonly parameters: number;
  readonly stepFlops: number;
  readonly bytes: number;
}

/**
 * What no document can lift, since compilers of machine code set it: nodes of each chromosome, passes of an update, and nodes over all its loops. A module at these bounds is made and
 * optimised in a second or two; V8 refuses functions of 50,000 locals.
 */
export const compilable = {
  architectureNodes: 2000,
  ruleNodes: 4000,
  passes: 500,
  updateLength: 40_000,
} as const;

/** Flop-equivalents that making a program ready may take: as much as 200 steps at the limit, and what ordinary programs take where steps are small. */
export const mostPreparation = ({ stepFlops }: Pick<Limits, 'stepFlops'>): number => 1e9 + 200 * stepFlops;

/** How a genome is compiled: the examples of one batch, what a step may cost, and whether the stages are checked. */
export interface CompileOptions {
  readonly batchSize: number;
  readonly limits: Limits;
  /** Units that a training may spend: a rule whose preparation alone takes more is too large. Endless where not given. */
  readonly costUnits?: number | undefined;
  /** Check what every stage promises; see verify.ts. Costs more than the compilation. */
  readonly verify?: boolean;
}

/** A program, or why there is none. `too-large`: a cost exceeds its limit. `unsupported`: the architecture has no shapes on the task, or nothing of it can be trained. */
export type Compiled =
  | { readonly ok: true; readonly program: Program }
  | { readonly ok: false; readonly reason: 'too-large' | 'unsupported'; readonly detail: string };

/** Genome and task to a program, by the stages of docs/ARCHITECTURE.md. A genome that is too long or too costly, or fits no task, is refused and not thrown. @throws CompilerInvariantError with `verify`, where a stage broke its promise. */
export function compile(genome: Genome, signature: TaskSignature, options: CompileOptions): Compiled {
  const { batchSize, limits, costUnits = Number.POSITIVE_INFINITY, verify = false } = options;
  const length = tooLong([
    ['nodes of the architecture', genome.architecture.nodes.length, compilable.architectureNodes],
    ['nodes of the rule', genome.rule.nodes.length, compilable.ruleNodes],
  ]);
  if (length !== null) return { ok: false, reason: 'too-large', detail: length };
  const fitted = shapesOn(genome.architecture, signature);
  if (!fitted.ok) return { ok: false, reason: 'unsupported', detail: fitted.detail };
  const constant = constantLayer(genome.architecture, fitted.shapes, batchSize);
  if (constant !== null) return { ok: false, reason: 'unsupported', detail: constant };
  const network = lower(genome.architecture, fitted.shapes, signature, batchSize);
  if (verify) verifyNetwork(network);
  if (!isTrainable(network))
    return { ok: false, reason: 'unsupported', detail: 'no parameter has an effect on the prediction' };
  const update = scheduleUpdate(genome.rule);
  const passes = tooLong([['passes of the update', update.passes, compilable.passes]]);
  if (passes !== null) return { ok: false, reason: 'too-large', detail: passes };
  const trained = differentiate(network);
  if (verify) verifyTrained(trained);
  const cost = countCost(trained, update, batchSize);
  const excess =
    tooLong([['length of the update', cost.updateLength, compilable.updateLength]]) ??
    excessOf(cost, limits) ??
    unreadyOf(cost, limits, costUnits);
  if (excess !== null) return { ok: false, reason: 'too-large', detail: excess };
  const program = { signature, batchSize, ...planMemory(trained), update, cost };
  if (verify) verifyProgram(program);
  return { ok: true, program };
}

/** The shapes that an architecture has on a task, or why it has none there. */
export function shapesOn(
  architecture: Architecture,
  signature: TaskSignature,
):
  | { readonly ok: true; readonly shapes: readonly Shape[] }
  | { readonly ok: false; readonly detail: string } {
  const inferred = inferShapes(architecture, signature.input);
  if (!inferred.ok) return { ok: false, detail: inferred.issues.map((issue) => issue.message).join('; ') };
  const misfit = headMisfit(featureCount(inferred.shapes[architecture.output]!), signature);
  return misfit === null ? { ok: true, shapes: inferred.shapes } : { ok: false, detail: misfit };
}

/** Without a head the architecture's output must be the prediction. */
function headMisfit(features: number, { target, head }: TaskSignature): string | null {
  const outputs = outputsOf(target);
  return head?.kind !== 'none' || features === outputs
    ? null
    : `the task has no head and ${outputs} outputs, and the architecture gives ${features} features`;
}

function tooLong(counts: readonly (readonly [what: string, count: number, most: number])[]): string | null {
  const over = counts.find(([, count, most]) => count > most);
  return over === undefined ? null : `${over[0]}: ${over[1]}, and ${over[2]} can be compiled`;
}

function excessOf(cost: Cost, limits: Limits): string | null {
  for (const key of ['parameters', 'stepFlops', 'bytes'] as const) {
    if (!(cost[key] <= limits[key])) return `${key} ${cost[key]} exceeds the limit ${limits[key]}`;
  }
  return null;
}

/** Why making the program ready would take more than it may. */
function unreadyOf(
  { preparationFlops, preparationUnits }: Cost,
  limits: Limits,
  costUnits: number,
): string | null {
  const most = mostPreparation(limits);
  if (preparationFlops > most)
    return `making it ready takes ${preparationFlops} flops, and ${most} are allowed where a step may take ${limits.stepFlops}`;
  return preparationUnits > costUnits
    ? `making its rule ready takes ${preparationUnits} cost units, and a training has ${costUnits}`
    : null;
}
