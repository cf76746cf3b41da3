/** Every engine is among those that this folder tests, or it is said why not. Where the project's own checks have set an engine up, its absence is a failure. */
import { expect, it } from 'vitest';
import { engineNames } from '../../src/engines/registry.ts';
import { allEngines, engineOrSkip } from '../support/engines.ts';

for (const name of engineNames) {
  it(`${name} is tested`, ({ skip }) => {
    expect(allEngines).toContain(engineOrSkip(name, skip));
  });
}
