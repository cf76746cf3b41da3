/** Controllers to put to the test, and outcomes to tell them. */
import type { EvaluationOutcome } from '../../src/evaluation/outcome.ts';
import { type ControllerSettings, controllerSettings } from '../../src/evolution/settings.ts';
import { parseDocument } from '../../src/search-space/document.ts';

/** Settings of a document with these parts; seed 5, founders with up to three mutations. */
export function settingsOf(
  evolution: Record<string, unknown>,
  parts: Record<string, unknown> = {},
  seed = '5',
): ControllerSettings {
  const text = JSON.stringify({
    name: 't',
    task: { name: 'mnist1d' },
    founders: { mutations: [0, 3] },
    evolution,
    ...parts,
  });
  const document = parseDocument(text, 'test');
  if (!document.ok) throw new Error(JSON.stringify(document.issues));
  return controllerSettings(document.value, seed, [1, 40, 1]);
}

const spent = { stepsDone: 1, costUnits: 3, parameters: 1, curve: new Float32Array(0) };

export const completed = (fitness: number, parameters = 1) =>
  ({
    status: 'completed',
    fitness,
    search: { loss: 1 - fitness, accuracy: null },
    ...spent,
    parameters,
  }) as const satisfies EvaluationOutcome;

export const failed = { status: 'failed', reason: 'diverged', ...spent } as const satisfies EvaluationOutcome;
