/** Told births as rows: prepared statements, interned blocks, operators and loci, jump pointers of the three trees. */
import type { Database } from 'better-sqlite3';
import type { Birth, ToldBirth } from '../evolution/birth.ts';
import type { Chromosome } from '../genome/genome.ts';
import { architectureText, ruleText } from './codec.ts';
import { detailsWriter, type EvaluationTiming, outcomeColumns } from './details.ts';
import { createJumpTree } from './jump-tree.ts';
import { birthIndexOf, individualId, packContestants } from './pack.ts';
import { sealBirth, sealedOf, sealOf, sealRecord, unsealedBirths } from './seal.ts';

/** Writes rows of one run within the transaction of whoever calls it. */
export interface RowWriter {
  /** Birth index of the last told birth in the file when the writer was made; -1 for none. */
  readonly lastTold: number;
  write(told: ToldBirth, timing?: EvaluationTiming): void;
  /** Notes the births written since the one told last, `from`, as told. */
  advance(from: number, lastTold: number, eventHash: string): void;
  end(reason: string): void;
}

/** Interned keys remembered; beyond this the memory is emptied and the index asked again. */
const rememberedKeys = 200_000;

/** Call inside a transaction; after a failed one the writer must be thrown away, as its memory is ahead of the file. */
export function createRowWriter(db: Database, run: number): RowWriter {
  const row = db.prepare<[number], { last_told: number }>('SELECT last_told FROM run WHERE id = ?').get(run);
  if (row === undefined) throw new RangeError(`there is no run ${run}`);
  const intern = interner(db);
  const trees = loadTrees(db, run);
  const insert = statements(db);
  const writeDetails = detailsWriter(db, run);
  let births = sealOf(db, run)?.births ?? unsealedBirths;
  const id = (birthIndex: number | null) => (birthIndex === null ? null : individualId(run, birthIndex));

  function writeIndividual(birth: Birth, blocks: Readonly<Record<Chromosome, number>>): void {
    const pedigree = trees.pedigree.add(birth.parent);
    const architecture = trees.architecture.add(birth.architectureFrom);
    const rule = trees.rule.add(birth.ruleFrom);
    insert.individual.run(
      id(birth.birthIndex),
      blocks.architecture,
      blocks.rule,
      id(birth.parent),
      id(birth.otherParent),
      donor(birth, birth.architectureFrom),
      donor(birth, birth.ruleFrom),
      pedigree.depth,
      pedigree.jump,
      architecture.depth,
      architecture.jump,
      rule.depth,
      rule.jump,
      birth.contestants.length === 0 ? null : packContestants(birth.birthIndex, birth.contestants),
    );
  }

  return {
    lastTold: row.last_told,
    write({ birth, outcome, deaths }, timing) {
      const self = individualId(run, birth.birthIndex);
      writeIndividual(birth, {
        architecture: intern.block(birth.architectureHash, () => architectureText(birth.genome.architecture)),
        rule: intern.block(birth.ruleHash, () => ruleText(birth.genome.rule)),
      });
      birth.mutations.forEach((m, ord) => {
        const operator = intern.operator(m.operator, m.target);
        insert.mutation.run(self, ord, operator, intern.locus(m.locus), m.before, m.after);
      });
      insert.evaluation.run(self, ...outcomeColumns(outcome));
      writeDetails(self, outcome, timing);
      births = sealBirth(births, sealedOf(outcome, timing));
      deaths.forEach((death, ord) => {
        const otherCause = death.cause === 'aged' ? null : death.cause;
        insert.death.run(
          id(death.birthIndex),
          birth.birthIndex,
          ord,
          death.at - birth.birthIndex,
          otherCause,
        );
      });
    },
    advance(from, lastTold, eventHash) {
      // Where another process told births of this run meanwhile, none of these may follow them.
      if (insert.advance.run(lastTold, eventHash, run, from).changes !== 1)
        throw new RangeError(
          `run ${run} no longer ends with birth ${from}: another process has gone on with it`,
        );
      insert.seal.run(births, run);
    },
    end(reason) {
      insert.end.run(reason, run);
      sealRecord(db, run);
    },
  };
}

/** Which parent gave a chromosome, as the table has it. */
function donor({ parent, otherParent }: Birth, from: number | null): 0 | 1 | null {
  if (from === null) return null;
  if (from === parent) return 0;
  if (from === otherParent) return 1;
  throw new RangeError(`birth ${from} gave a chromosome and is no parent`);
}

function statements(db: Database) {
  return {
    individual: db.prepare('INSERT INTO individual VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'),
    mutation: db.prepare('INSERT INTO mutation VALUES (?, ?, ?, ?, ?, ?)'),
    evaluation: db.prepare('INSERT INTO evaluation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)'),
    death: db.prepare('INSERT INTO death VALUES (?, ?, ?, ?, ?)'),
    advance: db.prepare('UPDATE run SET last_told = ?, event_hash = ? WHERE id = ? AND last_told = ?'),
    seal: db.prepare('UPDATE seal SET births = ? WHERE run = ?'),
    end: db.prepare('UPDATE run SET end_reason = ? WHERE id = ?'),
  };
}

function interner(db: Database) {
  const find = {
    block: db
      .prepare<[Uint8Array, string], number>('SELECT id FROM block WHERE hash = ? AND canon = ?')
      .pluck(),
    operator: db
      .prepare<[string, Chromosome], number>('SELECT id FROM operator WHERE name = ? AND target = ?')
      .pluck(),
    locus: db.prepare<[string], number>('SELECT id FROM locus WHERE text = ?').pluck(),
  };
  const add = {
    block: db.prepare('INSERT INTO block (hash, canon) VALUES (?, ?)'),
    operator: db.prepare('INSERT INTO operator (name, target) VALUES (?, ?)'),
    locus: db.prepare('INSERT INTO locus (text) VALUES (?)'),
  };
  const known = new Map<string, number>();
  function remembered(key: string, look: () => number | undefined, make: () => number | bigint): number {
    const before = known.get(key);
    if (before !== undefined) return before;
    const found = look() ?? Number(make());
    if (known.size >= rememberedKeys) known.clear();
    known.set(key, found);
    return found;
  }
  return {
    block(hash: string, text: () => string): number {
      const columns = (): [Uint8Array, string] => [Buffer.from(hash.slice(0, 12), 'hex'), text()];
      return remembered(
        hash,
        () => find.block.get(...columns()),
        () => add.block.run(...columns()).lastInsertRowid,
      );
    },
    operator: (name: string, target: Chromosome): number =>
      remembered(
        `${target} ${name}`,
        () => find.operator.get(name, target),
        () => add.operator.run(name, target).lastInsertRowid,
      ),
    locus: (text: string): number =>
      remembered(
        `at ${text}`,
        () => find.locus.get(text),
        () => add.locus.run(text).lastInsertRowid,
      ),
  };
}

/** The three trees of a run as they stand in the file. Memory: 24 bytes a birth. */
function loadTrees(db: Database, run: number) {
  const trees = { pedigree: createJumpTree(), architecture: createJumpTree(), rule: createJumpTree() };
  const rows = db
    .prepare<[number, number], [number | null, number | null, number | null]>(
      'SELECT p1, architecture_from, rule_from FROM parentage WHERE id >= ? AND id < ? ORDER BY id',
    )
    .raw();
  const index = (id: number | null) => (id === null ? null : birthIndexOf(id));
  for (const [p1, architectureFrom, ruleFrom] of rows.iterate(
    individualId(run, 0),
    individualId(run + 1, 0),
  )) {
    trees.pedigree.add(index(p1));
    trees.architecture.add(index(architectureFrom));
    trees.rule.add(index(ruleFrom));
  }
  return trees;
}
