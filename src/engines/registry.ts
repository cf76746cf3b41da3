/** The closed table of engines, and the choice that `auto` makes. An engine is opened when it is asked for: some load native libraries that a machine may not have. */
import type { Engine } from './engine.ts';
import { referenceEngine } from './reference/engine.ts';
import { wasmEngine } from './wasm/engine.ts';

const openers = {
  reference: async () => referenceEngine,
  wasm: async () => wasmEngine,
  tensorflow: async () => (await import('./tensorflow/engine.ts')).openTensorflowEngine(),
} as const satisfies { readonly [Name in Engine['name']]: () => Promise<Engine> };

/** Name of an engine, as documents and databases write it: permanent. */
export type EngineName = keyof typeof openers;

/** All of them, in order. */
export const engineNames = Object.keys(openers) as readonly EngineName[];

/** @throws UserError that says why and what to do, where the engine does not work on this machine. */
export const openEngine = (name: EngineName): Promise<Engine> => openers[name]();

/** `auto` is the embedded default, which runs wherever Node does. */
export function resolveEngineName(name: EngineName | 'auto'): EngineName {
  return name === 'auto' ? 'wasm' : name;
}
