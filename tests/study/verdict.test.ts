/** From the numbers of blocks to a verdict: controls, the gate before secondary endpoints, Holm, and every row of the table of outcomes. */
import { describe, expect, it } from 'vitest';
import type { AssayResult } from '../../src/study/assays.ts';
import { readStudy, type StudyDocument } from '../../src/study/document.ts';
import { type Findings, outcomeOf, outcomes } from '../../src/study/outcomes.ts';
import type { RegistrationReport } from '../../src/study/registration.ts';
import { type Finding, readingOf, roles, roleTable } from '../../src/study/roles.ts';
import { verdictOf } from '../../src/study/verdict.ts';
import { verdictAnswer } from '../../src/study/verdict-answer.ts';
import { smallStudy } from '../support/study.ts';

/** As many as the numbers below are of, with tests that they can pass. */
const eightBlocks = {
  blocks: 8,
  primary: { ...smallStudy.primary, alpha: 0.025 },
  controls: [{ assay: 'selection', measure: 'difference', expect: 'above', claim: 'selection beats drift' }],
};

function documentOf(change: object = {}): StudyDocument {
  const read = readStudy(JSON.stringify({ ...smallStudy, ...eightBlocks, ...change }), 'study.yaml');
  if (!read.ok) throw new Error(JSON.stringify(read.issues));
  return read.value.document;
}

const registered: RegistrationReport = {
  ...{ hash: 'a'.repeat(64), registeredAt: '2026-01-01T00:00:00Z', times: 1, deviations: [] },
  isConfirmatory: true,
};
const flow = { runs: 9, over: 9, unfinished: 0, missing: 0, births: 270, evaluations: { completed: 270 } };

const assay = (name: string, blocks: readonly (Record<string, number> | null)[]): AssayResult => ({
  ...{ name, cells: null },
  blocks: blocks.map((measures, i) => ({
    ...{ block: `b${i}`, runs: [1, 2], measures, missing: measures === null ? 'not over' : null },
  })),
});

const spread = [0.9, 1, 1.1, 0.95, 1.05, 1.2, 0.8, 1];
const around = (mean: number, sd: number) => spread.map((value) => mean + (sd * (value - 1)) / 0.12);

/** Of a study with these numbers for each block. */
function verdict(
  numbers: {
    readonly default: readonly number[];
    readonly tuned: readonly number[];
    readonly selection: readonly number[];
  },
  change: object = {},
  registration = registered,
) {
  const home = numbers.default.map((value, i) => ({
    'default advantage': value,
    'tuned advantage': numbers.tuned[i]!,
  }));
  const assays = [
    assay('home', home),
    assay(
      'selection',
      numbers.selection.map((difference) => ({ difference })),
    ),
  ];
  const found = verdictOf(documentOf(change), assays, registration, flow);
  expect(verdictAnswer.safeParse(found).error).toBeUndefined();
  return found;
}

const holds = around(1, 0.2);
const nothing = around(0, 0.01);
const unclear = around(0, 0.5);

describe('a verdict', () => {
  it('is that of the table where controls hold', () => {
    const found = verdict({ default: holds, tuned: nothing, selection: holds });
    expect(found.primary).toMatchObject({ finding: 'above', missing: 0 });
    // Eight values above 0: one of 256 changes of signs is as far out.
    expect(found.primary!.result!.signFlip.p).toBe(1 / 256);
    expect(found.secondary[0]!.finding).toBe('none');
    expect(found.outcome!.name).toBe('step-size');
    expect(found.noOutcome).toBeNull();
    expect(found.status).toBe('confirmatory');
  });

  it('is none where a control fails, and says which', () => {
    const found = verdict({ default: holds, tuned: holds, selection: unclear });
    expect(found.controls[0]!.holds).toBe(false);
    expect(found.outcome).toBeNull();
    expect(found.noOutcome).toMatch(/controls failed: difference of selection/);
    expect(found.primary!.finding).toBe('above');
  });

  it('leaves secondary endpoints untested behind a primary one that is not above, and gives their numbers', () => {
    const found = verdict({ default: nothing, tuned: holds, selection: holds });
    expect(found.primary!.finding).toBe('none');
    expect(found.outcome!.name).toBe('refuted');
    expect(found.secondary[0]).toMatchObject({ finding: null });
    expect(found.secondary[0]!.result!.mean).toBeCloseTo(1, 12);
  });

  it('tests secondary endpoints by Holm', () => {
    const tuned = { assay: 'home', measure: 'tuned advantage', claim: 'tuned' };
    const secondary = [{ ...tuned, role: 'tuned' }, tuned, tuned, tuned, tuned, tuned];
    const once = holds.map((value, i) => (i === 0 ? -0.05 : value));
    const found = verdict({ default: holds, tuned: once, selection: holds }, { secondary });
    // Six of p = 2/256: the adjusted p-value is above the alpha of .025, though each alone is below.
    expect(found.secondary.map(({ holm }) => holm)).toEqual(secondary.map(() => 12 / 256));
    expect(found.secondary.map(({ finding }) => finding)).toEqual(secondary.map(() => 'open'));
  });

  it('takes a negative control for one that holds where 0 is within the limits', () => {
    const controls = [
      { assay: 'selection', measure: 'difference', expect: 'none', margin: 0.6, claim: 'nothing' },
    ];
    expect(
      verdict({ default: holds, tuned: holds, selection: unclear }, { controls }).controls[0]!.holds,
    ).toBe(true);
    expect(verdict({ default: holds, tuned: holds, selection: holds }, { controls }).controls[0]!.holds).toBe(
      false,
    );
  });

  it('counts blocks without a number, and never takes them for 0', () => {
    const document = documentOf({ controls: [] });
    // Of the last block one measure is not defined, of the one before none.
    const blocks = [
      ...holds.map((value) => ({ 'default advantage': value, 'tuned advantage': 0 })),
      null,
      { 'tuned advantage': 0 },
    ];
    const found = verdictOf(document, [assay('home', blocks), assay('selection', [])], registered, flow);
    expect(found.primary).toMatchObject({ missing: 2, finding: 'above' });
    expect(found.primary!.result!.blocks).toBe(8);
    expect(found.primary!.result!.mean).toBeCloseTo(1, 12);
  });

  it('of a study that deviates is exploratory', () => {
    const deviations = [{ at: 'blocks', what: 'registered as 8, analysed as 3' }];
    const found = verdict(
      { default: holds, tuned: holds, selection: holds },
      {},
      { ...registered, deviations, isConfirmatory: false },
    );
    expect(found.status).toBe('exploratory');
    expect(found.registration.deviations).toEqual(deviations);
  });
});

describe('no outcome', () => {
  const good = { default: holds, tuned: holds, selection: holds };

  it('is given before every run is over: who stops when the numbers please has chosen them', () => {
    const document = documentOf();
    const assays = [
      assay(
        'home',
        holds.map((value) => ({ 'default advantage': value, 'tuned advantage': value })),
      ),
      assay(
        'selection',
        holds.map((difference) => ({ difference })),
      ),
    ];
    const open = { ...flow, runs: 12, unfinished: 1, missing: 2 };
    const found = verdictOf(document, assays, registered, open);
    expect(found.outcome).toBeNull();
    expect(found.noOutcome).toMatch(/3 of 12 runs are not over/);
    expect(found.primary!.finding).toBe('above');
  });

  it('is given where a block has no number', () => {
    const found = verdictOf(
      documentOf({ controls: [] }),
      [assay('home', [...holds.map((value) => ({ 'default advantage': value })), null])],
      registered,
      flow,
    );
    expect(found.outcome).toBeNull();
    expect(found.noOutcome).toMatch(/1 blocks have no number for the primary endpoint \(not over\)/);
  });

  it('is different from one that is there and too small to matter', () => {
    const small = verdict({ ...good, default: around(0.01, 0.005) });
    expect(small.primary!.finding).toBe('small');
    expect(small.outcome!.name).toBe('negligible');
  });

  it('is not what equal blocks give', () => {
    const same = (value: number) => Array<number>(8).fill(value);
    expect(verdict({ ...good, default: same(0) }).outcome!.name).toBe('refuted');
    expect(verdict({ ...good, default: same(-1) }).outcome!.name).toBe('reversed');
  });
});

describe('the table of outcomes', () => {
  const of = (primary: Finding, found: Partial<Findings> = {}) =>
    outcomeOf({ primary, tuned: null, geometry: null, ...found }).name;

  it.each([
    ['above', { tuned: 'above', geometry: 'above' }, 'rule'],
    ['above', { tuned: 'none', geometry: 'above' }, 'step-size'],
    ['above', { tuned: 'above', geometry: 'open' }, 'beyond-step-size'],
    ['above', { tuned: 'above' }, 'beyond-step-size'],
    ['above', { tuned: 'none' }, 'step-size'],
    ['above', { tuned: 'below' }, 'step-size'],
    ['above', { tuned: 'small' }, 'mostly-step-size'],
    ['above', { tuned: 'open' }, 'default-only'],
    ['small', { tuned: 'above' }, 'negligible'],
    ['above', {}, 'shown'],
    ['none', { tuned: 'above' }, 'refuted'],
    ['below', {}, 'reversed'],
    ['open', { tuned: 'above' }, 'open'],
  ] as const)('reads %s with %j as %s', (primary, found, name) => {
    expect(of(primary, found)).toBe(name);
  });

  it('has a row for all that can be found, and each of its rows is reached', () => {
    const findings: readonly (Finding | null)[] = ['above', 'small', 'none', 'below', 'open', null];
    const reached = new Set<string>();
    for (const primary of findings)
      for (const tuned of findings)
        for (const geometry of findings)
          if (primary !== null) reached.add(outcomeOf({ primary, tuned, geometry }).name);
    expect([...reached].sort()).toEqual(outcomes.map(({ name }) => name).sort());
  });
});

describe('readings of secondary endpoints', () => {
  const endpoint = (role: string, name: string, measure: string) => ({
    ...{ role, assay: name, measure, claim: 'it is so' },
  });
  const evolving = (condition: string) => ({ summary: condition, set: { evolution: { condition } } });
  const wide = {
    conditions: { ...smallStudy.conditions, J: evolving('joint'), T: evolving('alternating') },
    assays: {
      ...smallStudy.assays,
      scale: { kind: 'contrast', conditions: ['J', 'T'], statistic: 'late.rule.adam-like=both' },
      fixed: { kind: 'contrast', conditions: ['A', 'D'], statistic: 'late.rule.adam-like=both' },
      best: { kind: 'champions', conditions: ['J', 'A'] },
      other: { kind: 'champions', conditions: ['A', 'D'] },
      axes: { kind: 'rotation', conditions: ['A', 'D'] },
      alone: { kind: 'rotation', conditions: ['A'] },
      elsewhere: { kind: 'rotation', conditions: ['A', 'D'], rule: 'lion' },
      culled: { kind: 'rescue', conditions: ['A', 'D'] },
      lone: { kind: 'rescue', conditions: ['A'] },
    },
  };
  const secondary = [
    endpoint('specific', 'home', 'tuned excess'),
    { ...endpoint('adam-like', 'scale', 'difference'), smallest: 0.2 },
  ];

  function found(
    excess: readonly (number | null)[],
    likeness: readonly number[],
    primary: readonly number[] = holds,
  ) {
    const home = primary.map((value, i) => ({
      'default advantage': value,
      ...(excess[i] === null ? {} : { 'tuned excess': excess[i]! }),
    }));
    const differences = (values: readonly number[]) => values.map((difference) => ({ difference }));
    const assays = [
      assay('home', home),
      assay('selection', differences(holds)),
      assay('scale', differences(likeness)),
    ];
    return verdictOf(documentOf({ ...wide, secondary }), assays, registered, flow);
  }

  it('are given behind a primary endpoint that is above, by the role', () => {
    expect(found(holds, nothing).readings).toEqual([
      { role: 'specific', finding: 'above', meaning: readingOf('specific', 'above') },
      { role: 'adam-like', finding: 'none', meaning: readingOf('adam-like', 'none') },
    ]);
    const other = found(around(-1, 0.2), unclear).readings;
    expect(other.map(({ finding }) => finding)).toEqual(['below', 'open']);
    expect(found(holds, holds, unclear).readings).toEqual([]);
  });

  it('have the smallest effect of interest of their own endpoint', () => {
    const within = around(0.1, 0.05);
    // Above 0, and within 0.2 but not within 0.05.
    expect(found(within, within).readings.map(({ finding }) => finding)).toEqual(['above', 'small']);
    expect(found(holds, holds).secondary.map(({ smallest }) => smallest)).toEqual([0.05, 0.2]);
  });

  it('are not given where a block has no number, though its test is shown', () => {
    const { readings, secondary: told } = found([...holds.slice(1), null], holds);
    expect(readings.map(({ role }) => role)).toEqual(['adam-like']);
    expect(told[0]).toMatchObject({ missing: 1, finding: null, result: { blocks: 7 } });
  });

  it('share the level of what Holm does not adjust', () => {
    // Below at .0039 and .0234: two one-sided tests at .025 by themselves, one where each has half of it.
    const once = [-1, -1.1, -0.9, -1.2, -0.8, -1, -1.05, 0.1];
    const twice = [-1, -1.1, -0.9, -1.2, -0.8, -1, 0.3, 0.35];
    const { readings } = found(once, twice);
    expect(readings.map(({ finding }) => finding)).toEqual(['below', 'open']);
  });

  it('are there for every finding of every role, but for those that the table of outcomes reads', () => {
    const all: readonly Finding[] = ['above', 'small', 'none', 'below', 'open'];
    for (const role of roles) {
      const texts = all.map((finding) => readingOf(role, finding));
      if (role === 'tuned' || role === 'geometry') expect(texts).toEqual(all.map(() => null));
      else expect(new Set(texts.filter((text) => text !== null)).size, role).toBe(all.length);
    }
  });

  const issuesOf = (role: string, name: string, measure: string) => {
    const change = { ...wide, secondary: [endpoint(role, name, measure)] };
    const read = readStudy(JSON.stringify({ ...smallStudy, ...eightBlocks, ...change }), 'study.yaml');
    return read.ok ? [] : read.issues;
  };

  it.each([
    ['tuned', 'home', 'tuned at first'],
    ['geometry', 'home', 'tuned advantage'],
    ['geometry', 'axes', 'null alignment'],
    ['geometry', 'alone', 'excess alignment'],
    ['geometry', 'elsewhere', 'excess alignment'],
    ['specific', 'home', 'tuned advantage'],
    ['joint', 'best', 'not worse'],
    ['joint', 'other', 'difference'],
    ['adam-like', 'scale', 'first'],
    ['adam-like', 'fixed', 'difference'],
    ['adam-like', 'selection', 'difference'],
    ['rescue', 'culled', 'default rescued'],
    ['rescue', 'lone', 'default as good'],
  ] as const)('are refused for %s of what it cannot mean (%s, %s)', (role, name, measure) => {
    const issues = issuesOf(role, name, measure);
    expect(issues.map(({ code }) => code)).toEqual(['role-misfit']);
    expect(issues[0]!.message).toContain(roleTable[role].is);
  });

  it.each([
    ['tuned', 'home', 'tuned ranks advantage'],
    ['geometry', 'axes', 'excess alignment'],
    ['specific', 'home', 'default excess'],
    ['joint', 'best', 'difference'],
    ['adam-like', 'scale', 'difference'],
    ['rescue', 'culled', 'tuned as good'],
  ] as const)('are taken for %s of %s, %s', (role, name, measure) => {
    expect(issuesOf(role, name, measure)).toEqual([]);
  });
});

describe('a control', () => {
  it('with a block without a number fails', () => {
    const home = holds.map((value) => ({ 'default advantage': value, 'tuned advantage': value }));
    const selection = holds.map((difference, i) => (i === 0 ? null : { difference }));
    const { controls, outcome, noOutcome } = verdictOf(
      documentOf(),
      [assay('home', home), assay('selection', selection)],
      registered,
      flow,
    );
    expect(controls[0]).toMatchObject({ missing: 1, holds: false, result: { blocks: 7 } });
    expect(outcome).toBeNull();
    expect(noOutcome).toMatch(/controls failed/);
  });
});
