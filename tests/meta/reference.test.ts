/** Everything that people may type is documented, and what is documented is what the program runs on. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { buildProgram } from '../../src/cli/main.ts';
import { consoleOutput } from '../../src/cli/output.ts';
import { packageRoot } from '../../src/genome/known.ts';
import { referenceData, referencePage } from '../../src/report/reference.ts';

const page = (path: string) => readFileSync(join(packageRoot(), path), 'utf8');
const commands: readonly Command[] = buildProgram({ ...consoleOutput, endWith: () => {} }).commands;

describe('documentation', () => {
  it('docs/REFERENCE.md is what `streetlight reference` prints', () => {
    expect(page('docs/REFERENCE.md').trimEnd()).toBe(referencePage().trimEnd());
  });

  it('`reference --json` has every row of the page', () => {
    const data = JSON.parse(JSON.stringify(referenceData())) as Record<string, Record<string, unknown>[]>;
    const sections = page('docs/REFERENCE.md').split(/^## /m).slice(1);
    expect(Object.keys(data)).toHaveLength(sections.length);
    Object.entries(data).forEach(([key, entries], i) => {
      const named = key === 'tasks' ? /^### /gm : /^\| (?!---)/gm;
      const heads = key === 'tasks' ? 0 : 1;
      expect(entries, key).toHaveLength(sections[i]!.match(named)!.length - heads);
      for (const entry of entries) expect(sections[i]).toContain(String(Object.values(entry)[0]));
    });
    expect(data['ruleOps']!.find(({ op }) => op === 'add')).toMatchObject({ symbol: '+', arguments: 2 });
  });

  it.each(commands.map((command) => [command.name(), command] as const))(
    '%s is explained in --help',
    (_, command) => {
      expect(command.description()).not.toBe('');
      for (const option of command.options) expect(option.description, option.long).not.toBe('');
    },
  );

  it('the README names every command', () => {
    const readme = page('README.md');
    for (const command of commands) expect(readme).toMatch(new RegExp(`\\b${command.name()}\\b`));
  });
});
