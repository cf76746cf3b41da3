/** What a run ever tried: ops, tiers and operators, how many births carried each, and how many of the living do. What was never tried is told too. */
import { type ArchitectureOpName, architectureOps } from '../genome/architecture/ops.ts';
import type { Chromosome } from '../genome/genome.ts';
import { tiersOf } from '../genome/traits.ts';
import { type RuleOpName, ruleOps, tiers } from '../genome/update-rule/ops.ts';
import { operatorNames } from '../search-space/operator-names.ts';
import { architectureFromText, ruleFromText } from './codec.ts';
import type { Lineage } from './open.ts';
import { individualId } from './pack.ts';

/** What is counted: ops of either chromosome, tiers of rules, or mutation operators. */
export type CoverageKind = 'architecture-op' | 'rule-op' | 'rule-tier' | 'operator';

/** How often one thing that could be tried was tried. */
export interface Coverage {
  readonly kind: CoverageKind;
  readonly name: string;
  /** Births that carried it; for an operator, births that it made. */
  readonly births: number;
  /** Of those, how many live. */
  readonly living: number;
  /** Different chromosomes that carried it; for an operator, how often it was applied. */
  readonly distinct: number;
}

/** One row per op, tier and operator that there is, in the order of its table. */
export function coverageOf(lineage: Lineage, run: number): readonly Coverage[] {
  const architectures = carriers(lineage, run, 'architecture').map((carrier) => ({
    ...carrier,
    ops: new Set<string>(architectureFromText(carrier.canon).nodes.map(({ op }) => op)),
  }));
  const rules = carriers(lineage, run, 'rule').map((carrier) => {
    const rule = ruleFromText(carrier.canon);
    const ops = rule.nodes.flatMap((node) => (node.kind === 'op' ? [node.op] : []));
    return { ...carrier, ops: new Set<string>(ops), tiers: tiersOf(rule) as ReadonlySet<string> };
  });
  const architectureOpNames = Object.keys(architectureOps) as readonly ArchitectureOpName[];
  return [
    ...architectureOpNames
      .filter((name) => name !== 'input')
      .map((name) =>
        tally(
          'architecture-op',
          name,
          architectures.filter(({ ops }) => ops.has(name)),
        ),
      ),
    ...(Object.keys(ruleOps) as readonly RuleOpName[]).map((name) =>
      tally(
        'rule-op',
        name,
        rules.filter(({ ops }) => ops.has(name)),
      ),
    ),
    ...tiers.map((name) =>
      tally(
        'rule-tier',
        name,
        rules.filter((rule) => rule.tiers.has(name)),
      ),
    ),
    ...operatorRows(lineage, run),
  ];
}

interface Carrier {
  readonly canon: string;
  readonly births: number;
  readonly living: number;
}

function carriers({ db }: Lineage, run: number, chromosome: Chromosome): Carrier[] {
  return db
    .prepare<[number, number], Carrier>(
      `SELECT b.canon, count(*) AS births, sum(d.individual IS NULL) AS living
       FROM individual i JOIN block b ON b.id = i.${chromosome} LEFT JOIN death d ON d.individual = i.id
       WHERE i.id BETWEEN ? AND ? GROUP BY i.${chromosome}`,
    )
    .all(individualId(run, 0), individualId(run + 1, 0) - 1);
}

const tally = (kind: CoverageKind, name: string, carrying: readonly Carrier[]): Coverage => ({
  kind,
  name,
  births: carrying.reduce((sum, { births }) => sum + births, 0),
  living: carrying.reduce((sum, { living }) => sum + living, 0),
  distinct: carrying.length,
});

/** Operators of the table, and others that the run knows, such as `resample-rule`. */
function operatorRows({ db }: Lineage, run: number): Coverage[] {
  const used = db
    .prepare<[number, number], Omit<Coverage, 'kind'>>(
      `SELECT o.name, count(DISTINCT m.individual) AS births, count(DISTINCT iif(d.individual IS NULL, m.individual, NULL)) AS living, count(*) AS "distinct"
       FROM mutation m JOIN operator o ON o.id = m.operator LEFT JOIN death d ON d.individual = m.individual
       WHERE m.individual BETWEEN ? AND ? GROUP BY o.name ORDER BY o.name`,
    )
    .all(individualId(run, 0), individualId(run + 1, 0) - 1);
  const others = used.filter(({ name }) => !(operatorNames as readonly string[]).includes(name));
  const known = operatorNames.map(
    (name) => used.find((row) => row.name === name) ?? { name, births: 0, living: 0, distinct: 0 },
  );
  return [...known, ...others].map((row) => ({ kind: 'operator', ...row }));
}
