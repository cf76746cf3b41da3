/** Every fact of a told birth is in the event hash: each is changed by itself, and the hash must change. */
import { describe, expect, it } from 'vitest';
import { initialEventHash, nextEventHash } from '../../src/evolution/event-hash.ts';
import { toldRun } from '../lineage/support.ts';

type Path = readonly (string | number)[];

/**
 * Facts that are not changed one by one, with the reason. Curves follow from the rest. The genome's data is told by the hashes of its two texts. Of a failed
 * training to have failed changes what else there is to tell: its kinds are compared below.
 */
const leftOut = [/(^|\.)curve(\.|$)/, /^birth\.genome\./];
const isFailure = (event: unknown, path: Path) =>
  path.at(-1) === 'status' && valueAt(event, path) === 'failed';

/** Paths of all values that are neither objects nor arrays, and of all arrays (their length is a fact too). */
function facts(value: unknown, path: Path = []): Path[] {
  if (ArrayBuffer.isView(value)) return [path];
  if (Array.isArray(value)) return [path, ...value.flatMap((each, i) => facts(each, [...path, i]))];
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, each]) => facts(each, [...path, key]));
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce((at, key) => (at as Record<string | number, unknown>)[key], value);
}

/** Another value of the same kind. Words of closed sets become other words: the hash takes any text. */
function other(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [0] : value.slice(0, -1);
  if (typeof value === 'number') return Number.isFinite(value) ? value + 1 : 0;
  if (typeof value === 'boolean') return !value;
  if (value === null) return 1;
  return `${String(value)}x`;
}

function changed<T>(event: T, path: Path): T {
  const copy = structuredClone(event);
  const last = path.at(-1)!;
  const parent = valueAt(copy, path.slice(0, -1)) as Record<string | number, unknown>;
  parent[last] = other(parent[last]);
  return copy;
}

const events = [...toldRun(300, 20, true)];
const hash = (event: (typeof events)[number]) => nextEventHash(initialEventHash, event);

/** One event of each shape: with and without details, deaths, mutations, a second parent, and each way of ending. */
const shapes = new Map(
  events.map((event) => {
    const { birth, outcome, deaths } = event;
    const shape = [
      outcome.status,
      'details' in outcome,
      deaths.map(({ cause }) => cause).join(),
      birth.mutations.length,
      birth.otherParent === null,
      birth.parent === null,
      outcome.status === 'failed' ? '' : outcome.search.accuracy === null,
    ].join(' ');
    return [shape, event] as const;
  }),
);

describe('the event hash', () => {
  it('is asked about births of many shapes', () => {
    expect(shapes.size).toBeGreaterThan(20);
    expect([...shapes.keys()].some((shape) => shape.includes('aged,failed') || shape.includes('aged'))).toBe(
      true,
    );
  });

  it.each([...shapes])('changes with every fact of a birth that is: %s', (_, event) => {
    const told = facts(event).filter(
      (path) => !leftOut.some((pattern) => pattern.test(path.join('.'))) && !isFailure(event, path),
    );
    expect(told.length).toBeGreaterThan(15);
    const silent = told.filter((path) => hash(changed(event, path)) === hash(event));
    expect(silent.map((path) => path.join('.'))).toEqual([]);
  });

  it('changes with what came before, and with the order of contestants, mutations and deaths', () => {
    const found = events.find(({ birth, deaths }) => birth.contestants.length > 1 && deaths.length > 0)!;
    const event = {
      ...found,
      deaths: [...found.deaths, { birthIndex: 0, cause: 'outcompeted', at: 9 } as const],
    };
    expect(nextEventHash('1'.repeat(64), event)).not.toBe(hash(event));
    const { birth, deaths } = event;
    expect(hash({ ...event, deaths: deaths.toReversed() })).not.toBe(hash(event));
    expect(hash({ ...event, birth: { ...birth, contestants: birth.contestants.toReversed() } })).not.toBe(
      hash(event),
    );
  });

  it('tells an evaluation that failed from one that did not, by its kind alone', () => {
    const { outcome, ...event } = events.find(
      (each) => each.outcome.status === 'completed' && !('details' in each.outcome),
    )!;
    const { stepsDone, costUnits, parameters, curve } = outcome;
    const as = (status: object) =>
      hash({ ...event, outcome: { ...status, stepsDone, costUnits, parameters, curve } as never });
    const search = { loss: 1, accuracy: null };
    const kinds = [
      { status: 'failed', reason: 'diverged' },
      { status: 'failed', reason: 'too-large' },
      { status: 'stopped', reason: 'budget', fitness: 0, search },
      { status: 'stopped', reason: 'hurdle', fitness: 0, search },
      { status: 'completed', fitness: 0, search },
      { status: 'completed', fitness: 0, search: { loss: 1, accuracy: 0 } },
    ];
    expect(new Set(kinds.map(as)).size).toBe(kinds.length);
  });

  it('keeps to what it leaves out', () => {
    const event = events.at(-1)!;
    const curve = Float32Array.of(1, 2, 3);
    expect(hash({ ...event, outcome: { ...event.outcome, curve } })).toBe(hash(event));
  });

  it('tells numbers apart that differ in the last bit, and not the two zeros', () => {
    const event = events.find(({ outcome }) => outcome.status === 'completed')!;
    const withFitness = (fitness: number) =>
      hash({ ...event, outcome: { ...event.outcome, fitness } as never });
    expect(withFitness(0.1 + 0.2)).not.toBe(withFitness(0.3));
    expect(withFitness(-0)).toBe(withFitness(0));
  });
});
