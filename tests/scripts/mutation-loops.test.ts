/** Loops whose turns are counted still do what they did, and end at the limit. */
import { afterEach, describe, expect, it } from 'vitest';
import { countLoops, loopsOfThread } from '../../scripts/mutation/loops.ts';

const run = (source: string) => new Function(countLoops(source))() as unknown;

/** Twelve turns in all, of each kind of loop, with and without braces. */
const everyKind = `
  const seen = [];
  for (let i = 0; i < 2; i++) seen.push(i);
  for (const item of ['a', 'b']) { seen.push(item); }
  for (const key in { x: 1, y: 2 }) if (key === 'x') seen.push(key); else seen.push('other');
  let left = 2;
  while (left > 0) left -= 1;
  do { left += 1; } while (left < 2);
  outer: for (;;) for (;;) break outer;
  return seen.join();
`;

describe('counting the turns of loops', () => {
  afterEach(() => {
    loopsOfThread().limit = Number.POSITIVE_INFINITY;
  });

  it('counts each turn of each kind of loop and changes nothing else', () => {
    const before = loopsOfThread().turns;
    expect(run(everyKind)).toBe(new Function(everyKind)());
    expect(loopsOfThread().turns - before).toBe(12);
  });

  it('leaves sources without loops as they are, and what only looks like one', () => {
    const source = '#!/usr/bin/env node\nconst text = "for (;;) {}"; // while (true) {}\n';
    expect(countLoops(source)).toBe(source);
  });

  it('keeps the first line of a program first', () => {
    expect(countLoops('#!/usr/bin/env node\nfor (;;) {}')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it('ends an endless loop, and one around it that catches everything', () => {
    loopsOfThread().limit = loopsOfThread().turns + 1000;
    expect(() => run('for (;;) {}')).toThrow('A loop does not end.');
    expect(() => run('for (;;) { try { for (;;) {} } catch {} }')).toThrow('A loop does not end.');
    expect(run('return 1;')).toBe(1);
  });
});
