/** Genomes for `bounds`: what searches draw, and what is made to cost as much as it can. */
import type { Architecture } from '../src/genome/architecture/architecture.ts';
import { activationNames } from '../src/genome/architecture/ops.ts';
import { readArchitecture } from '../src/genome/architecture/read.ts';
import type { Genome } from '../src/genome/genome.ts';
import { knownArchitecture, knownArchitectureNames, knownRule, knownRuleNames } from '../src/genome/known.ts';
import { type RuleOp, type RuleOpName, ruleOps } from '../src/genome/update-rule/ops.ts';
import { readUpdateRule } from '../src/genome/update-rule/read.ts';
import type { UpdateRule } from '../src/genome/update-rule/update-rule.ts';
import type { Result } from '../src/notation/issue.ts';
import { stream } from '../src/random/stream.ts';
import { mutate } from '../src/variation/mutate.ts';
import type { VariationSettings } from '../src/variation/operator.ts';

/** A genome to train, and the examples of its batches. */
export interface Candidate {
  readonly name: string;
  readonly genome: Genome;
  readonly batchSize: number;
}

const batchSizes = [1, 10, 100];

function read<T>(what: string, result: Result<T>): T {
  if (!result.ok) throw new Error(`${what}: ${result.issues[0]?.message}`);
  return result.value;
}

/** Every known rule on every known architecture. */
export function knownCandidates(): Candidate[] {
  return knownArchitectureNames().flatMap((net, i) =>
    knownRuleNames().map((rule, j) => ({
      name: `${rule} on ${net}`,
      genome: { architecture: knownArchitecture(net)!, rule: knownRule(rule)! },
      batchSize: batchSizes[(i + j) % batchSizes.length]!,
    })),
  );
}

/** Known genomes after up to fifty mutations, as a search of many generations has them. */
export function mutantCandidates(count: number, settings: VariationSettings): Candidate[] {
  const rules = knownRuleNames().map((name) => knownRule(name)!);
  const architectures = knownArchitectureNames().map((name) => knownArchitecture(name)!);
  return Array.from({ length: count }, (_, n) => {
    const random = stream(`bounds/mutant/${n}`);
    const founder = { architecture: random.pick(architectures), rule: random.pick(rules) };
    const mutations = random.below(51);
    const { genome } = mutate(founder, mutations, ['architecture', 'rule'], settings, random);
    return {
      name: `mutant ${n} of ${mutations} mutations`,
      genome,
      batchSize: batchSizes[random.below(batchSizes.length)]!,
    };
  });
}

/** As many ops as mutation lets a rule have by default, less a few that bring the operands. */
const ops = 44;

/** Values of each shape from which a chain of ops begins, and whose numbers it takes in. */
const operands = {
  full: ['g', 'w'],
  row: ['mean(g, over: row)', 'mean(w, over: row)'],
  col: ['mean(g, over: col)', 'mean(w, over: col)'],
  tensor: ['mean(g, over: tensor)', 'mean(w, over: tensor)'],
  all: ['L', 't'],
} as const;

type Form = keyof typeof operands;

/** Calls of whole ops whose first argument is `x`. */
const wholeCalls: Readonly<Record<string, (x: string) => string>> = {
  matmul: (x) => `matmul(matmul(${x}, transpose(w)), g)`,
  transpose: (x) => `transpose(transpose(${x}))`,
  orthogonalize: (x) => `orthogonalize(${x})`,
  inverseRoot: (x) => `matmul(inverseRoot(matmul(${x}, transpose(g)), 4), g)`,
  eigenbasis: (x) => `matmul(eigenbasis(matmul(${x}, transpose(g))), g)`,
  lossAt: (x) => `${x} * lossAt(${x})`,
  gradAt: (x) => `gradAt(${x})`,
  fullGradAt: (x) => `fullGradAt(${x}, 1)`,
  backtrack: (x) => `${x} * backtrack(${x}, 1, 1, 0.1, 0.9)`,
  goldstein: (x) => `${x} * goldstein(${x}, 1, 1, 0.1, 0.9, 1.1, 10)`,
  lipschitz: (x) => `${x} * lipschitz(${x}, g, 1, 0.01, 0.9)`,
  lbfgs: (x) => `lbfgs(${x}, w, g, memory: 100)`,
  swarm: (x) => `swarm(norm(${x}, over: all), 0.7, 1.5, particles: 64)`,
  smoothGrad: (x) => `smoothGrad(norm(${x}, over: all), pairs: 64)`,
};

/** A rule that does one thing `times` over, each time with what came of the time before. */
function chain(op: RuleOpName, form: Form, times: number): string {
  const [a, b] = operands[form];
  const { kind, args }: RuleOp = ruleOps[op];
  const call = (x: string, i: number): string => {
    if (kind === 'whole') return wholeCalls[op]!(x);
    if (kind === 'noise') return `${x} + ${op}()`;
    // Of one argument, so that nothing is known beforehand to be the same: exp(exp(x)) is not, but abs(abs(x)) is.
    if (kind === 'reduction')
      return `${x} * ${op}(${x} + ${i}${args === 2 ? `, ${x} * w` : ''}, over: ${form === 'full' ? 'all' : form})`;
    const { symbol } = ruleOps[op] as RuleOp;
    if (symbol !== undefined && args === 2) return `${x} ${symbol} other`;
    const name = symbol === undefined ? op : null;
    const more = [x, 'other', '0.9'].slice(0, args).join(', ');
    return name === null
      ? `${symbol}(${x} + other)`
      : args === 1
        ? `${name}(${x} + other)`
        : `${name}(${more})`;
  };
  const first = kind === 'pointwise' ? [`other = ${b}`, `x0 = ${a}`] : ['x0 = g'];
  const lines = Array.from({ length: times }, (_, i) => `x${i + 1} = ${call(`x${i}`, i)}`);
  return [...first, ...lines, `u = -0.001 * g * x${times}`].join('\n');
}

/** How often an op goes into a rule of the default length. */
const timesOf = (op: RuleOpName): number => {
  const { kind, args }: RuleOp = ruleOps[op];
  if (kind === 'whole') return 8;
  if (kind === 'reduction') return Math.floor(ops / 3);
  return kind === 'noise' || args === 1 ? ops / 2 : ops;
};

/** Each op of update rules as often as a rule can hold it, on every shape of values; and rules far longer than mutation makes them. */
function ruleTexts(): { readonly name: string; readonly text: string }[] {
  const forms: readonly Form[] = ['full', 'row', 'col', 'tensor', 'all'];
  const chains = (Object.keys(ruleOps) as RuleOpName[]).flatMap((op) => {
    const { kind } = ruleOps[op];
    return forms
      .filter((form) => kind === 'pointwise' || kind === 'reduction' || form === 'full')
      .map((form) => ({
        name: `${timesOf(op)} ${op}${kind === 'pointwise' || kind === 'reduction' ? ` ${form}` : ''}`,
        text: chain(op, form, timesOf(op)),
      }));
  });
  const states = Array.from(
    { length: 40 },
    (_, i) => `s${i} = lerp(s${i}', ${i === 0 ? 'g' : `s${i - 1}`}, 0.9)`,
  );
  return [
    ...chains,
    { name: '40 states', text: `${states.join('\n')}\nu = -s39` },
    { name: '1000 mul', text: chain('mul', 'full', 1000) },
    { name: '3000 add', text: chain('add', 'full', 3000) },
    { name: '1000 pow', text: chain('pow', 'full', 1000) },
    { name: '300 norm', text: chain('norm', 'full', 300) },
    { name: '2000 exp of one number', text: chain('exp', 'all', 2000) },
    { name: '800 normal', text: chain('normal', 'full', 800) },
  ];
}

const layersOf = (count: number, layer: (x: string) => string): string =>
  [
    ...Array.from({ length: count }, (_, i) => `h${i + 1} = ${layer(i === 0 ? 'x' : `h${i}`)}`),
    `y = h${count}`,
  ].join('\n');

/** Networks at the ends: the smallest, the widest, the deepest, the most calls for the least work, and every activation. */
function architectureTexts(): { readonly name: string; readonly text: string }[] {
  const activations = activationNames.filter((name) => name !== 'identity');
  return [
    { name: 'one unit', text: 'y = dense(x, units: 1)' },
    { name: 'width 900', text: 'y = relu(dense(x, units: 900))' },
    { name: 'width 256 twice', text: 'y = relu(dense(relu(dense(x, units: 256)), units: 256))' },
    { name: '24 dense of 1', text: layersOf(24, (x) => `dense(${x}, units: 1)`) },
    { name: '24 dense of 60', text: layersOf(24, (x) => `dense(${x}, units: 60)`) },
    { name: '200 dense of 1', text: layersOf(200, (x) => `dense(${x}, units: 1)`) },
    { name: '12 conv of 8', text: layersOf(12, (x) => `conv(${x}, units: 8)`) },
    { name: '8 conv of 1 channel', text: layersOf(8, (x) => `conv(${x}, units: 1, kernel: 9)`) },
    {
      name: '10 layer norms',
      text: `t = dense(x, units: 20)\n${layersOf(10, (x) => `layerNorm(${x})`).replace('(x)', '(t)')}`,
    },
    {
      name: '6 attentions',
      text: `t = conv(x, units: 4, kernel: 1)\n${layersOf(6, (x) => `attention(${x}, units: 4)`).replace('(x,', '(t,')}`,
    },
    ...activations.map((op) => ({
      name: `24 ${op}`,
      text: `t = dense(x, units: 50)\n${layersOf(22, (x) => `${op}(${x})`).replace('(x)', '(t)')}`,
    })),
  ];
}

/** Every dear rule on three known networks, and every extreme network under three rules. */
export function adversarialCandidates(): Candidate[] {
  const rules = ruleTexts().map(({ name, text }): [string, UpdateRule] => [
    name,
    read(name, readUpdateRule(text)),
  ]);
  const nets = architectureTexts().map(({ name, text }): [string, Architecture] => [
    name,
    read(name, readArchitecture(text)),
  ]);
  const places = [
    ['linear', 100],
    ['mlp', 100],
    ['rank-1', 1],
    ['cnn', 10],
  ] as const;
  const dear = rules.flatMap(([name, rule], i) =>
    places
      .filter((_, p) => p !== i % places.length)
      .map(([net, batchSize]) => ({
        name: `${name} on ${net}, batch ${batchSize}`,
        genome: { architecture: knownArchitecture(net)!, rule },
        batchSize,
      })),
  );
  const extreme = nets.flatMap(([name, architecture]) =>
    (['sgd', 'adam', 'shampoo', 'soap'] as const).flatMap((rule) =>
      [1, 100].map((batchSize) => ({
        name: `${rule} on ${name}, batch ${batchSize}`,
        genome: { architecture, rule: knownRule(rule)! },
        batchSize,
      })),
    ),
  );
  return [...dear, ...extreme];
}
