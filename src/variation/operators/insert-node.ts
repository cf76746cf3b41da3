import type { Architecture } from '../../genome/architecture/architecture.ts';
import { activationNames, initSchemes } from '../../genome/architecture/ops.ts';
import type { Operator } from '../operator.ts';
import {
  edgeLocusOf,
  edgesOfArchitecture,
  edgeTextOf,
  insertOnEdge,
  makeNode,
  sightOf,
  sourceOfEdge,
} from './architecture-edits.ts';

/** Puts a layer on a random edge: a dense layer with an activation, an activation alone, a learned scale, or rarely a flatten. */
export const insertNode: Operator<Architecture> = (architecture, settings, random) => {
  const edge = random.pick(edgesOfArchitecture(architecture));
  const source = sourceOfEdge(architecture, edge);
  const at = sightOf(architecture, edge);
  const locus = edgeLocusOf(architecture, edge);
  const before = edgeTextOf(architecture, edge);
  const fn = random.pick(activationNames);
  const kind = random.uniform();
  if (kind < 0.6) {
    const units = random.pick(
      [8, 16, 32, 64, 128]
        .filter((size) => size <= settings.limits.units)
        .concat(Math.min(settings.limits.units, 8)),
    );
    const init = random.pick(initSchemes.filter((scheme) => scheme !== 'zero'));
    const nodes = [makeNode('dense', [source], { units, init }), makeNode(fn, [at])];
    return {
      result: insertOnEdge(architecture, edge, nodes),
      locus,
      before,
      after: `${fn}(dense(units: ${units}, init: ${init}))`,
    };
  }
  if (kind < 0.9)
    return { result: insertOnEdge(architecture, edge, [makeNode(fn, [source])]), locus, before, after: fn };
  const op = kind < 0.98 ? 'scale' : 'flatten';
  return { result: insertOnEdge(architecture, edge, [makeNode(op, [source])]), locus, before, after: op };
};
