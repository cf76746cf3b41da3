import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillNoise, type NoiseKind, noiseKeys } from '../../src/engines/noise.ts';
import { fusedKinds, panelColumns } from '../../src/engines/wasm/gemm.ts';
import { softmaxRows } from '../../src/engines/wasm/softmax-kernel.ts';
import { acquireWorkspace } from '../../src/engines/wasm/workspace.ts';
import { stream } from '../../src/random/stream.ts';

const workspace = acquireWorkspace();
const kernels = workspace.kernels as unknown as Record<string, (...args: number[]) => void>;
const padded = (cols: number) => Math.ceil(cols / 4) * 4;

/** Lays matrices out one after another, with NaN in the padding: no kernel may let it reach an element. */
function arena() {
  let end = workspace.programBase();
  return {
    matrix(rows: number, cols: number, value: (i: number, j: number) => number) {
      const [address, stride] = [end, padded(cols)];
      end += 4 * Math.max(4, rows * stride);
      workspace.reserve(end);
      const view = new Float32Array(workspace.memory.buffer, address, rows * stride).fill(Number.NaN);
      for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) view[i * stride + j] = value(i, j);
      return {
        address,
        stride: 4 * stride,
        at: (i: number, j: number) => new Float32Array(workspace.memory.buffer, address)[i * stride + j]!,
      };
    },
    room(numbers: number) {
      const address = end;
      end += 16 * Math.ceil(numbers / 4);
      workspace.reserve(end);
      return address;
    },
  };
}

describe('matrix products', () => {
  const f = Math.fround;
  for (const kind of ['nn', 'nt', 'tn'] as const)
    it(`gemm_${kind} sums in the order of k, bit for bit, at every size`, () => {
      fc.assert(
        fc.property(
          fc.record({
            m: fc.integer({ min: 1, max: 21 }),
            n: fc.integer({ min: 1, max: 39 }),
            k: fc.integer({ min: 1, max: 21 }),
            init: fc.constantFrom('none', 'bias', 'out'),
            alpha: fc.constantFrom(1, 0.3),
            seed: fc.nat(),
          }),
          ({ m, n, k, init, alpha, seed }) => {
            const random = stream(`gemm ${seed}`);
            const draw = () => f(random.normal());
            const place = arena();
            const a = kind === 'tn' ? place.matrix(k, m, draw) : place.matrix(m, k, draw);
            const b = kind === 'nt' ? place.matrix(n, k, draw) : place.matrix(k, n, draw);
            const bias = place.matrix(1, n, draw);
            const out = place.matrix(m, n, draw);
            const before = Array.from({ length: m }, (_, i) =>
              Array.from({ length: n }, (_, j) => out.at(i, j)),
            );
            const scratch = place.room(panelColumns * k);
            const start = { none: [0, 0], bias: [bias.address, 0], out: [out.address, out.stride] }[init];
            kernels[`gemm_${kind}`]!(
              ...[
                a.address,
                a.stride,
                b.address,
                b.stride,
                out.address,
                out.stride,
                ...start,
                m,
                n,
                k,
                scratch,
              ],
              alpha,
            );
            for (let i = 0; i < m; i++)
              for (let j = 0; j < n; j++) {
                let sum = 0;
                for (let l = 0; l < k; l++) {
                  const left = kind === 'tn' ? a.at(l, i) : a.at(i, l);
                  const right = kind === 'nt' ? b.at(j, l) : b.at(l, j);
                  sum = f(sum + f(left * right));
                }
                const scaled = f(sum * f(alpha));
                const expected =
                  init === 'none' ? scaled : f(scaled + (init === 'bias' ? bias.at(0, j) : before[i]![j]!));
                expect(Object.is(out.at(i, j), expected), `${m}x${n}x${k} at ${i}, ${j}`).toBe(true);
              }
          },
        ),
        { numRuns: 300 },
      );
    });
});

describe('products of blocks', () => {
  const f = Math.fround;
  for (const kind of ['nn', 'nt', 'tn'] as const)
    it(`blocks_${kind} is the product of each block, whatever their widths, and leaves what lies behind`, () => {
      fc.assert(
        fc.property(
          fc.record({
            m: fc.integer({ min: 1, max: 7 }),
            n: fc.integer({ min: 1, max: 11 }),
            k: fc.integer({ min: 1, max: 9 }),
            down: fc.integer({ min: 1, max: 3 }),
            right: fc.integer({ min: 1, max: 5 }),
            keep: fc.constantFrom(0, -1),
            seed: fc.nat(),
          }),
          ({ m, n, k, down, right, keep, seed }) => {
            const random = stream(`blocks ${seed}`);
            const draw = () => f(random.normal());
            const place = arena();
            const [aRows, aCols] = kind === 'tn' ? [k, m] : [m, k];
            const [bRows, bCols] = kind === 'nt' ? [n, k] : [k, n];
            const a = place.matrix(aRows * down, aCols * right, draw);
            const b = place.matrix(bRows * down, bCols * right, draw);
            const out = place.matrix(m * down, n * right, draw);
            const before = Array.from({ length: m * down }, (_, i) =>
              Array.from({ length: n * right }, (_column, j) => out.at(i, j)),
            );
            const behind = place.matrix(1, 4, () => 7);
            const panel = place.room(panelColumns * k + m * padded(n));
            const steps = ({ address, stride }: typeof a, rows: number, cols: number) => [
              address,
              stride,
              rows * stride,
              4 * cols,
            ];
            const isDirect = right === 1 || n % 4 === 0 ? 1 : 0;
            kernels[`blocks_${kind}`]!(
              ...[...steps(a, aRows, aCols), ...steps(b, bRows, bCols), ...steps(out, m, n)],
              ...[m, n, k, down, right, panel, isDirect, keep, 0.5],
            );
            for (let i = 0; i < m * down; i++)
              for (let j = 0; j < n * right; j++) {
                const [row, column] = [Math.floor(i / m), Math.floor(j / n)];
                let sum = 0;
                for (let l = 0; l < k; l++) {
                  const [p, q] = [i % m, j % n];
                  const left =
                    kind === 'tn' ? a.at(row * k + l, column * m + p) : a.at(row * m + p, column * k + l);
                  const other =
                    kind === 'nt' ? b.at(row * n + q, column * k + l) : b.at(row * k + l, column * n + q);
                  sum = f(sum + f(left * other));
                }
                expect(out.at(i, j)).toBe(f(f(sum * 0.5) + (keep === 0 ? 0 : before[i]![j]!)));
              }
            for (let j = 0; j < 4; j++) expect(behind.at(0, j)).toBe(7);
          },
        ),
        { numRuns: 200 },
      );
    });
});

describe('softmax over groups of columns', () => {
  const softmax = (
    rows: number,
    groups: number,
    columns: number,
    period: number,
    x: (i: number, j: number) => number,
  ) => {
    const place = arena();
    const from = place.matrix(rows, groups * columns, x);
    const out = place.matrix(rows, groups * columns, () => 0.25);
    const behind = place.matrix(1, 4, () => 7);
    kernels['softmax']!(from.address, out.address, from.stride, rows, groups, columns, period);
    for (let j = 0; j < 4; j++) expect(behind.at(0, j)).toBe(7);
    return { from, out };
  };

  it('gives the shares of each group, and 0 for what lies behind the diagonal', () => {
    fc.assert(
      fc.property(
        fc.record({
          examples: fc.integer({ min: 1, max: 3 }),
          groups: fc.integer({ min: 1, max: 4 }),
          columns: fc.integer({ min: 1, max: 13 }),
          causal: fc.boolean(),
          size: fc.constantFrom(0.1, 3, 60),
          seed: fc.nat(),
        }),
        ({ examples, groups, columns, causal, size, seed }) => {
          const random = stream(`softmax ${seed}`);
          const rows = examples * columns;
          const draw = () => Math.fround(size * random.normal());
          const { from, out } = softmax(rows, groups, columns, causal ? columns : 0, draw);
          for (let i = 0; i < rows; i++)
            for (let group = 0; group < groups; group++) {
              const seen = causal ? (i % columns) + 1 : columns;
              const scores = Array.from({ length: columns }, (_, j) => from.at(i, group * columns + j));
              const top = Math.max(...scores.slice(0, seen));
              const powers = scores.map((score, j) => (j < seen ? Math.exp(score - top) : 0));
              const total = powers.reduce((sum, power) => sum + power);
              for (const [j, power] of powers.entries())
                expect(Math.abs(out.at(i, group * columns + j) - power / total)).toBeLessThan(2e-6);
            }
        },
      ),
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])(
    'is not defined in a group that holds %d, and in no other',
    (bad) => {
      for (let at = 0; at < 6; at++) {
        const { out } = softmax(2, 3, 6, 0, (i, j) => (i === 0 && j === 6 + at ? bad : j));
        for (let i = 0; i < 2; i++)
          for (let j = 0; j < 18; j++) {
            const isBad = i === 0 && j >= 6 && j < 12;
            if (!isBad || j === 6 + at) expect(Number.isNaN(out.at(i, j))).toBe(isBad);
          }
      }
    },
  );
});

describe('copies of columns', () => {
  it('copies or adds any columns, and touches no other', () => {
    fc.assert(
      fc.property(
        fc.record({
          rows: fc.integer({ min: 1, max: 4 }),
          columns: fc.integer({ min: 1, max: 23 }),
          from: fc.nat({ max: 5 }),
          into: fc.nat({ max: 5 }),
          keep: fc.constantFrom(0, -1),
        }),
        ({ rows, columns, from, into, keep }) => {
          const place = arena();
          const source = place.matrix(rows, 30, (i, j) => 100 * i + j);
          const target = place.matrix(rows, 30, (i, j) => i - j);
          kernels['copyColumns']!(
            ...[source.address + 4 * from, source.stride, target.address + 4 * into, target.stride],
            ...[rows, columns, keep],
          );
          for (let i = 0; i < rows; i++)
            for (let j = 0; j < 30; j++) {
              const k = j - into;
              const old = i - j;
              const copied = 100 * i + from + k + (keep === 0 ? 0 : old);
              expect(target.at(i, j)).toBe(k >= 0 && k < columns ? copied : old);
            }
        },
      ),
    );
  });
});

describe('products with a rectifier', () => {
  const special = [0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const kind of fusedKinds)
    it(`fused_${kind} is gemm_${kind} and then the rectifier or its gradient, bit for bit`, () => {
      fc.assert(
        fc.property(
          fc.record({
            m: fc.integer({ min: 1, max: 9 }),
            n: fc.integer({ min: 1, max: 35 }),
            k: fc.integer({ min: 1, max: 9 }),
            alpha: fc.constantFrom(1, 0.3),
            seed: fc.nat(),
          }),
          ({ m, n, k, alpha, seed }) => {
            const random = stream(`fused ${seed}`);
            const draw = () => (random.below(20) === 0 ? special[random.below(5)]! : random.normal());
            const place = arena();
            const a = place.matrix(m, k, draw);
            const b = kind === 'nt' ? place.matrix(n, k, draw) : place.matrix(k, n, draw);
            const bias = place.matrix(1, n, draw);
            const y = place.matrix(m, n, draw);
            const [product, expected, out] = [0, 1, 2].map(() => place.matrix(m, n, draw)) as [
              typeof y,
              typeof y,
              typeof y,
            ];
            const scratch = place.room(panelColumns * k);
            const init = kind === 'nn' ? [bias.address, 0] : [0, 0];
            const args = (into: typeof y) => [
              ...[a.address, a.stride, b.address, b.stride, into.address, into.stride, ...init, m, n, k],
              ...[scratch, alpha],
            ];
            kernels[`gemm_${kind}`]!(...args(product));
            const vectors = (m * product.stride) / 16;
            if (kind === 'nn') kernels.unary_relu!(product.address, expected.address, vectors);
            else kernels.unaryGrad_relu!(y.address, y.address, product.address, expected.address, vectors, 0);
            kernels[`fused_${kind}`]!(...args(out), kind === 'nn' ? 1 : y.address - out.address);
            for (let i = 0; i < m; i++)
              for (let j = 0; j < n; j++)
                expect(Object.is(out.at(i, j), expected.at(i, j)), `${m}x${n}x${k} at ${i}, ${j}`).toBe(true);
          },
        ),
        { numRuns: 300 },
      );
    });
});

describe('softmax cross-entropy', () => {
  const run = (
    rows: number,
    cols: number,
    logit: (i: number, j: number) => number,
    label: (i: number) => number,
  ) => {
    const place = arena();
    const logits = place.matrix(rows, cols, logit);
    const target = place.matrix(rows, 1, label);
    const loss = place.matrix(rows, 1, () => Number.NaN);
    const gradient = place.matrix(rows, cols, () => Number.NaN);
    const scratch = place.room(softmaxRows * padded(cols));
    kernels.softmaxCrossEntropy!(
      ...[
        logits.address,
        logits.stride,
        target.address,
        target.stride,
        loss.address,
        loss.stride,
        rows,
        cols,
      ],
      ...[gradient.address, 1 / rows, scratch],
    );
    return { logits, loss, gradient };
  };

  it('gives the loss and the gradient of every row, whatever the number of rows and classes, and clears the padding', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 19 }),
        fc.integer({ min: 2, max: 13 }),
        fc.nat(),
        (rows, cols, seed) => {
          const random = stream(`softmax ${seed}`);
          const labels = Array.from({ length: rows }, () => random.below(cols));
          const { logits, loss, gradient } = run(
            rows,
            cols,
            () => 5 * random.normal(),
            (i) => labels[i]!,
          );
          for (let i = 0; i < rows; i++) {
            const row = Array.from({ length: cols }, (_, j) => logits.at(i, j));
            const total = row.reduce((sum, x) => sum + Math.exp(x), 0);
            expect(loss.at(i, 0)).toBeCloseTo(Math.log(total) - row[labels[i]!]!, 4);
            for (let j = 0; j < cols; j++)
              expect(gradient.at(i, j)).toBeCloseTo(
                (Math.exp(row[j]!) / total - (j === labels[i] ? 1 : 0)) / rows,
                6,
              );
            for (let j = cols; j < padded(cols); j++) expect(gradient.at(i, j)).toBe(0);
          }
        },
      ),
    );
  });

  it('has exponentials that are off by a few bits, and by one more each time the distance to the largest logit doubles', () => {
    const distance = (i: number) => Math.fround(0.0137 * i);
    const { gradient } = run(
      6000,
      2,
      (i, j) => (j === 0 ? 0 : -distance(i)),
      () => 0,
    );
    for (let i = 0; i < 6000; i++) {
      const share = 1 / (1 + Math.exp(distance(i)));
      const error = Math.abs(gradient.at(i, 1) * 6000 - share) / share;
      expect(error, `at a distance of ${distance(i)}`).toBeLessThan((4 + distance(i)) * 2 ** -23);
    }
  });

  it('is log(classes) for equal logits, however large', () => {
    for (const logit of [0, 1e4, 1e8, -1e20, 1e38])
      expect(
        run(
          4,
          10,
          () => logit,
          (i) => i,
        ).loss.at(2, 0),
      ).toBeCloseTo(Math.log(10), 5);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])(
    'lets a logit of %s spoil the loss of its row only',
    (bad) => {
      const { loss } = run(
        6,
        3,
        (i, j) => (i === 2 && j === 1 ? bad : i - j),
        () => 0,
      );
      expect(loss.at(2, 0)).toBeNaN();
      for (const i of [0, 1, 3, 4, 5]) expect(loss.at(i, 0)).toBeGreaterThan(0);
    },
  );
});

describe('sin', () => {
  const exponents = Array.from({ length: 254 }, (_, i) => i - 126);
  const apply = (xs: readonly number[]) => {
    const place = arena();
    const x = place.matrix(1, xs.length, (_, j) => xs[j]!);
    const [ones, y, slope] = [1, 0, 0].map((value) => place.matrix(1, xs.length, () => value));
    kernels.unary_sin!(x.address, y!.address, x.stride / 16);
    kernels.unaryGrad_sin!(x.address, y!.address, ones!.address, slope!.address, x.stride / 16, 0);
    return xs.map((_, j) => ({ value: y!.at(0, j), slope: slope!.at(0, j) }));
  };
  // Not above 1, and off by a bit and a half at most.
  const isClose = (value: number, exact: number) => {
    expect(Math.abs(value)).toBeLessThanOrEqual(1);
    expect(Math.abs(value - exact)).toBeLessThan(1.5 * 2 ** -23 * Math.max(Math.abs(exact), 2 ** -14));
  };

  it('and its slope are those of float64 for every size and sign of number', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 2, noNaN: true }), (mantissa) => {
        const xs = exponents.flatMap((e) =>
          [1, -1].map((sign) => Math.fround(sign * 2 ** e * Math.min(mantissa, 2 - 2 ** -23))),
        );
        for (const [i, { value, slope }] of apply(xs).entries()) {
          isClose(value, Math.sin(xs[i]!));
          isClose(slope, Math.cos(xs[i]!));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('is not defined at infinity and NaN, and small numbers beside them or large ones stay as they are', () => {
    const small = [0.3, -5, 8191];
    const alone = apply([...small, 1]);
    for (const large of [8192, -3e38, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      for (let lane = 0; lane < 4; lane++) {
        const beside = apply(small.toSpliced(lane, 0, large));
        expect(beside.toSpliced(lane, 1)).toEqual(alone.slice(0, 3));
        expect(Number.isNaN(beside[lane]!.value)).toBe(!Number.isFinite(large));
        expect(Number.isNaN(beside[lane]!.slope)).toBe(!Number.isFinite(large));
      }
  });
});

describe('noise', () => {
  it.each(['uniform', 'normal'] as const)('%s in memory is the noise of the reference', (kind) => {
    const key = { key0: 0xdeadbeef, key1: 0x9abcdef0 };
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 23 }),
        fc.integer({ min: 0, max: 3 }),
        fc.integer({ min: 1, max: 1e6 }),
        (rows, cols, parameter, t) => {
          const expected = new Float64Array(rows * cols);
          fillNoise(kind, key, t, parameter, { rows, cols }, expected);
          const out = arena().matrix(rows, cols, () => Number.NaN);
          kernels[`noise_${kind}`]!(out.address, rows, padded(cols) / 4, parameter, t, key.key0, key.key1);
          for (let i = 0; i < rows; i++)
            for (let j = 0; j < cols; j++) {
              const error = Math.abs(out.at(i, j) - expected[i * cols + j]!);
              expect(error).toBeLessThan(kind === 'uniform' ? Number.MIN_VALUE : 2e-6);
            }
        },
      ),
    );
  });

  it('has the moments of its distribution, and no correlation between neighbours, steps or parameters', () => {
    const [rows, cols] = [100, 400];
    const draw = (kind: NoiseKind, t: number, parameter: number) => {
      const into = new Float64Array(rows * cols);
      fillNoise(kind, noiseKeys('moments')(3), t, parameter, { rows, cols }, into);
      return into;
    };
    const mean = (n: number, value: (i: number) => number) => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += value(i);
      return sum / n;
    };
    const n = rows * cols;
    const z = draw('normal', 1, 0);
    const bound = 4.5 / Math.sqrt(n);
    expect(Math.abs(mean(n, (i) => z[i]!))).toBeLessThan(bound);
    expect(Math.abs(mean(n, (i) => z[i]! ** 2) - 1)).toBeLessThan(bound * Math.sqrt(2));
    expect(Math.abs(mean(n, (i) => z[i]! ** 4) - 3)).toBeLessThan(bound * Math.sqrt(96));
    for (const other of [draw('normal', 2, 0), draw('normal', 1, 1)])
      expect(Math.abs(mean(n, (i) => z[i]! * other[i]!))).toBeLessThan(bound);
    for (const lag of [1, 2, 3, 4, cols])
      expect(Math.abs(mean(n - lag, (i) => z[i]! * z[i + lag]!))).toBeLessThan(bound * 1.1);
    const u = draw('uniform', 1, 0);
    expect(Math.abs(mean(n, (i) => u[i]!) - 0.5)).toBeLessThan(bound * Math.sqrt(1 / 12));
    expect(Math.abs(mean(n, (i) => u[i]! ** 2) - 1 / 3)).toBeLessThan(bound * Math.sqrt(4 / 45));
  });
});
