/** Made-up told births with real genomes: aging population, reassortment, failures. The numbers come from a fixed linear congruence. */
import { createHash } from 'node:crypto';
import type { EvaluationDetails, TrainingOutcome } from '../../src/evaluation/outcome.ts';
import type { Death, ToldBirth } from '../../src/evolution/birth.ts';
import { readArchitecture } from '../../src/genome/architecture/read.ts';
import type { Genome } from '../../src/genome/genome.ts';
import { architectureHash, ruleHash } from '../../src/genome/identity.ts';
import { readUpdateRule } from '../../src/genome/update-rule/read.ts';

export const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

function genomeOf(units: number, rate: number): Genome {
  const architecture = readArchitecture(`y = relu(dense(x, units: ${units}))`);
  const rule = readUpdateRule(`u = -${rate / 1024} * g`);
  if (!architecture.ok || !rule.ok) throw new Error(JSON.stringify([architecture, rule]));
  return { architecture: architecture.value, rule: rule.value };
}

interface Alive {
  readonly birthIndex: number;
  readonly genome: Genome;
  readonly units: number;
  readonly rate: number;
}

/** With `detailed` every third evaluation has details of all kinds. */
export function* toldRun(births: number, size = 20, detailed = false): Generator<ToldBirth> {
  let state = 12345;
  const below = (n: number) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  const alive: Alive[] = [];
  for (let birthIndex = 0; birthIndex < births; birthIndex++) {
    const contestants = birthIndex < size ? [] : Array.from({ length: 5 }, () => alive[below(alive.length)]!);
    const mother = contestants[0] ?? null;
    const father = contestants[1] !== mother && below(3) === 0 ? (contestants[1] ?? null) : null;
    const mutant = below(2) === 0;
    const rate = mother === null ? 1 + below(3) : (father ?? mother).rate;
    const units = mother === null ? 1 + below(3) : mutant ? 1 + below(200) : mother.units;
    const self: Alive = { birthIndex, units, rate, genome: genomeOf(units, rate) };
    const failed = below(10) === 0;
    const deaths: Death[] = [];
    if (failed) deaths.push({ birthIndex, cause: 'failed', at: birthIndex + 1 });
    else alive.push(self);
    if (alive.length > size)
      deaths.unshift({ birthIndex: alive.shift()!.birthIndex, cause: 'aged', at: birthIndex });
    const mutations =
      mother !== null && mutant
        ? [
            {
              operator: 'resize',
              target: 'architecture' as const,
              locus: 'y',
              before: `${mother.units}`,
              after: `${units}`,
            },
          ]
        : [];
    yield {
      birth: {
        birthIndex,
        genome: self.genome,
        architectureHash: architectureHash(self.genome.architecture),
        ruleHash: ruleHash(self.genome.rule),
        parent: mother?.birthIndex ?? null,
        otherParent: father?.birthIndex ?? null,
        architectureFrom: mother?.birthIndex ?? null,
        ruleFrom: (father ?? mother)?.birthIndex ?? null,
        mutations,
        contestants: contestants.map((each) => each.birthIndex),
      },
      outcome: {
        ...outcome(failed, below(1000) / 500, below(3)),
        ...(detailed && birthIndex % 3 === 2 ? { details: details(birthIndex) } : {}),
      },
      deaths,
    };
  }
}

function details(birthIndex: number): EvaluationDetails {
  const training = (ord: number, outcome: TrainingOutcome) => ({
    purpose: ord === 3 ? ('reeval' as const) : ('search' as const),
    task: ord % 2,
    replicate: Math.floor(ord / 2),
    trial: ord - 2,
    partner: ord === 1 ? birthIndex - 1 : null,
    counts: ord === 0,
    outcome,
  });
  return {
    trainings: [0, 1, 2, 3].map((ord) => training(ord, outcome(ord === 2, birthIndex / 7, ord % 3))),
    rungs: [
      { training: 0, step: 10, fitness: birthIndex / 3, bar: null },
      { training: 0, step: 20, fitness: 0.1, bar: birthIndex / 5 },
      { training: 2, step: 10, fitness: Number.NEGATIVE_INFINITY, bar: 0 },
    ],
    reevaluation: {
      bar: 0.3,
      fitness: birthIndex % 2 === 0 ? null : birthIndex / 11,
      confirmed: birthIndex % 2 === 1,
    },
    behaviour: {
      probe: sha256(`p${birthIndex}`).slice(0, 16),
      opening: sha256(`o${birthIndex}`).slice(0, 16),
    },
    reuse: { source: birthIndex - 2, by: birthIndex % 2 === 0 ? 'duplicate' : 'behaviour' },
  };
}

function outcome(failed: boolean, fitness: number, kind: number): TrainingOutcome {
  const spent = {
    stepsDone: 100,
    costUnits: 30000,
    parameters: 1234,
    curve: Float32Array.of(2.3, 1.7, 0.1 + kind),
  };
  if (failed) return { status: 'failed', reason: kind === 0 ? 'too-large' : 'diverged', ...spent };
  const search = { loss: 0.1 + fitness, accuracy: kind === 1 ? null : 0.25 };
  return kind === 2
    ? { status: 'stopped', reason: 'hurdle', fitness, search, ...spent }
    : { status: 'completed', fitness, search, ...spent };
}

const document = '{"task":{"name":"mnist1d"}}';

export const newRun = {
  document,
  documentHash: sha256(document),
  seed: '1',
  numericClass: 'wasm-1',
  taskDigest: 't',
  versions: { streetlight: '0' },
};
export const audit = { startedAt: '2026-01-01T00:00:00Z', versions: {} };
