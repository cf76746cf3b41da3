/**
 * Two crossed random factors with replicates, y_ijk = mu + A_i + O_j + AO_ij + e_ijk: architectures in rows, rules in columns. Variance components are those whose
 * expected mean squares are the observed ones (Searle, Casella and McCulloch 1992, section 4.3): E MS_e = e, E MS_AO = e + n AO, E MS_A = e + n AO + n J A,
 * E MS_O = e + n AO + n I O, for I rows, J columns and n replicates.
 */
import { additiveFit, sumOfSquares, type Table } from './additive-fit.ts';
import { fisherTail } from './distributions.ts';
import { finite, mean } from './moments.ts';

/** Rows, columns, replicates; every cell has as many. */
export type ReplicatedTable = readonly (readonly (readonly number[])[])[];

/**
 * One number for each source of variation. One replicate does not tell interaction from error: sums of squares and mean squares have both of them under `interaction` then, and null under `error`;
 * components are null under both.
 */
export interface Sources {
  readonly rows: number;
  readonly columns: number;
  readonly interaction: number | null;
  readonly error: number | null;
}

/** Variances of the random effects. */
export interface VarianceComponents extends Sources {
  /** interaction / (rows + columns + interaction): how much of what differs is in pairs. Null with one replicate, and where the sum is not positive. */
  readonly interactionShare: number | null;
}

/** The analysis of variance of a balanced two-way table. */
export interface TwoWayAnalysis {
  readonly rows: number;
  readonly columns: number;
  readonly replicates: number;
  readonly mean: number;
  readonly sumsOfSquares: Sources;
  readonly df: Sources;
  readonly meanSquares: Sources;
  /** As they come out: a component may be negative, and says then that it is too small to be seen. */
  readonly untruncated: VarianceComponents;
  /** Negative ones set to 0. */
  readonly components: VarianceComponents;
  /** MS_AO / MS_e and its p-value: is there an interaction? Null with one replicate, or where replicates do not differ. */
  readonly interactionTest: { readonly f: number; readonly p: number } | null;
}

/** What replicates are. */
export interface TwoWayOptions {
  /**
   * Whether the k-th replicates of all cells belong together, as trainings from one seed do. They are then the levels of a third random factor S, y_ijk = mu + A_i + O_j + AO_ij + S_k + AS_ik + OS_jk + e_ijk:
   * the error is what all two-way margins leave, and with n replicates `rows` has a share AS / n in it, `columns` OS / n. Default false: every replicate for itself.
   */
  readonly paired?: boolean;
}

/** @throws RangeError for a table without two rows, two columns and a replicate, that is not balanced, or whose numbers are not finite. */
export function twoWayAnalysis(
  table: ReplicatedTable,
  { paired = false }: TwoWayOptions = {},
): TwoWayAnalysis {
  const { sumsOfSquares, df, size, grand } = squaresOf(table, paired);
  const meanSquares: Sources = {
    rows: sumsOfSquares.rows / df.rows,
    columns: sumsOfSquares.columns / df.columns,
    interaction: sumsOfSquares.interaction / df.interaction,
    error: df.error === null ? null : sumsOfSquares.error! / df.error,
  };
  const untruncated = componentsOf(meanSquares, size);
  return {
    ...{ ...size, mean: grand, sumsOfSquares, df, meanSquares, untruncated },
    components: truncated(untruncated),
    interactionTest: interactionTest(meanSquares, df),
  };
}

/** Numbers of rows, columns and replicates. */
type Size = Pick<TwoWayAnalysis, 'rows' | 'columns' | 'replicates'>;

/** Sums of squares and their degrees of freedom. */
function squaresOf(table: ReplicatedTable, paired: boolean) {
  const replicates = table[0]?.[0]?.length ?? 0;
  const cells = table.map((row) => row.map((cell) => finite(cell, 'the replicates of a cell')));
  if (cells.some((row) => row.some((cell) => cell.length !== replicates)))
    throw new RangeError('every cell must have as many replicates');
  const means: Table = cells.map((row) => row.map((cell) => cell[0]! + mean(cell.map((y) => y - cell[0]!))));
  const fit = additiveFit(means);
  const [height, width] = [means.length, means[0]!.length];
  const within = Array.from({ length: replicates }, (_, k) =>
    cells.map((row, i) => row.map((cell, j) => cell[k]! - means[i]![j]!)),
  ).map((deviations) => (paired ? additiveFit(deviations).interaction : deviations));
  const interaction = (height - 1) * (width - 1);
  return {
    grand: fit.grand,
    size: { rows: height, columns: width, replicates },
    sumsOfSquares: {
      rows: width * replicates * sumOfSquares(fit.rows),
      columns: height * replicates * sumOfSquares(fit.columns),
      interaction: replicates * sumOfSquares(fit.interaction.flat()),
      error: replicates > 1 ? sumOfSquares(within.flat(2)) : null,
    },
    df: {
      ...{ rows: height - 1, columns: width - 1, interaction },
      error: replicates > 1 ? (paired ? interaction : height * width) * (replicates - 1) : null,
    },
  };
}

/** The components whose expected mean squares these are. */
function componentsOf(meanSquares: Sources, size: Size): VarianceComponents {
  const residual = meanSquares.interaction!;
  return withShare({
    rows: (meanSquares.rows - residual) / (size.replicates * size.columns),
    columns: (meanSquares.columns - residual) / (size.replicates * size.rows),
    interaction: meanSquares.error === null ? null : (residual - meanSquares.error) / size.replicates,
    error: meanSquares.error,
  });
}

/** Negative components set to 0. */
const truncated = ({ rows, columns, interaction, error }: Sources): VarianceComponents =>
  withShare({
    rows: Math.max(0, rows),
    columns: Math.max(0, columns),
    interaction: interaction === null ? null : Math.max(0, interaction),
    error,
  });

function withShare(components: Sources): VarianceComponents {
  const { rows, columns, interaction } = components;
  const total = rows + columns + (interaction ?? 0);
  const isDefined = interaction !== null && total > 0;
  return { ...components, interactionShare: isDefined ? interaction / total : null };
}

function interactionTest(meanSquares: Sources, df: Sources): TwoWayAnalysis['interactionTest'] {
  const { interaction, error } = meanSquares;
  if (error === null || error === 0) return null;
  const f = interaction! / error;
  return { f, p: fisherTail(f, df.interaction!, df.error!) };
}
