/**
 * The last common ancestor of the living, at every birth. One pass, constant work per birth and death on average: dead branches are cut as they die, and
 * the ancestor is found from the root by stepping over the dead with one branch left. No recursion, whatever the depth.
 */

export interface CoalescenceSeries {
  /** After birth t and the deaths at t: the last common ancestor of the living, or -1 where there is none (several founders' lines, or nobody). */
  readonly ancestor: Int32Array;
  /** t less the ancestor's birth; -1 where there is none. */
  readonly age: Int32Array;
  /** Births at which the ancestor changed: coalescence events. */
  readonly changes: readonly number[];
}

/**
 * `parent[i]` < i or -1; `death[i]` = the tick at which i is dead, or -1 while it lives (as in a donor tree of one chromosome).
 * @throws RangeError for a parent that is not born before its child.
 */
export function coalescenceSeries(parent: Int32Array, death: Int32Array): CoalescenceSeries {
  const n = parent.length;
  const tree = new LivingTree(parent);
  const dying = byTick(death, n);
  const ancestor = new Int32Array(n);
  const age = new Int32Array(n);
  const changes: number[] = [];
  for (let t = 0; t < n; t++) {
    tree.add(t);
    for (let k = dying.start[t]!; k < dying.start[t + 1]!; k++) tree.die(dying.individuals[k]!);
    const found = tree.commonAncestor();
    ancestor[t] = found;
    age[t] = found < 0 ? -1 : t - found;
    if (found >= 0 && found !== (t === 0 ? -1 : ancestor[t - 1])) changes.push(t);
  }
  return { ancestor, age, changes };
}

/** The same series with its events from this birth on only, at which an ancestor that is there already is an event too. */
export function settledFrom(series: CoalescenceSeries, first: number): CoalescenceSeries {
  const there = (series.ancestor[first] ?? -1) >= 0 ? [first] : [];
  return { ...series, changes: [...there, ...series.changes.filter((t) => t > first)] };
}

/** Individuals in order of death, those of tick t from `start[t]`. Deaths before the own birth count at it; the living are left out. */
function byTick(death: Int32Array, n: number) {
  const tick = (i: number) => (death[i]! < 0 || death[i]! >= n ? n : Math.max(death[i]!, i));
  const start = new Int32Array(n + 2);
  for (let i = 0; i < n; i++) start[tick(i) + 1]! += 1;
  for (let t = 0; t <= n; t++) start[t + 1]! += start[t]!;
  const next = start.slice();
  const individuals = new Int32Array(n);
  for (let i = 0; i < n; i++) individuals[next[tick(i)]!++] = i;
  return { start, individuals };
}

/** Individuals shifted by one, so that 0 is the root above all founders. */
class LivingTree {
  readonly #parent: Int32Array;
  readonly #alive: Uint8Array;
  /** Branches with living members. */
  readonly #branches: Int32Array;
  /** Exclusive or of the heads of those branches: where there is one, it is this. */
  readonly #heads: Int32Array;
  #top = 0;

  constructor(parent: Int32Array) {
    this.#parent = parent;
    this.#alive = new Uint8Array(parent.length + 1);
    this.#branches = new Int32Array(parent.length + 1);
    this.#heads = new Int32Array(parent.length + 1);
  }

  #above(node: number): number {
    return this.#parent[node - 1]! + 1;
  }

  add(individual: number): void {
    const node = individual + 1;
    const above = this.#above(node);
    if (!(above >= 0 && above < node)) throw new RangeError(`birth ${individual} has parent ${above - 1}`);
    this.#alive[node] = 1;
    this.#attach(node);
  }

  /** A parent that died out may still be named (it was chosen before it died): its branch is then alive again, up to where it joins the others. */
  #attach(node: number): void {
    for (let below = node; below > 0; below = this.#above(below)) {
      const above = this.#above(below);
      this.#heads[above]! ^= below;
      this.#branches[above]! += 1;
      if (above === 0 || this.#alive[above] === 1 || this.#branches[above]! > 1) {
        // All else that lives descends from the top; what joins above it makes the place of joining the new top.
        this.#top = Math.min(this.#top, above);
        return;
      }
    }
  }

  die(individual: number): void {
    this.#alive[individual + 1] = 0;
    for (let node = individual + 1; node > 0; node = this.#above(node)) {
      if (this.#alive[node] === 1 || this.#branches[node]! > 0) break;
      const above = this.#above(node);
      this.#heads[above]! ^= node;
      this.#branches[above]! -= 1;
    }
  }

  commonAncestor(): number {
    if (this.#top > 0 && this.#alive[this.#top] === 0 && this.#branches[this.#top] === 0) this.#top = 0;
    while (this.#alive[this.#top] === 0 && this.#branches[this.#top] === 1)
      this.#top = this.#heads[this.#top]!;
    return this.#top === 0 ? -1 : this.#top - 1;
  }
}
