/** Every engine is among those that this folder tests, or it is said why not. Where the project's own checks have set an engine up, its absence is a failure. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { engineNames } from '../../src/engines/registry.ts';
import { tensorflowHome } from '../../src/engines/tensorflow/home.ts';
import { absentEngines, allEngines } from '../support/engines.ts';

const isSetUp = process.env['CI'] === 'true' && existsSync(join(tensorflowHome(), 'setup.json'));

for (const name of engineNames) {
  it(`${name} is tested`, ({ skip }) => {
    const absence = absentEngines.get(name);
    if (absence !== undefined && !isSetUp) {
      process.stderr.write(`Not tested here: ${absence}\n`);
      skip(absence);
    }
    expect(absence).toBeUndefined();
    expect(allEngines.map((engine) => engine.name)).toContain(name);
  });
}
