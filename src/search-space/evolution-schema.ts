/** The `evolution` part of a search document: who breeds, who dies, which chromosomes may change, and when the run is over. */
import { z } from 'zod';

const count = z.int().min(1);
const share = z.number().min(0).max(1);

/** Births that a run may have, at its launch or extended. */
export const mostBirths = 1e8;

const gate = z.strictObject({
  quantile: share
    .default(0.9)
    .describe(
      'a candidate above this quantile of the living is an elite, and must be above it again on fresh seeds',
    ),
  atLeast: count.max(1e6).default(16).describe('nobody is an elite until so many are alive'),
});

/** How candidates are bred and who lives on, with bounds, defaults and a description of every key. */
export const evolutionSchema = z.strictObject({
  scheme: z
    .enum([
      'aging',
      'truncation',
      'map-elites',
      'random-parents',
      'shuffled-fitness',
      'shuffled-labels',
      'random-search',
    ])
    .default('aging')
    .describe('who breeds and who dies; the last four are controls'),
  condition: z
    .enum(['joint', 'rule-fixed', 'architecture-fixed', 'rule-resampled', 'alternating', 'cooperative'])
    .default('joint')
    .describe('which chromosomes may change'),
  population: count.max(1e6).default(64).describe('individuals alive at a time; under map-elites founders'),
  tournament: count.max(1e6).default(8).describe('contestants per selection, drawn with replacement'),
  truncation: share
    .gt(0)
    .default(0.2)
    .describe('under truncation: share of the living, the fittest first, that breed'),
  births: count.max(mostBirths).default(2000).describe('births in the run, founders included'),
  costUnits: count.optional().describe('the run is over once its evaluations have spent so many cost units'),
  inFlight: count
    .max(1e5)
    .default(16)
    .describe(
      'births bred ahead of the last told one; at least 4 per worker hides waiting. Weakens drift: a neutral newborn fixes with probability 2 / (population - 1 + 2 inFlight)',
    ),
  reassortment: share
    .default(0.1)
    .describe('probability that a child takes one chromosome from a second parent'),
  panel: z
    .array(z.string().min(1))
    .max(100)
    .default([])
    .describe('under rule-resampled: the rules, by name or in notation, that each evaluation draws from'),
  period: count
    .max(1e6)
    .default(5)
    .describe('under alternating: generations (births / population) before the other chromosome takes over'),
  gate: gate.optional().describe('elites breed only once a re-run on the select split confirms them'),
});

/** A validated evolution section with every default filled in. */
export type EvolutionSettings = z.output<typeof evolutionSchema>;
