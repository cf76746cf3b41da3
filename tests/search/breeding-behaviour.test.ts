/**
 * What operators, schemes, conditions and the growth of rules do in their version: hashes of many draws from fixed streams. Where this fails, a run that is resumed would become another search:
 * take the change back, or raise the version in `src/evolution/versions.ts` and write the golden file anew with `UPDATE_BREEDING=1`.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { conditions } from '../../src/evolution/conditions.ts';
import { breed, tell } from '../../src/evolution/controller.ts';
import { type ControllerState, initialState, type Member } from '../../src/evolution/population.ts';
import { controllerSettings } from '../../src/evolution/settings.ts';
import { conditionVersions, operatorVersionOf, schemeVersions } from '../../src/evolution/versions.ts';
import { canonicalArchitecture } from '../../src/genome/architecture/canonical.ts';
import { architectureText, ruleText } from '../../src/genome/identity.ts';
import {
  knownArchitecture,
  knownArchitectureNames,
  knownRule,
  knownRuleNames,
} from '../../src/genome/known.ts';
import { canonicalUpdateRule } from '../../src/genome/update-rule/canonical.ts';
import { stream } from '../../src/random/stream.ts';
import { parseDocument } from '../../src/search-space/document.ts';
import { growRule } from '../../src/variation/grow-rule.ts';
import { documentArchitecture } from '../../src/variation/settings.ts';
import { architectureOperators, ruleOperators } from '../../src/variation/table.ts';

const settingsOf = (evolution: object) => {
  const parsed = parseDocument(
    JSON.stringify({
      name: 'behaviour',
      task: { name: 'mnist1d' },
      evolution: {
        population: 12,
        tournament: 4,
        inFlight: 3,
        births: 200,
        reassortment: 0.4,
        panel: ['sgd', 'adam'],
        ...evolution,
      },
      founders: { architectures: ['linear', 'residual-mlp'], rules: ['sgd', 'adam', 'lion'] },
    }),
    'behaviour',
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return controllerSettings(parsed.value, 'behaviour', [1, 1, 40]);
};

const hashOf = (value: unknown) =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
const plain = settingsOf({}).variation;

/** Vectors, images, and signals of one channel. */
const inputs = [
  [1, 1, 40],
  [8, 8, 3],
  [1, 40, 1],
] as const;

/** With ops that no known architecture has. */
const unknownArchitectures = ['y = dropout(dense(x, units: 4), rate: 0.3)'];

/** An operator that changes nothing would not be held to anything. */
function applied<T>(name: string, changes: readonly T[]): readonly T[] {
  expect(changes.filter((change) => change !== null).length, name).toBeGreaterThan(5);
  return changes;
}

/** Twenty draws of an operator on each known chromosome. */
function operatorHashes(): Record<string, string> {
  const found: Record<string, string> = {};
  const architectures = [
    ...knownArchitectureNames().map((name) => canonicalArchitecture(knownArchitecture(name)!)),
    ...unknownArchitectures.map((text) => canonicalArchitecture(documentArchitecture(text))),
  ];
  const rules = knownRuleNames().map((name) => canonicalUpdateRule(knownRule(name)!));
  for (const [name, operator] of Object.entries(architectureOperators))
    found[`operator ${name} ${operatorVersionOf(name)}`] = hashOf(
      applied(
        name,
        inputs.flatMap((input) =>
          architectures.flatMap((each, i) =>
            draws(name, i, (random) => operator(each, { ...plain, input }, random)),
          ),
        ),
      ),
    );
  for (const [name, operator] of Object.entries(ruleOperators))
    found[`operator ${name} ${operatorVersionOf(name)}`] = hashOf(
      applied(
        name,
        rules.flatMap((each, i) => draws(name, i, (random) => operator(each, plain, random))),
      ),
    );
  return found;
}

const draws = <T>(name: string, i: number, draw: (random: ReturnType<typeof stream>) => T): T[] =>
  Array.from({ length: 20 }, (_, k) => draw(stream(`behaviour/${name}/${i}/${k}`)));

/** 80 births with made-up fitnesses: what is bred, who dies. */
function bredWith(evolution: object): unknown {
  const settings = settingsOf(evolution);
  let state: ControllerState = initialState;
  return Array.from({ length: 80 }, (_, birthIndex) => {
    const { birth } = breed(settings, birthIndex, state);
    const random = stream(`behaviour/fitness/${birthIndex}`);
    const spent = {
      stepsDone: 1,
      costUnits: 3,
      parameters: 1 + random.below(5000),
      curve: new Float32Array(0),
    };
    const outcome =
      random.uniform() < 0.1
        ? ({ status: 'failed', reason: 'diverged', ...spent } as const)
        : ({
            status: 'completed',
            fitness: random.normal(),
            search: { loss: 1, accuracy: null },
            ...spent,
          } as const);
    const told = tell(settings, state, birth, outcome);
    state = told.state;
    const { genome, ...facts } = birth;
    return [
      facts,
      architectureText(genome.architecture),
      ruleText(genome.rule),
      told.deaths,
      state.population.map((member: Member) => member.birthIndex),
    ];
  });
}

function behaviours(): Record<string, string> {
  const found = operatorHashes();
  for (const [scheme, version] of Object.entries(schemeVersions))
    found[`scheme ${scheme} ${version}`] = hashOf(bredWith({ scheme }));
  for (const [condition, version] of Object.entries(conditionVersions))
    found[`condition ${condition} ${version}`] = hashOf(bredWith({ condition }));
  found['growth of random rules'] = hashOf(draws('growth', 0, (random) => ruleText(growRule(plain, random))));
  return found;
}

describe('breeding', () => {
  const path = join(import.meta.dirname, '../golden/breeding.json');
  it('does in each version what it did', () => {
    const found = behaviours();
    if (process.env.UPDATE_BREEDING === '1') writeFileSync(path, `${JSON.stringify(found, null, 2)}\n`);
    expect(existsSync(path)).toBe(true);
    expect(found).toEqual(JSON.parse(readFileSync(path, 'utf8')));
    expect(Object.keys(conditions).length + Object.keys(schemeVersions).length).toBe(13);
  });
});
