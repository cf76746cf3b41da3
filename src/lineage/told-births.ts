/** Told births read back from rows, exactly as they were appended: for resume and for verification. */
import type { EvaluationDetails } from '../evaluation/outcome.ts';
import type { Death, DeathCause, MutationRecord, ToldBirth } from '../evolution/birth.ts';
import type { Architecture } from '../genome/architecture/architecture.ts';
import type { Chromosome } from '../genome/genome.ts';
import { hashOfText } from '../genome/identity.ts';
import type { UpdateRule } from '../genome/update-rule/update-rule.ts';
import { architectureFromText, ruleFromText } from './codec.ts';
import { detailsReader, type OutcomeRow, outcomeOf } from './details.ts';
import { grouped } from './group.ts';
import type { Lineage } from './open.ts';
import { birthIndexOf, individualId, unpackContestants } from './pack.ts';

interface BirthRow extends OutcomeRow {
  readonly id: number;
  readonly p1: number | null;
  readonly p2: number | null;
  readonly architecture_from: number | null;
  readonly rule_from: number | null;
  readonly architecture: number;
  readonly rule: number;
  readonly contestants: Uint8Array | null;
}

const birthSql = `SELECT i.id, i.p1, i.p2, i.architecture_from, i.rule_from, i.architecture, i.rule, i.contestants,
    e.status, e.reason, e.fitness, e.loss, e.accuracy, e.steps, e.cost_units, e.parameters, e.curve
  FROM parentage i JOIN evaluation e ON e.individual = i.id
  WHERE i.id BETWEEN ? AND ? ORDER BY i.id`;

const rowsAtOnce = 512;

/** Told births with index above `after`, in order, up to the last told one. Reads in pages, so other statements may run meanwhile. */
export function* toldBirths(lineage: Lineage, run: number, after = -1): Generator<ToldBirth> {
  const { db } = lineage;
  const last = db.prepare<[number], number>('SELECT last_told FROM run WHERE id = ?').pluck().get(run) ?? -1;
  const births = db.prepare<[number, number], BirthRow>(birthSql);
  const chromosomes = chromosomeReader(lineage);
  const mutationsBetween = mutationReader(lineage);
  const detailsBetween = detailsReader(lineage);
  const deaths = deathsAfter(lineage, run, after);
  for (let from = after + 1; from <= last; from += rowsAtOnce) {
    const to = Math.min(last, from + rowsAtOnce - 1);
    const range = [individualId(run, from), individualId(run, to)] as const;
    const mutations = mutationsBetween(...range);
    const details = detailsBetween(...range);
    for (const row of births.all(...range)) {
      const died = deaths.get(birthIndexOf(row.id)) ?? [];
      yield toldBirth(row, chromosomes, mutations.get(row.id) ?? [], died, details(row.id));
    }
  }
}

/** Some told births, without the deaths that they caused. */
export function someTold(lineage: Lineage, run: number, birthIndices: readonly number[]): ToldBirth[] {
  const births = lineage.db.prepare<[number, number], BirthRow>(birthSql);
  const chromosomes = chromosomeReader(lineage);
  const mutations = mutationsOf(lineage);
  const details = detailsReader(lineage);
  return birthIndices.flatMap((birthIndex) => {
    const id = individualId(run, birthIndex);
    return births
      .all(id, id)
      .map((row) => toldBirth(row, chromosomes, mutations(id), [], details(id, id)(id)));
  });
}

function toldBirth(
  row: BirthRow,
  chromosomes: ReturnType<typeof chromosomeReader>,
  mutations: readonly MutationRecord[],
  deaths: readonly Death[],
  details: { readonly details?: EvaluationDetails },
): ToldBirth {
  const index = (id: number | null) => (id === null ? null : birthIndexOf(id));
  const birthIndex = birthIndexOf(row.id);
  const architecture = chromosomes.architecture(row.architecture);
  const rule = chromosomes.rule(row.rule);
  return {
    birth: {
      birthIndex,
      genome: { architecture: architecture.value, rule: rule.value },
      architectureHash: architecture.hash,
      ruleHash: rule.hash,
      parent: index(row.p1),
      otherParent: index(row.p2),
      architectureFrom: index(row.architecture_from),
      ruleFrom: index(row.rule_from),
      mutations,
      contestants: row.contestants === null ? [] : unpackContestants(birthIndex, row.contestants),
    },
    outcome: { ...outcomeOf(row), ...details },
    deaths,
  };
}

/** The mutations of the individuals from one to another, in order. */
function mutationReader({ db }: Lineage): (from: number, to: number) => Map<number, MutationRecord[]> {
  const find = db.prepare<
    [number, number],
    {
      individual: number;
      operator: string;
      target: Chromosome;
      locus: string;
      before: string;
      after: string;
    }
  >(
    `SELECT m.individual, o.name AS operator, o.target, l.text AS locus, m.before, m.after
     FROM mutation m JOIN operator o ON o.id = m.operator JOIN locus l ON l.id = m.locus
     WHERE m.individual BETWEEN ? AND ? ORDER BY m.individual, m.ord`,
  );
  return (from, to) =>
    grouped(
      find.all(from, to),
      (row) => row.individual,
      ({ operator, target, locus, before, after }) => ({ operator, target, locus, before, after }),
    );
}

/** Deaths by the told birth that recorded them, all at once: an index for reading them in pages would cost every birth 20 bytes. */
function deathsAfter(lineage: Lineage, run: number, after: number): Map<number, Death[]> {
  const rows = lineage.db
    .prepare<[number, number, number], { individual: number; event: number; at: number; cause: DeathCause }>(
      'SELECT individual, event, at, cause FROM death WHERE individual BETWEEN ? AND ? AND event > ? ORDER BY event, ord',
    )
    .all(individualId(run, 0), individualId(run + 1, 0) - 1, after);
  return grouped(
    rows,
    (row) => row.event,
    ({ individual, at, cause }) => ({ birthIndex: birthIndexOf(individual), cause, at }),
  );
}

interface Chromosomal<T> {
  readonly hash: string;
  readonly value: T;
}

const rememberedChromosomes = 5000;

function chromosomeReader(lineage: Lineage) {
  const find = lineage.db.prepare<[number], string>('SELECT canon FROM block WHERE id = ?').pluck();
  function reader<T>(kind: Chromosome, parse: (text: string) => T): (block: number) => Chromosomal<T> {
    const known = new Map<number, Chromosomal<T>>();
    return (block) => {
      const before = known.get(block);
      if (before !== undefined) return before;
      const canon = find.get(block)!;
      const made = { hash: hashOfText(kind, canon), value: parse(canon) };
      if (known.size >= rememberedChromosomes) known.clear();
      known.set(block, made);
      return made;
    };
  }
  return {
    architecture: reader<Architecture>('architecture', architectureFromText),
    rule: reader<UpdateRule>('rule', ruleFromText),
  };
}

/** Gives the mutations that made an individual, in order. */
export function mutationsOf(lineage: Lineage): (id: number) => readonly MutationRecord[] {
  const between = mutationReader(lineage);
  return (id) => between(id, id).get(id) ?? [];
}
