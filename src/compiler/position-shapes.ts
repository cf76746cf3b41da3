/** Sizes of the operands of ops over positions, batches and blocks. */

import { tapCount, type Windows, windowCount } from '../genome/architecture/windows.ts';
import type { Claims, Rules, Size } from './operand-shapes.ts';
import type { PositionOpName } from './program.ts';

const same = (a: Size, b: Size) => a.rows === b.rows && a.cols === b.cols;
const elements = ({ rows, cols }: Size) => rows * cols;

const inputOf = ({ input: [height, width, channels] }: Windows) => height * width * channels;
const outputOf = (windows: Windows) => windowCount(windows) * windows.input[2];

/** Claims of ops that read windows of an example and write one value per window and channel. */
const overWindows = (windows: Windows, x: Size, out: Size): Claims => [
  ['the input is what the windows lie on', x.cols === inputOf(windows)],
  ['there is one output per window and channel', out.cols === outputOf(windows)],
  ['rows agree', x.rows === out.rows],
];

const patchesFit = (windows: Windows, groups: number, x: Size, rows: Size): Claims => [
  ['the input is what the windows lie on', x.cols === inputOf(windows)],
  ['there is a row per window', rows.rows === x.rows * windowCount(windows)],
  ['a row has every tap and channel', rows.cols === tapCount(windows) * windows.input[2]],
  ['groups divide the channels', windows.input[2] % groups === 0],
];

export const positionShapes: Pick<Rules, PositionOpName> = {
  blockMatmul({ a, b, out, rowBlocks, columnBlocks, transposeA, transposeB }, size) {
    const whole = [a, b, out].map((id) => size(id));
    const [left, right, product] = whole.map(({ rows, cols }) => ({
      rows: rows / rowBlocks,
      cols: cols / columnBlocks,
    })) as [Size, Size, Size];
    const inner = transposeA ? left.rows : left.cols;
    return [
      [
        'blocks are equal',
        whole.every(({ rows, cols }) => rows % rowBlocks === 0 && cols % columnBlocks === 0),
      ],
      ['the inner sizes agree', inner === (transposeB ? right.cols : right.rows)],
      [
        'the product has the outer sizes',
        product.rows === (transposeA ? left.cols : left.rows) &&
          product.cols === (transposeB ? right.rows : right.cols),
      ],
      ['one operand at most is transposed', !(transposeA && transposeB)],
    ];
  },
  reshape: ({ x, out }, size) => [
    ['the elements are as many', elements(size(x)) === elements(size(out))],
    [
      'one length of rows divides the other',
      Math.max(size(x).cols, size(out).cols) % Math.min(size(x).cols, size(out).cols) === 0,
    ],
  ],
  addRow: ({ x, row, out }, size) => [
    ['input and output agree', same(size(x), size(out))],
    ['the row has one number per column', same(size(row), { rows: 1, cols: size(x).cols })],
  ],
  patches: ({ windows, groups, x, out }, size) => patchesFit(windows, groups, size(x), size(out)),
  patchesGrad: ({ windows, groups, dout, dx }, size) => patchesFit(windows, groups, size(dx), size(dout)),
  depthwise: ({ windows, x, weight, bias, out }, size) => [
    ...overWindows(windows, size(x), size(out)),
    [
      'there is one weight per tap and channel',
      same(size(weight), { rows: tapCount(windows), cols: windows.input[2] }),
    ],
    ['there is one bias per channel', bias === null || same(size(bias), { rows: 1, cols: windows.input[2] })],
  ],
  depthwiseGrad: ({ windows, x, weight, dy, dx, dweight, dbias }, size) => [
    ...overWindows(windows, size(x), size(dy)),
    [
      'gradients have the sizes of their values',
      same(size(dx), size(x)) && same(size(dweight), size(weight)),
    ],
    [
      'the bias has a gradient per channel',
      dbias === null || same(size(dbias), { rows: 1, cols: windows.input[2] }),
    ],
  ],
  pool: ({ windows, x, out }, size) => [
    ...overWindows(windows, size(x), size(out)),
    ['windows have no padding', windows.top + windows.left === 0],
  ],
  poolGrad: ({ windows, x, y, dy, dx }, size) => [
    ...overWindows(windows, size(x), size(y)),
    ['gradients have the sizes of their values', same(size(dx), size(x)) && same(size(dy), size(y))],
  ],
  batchNorm: ({ channels, x, gain, bias, running, stats, out }, size) => [
    ['channels divide the columns', size(x).cols % channels === 0],
    [
      'there is one gain and bias per channel',
      [gain, bias].every((id) => same(size(id), { rows: 1, cols: channels })),
    ],
    [
      'there are two statistics per channel',
      [running, stats].every((id) => same(size(id), { rows: 2, cols: channels })),
    ],
    ['input and output agree', same(size(x), size(out))],
  ],
  batchNormGrad: ({ channels, x, dy, dx, dgain, dbias }, size) => [
    ['channels divide the columns', size(x).cols % channels === 0],
    ['all three agree', [dy, dx].every((id) => same(size(id), size(x)))],
    [
      'gain and bias have a gradient per channel',
      [dgain, dbias].every((id) => same(size(id), { rows: 1, cols: channels })),
    ],
  ],
  dropout: ({ rate, x, draws, out }, size) => [
    ['all three agree', [draws, out].every((id) => same(size(id), size(x)))],
    ['the rate is a float32 below 1', rate >= 0 && rate < 1 && Math.fround(rate) === rate],
  ],
  dropoutGrad: ({ draws, dy, dx }, size) => [
    ['all three agree', [draws, dy].every((id) => same(size(id), size(dx)))],
  ],
  softmax: ({ columns, x, out }, size) => [
    ['groups divide the columns', size(x).cols % columns === 0],
    ['input and output agree', same(size(x), size(out))],
  ],
  softmaxGrad: ({ columns, y, dy, dx }, size) => [
    ['groups divide the columns', size(y).cols % columns === 0],
    ['all three agree', [dy, dx].every((id) => same(size(id), size(y)))],
  ],
  embed: ({ x, table, out }, size) => [
    [
      'there is one row of the table per element',
      same(size(out), { rows: size(x).rows, cols: size(x).cols * size(table).cols }),
    ],
  ],
  embedGrad: ({ x, dy, dtable }, size) => [
    [
      'there is one row of the table per element',
      same(size(dy), { rows: size(x).rows, cols: size(x).cols * size(dtable).cols }),
    ],
  ],
};
