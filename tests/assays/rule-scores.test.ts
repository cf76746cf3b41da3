/** Rules that are tuned by halves, on trainings that the test makes up: what chooses the rates of one half must not reach the other. */
import { describe, expect, it } from 'vitest';
import { type Place, ruleScores } from '../../src/assays/rule-scores.ts';
import { stagesOf } from '../../src/assays/scores.ts';
import type { CellRequest } from '../../src/assays/train-cells.ts';
import type { WorkbenchContent } from '../../src/dispatch/evaluator.ts';
import { stream } from '../../src/random/stream.ts';
import { scaleLadder } from '../../src/statistics/scale-ladder.ts';

const tasks = [{ task: { untrainedLoss: 1, splits: { select: { count: 8 } } } }];
const workbench = { tasks } as unknown as WorkbenchContent;
const rules = [1, 2, 3, 4, 5, 6];

/** Rules are alike: which rate is chosen is luck of the tuning seeds, and how good a rule then is depends on its rate alone, but for a little noise. */
function scoreOf({ key: { architecture, rule, learningRate, seed } }: CellRequest): number {
  const luck = stream(`${architecture} ${rule} ${learningRate} ${seed}`).normal();
  return seed.includes('/tuning/') ? 3 + 0.3 * luck : 3 - 0.1 * Math.abs(learningRate - 2) + 0.001 * luck;
}

function trained() {
  const requests: CellRequest[] = [];
  const train = async (_what: string, asked: readonly CellRequest[]) => {
    requests.push(...asked);
    return asked.map((each) => ({
      ...{ reason: null, loss: 10 ** -scoreOf(each), accuracy: null },
      ...{ steps: 1, costUnits: 1, parameters: 1 },
    }));
  };
  return { requests, stages: stagesOf('ladder', { train, close: async () => {} }, 6) };
}

const placeOf = (architecture: number): Place => ({ block: '1', workbench, architecture, task: 0 });
const effort = { seeds: 4, tuningSeeds: 2 };

describe('rules tuned by halves', () => {
  it('are judged at the rates that their half of the tuning seeds chooses', async () => {
    const { stages, requests } = trained();
    const [own] = await ruleScores(stages, [placeOf(7)], rules, { ...effort, byHalves: true });
    const at = (rule: number, stage: string, k: number, learningRate: number) => {
      const key = { architecture: 7, rule, learningRate, seed: `assay/ladder/1/${stage}/${k}` };
      return scoreOf({ key } as unknown as CellRequest);
    };
    for (const [r, { halves, tuned, rate }] of own!.entries()) {
      const tried = (seeds: readonly number[]) =>
        Array.from({ length: 9 }, (_, i) => i - 2)
          .map((j) => ({ j, sum: seeds.reduce((sum, k) => sum + at(rules[r]!, 'tuning', k, j), 0) }))
          .reduce((best, each) => (each.sum > best.sum ? each : best)).j;
      const rates = [tried([0]), tried([1])];
      expect(rate).toBe(tried([0, 1]));
      for (const k of [0, 1, 2, 3]) {
        expect(tuned[k]).toBeCloseTo(at(rules[r]!, 'judgement', k, rate), 12);
        expect(halves![k]).toBeCloseTo(at(rules[r]!, 'judgement', k, rates[k % 2]!), 12);
      }
    }
    // Of each rule 9 rates by two seeds, then four seeds at its own rate, four at the tuned one, two at that of each half.
    expect(requests).toHaveLength(6 * (18 + 4 + 4 + 2 + 2));
  });

  it('have no agreement within a rung that two rungs do not have, as they would by one rate', async () => {
    const { stages } = trained();
    const places = Array.from({ length: 160 }, (_, i) => placeOf(i));
    const found = await ruleScores(stages, places, rules, { ...effort, byHalves: true });
    const lostBy = (of: 'tuned' | 'halves') => {
      const rung = (i: number) => ({
        size: 1 + (i % 2),
        rules: found[i]!.map((own) => ({ default: own.default, tuned: own[of]! })),
        regret: { default: null, tuned: null },
      });
      const ladders = Array.from({ length: 80 }, (_, l) => [rung(2 * l), rung(2 * l + 1)]);
      return scaleLadder(ladders).agreements.find(({ rungs: [a, b] }) => a !== b)!.lost.tuned!;
    };
    // Between independent orders of six tau has a standard deviation of 0.34, and its mean over these below 0.04.
    expect(Math.abs(lostBy('halves'))).toBeLessThan(0.12);
    expect(lostBy('tuned')).toBeGreaterThan(0.5);
  });

  it('cost nothing where they are not asked for', async () => {
    const { stages, requests } = trained();
    const [own] = await ruleScores(stages, [placeOf(7)], rules, effort);
    expect(own!.every(({ halves }) => halves === null)).toBe(true);
    expect(requests).toHaveLength(6 * (18 + 8));
  });
});
