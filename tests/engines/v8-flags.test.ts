import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { knownFlags } from '../../src/engines/wasm/v8-flags.ts';

it('only flags that the options explain are known, turned off or on, with dashes or underscores', () => {
  const options =
    '  --liftoff (enable Liftoff)\n        type: bool  default: --liftoff\n  --wasm_loop_unrolling (x)\n  --no-opt (y)\n';
  expect(
    knownFlags(options, ['no-liftoff', 'liftoff', 'no-wasm-inlining', 'no-wasm-loop-unrolling', 'no-opt']),
  ).toEqual(['no-liftoff', 'liftoff', 'no-wasm-loop-unrolling', 'no-opt']);
  expect(knownFlags('', ['no-liftoff'])).toEqual([]);
});

it('this V8 is set up without a word, and a thread takes over what its process has asked', () => {
  const workspace = fileURLToPath(new URL('../../dist/src/engines/wasm/workspace.js', import.meta.url));
  const script = `
    const { acquireWorkspace } = await import(${JSON.stringify(workspace)});
    acquireWorkspace();
    const { Worker } = await import('node:worker_threads');
    new Worker('console.log(process.env.STREETLIGHT_V8_FLAGS)', { eval: true });`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  expect(stdout.trim().split(':').at(-1)).toMatch(/^no-liftoff/);
});
