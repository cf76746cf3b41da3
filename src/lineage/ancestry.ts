/** Who descends from whom: along the selected parents, along the donors of one chromosome, or along both parents. */
import { hashOfText } from '../genome/identity.ts';
import type { Lineage } from './open.ts';
import { individualId, runOf } from './pack.ts';

/** Trees of descent. Names are typed by people and in scripts: permanent. */
export const trees = ['pedigree', 'architecture', 'rule'] as const;

/** `pedigree` follows the selected parent; `architecture` and `rule` follow the donor of that chromosome. */
export type Tree = (typeof trees)[number];

const columns = {
  pedigree: { parent: 'p1', depth: 'depth', jump: 'jump' },
  architecture: { parent: 'architecture_from', depth: 'architecture_depth', jump: 'architecture_jump' },
  rule: { parent: 'rule_from', depth: 'rule_depth', jump: 'rule_jump' },
} as const satisfies Record<Tree, { parent: string; depth: string; jump: string }>;

/** One individual with its genome, parents, outcome and death. */
export interface IndividualRow {
  readonly id: number;
  readonly p1: number | null;
  readonly p2: number | null;
  readonly architectureFrom: number | null;
  readonly ruleFrom: number | null;
  readonly depth: number;
  readonly architecture: string;
  readonly rule: string;
  readonly architectureHash: string;
  readonly ruleHash: string;
  readonly status: string;
  readonly reason: string | null;
  readonly fitness: number | null;
  readonly loss: number | null;
  readonly accuracy: number | null;
  readonly steps: number;
  readonly parameters: number;
  /** Null while alive. */
  readonly diedAt: number | null;
  readonly cause: string | null;
}

/** Looks individuals up, each with its genome's texts, evaluation and death, or null. */
export function individualReader({ db }: Lineage): (id: number) => IndividualRow | null {
  const find = db.prepare<[number], Omit<IndividualRow, 'architectureHash' | 'ruleHash'>>(
    `SELECT i.id, i.p1, i.p2, i.architecture_from AS architectureFrom, i.rule_from AS ruleFrom, i.depth,
       a.canon AS architecture, r.canon AS rule,
       e.status, e.reason, e.fitness, e.loss, e.accuracy, e.steps, e.parameters, d.at AS diedAt, d.cause
     FROM parentage i JOIN block a ON a.id = i.architecture JOIN block r ON r.id = i.rule
     JOIN evaluation e ON e.individual = i.id LEFT JOIN death d ON d.individual = i.id WHERE i.id = ?`,
  );
  return (id) => {
    const row = find.get(id);
    if (row === undefined) return null;
    return {
      ...row,
      architectureHash: hashOfText('architecture', row.architecture),
      ruleHash: hashOfText('rule', row.rule),
    };
  };
}

/** One individual; a reader is quicker for many. */
export const findIndividual = (lineage: Lineage, id: number): IndividualRow | null =>
  individualReader(lineage)(id);

/** The path from an individual (first) to its founder (last) in one tree. */
export function pathToRoot(lineage: Lineage, tree: Tree, id: number): number[] {
  const { parent } = columns[tree];
  return lineage.db
    .prepare<[number], number>(
      `WITH RECURSIVE path (id, parent) AS (
         SELECT id, ${parent} FROM parentage WHERE id = ?
         UNION ALL SELECT i.id, i.${parent} FROM path JOIN parentage i ON i.id = path.parent)
       SELECT id FROM path`,
    )
    .pluck()
    .all(id);
}

/** Children through either parent. A scan of what was born later: no index is spent on it. */
export function childCount(lineage: Lineage, id: number): number {
  return lineage.db
    .prepare<[number, number, number], number>(
      'SELECT count(*) FROM individual WHERE id > ? AND (p1 = ? OR p2 = ?)',
    )
    .pluck()
    .get(id, id, id)!;
}

interface Hop {
  readonly id: number;
  readonly parent: number | null;
  readonly depth: number;
  readonly jump: number;
}

/** Reads one individual's place in a tree. */
function hops(lineage: Lineage, tree: Tree): (id: number) => Hop {
  const { parent, depth, jump } = columns[tree];
  const find = lineage.db.prepare<[number], Hop>(
    `SELECT id, ${parent} AS parent, ${depth} AS depth, ${jump} AS jump FROM parentage WHERE id = ?`,
  );
  return (id) => {
    const hop = find.get(id);
    if (hop === undefined) throw new RangeError(`there is no individual ${id}`);
    return { ...hop, jump: individualId(runOf(id), hop.jump) };
  };
}

/** Births between an individual and its founder in this tree. */
export function depthOf(lineage: Lineage, tree: Tree, id: number): number {
  return hops(lineage, tree)(id).depth;
}

/** The ancestor (or itself) at a depth from the founder, in O(log n) reads. */
export function ancestorAtDepth(lineage: Lineage, tree: Tree, id: number, depth: number): number {
  return climb(hops(lineage, tree), id, depth).id;
}

function climb(at: (id: number) => Hop, id: number, depth: number): Hop {
  let here = at(id);
  if (depth < 0 || depth > here.depth)
    throw new RangeError(`depth ${depth} is not on the path of an individual at depth ${here.depth}`);
  while (here.depth > depth) {
    const far = at(here.jump);
    here = far.depth >= depth ? far : at(here.parent!);
  }
  return here;
}

/** Most recent common ancestor in one tree, null when their founders differ. O(log n) reads. */
export function mrca(lineage: Lineage, tree: Tree, a: number, b: number): number | null {
  const at = hops(lineage, tree);
  const shallow = Math.min(at(a).depth, at(b).depth);
  let x = climb(at, a, shallow);
  let y = climb(at, b, shallow);
  while (x.id !== y.id) {
    if (x.parent === null || y.parent === null) return null;
    // At equal depth both pointers jump equally far; where they land apart, everything up to there is apart.
    const apart = x.jump !== y.jump && x.jump !== x.id;
    const [nextX, nextY] = apart ? [x.jump, y.jump] : [x.parent, y.parent];
    x = at(nextX);
    y = at(nextY);
  }
  return x.id;
}
