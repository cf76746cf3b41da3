/** What a mutation operator is: one named way to change one chromosome. */
import type { Architecture, Shape } from '../genome/architecture/architecture.ts';
import type { UpdateRule } from '../genome/update-rule/update-rule.ts';
import type { Random } from '../random/stream.ts';

/** What mutation operators know besides the chromosome: how often each is drawn, how far constants move, and what a genome may have at most. */
export interface VariationSettings {
  /** Relative rates by operator name; 1 where not named. */
  readonly rates: Readonly<Record<string, number>>;
  /** Architecture ops that no mutation may bring in; what a founder has of them stays. */
  readonly without: readonly string[];
  readonly architectureShare: number;
  /** Log-normal spread of constants and scales. */
  readonly constantSigma: number;
  readonly mutationsPerChild: readonly [number, number];
  readonly limits: {
    readonly architectureNodes: number;
    readonly ruleInstructions: number;
    readonly ruleStates: number;
    readonly units: number;
  };
  readonly input: Shape;
  /** Founder chromosomes, which `swap` operators draw from. */
  readonly architectures: readonly Architecture[];
  readonly rules: readonly UpdateRule[];
  /** Whether founders' rules are grown at random; `rules` is empty then. */
  readonly growsRules: boolean;
}

/** A change before it is checked: the new chromosome need not be canonical or valid yet. */
export interface Change<Chromosome> {
  readonly result: Chromosome;
  readonly locus: string;
  readonly before: string;
  readonly after: string;
}

/** Null where the operator finds nothing to change at the place that it drew. */
export type Operator<Chromosome> = (
  chromosome: Chromosome,
  settings: VariationSettings,
  random: Random,
) => Change<Chromosome> | null;

/** A number times exp(sigma z): constants move by factors. */
export const logNormalStep = (
  value: number,
  sigma: number,
  random: Random,
  exp: (x: number) => number,
): number => value * exp(sigma * random.normal());

/** Three significant digits are enough for a constant that mutation made, and keep the text short. */
export const shortNumber = (value: number): number => Number(value.toPrecision(3));
