/** Noise of update rules, the same on every engine: one named stream per step, noise node and parameter. */
import { stream } from '../random/stream.ts';
import type { NoiseSource } from './engine.ts';

/** The source for step t of the job with this seed. */
export function noiseAt(seed: string, t: number): NoiseSource {
  return (kind, node, parameter, into) => {
    const random = stream(`${seed}/noise/${t}/${node}/${parameter}`);
    for (let i = 0; i < into.length; i++) into[i] = random[kind]();
  };
}
