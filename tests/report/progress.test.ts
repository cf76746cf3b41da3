import { expect, it } from 'vitest';
import { progressLine } from '../../src/report/progress.ts';

const bar = (columns: number) => '='.repeat(columns);
const wordings = [
  ['1200/3000 births', '12.5/s', 'best fitness 1.234', '2m10s left'],
  ['1200/3000', '12.5/s', 'best 1.234', '2m10s'],
];

it.each([
  [200, `${'='.repeat(40)} 1200/3000 births  12.5/s  best fitness 1.234  2m10s left`],
  [80, `${'='.repeat(22)} 1200/3000 births  12.5/s  best fitness 1.234  2m10s left`],
  [66, '======== 1200/3000 births  12.5/s  best fitness 1.234  2m10s left'],
  [65, '1200/3000 births  12.5/s  best fitness 1.234  2m10s left'],
  [57, '1200/3000 births  12.5/s  best fitness 1.234  2m10s left'],
  [40, '1200/3000  12.5/s  best 1.234  2m10s'],
  [35, '1200/3000  12.5/s  best 1.234'],
  [20, '1200/3000  12.5/s'],
  [5, '1200'],
  [0, ''],
])('on %i columns the numbers are told before a bar is drawn', (columns, line) => {
  expect(progressLine(bar, wordings, columns)).toBe(line);
});
