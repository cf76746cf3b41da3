/** Whoever has ancestors, in an order in which these come first; and what keeps there from being one. */

/** Whoever has ancestors, by their ids. */
export interface Descendant {
  readonly id: number;
  readonly ancestors: readonly number[];
}

/** Ancestors who are not there, ids that are there twice, and circles, each from ancestor to descendant with the first one at both ends. */
export interface Disorder<Row> {
  readonly twice: readonly (readonly [row: Row, first: Row])[];
  readonly strangers: readonly (readonly [row: Row, ancestor: number])[];
  readonly circles: readonly (readonly Row[])[];
}

/** The order kept where it is right already; else each waits for its last ancestor. Linear in the number of rows and of their ancestors. */
export function parentsFirst<Row extends Descendant>(
  rows: readonly Row[],
): { readonly order: readonly Row[] } | { readonly disorder: Disorder<Row> } {
  const byId = new Map<number, Row>();
  const twice: (readonly [Row, Row])[] = [];
  for (const row of rows) {
    const first = byId.get(row.id);
    if (first === undefined) byId.set(row.id, row);
    else twice.push([row, first]);
  }
  const strangers = rows.flatMap((row) =>
    row.ancestors.filter((ancestor) => !byId.has(ancestor)).map((ancestor) => [row, ancestor] as const),
  );
  if (twice.length > 0 || strangers.length > 0) return { disorder: { twice, strangers, circles: [] } };
  const order = ordered(rows);
  if (order.length === rows.length) return { order };
  const placed = new Set(order);
  const left = rows.filter((row) => !placed.has(row));
  return { disorder: { twice, strangers, circles: circlesAmong(left, byId) } };
}

/** All who do not descend from a circle. */
function ordered<Row extends Descendant>(rows: readonly Row[]): readonly Row[] {
  const waiting = new Map(rows.map(({ id, ancestors }) => [id, ancestors.length]));
  const children = new Map<number, Row[]>();
  for (const row of rows)
    for (const ancestor of row.ancestors) {
      const known = children.get(ancestor);
      if (known === undefined) children.set(ancestor, [row]);
      else known.push(row);
    }
  const order: Row[] = [];
  // Those that were passed already, for want of an ancestor.
  const passed = new Set<number>();
  const place = (row: Row) => {
    const stack = [row];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      order.push(next);
      waiting.delete(next.id);
      for (const child of children.get(next.id) ?? []) {
        const left = waiting.get(child.id)! - 1;
        waiting.set(child.id, left);
        if (left === 0 && passed.has(child.id)) stack.push(child);
      }
    }
  };
  for (const row of rows) {
    if (waiting.get(row.id) === 0) place(row);
    else passed.add(row.id);
  }
  return order;
}

/** Of rows that each have an ancestor among them: following one of these from each leads into a circle, and every circle found is told once. */
function circlesAmong<Row extends Descendant>(rows: readonly Row[], byId: ReadonlyMap<number, Row>): Row[][] {
  const among = new Set(rows);
  const above = (row: Row) =>
    row.ancestors.map((id) => byId.get(id)!).find((ancestor) => among.has(ancestor))!;
  const seenFrom = new Map<Row, Row>();
  const circles: Row[][] = [];
  for (const from of rows) {
    let at = from;
    while (!seenFrom.has(at)) {
      seenFrom.set(at, from);
      at = above(at);
    }
    if (seenFrom.get(at) !== from) continue;
    const circle = [at];
    for (let next = above(at); next !== at; next = above(next)) circle.unshift(next);
    circles.push([at, ...circle]);
  }
  return circles;
}
