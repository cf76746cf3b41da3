/** What kernels take, in flop-equivalents (see cost.ts). They go over whole vectors of four, so that rows count with their padding, and begin anew with each row, group or tap. */
import { tapCount, type Windows, windowCount } from '../../genome/architecture/windows.ts';
import { paddedColumns } from '../padding.ts';
import { elements, type Size } from './record.ts';

/** Numbers of a tensor with the padding of its rows. */
export const padded = ({ rows, cols }: Size): number => rows * paddedColumns(cols);

/** What a beginning takes, and each number after it. */
interface Rate {
  readonly each: number;
  readonly lane: number;
}

/** Over the groups of `channels` numbers in the rows of a tensor. */
export const overGroups = (size: Size, channels: number, { each, lane }: Rate): number =>
  (elements(size) / channels) * (each + lane * paddedColumns(channels));

/** Over the taps of all windows of so many examples, all channels at each. */
export const overTaps = (windows: Windows, examples: number, { each, lane }: Rate): number =>
  examples * windowCount(windows) * tapCount(windows) * (each + lane * paddedColumns(windows.input[2]));

/** Copies of what lies under the taps of all windows: short runs, one by one. */
export const overRuns = (windows: Windows, examples: number): number =>
  20 * examples * windowCount(windows) * tapCount(windows);
