/** What vitest's `expect` and `startTests` look for in a process. It has to be there before any module of vitest is loaded, which is why it is a module of its own. */
Object.assign(globalThis, {
  __vitest_worker__: { config: { expect: {}, fakeTimers: {} }, environment: { name: 'node' }, filepath: '' },
});
