/** The panel: the rules that an architecture is trained under to see how much better than Adam another one does on it. One table, with whose defaults they have. */
import { knownRule, knownRuleNames } from '../genome/known.ts';
import { readUpdateRule } from '../genome/update-rule/read.ts';
import type { UpdateRule } from '../genome/update-rule/update-rule.ts';
import { ruleBlock } from '../lineage/blocks.ts';
import { ruleText } from '../lineage/codec.ts';
import type { Lineage } from '../lineage/open.ts';
import { didYouMean, type Issue } from '../notation/issue.ts';
import { UserError } from '../notation/user-error.ts';

/** Known rules by whose default settings they have. Which learning rate is the default decides ranks among untuned rules: torch where it has the rule. */
export const panelDefaults = {
  sgd: 'torch: lr 1e-3',
  'heavy-ball': 'torch, SGD(momentum=0.9): lr 1e-3',
  nesterov: 'torch, SGD(momentum=0.9, nesterov=True): lr 1e-3',
  adagrad: 'torch: lr 1e-2',
  rmsprop: 'torch: lr 1e-2, alpha 0.99',
  adam: 'torch: lr 1e-3, betas 0.9 and 0.999',
  'amsgrad-torch': 'torch, Adam(amsgrad=True): lr 1e-3, the maximum of the raw second moment',
  adamw: 'torch: lr 1e-3, decay 1e-2',
  lion: 'optax: lr 1e-4, decay 1e-3',
  signum: 'of Bernstein et al. 2018: momentum 0.9, with lr 1e-3',
  sls: "its authors' code: c 0.1, shrink 0.9, gamma 2",
  sps: "its authors' code: c 0.5, gamma 2, first step at most 1",
  lbfgs: 'memory 10, on one batch, backtracking from 1 (Nocedal and Wright 2006)',
  muon: 'optax: lr 0.02, vectors under Adam at lr 1e-3',
  pso: 'constriction of Clerc and Kennedy 2002: 20 particles',
} as const;

/** The names of the panel, in the order of the table. */
export const panelNames = Object.keys(panelDefaults) as readonly (keyof typeof panelDefaults)[];

/** A rule of a panel, with the id of its row in `block`. */
export interface PanelRule {
  readonly name: string;
  /** Whose defaults it has; null for one that is not of the table. */
  readonly defaults: string | null;
  readonly text: string;
  readonly id: number;
}

/** A panel, and which of its rules the regret is of. */
export interface Panel {
  readonly rules: readonly PanelRule[];
  readonly rule: number;
}

/** What is wrong with rules that were named or written out. */
export function ruleIssues(texts: readonly string[]): Issue[] {
  return texts.flatMap((text): readonly Issue[] => {
    const read = isName(text) ? null : readUpdateRule(text);
    if (read !== null) return read.ok ? [] : read.issues;
    if (knownRule(text) !== null) return [];
    const hint = didYouMean(text, knownRuleNames()) ?? `known rules are ${knownRuleNames().join(', ')}`;
    return [{ code: 'unknown-known-rule', message: `there is no known rule \`${text}\``, hint }];
  });
}

const isName = (text: string) => /^[A-Za-z0-9-]+$/.test(text);

/**
 * `names` and `rule`: known rules, or notation. `rule` is one of the panel whether or not it is named, so that its regret cannot be below 0 but by noise. Rules that nobody in the file
 * has get rows.
 * @throws UserError with all that name nothing or do not parse; where a row is missing in a file that may only be read.
 */
export function panelOf(lineage: Lineage, names: readonly string[], rule: string): Panel {
  const issues = ruleIssues([...new Set([...names, rule])]);
  if (issues.length > 0) throw new UserError(issues);
  const byText = new Map<string, Omit<PanelRule, 'id'> & { readonly value: UpdateRule }>();
  for (const name of [...names, rule]) {
    const value = ruleOf(name);
    const text = ruleText(value);
    const defaults = Object.hasOwn(panelDefaults, name)
      ? panelDefaults[name as keyof typeof panelDefaults]
      : null;
    if (!byText.has(text)) byText.set(text, { name, defaults, text, value });
  }
  const rules = [...byText.values()].map(({ value, ...rest }) => ({
    ...rest,
    id: ruleBlock(lineage, value),
  }));
  return { rules, rule: [...byText.keys()].indexOf(ruleText(ruleOf(rule))) };
}

function ruleOf(text: string): UpdateRule {
  if (isName(text)) return knownRule(text)!;
  const read = readUpdateRule(text);
  if (!read.ok) throw new Error(`a rule that was checked does not parse: ${read.issues[0]?.message}`);
  return read.value;
}
