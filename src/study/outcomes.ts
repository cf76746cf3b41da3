/** How the endpoints of a study are read, as a table: the first row that holds is the outcome (docs/decisions/0250-studies.md). */

import type { Finding, Role } from './roles.ts';

/** What the table reads: the primary endpoint and those of some roles; null where the study has none, or where it was not tested. */
export type Findings = { readonly primary: Finding } & {
  readonly [Name in Extract<Role, 'tuned' | 'geometry'>]: Finding | null;
};

/** A row: when it holds, what that means, and what would have spoken against it. */
export interface Outcome {
  readonly name: string;
  readonly holds: (findings: Findings) => boolean;
  readonly meaning: string;
  readonly refutedBy: string;
}

/** In the order in which they are tried. Names stand in answers: permanent. */
export const outcomes = [
  {
    name: 'rule',
    holds: ({ primary, tuned, geometry }) => primary === 'above' && tuned === 'above' && geometry === 'above',
    meaning:
      'The strong form is supported: architectures adapt to the rule itself. The effect is there with learning rates tuned too, and they give the rule more by the axes of their parameters, which no step size can fake.',
    refutedBy: 'a tuned effect, or a gain from the axes, within the smallest effect of interest',
  },
  {
    name: 'beyond-step-size',
    holds: ({ primary, tuned }) => primary === 'above' && tuned === 'above',
    meaning:
      'The effect is there with learning rates tuned too: it is more than a step size that was bred for. That it is the geometry of the rule is not shown here.',
    refutedBy: 'the tuned effect within the smallest effect of interest',
  },
  {
    name: 'mostly-step-size',
    holds: ({ primary, tuned }) => primary === 'above' && tuned === 'small',
    meaning:
      'The weak form is supported: architectures adapt to the default step size and scale. With learning rates tuned an effect is left, and it is smaller than the smallest of interest.',
    refutedBy: 'a tuned effect beyond the smallest of interest, or a default one within it',
  },
  {
    name: 'step-size',
    holds: ({ primary, tuned }) => primary === 'above' && (tuned === 'none' || tuned === 'below'),
    meaning:
      'The weak form is supported: architectures adapt to the default step size and scale. This is no evidence about the rule.',
    refutedBy: 'a tuned effect above 0, or a default one within the smallest effect of interest',
  },
  {
    name: 'default-only',
    holds: ({ primary, tuned }) => primary === 'above' && tuned !== null,
    meaning:
      'The effect is there at default learning rates. With tuned ones it is neither shown nor excluded, so that rule and step size cannot be told apart.',
    refutedBy: 'a default effect within the smallest effect of interest',
  },
  {
    name: 'shown',
    holds: ({ primary }) => primary === 'above',
    meaning: 'The primary claim is shown.',
    refutedBy: 'a mean within the smallest effect of interest, or below 0',
  },
  {
    name: 'negligible',
    holds: ({ primary }) => primary === 'small',
    meaning: 'The effect is there, and smaller than the smallest of interest.',
    refutedBy: 'a mean whose limits go beyond the smallest effect of interest',
  },
  {
    name: 'refuted',
    holds: ({ primary }) => primary === 'none',
    meaning: 'Refuted at this scale: the effect, if there is one, is smaller than the smallest of interest.',
    refutedBy: 'a mean above 0 by the registered test',
  },
  {
    name: 'reversed',
    holds: ({ primary }) => primary === 'below',
    meaning: 'The effect has the other sign: the limits of the mean are below 0.',
    refutedBy: 'a mean above 0 by the registered test',
  },
  {
    name: 'open',
    holds: () => true,
    meaning:
      'Open: the primary claim is not shown, and an effect of the smallest size of interest is not excluded. More blocks would tell.',
    refutedBy: 'a mean above 0 by the registered test, or limits within the smallest effect of interest',
  },
] as const satisfies readonly Outcome[];

/** The outcome of these findings. */
export const outcomeOf = (findings: Findings): Outcome => outcomes.find(({ holds }) => holds(findings))!;
