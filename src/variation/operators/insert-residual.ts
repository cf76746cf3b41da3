import type { Architecture } from '../../genome/architecture/architecture.ts';
import { architectureNodeText } from '../../genome/architecture/print.ts';
import { sameShape } from '../../genome/architecture/shapes.ts';
import type { Operator } from '../operator.ts';
import {
  edgeLocusOf,
  edgesOfArchitecture,
  edgeTextOf,
  insertOnEdge,
  makeNode,
  shapesOf,
  sightOf,
  sourceOfEdge,
} from './architecture-edits.ts';

/** Joins what stands on a random edge with an earlier activation: by add or multiply where shapes agree, else by concat or by add with a projection. */
export const insertResidual: Operator<Architecture> = (architecture, settings, random) => {
  const shapes = shapesOf(architecture, settings);
  if (shapes === null) return null;
  const edge = random.pick(edgesOfArchitecture(architecture));
  const source = sourceOfEdge(architecture, edge);
  const others = Array.from({ length: sightOf(architecture, edge) }, (_, i) => i).filter((i) => i !== source);
  if (others.length === 0) return null;
  const agreeing = others.filter((i) => sameShape(shapes[i]!, shapes[source]!));
  const op =
    agreeing.length > 0 && random.uniform() < 0.8
      ? random.pick(['add', 'add', 'multiply'] as const)
      : random.pick(['concat', 'project'] as const);
  const other = random.pick(op === 'concat' || op === 'project' ? others : agreeing);
  const node =
    op === 'project' ? makeNode('add', [source, other], { project: true }) : makeNode(op, [source, other]);
  const result = insertOnEdge(architecture, edge, [node]);
  return {
    result,
    locus: edgeLocusOf(architecture, edge),
    before: edgeTextOf(architecture, edge),
    after: `${op} with ${architectureNodeText(architecture, other)}`,
  };
};
