/** The closed table of engines, and the choice that `auto` makes. */
import type { Engine } from './engine.ts';
import { referenceEngine } from './reference/engine.ts';
import { wasmEngine } from './wasm/engine.ts';

export const engines = {
  reference: referenceEngine,
  wasm: wasmEngine,
} as const satisfies { readonly [Name in Engine['name']]: Engine };

export type EngineName = keyof typeof engines;
export const engineNames = Object.keys(engines) as readonly EngineName[];

/** `auto` is the embedded default, which runs wherever Node does. */
export function resolveEngineName(name: EngineName | 'auto'): EngineName {
  return name === 'auto' ? 'wasm' : name;
}
