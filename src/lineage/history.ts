/** The births of a run as typed arrays: who came from whom, carrying what, and when each was gone. What questions about populations start from. */
import type { Chromosome } from '../genome/genome.ts';
import type { Lineage } from './open.ts';
import { birthIndexOf, individualId } from './pack.ts';
import type { Heritable } from './taxa.ts';

/** One element per told birth, by birth index; -1 where there is none. */
export interface History {
  readonly births: number;
  /** The selected parent, and the second one of a reassortment. */
  readonly parent: Int32Array;
  readonly otherParent: Int32Array;
  /** The donor of each chromosome. */
  readonly donor: Readonly<Record<Chromosome, Int32Array>>;
  /** Block ids. */
  readonly block: Readonly<Record<Chromosome, Int32Array>>;
  /** The birth whose telling it did not survive, -1 while alive. The own index: it never joined the population. */
  readonly gone: Int32Array;
}

/** Parents, donors, blocks and departures of every told birth of a run. */
export function loadHistory({ db }: Lineage, run: number): History {
  const end = db.prepare<[number], number>('SELECT last_told FROM run WHERE id = ?').pluck().get(run) ?? -1;
  const births = end + 1;
  const column = () => new Int32Array(births).fill(-1);
  const [parent, otherParent, gone] = [column(), column(), column()];
  const donor = { architecture: column(), rule: column() };
  const block = { architecture: column(), rule: column() };
  const range = [individualId(run, 0), individualId(run, end)] as const;
  // Every column has a type of its own, and a row is read once: an object per row would cost more than the query.
  const rows = db
    .prepare<
      [number, number],
      [number, number, number, number | null, number | null, number | null, number | null]
    >(
      'SELECT id, architecture, rule, p1, p2, architecture_donor, rule_donor FROM individual WHERE id BETWEEN ? AND ? ORDER BY id',
    )
    .raw();
  for (const [id, architecture, rule, p1, p2, fromA, fromR] of rows.iterate(...range)) {
    const i = birthIndexOf(id);
    block.architecture[i] = architecture;
    block.rule[i] = rule;
    if (p1 === null) continue;
    parent[i] = birthIndexOf(p1);
    if (p2 !== null) otherParent[i] = birthIndexOf(p2);
    if (fromA !== null) donor.architecture[i] = fromA === 0 ? parent[i]! : otherParent[i]!;
    if (fromR !== null) donor.rule[i] = fromR === 0 ? parent[i]! : otherParent[i]!;
  }
  const deaths = db
    .prepare<[number, number], [number, number]>(
      'SELECT individual, event FROM death WHERE individual BETWEEN ? AND ?',
    )
    .raw();
  for (const [id, event] of deaths.iterate(...range)) gone[birthIndexOf(id)] = event;
  return { births, parent, otherParent, donor, block, gone };
}

/** Fitness as evaluated, NaN where the evaluation failed; and who may breed: all but elites that their re-run did not confirm. */
export interface Fitness {
  readonly fitness: Float64Array;
  readonly mayBreed: Uint8Array;
}

/** What selection saw of births 0 to `births` - 1: fitness, NaN where there is none, and who may breed. */
export function loadFitness({ db }: Lineage, run: number, births: number): Fitness {
  const fitness = new Float64Array(births).fill(Number.NaN);
  const mayBreed = new Uint8Array(births).fill(1);
  const range = [individualId(run, 0), individualId(run, births) - 1] as const;
  const rows = db
    .prepare<[number, number], [number, number]>(
      'SELECT individual, fitness FROM evaluation WHERE individual BETWEEN ? AND ? AND fitness IS NOT NULL',
    )
    .raw();
  for (const [id, value] of rows.iterate(...range)) fitness[birthIndexOf(id)] = value;
  const refused = db
    .prepare<[number, number], number>(
      'SELECT individual FROM reevaluation WHERE individual BETWEEN ? AND ? AND confirmed = 0',
    )
    .pluck();
  for (const id of refused.iterate(...range)) mayBreed[birthIndexOf(id)] = 0;
  return { fitness, mayBreed };
}

/** What changed a chromosome, or either of a genome's, at each birth: the operators' names, several joined by " + ". `code` is an index of `names`; 0 is nothing. */
export interface Operators {
  readonly of: Heritable;
  readonly code: Int32Array;
  readonly names: readonly string[];
}

/** Which mutation operators made each birth, as codes of sets of names; code 0 is none. */
export function loadOperators({ db }: Lineage, run: number, births: number, of: Heritable): Operators {
  const code = new Int32Array(births);
  const names = [''];
  const codes = new Map<string, number>();
  const rows = db
    .prepare<[string, string, number, number], [number, string]>(
      `SELECT m.individual, o.name FROM mutation m JOIN operator o ON o.id = m.operator
       WHERE (? = 'genome' OR o.target = ?) AND m.individual BETWEEN ? AND ? ORDER BY m.individual, o.name`,
    )
    .raw();
  const add = (birth: number, label: string) => {
    const known = codes.get(label) ?? names.push(label) - 1;
    codes.set(label, known);
    code[birth] = known;
  };
  let [birth, label] = [-1, ''];
  for (const [id, name] of rows.iterate(of, of, individualId(run, 0), individualId(run, births) - 1)) {
    if (birthIndexOf(id) !== birth) {
      if (birth >= 0) add(birth, label);
      [birth, label] = [birthIndexOf(id), name];
    } else if (!label.split(' + ').includes(name)) label += ` + ${name}`;
  }
  if (birth >= 0) add(birth, label);
  return { of, code, names };
}
