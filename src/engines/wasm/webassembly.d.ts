/** The part of the WebAssembly JavaScript interface that the engine uses; Node's types leave it to the browser's. */
declare namespace WebAssembly {
  /** A module that does not validate, or is beyond what V8 allows. */
  class CompileError extends Error {}
  /** Imports that do not fit, or memory that is not to be had when it is instantiated. */
  class LinkError extends Error {}
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>);
  }
  type Exports = Readonly<Record<string, (...args: never[]) => unknown>>;
  class Instance {
    constructor(module: Module, imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>);
    readonly exports: Exports;
  }
  class Memory {
    constructor(descriptor: { readonly initial: number });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
}
