/** What the controller needs of a document. */
import type { Shape } from '../genome/architecture/architecture.ts';
import { canonicalUpdateRule } from '../genome/update-rule/canonical.ts';
import type { UpdateRule } from '../genome/update-rule/update-rule.ts';
import type { SearchDocument } from '../search-space/document.ts';
import type { EvaluationProtocol } from '../search-space/evaluation-schema.ts';
import type { EvolutionSettings } from '../search-space/evolution-schema.ts';
import { tasksOf } from '../search-space/schema.ts';
import type { VariationSettings } from '../variation/operator.ts';
import { documentRule, variationSettings } from '../variation/settings.ts';

/** Everything that breeding depends on besides the state and the birth index. */
export interface ControllerSettings {
  readonly seed: string;
  readonly evolution: EvolutionSettings;
  readonly evaluation: EvaluationProtocol;
  readonly taskCount: number;
  readonly founderMutations: readonly [number, number];
  readonly variation: VariationSettings;
  /** Rules that `rule-resampled` draws from. */
  readonly panel: readonly PanelRule[];
}

/** A rule of the panel and how the document calls it. */
export interface PanelRule {
  readonly name: string;
  readonly rule: UpdateRule;
}

/** `input` is the shape of the first task's examples: architectures are bred to fit it, and one that does not fit another task fails there. */
export function controllerSettings(document: SearchDocument, seed: string, input: Shape): ControllerSettings {
  const { evolution, evaluation, founders } = document;
  return {
    seed,
    evolution,
    evaluation,
    taskCount: tasksOf(document).length,
    founderMutations: founders.mutations,
    variation: variationSettings(document, input),
    panel: evolution.panel.map((name) => ({ name, rule: canonicalUpdateRule(documentRule(name)) })),
  };
}
