/**
 * What `doctor` states of a document holds for genomes at its limits: the work that is counted, the cost units, and the memory that WebAssembly takes. And every evaluation ends with an outcome.
 * Time is looked at by `npm run bench -- bounds`.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adversarialCandidates, type Candidate, mutantCandidates } from '../../bench/bounds-genomes.ts';
import { compile } from '../../src/compiler/compile.ts';
import { wayElsewhere } from '../../src/compiler/cost-units.ts';
import type { Cost } from '../../src/compiler/program.ts';
import { wasmEngine } from '../../src/engines/wasm/engine.ts';
import { fuse } from '../../src/engines/wasm/fuse.ts';
import { planLayout } from '../../src/engines/wasm/layout.ts';
import { evaluate } from '../../src/evaluation/evaluate.ts';
import type { TrainingOutcome } from '../../src/evaluation/outcome.ts';
import { stream } from '../../src/random/stream.ts';
import { costBound } from '../../src/search/cost-bound.ts';
import { evaluationSettings } from '../../src/search/setup.ts';
import { parseDocument } from '../../src/search-space/document.ts';
import { variationSettings } from '../../src/variation/settings.ts';
import { randomTask } from '../support/engines.ts';

const task = randomTask(
  { input: [1, 40, 1], target: { kind: 'classification', classes: 10 } },
  60,
  'bounds-fuzz',
);
const examples = { train: task.splits.train.count, measured: task.splits.search.count };
const steps = 4;

function documentOf(batchSize: number, limits: object) {
  const parsed = parseDocument(
    JSON.stringify({ name: 'fuzz', task: { name: 'mnist1d' }, evaluation: { steps, batchSize }, limits }),
    'fuzz',
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return parsed.value;
}

/** Every memory that the engine makes while the tests run. */
const memories: WebAssembly.Memory[] = [];
const Memory = WebAssembly.Memory;
beforeAll(() => {
  WebAssembly.Memory = class extends Memory {
    constructor(...args: ConstructorParameters<typeof Memory>) {
      super(...args);
      memories.push(this);
    }
  };
});
afterAll(() => {
  WebAssembly.Memory = Memory;
});

/** Flop-equivalents that were surely done or begun: steps, one that may have been broken off, and evaluations beside what steps count. */
function workOf(cost: Cost, { stepsDone, costUnits }: TrainingOutcome): number {
  const begun = Math.min(stepsDone + 1, steps);
  const beside = Math.max(0, costUnits - cost.preparationUnits - stepsDone * cost.stepUnits);
  const ofOne = (cost.forwardFlops + wayElsewhere.loss(cost.parameters)) / cost.evaluationUnits.loss;
  return cost.preparationFlops + begun * cost.stepFlops + beside * ofOne;
}

const outcomes = new Set<string>();

/** Evaluates a genome under a document and holds what came of it against what is stated. */
async function holds({ name, genome }: Candidate, batchSize: number, limits: object): Promise<void> {
  const document = documentOf(batchSize, limits);
  const { trainingFlops, workerBytes } = costBound(document, examples);
  const settings = evaluationSettings(document);
  const { costUnits } = settings.budget;
  const outcome = await evaluate(wasmEngine, task, settings, genome, 'fuzz');
  outcomes.add(outcome.status === 'completed' ? 'completed' : `${outcome.status}: ${outcome.reason}`);
  expect(outcome.costUnits, name).toBeLessThanOrEqual(costUnits!);
  const heap = memories.reduce((most, { buffer }) => Math.max(most, buffer.byteLength), 0);
  expect(heap, name).toBeLessThanOrEqual(workerBytes);
  const compiled = compile(genome, task.signature, { batchSize, costUnits, limits: document.limits });
  if (!compiled.ok) {
    expect(outcome, name).toMatchObject({ status: 'failed', reason: compiled.reason });
    return;
  }
  const { cost } = compiled.program;
  expect(planLayout(fuse(compiled.program), 0).end, name).toBeLessThanOrEqual(cost.bytes);
  expect(cost.bytes, name).toBeLessThanOrEqual(document.limits.bytes);
  expect(workOf(cost, outcome), name).toBeLessThanOrEqual(trainingFlops);
}

const batchSizes = [1, 3, 16, 50];

/** Documents in order of how little they allow: the default, and limits that many genomes come close to. */
function limitsOf(n: number): object {
  const random = stream(`bounds-fuzz/${n}`);
  if (n % 3 === 0) return {};
  const between = (low: number, high: number) => Math.round(low * (high / low) ** random.uniform());
  return {
    parameters: between(50, 50_000),
    stepFlops: between(100_000, 50_000_000),
    bytes: between(10_000, 10_000_000),
  };
}

describe('what a document is said to cost at most', () => {
  it('holds for genomes that many mutations made', async () => {
    const settings = variationSettings(documentOf(8, {}), [1, 40, 1]);
    for (const [n, candidate] of mutantCandidates(120, settings).entries())
      await holds(candidate, batchSizes[n % batchSizes.length]!, limitsOf(n));
  }, 120_000);

  it('holds for genomes made to cost as much as they can', async () => {
    for (const [n, candidate] of adversarialCandidates().entries())
      if (n % 3 === 0) await holds(candidate, batchSizes[(n / 3) % batchSizes.length]!, limitsOf(n / 3));
  }, 120_000);

  it('was looked at for every way in which an evaluation ends', () => {
    expect([...outcomes].sort()).toEqual(
      expect.arrayContaining(['completed', 'failed: diverged', 'failed: too-large', 'stopped: budget']),
    );
    expect(memories.length).toBeGreaterThan(0);
  });
});
