/** The engines that every conformance test runs on, and ways to put one to the test. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from '../../src/compiler/compile.ts';
import type { Program } from '../../src/compiler/program.ts';
import type { Engine } from '../../src/engines/engine.ts';
import { type EngineName, engineNames, openEngine } from '../../src/engines/registry.ts';
import { tensorflowHome } from '../../src/engines/tensorflow/home.ts';
import { readArchitecture } from '../../src/genome/architecture/read.ts';
import type { Genome } from '../../src/genome/genome.ts';
import { readUpdateRule } from '../../src/genome/update-rule/read.ts';
import { UserError } from '../../src/notation/user-error.ts';
import { stream } from '../../src/random/stream.ts';
import { type Examples, type Task, type TaskSignature, targetColumnsOf } from '../../src/tasks/task.ts';

const opened = await Promise.all(engineNames.map(open));

/** Those that this machine has. */
export const allEngines: readonly Engine[] = opened.flatMap(({ engine }) => engine ?? []);

/** The project's own checks have set every engine up. */
const isSetUp = process.env['CI'] === 'true' && existsSync(join(tensorflowHome(), 'setup.json'));

/** Where it is absent the test is skipped with the reason, and fails where the project's own checks have set it up. */
export function engineOrSkip(name: EngineName, skip: (why: string) => never): Engine {
  const { engine, absence } = opened.find((one) => one.name === name)!;
  if (engine !== null) return engine;
  if (isSetUp) throw new Error(absence);
  process.stderr.write(`Not tested here: ${absence}\n`);
  return skip(absence);
}

/** `null` where it cannot be loaded on this machine: the tests that need it are skipped with the reason. */
export const tensorflowEngine = allEngines.find(({ name }) => name === 'tensorflow') ?? null;

async function open(name: EngineName) {
  try {
    return { name, engine: await openEngine(name), absence: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { name, engine: null, absence: error.message };
  }
}

export const generousLimits = { parameters: 1e7, stepFlops: 1e12, bytes: 1e9 };

export function genomeOf(architecture: string, rule: string): Genome {
  const a = readArchitecture(architecture);
  const r = readUpdateRule(rule);
  if (!a.ok) throw new Error(JSON.stringify(a.issues));
  if (!r.ok) throw new Error(JSON.stringify(r.issues));
  return { architecture: a.value, rule: r.value };
}

export function programOf(genome: Genome, signature: TaskSignature, batchSize: number): Program {
  const compiled = compile(genome, signature, { batchSize, limits: generousLimits, verify: true });
  if (!compiled.ok) throw new Error(compiled.detail);
  return compiled.program;
}

/** A small made-up task with smooth inputs. */
export function randomTask(signature: TaskSignature, counts = 24, name = 'random'): Task {
  const random = stream(`task/${name}`);
  const features = signature.input[0] * signature.input[1] * signature.input[2];
  const { target } = signature;
  const classes = target.kind === 'classification' ? target.classes : target.kind === 'binary' ? 2 : null;
  const examples = (count: number): Examples => ({
    count,
    inputs: Float64Array.from({ length: count * features }, () => random.normal()),
    targets: Float64Array.from({ length: count * targetColumnsOf(signature.target) }, () =>
      classes === null ? random.normal() : random.below(classes),
    ),
  });
  return {
    name,
    signature,
    splits: {
      train: examples(counts),
      search: examples(counts),
      select: examples(counts),
      final: examples(counts),
    },
    untrainedLoss: classes === null ? 1 : Math.log(classes),
  };
}

/** Largest difference relative to max(1, |expected|). */
export function worstError(values: ArrayLike<number>, expected: ArrayLike<number>): number {
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(values[i]! - expected[i]!) / Math.max(1, Math.abs(expected[i]!));
    if (!(error <= worst)) worst = error;
  }
  return worst;
}
