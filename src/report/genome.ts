/** A genome for people. */
import type { AnswerTo } from '../analysis/questions.ts';

/** Both chromosomes with what became of them; or the one that was asked for, as `train` and documents read it. */
export function genomeText(answer: AnswerTo<'genome'>): string {
  const { of, individual, status, reason, fitness, parameters, parents } = answer;
  if (of !== null) return answer[of].trimEnd();
  const { architecture, architectureHash, rule, ruleHash } = answer;
  return [
    `# individual ${individual}: ${status}${reason === null ? '' : ` (${reason})`}, fitness ${fitness ?? 'none'}, ${parameters} parameters, parents ${parents.join(', ') || 'none'}`,
    `# architecture ${architectureHash.slice(0, 12)}`,
    architecture,
    `# update rule ${ruleHash.slice(0, 12)}`,
    rule,
  ].join('\n');
}
