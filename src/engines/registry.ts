/** The closed table of engines, and the choice that `auto` makes. */
import type { Engine } from './engine.ts';
import { referenceEngine } from './reference/engine.ts';

export const engines = {
  reference: referenceEngine,
} as const satisfies Record<string, Engine>;

export type EngineName = keyof typeof engines;
export const engineNames = Object.keys(engines) as readonly EngineName[];

/** `auto` is the embedded default, which runs wherever Node does. */
export function resolveEngineName(name: EngineName | 'auto'): EngineName {
}
