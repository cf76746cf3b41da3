/** Joins what stands on a random edge with an earlier activation: by add or multiply where shapes agree, else by concat. */
import type { Architecture } from '../../genome/architecture/architecture.ts';
import { architectureNodeText } from '../../genome/architecture/print.ts';
import { inferShapes } from '../../genome/architecture/shapes.ts';
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

export const insertResidual: Operator<Architecture> = (architecture, settings, random) => {
  const inferred = inferShapes(architecture, settings.input);
  if (!inferred.ok) return null;
  const edge = random.pick(edgesOfArchitecture(architecture));
  const source = sourceOfEdge(architecture, edge);
  const others = Array.from({ length: sightOf(architecture, edge) }, (_, i) => i).filter((i) => i !== source);
  if (others.length === 0) return null;
  const agreeing = others.filter((i) =>
    inferred.shapes[i]!.every((size, axis) => size === inferred.shapes[source]![axis]),
  );
  const op =
    agreeing.length > 0 && random.uniform() < 0.8
      ? random.pick(['add', 'add', 'multiply'] as const)
      : ('concat' as const);
  const other = random.pick(op === 'concat' ? others : agreeing);
  const result = insertOnEdge(architecture, edge, [makeNode(op, [source, other])]);
  return {
    result,
    locus: edgeLocusOf(architecture, edge),
    before: edgeTextOf(architecture, edge),
    after: `${op} with ${architectureNodeText(architecture, other)}`,
  };
};
