/** The grid that searches are mapped on: what a cell is of an architecture and of a rule. Cells stand in output and are compared between studies: what changes one is another version of the grid. */
import type { Chromosome } from '../genome/genome.ts';
import { log10 } from '../numerics/elementary.ts';

/** Of the table below. */
export const gridVersion = 1;

/** What the axes of an architecture and of a rule are made of: traits by name, null where they are not defined, and the parameters of the trained network. */
export interface Described {
  readonly parameters: number;
  trait(chromosome: Chromosome, name: string): string | number | null;
}

/** One axis: a genome has one of its values. */
interface Axis {
  readonly chromosome: Chromosome;
  readonly meaning: string;
  /** Traits that it reads. */
  readonly traits: readonly string[];
  of(described: Described): string;
}

const asItIs = (chromosome: Chromosome, name: string, meaning: string): Axis => ({
  ...{ chromosome, meaning, traits: [name] },
  of: ({ trait }) => String(trait(chromosome, name)),
});

const deepest = 4;
const quarters = 4;

const inQuarters = (name: string, meaning: string): Axis => ({
  ...{ chromosome: 'rule', meaning: `${meaning}, in quarters`, traits: [name] },
  of: ({ trait }) => {
    const value = trait('rule', name);
    if (value === null) return 'not measurable';
    const quarter = Math.min(quarters - 1, Math.floor(quarters * Number(value)));
    return `${quarter / quarters} to ${(quarter + 1) / quarters}`;
  },
});

/** By their names, in the order of the table. */
export const axes = {
  size: {
    chromosome: 'architecture',
    meaning: 'parameters of the trained network, in half-decades',
    traits: [],
    of: ({ parameters }) => {
      if (!(parameters > 0)) return 'none';
      const half = Math.floor(2 * log10(parameters)) / 2;
      return `1e${half} to 1e${half + 0.5}`;
    },
  },
  depth: {
    chromosome: 'architecture',
    meaning: `layers on the longest path, ${deepest} standing for more`,
    traits: ['depth'],
    of: ({ trait }) => {
      const depth = Number(trait('architecture', 'depth'));
      return depth >= deepest ? `${deepest} or more` : String(depth);
    },
  },
  norm: asItIs('architecture', 'has-norm', 'whether it has a norm'),
  residual: asItIs('architecture', 'has-residual', 'whether paths join'),
  activation: asItIs('architecture', 'has-activation', 'whether it has an activation'),
  'al-scale': inQuarters('al-scale', "likeness of the rule's adaptivity to Adam's"),
  'al-mem': inQuarters('al-mem', "likeness of the rule's memory to Adam's"),
} as const satisfies Readonly<Record<string, Axis>>;

/** An axis by its name. */
export type AxisName = keyof typeof axes;

/** Names of axes of one chromosome, or of both. */
export const axesOf = (of: Chromosome | 'both'): AxisName[] =>
  (Object.keys(axes) as AxisName[]).filter((name) => of === 'both' || axes[name].chromosome === of);
