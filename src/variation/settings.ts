/** A document's variation, with its founders read. */
import type { Architecture, Shape } from '../genome/architecture/architecture.ts';
import { readArchitecture } from '../genome/architecture/read.ts';
import { knownArchitecture, knownRule } from '../genome/known.ts';
import { readUpdateRule } from '../genome/update-rule/read.ts';
import type { UpdateRule } from '../genome/update-rule/update-rule.ts';
import type { Result } from '../notation/issue.ts';
import type { SearchDocument } from '../search-space/document.ts';
import type { VariationSettings } from './operator.ts';

/** The variation of a document, with its founders' texts read. `input` is the shape of an example, which architectures are bred to fit. */
export function variationSettings(document: SearchDocument, input: Shape): VariationSettings {
  const { variation, limits, founders } = document;
  return {
    rates: variation.rates,
    without: variation.without ?? [],
    architectureShare: variation.architectureShare,
    constantSigma: variation.constantSigma,
    mutationsPerChild: variation.mutations,
    limits,
    input,
    architectures: founders.architectures.map(documentArchitecture),
    rules: founderRuleNames(founders).map(documentRule),
    growsRules: founders.scheme === 'random',
  };
}

/** One known rule of each tier, in their order. */
const balanced = ['sgd', 'heavy-ball', 'normalised-gd', 'muon', 'sls', 'lbfgs', 'pso'];

/** The rules that founders have theirs from, as the document calls them; none where they are grown. */
export function founderRuleNames({ scheme, rules }: SearchDocument['founders']): readonly string[] {
  const schemes = { listed: rules, minimal: ['sgd'], balanced, random: [] } as const satisfies Record<
    typeof scheme,
    readonly string[]
  >;
  return schemes[scheme];
}

/** An architecture as a document gives it: a known name, or notation. */
export const documentArchitecture = (text: string): Architecture =>
  knownArchitectureNamed(text) ?? checked(readArchitecture(text));

/** A rule as a document gives it: a known name, or notation. */
export const documentRule = (text: string): UpdateRule =>
  knownRuleNamed(text) ?? checked(readUpdateRule(text));

/** Whether a document names a known chromosome, and does not write one out. */
export const isName = (text: string) => /^[A-Za-z0-9-]+$/.test(text);
const knownArchitectureNamed = (text: string) => (isName(text) ? knownArchitecture(text) : null);
const knownRuleNamed = (text: string) => (isName(text) ? knownRule(text) : null);

function checked<T>(result: Result<T>): T {
  if (!result.ok)
    throw new Error(`a validated document holds a founder that does not parse: ${result.issues[0]?.message}`);
  return result.value;
}
