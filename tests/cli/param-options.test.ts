/** How the schema of a parameter becomes an option of a command line. */
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { positive } from '../../src/analysis/params.ts';
import { param } from '../../src/analysis/question.ts';
import { addParams } from '../../src/cli/param-options.ts';

const params = z.strictObject({
  things: param(z.array(z.string()), { summary: 'things', isPositional: true }),
  paired: param(z.boolean().default(true), { summary: 'do not pair' }),
  isLoud: param(z.boolean().exactOptional(), { summary: 'say more' }),
  every: param(positive().exactOptional(), { summary: 'how often', value: 'births' }),
});

/** What a command reads from these words, and what it says of itself. */
function read(...words: readonly string[]) {
  const command = new Command('command').exitOverride().configureOutput({ writeErr: () => {} });
  const positional = addParams(command, params);
  command.parse([...words], { from: 'user' });
  return {
    positional,
    placed: command.processedArgs,
    options: command.opts(),
    help: command.helpInformation(),
  };
}

describe('options of parameters', () => {
  it('of yes or no are flags, by their contrary where yes is usual', () => {
    expect(read('a').options).toEqual({ paired: true });
    expect(read('a', '--no-paired', '--is-loud').options).toEqual({ paired: false, isLoud: true });
    expect(read('a').help).toMatch(/--no-paired +do not pair\n +--is-loud +say more\n/);
  });

  it('have places where the parameter has one; a list takes all that are left', () => {
    const { positional, placed, help } = read('a', 'b,c');
    expect(positional).toEqual(['things']);
    expect(placed).toEqual([['a', 'b,c']]);
    expect(help).toContain('<things...>');
    expect(() => read()).toThrow(/missing required argument/);
  });

  it('refuse what the schema refuses, in its words', () => {
    expect(read('a', '--every', '3').options).toEqual({ paired: true, every: 3 });
    for (const bad of ['0', '1.5', 'x', ''])
      expect(() => read('a', '--every', bad)).toThrow(/It must be a whole number from 1 on/);
  });
});
