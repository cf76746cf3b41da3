/** What is hashed, written out: a told birth and the text that stands for it. Another text is another event hash, and no run of before could be resumed or compared. */
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import type { EvaluationDetails, EvaluationOutcome, Training } from '../../src/evaluation/outcome.ts';
import type { Birth, Death } from '../../src/evolution/birth.ts';
import { initialEventHash, nextEventHash } from '../../src/evolution/event-hash.ts';

/** The 64 bits of a double, by another way than the program's. */
function hex(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.toString('hex');
}

const zeros = '0000000000000000000000000000000000000000000000000000000000000000';
const curve = Float32Array.of(3, 2, 1);
const spent = { stepsDone: 7, costUnits: 21, parameters: 85, curve };

const birth = {
  birthIndex: 12,
  architectureHash: 'aa',
  ruleHash: 'bb',
  parent: 3,
  otherParent: null,
  architectureFrom: 3,
  ruleFrom: 4,
  mutations: [
    { operator: 'insert-layer', target: 'architecture', locus: 'h2', before: 'x', after: 'relu(x)' },
  ],
  contestants: [3, 9, 3],
} as const;

const born = '12,"aa","bb",3,null,3,4,[["insert-layer","architecture","h2","x","relu(x)"]],[3,9,3]' as const;

const textOf = (outcome: EvaluationOutcome, deaths: readonly Death[], rest: string) => ({
  hashed: nextEventHash(initialEventHash, { birth: birth as unknown as Birth, outcome, deaths }),
  expected: createHash('sha256').update(`["${zeros}",${born},${rest}]`).digest('hex'),
});

const completed: EvaluationOutcome = {
  ...{ status: 'completed' as const, fitness: 0.75, search: { loss: 5e-324, accuracy: 0.5 } },
  ...spent,
};

it('is the text of birth, outcome and deaths', () => {
  const deaths = [{ birthIndex: 1, cause: 'aged', at: 12 }] as const;
  const measured = `"${hex(0.75)}","0000000000000001","${hex(0.5)}"`;
  const { hashed, expected } = textOf(
    completed,
    deaths,
    `["completed","",7,21,85,${measured}],[[1,"aged",12]]`,
  );
  expect(hashed).toBe(expected);
});

it.each([
  [{ status: 'failed', reason: 'too-large', ...spent }, '["failed","too-large",7,21,85]'],
  [
    { status: 'stopped', reason: 'hurdle', fitness: -1, search: { loss: 2, accuracy: null }, ...spent },
    `["stopped","hurdle",7,21,85,"${hex(-1)}","${hex(2)}",""]`,
  ],
] as const)('tells of an evaluation that did not complete: %j', (outcome, text) => {
  const { hashed, expected } = textOf(outcome, [], `${text},[]`);
  expect(hashed).toBe(expected);
});

const nothing: EvaluationDetails = {
  ...{ trainings: [], rungs: [], reevaluation: null, behaviour: null, reuse: null },
};

const training: Training = {
  ...{ purpose: 'search' as const, task: 1, replicate: 2, trial: -3 },
  ...{ partner: 5, counts: true, outcome: completed },
};

const completedText = `["completed","",7,21,85,"${hex(0.75)}","0000000000000001","${hex(0.5)}"]`;

it.each([
  [nothing, '[[],[],null,null,null]'],
  [{ ...nothing, trainings: [training] }, `[[["search",1,2,-3,5,true,${completedText}]],[],null,null,null]`],
  [
    { ...nothing, rungs: [{ training: 0, step: 4, fitness: 0.1, bar: null }] },
    `[[],[[0,4,"${hex(0.1)}",""]],null,null,null]`,
  ],
  [
    { ...nothing, rungs: [{ training: 1, step: 4, fitness: 0.1, bar: 0.2 }] },
    `[[],[[1,4,"${hex(0.1)}","${hex(0.2)}"]],null,null,null]`,
  ],
  [
    { ...nothing, reevaluation: { bar: 0.5, fitness: null, confirmed: false } },
    `[[],[],["${hex(0.5)}","",false],null,null]`,
  ],
  [
    { ...nothing, reevaluation: { bar: 0.5, fitness: 0.625, confirmed: true } },
    `[[],[],["${hex(0.5)}","${hex(0.625)}",true],null,null]`,
  ],
  [{ ...nothing, behaviour: { probe: 'p', opening: 'o' } }, '[[],[],null,["p","o"],null]'],
  [{ ...nothing, reuse: { source: 8, by: 'duplicate' } }, '[[],[],null,null,[8,"duplicate"]]'],
] as const)('tells of details, where there are any: %#', (details, text) => {
  const { hashed, expected } = textOf({ ...completed, details }, [], `${completedText},[],${text}`);
  expect(hashed).toBe(expected);
});
