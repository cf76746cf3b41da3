/** At which learning rate selection saw an individual: the one of its document's trials that its fitness is of. */
import type { SearchDocument } from '../search-space/document.ts';

/** SQL for j of the trial that counts, its own or that of the individual whose outcome was used again; null where no training has a row. `individual`: SQL for its id. */
export const countedTrial = (individual: string): string => `
  (SELECT t.trial FROM training t
   WHERE t.individual = coalesce((SELECT u.source FROM reuse u WHERE u.individual = ${individual}), ${individual})
     AND t.purpose = 'search' AND t.counts = 1 LIMIT 1)`;

/** j: the update times 10^(j/2). An evaluation of one training has no row of its own, and one learning rate on trial. */
export const trialOr = (counted: number | null, { evaluation }: SearchDocument): number =>
  counted ?? evaluation.learningRates[0];
