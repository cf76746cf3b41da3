/**
 * Groups of channels inside a row, four channels at a time. A group may have any size and begin anywhere: the lanes of its last vector that belong to the next group, or lie behind
 * the row, count as nothing and are written back as they were.
 */
import type { Code } from './assembler.ts';
import { countDown, lastVectorMask } from './loops.ts';

/** What a kernel over groups shares with its parts. */
export interface Group {
  readonly code: Code;
  /** Bytes from the start of the group: what the local holds, and so many behind. */
  readonly offset: number;
  readonly behind: number;
  /** v128: all ones in the lanes that belong to the group; null where all do. */
  readonly mask: number | null;
}

/** A group of `channels` channels, and its bytes in whole vectors. */
export interface Channels {
  readonly code: Code;
  readonly offset: number;
  readonly mask: number;
  readonly channels: number;
  readonly wholeBytes: number;
}

/** Locals for walking over groups of so many channels; `channels` is a local, too. */
export function createGroup(code: Code, channels: number): Channels {
  const [offset, mask, wholeBytes] = [code.local('i32'), code.local('v128'), code.local('i32')];
  const group = { code, offset, mask, channels, wholeBytes };
  measureGroup(group);
  return group;
}

/** Computes mask and whole bytes from `channels`; to be repeated where code changes that local. */
export function measureGroup({ code, mask, channels, wholeBytes }: Channels): void {
  code.get(channels).i32(2).op('i32.shl').i32(-16).op('i32.and').set(wholeBytes);
  lastVectorMask(code, channels);
  code.set(mask);
}

/** Emits body() for each vector of a group: whole vectors first, then the last one if only some of its lanes belong to the group. `unroll` whole vectors go in one round of the loop. */
export const overChannels = (group: Channels, body: (group: Group) => void, unroll = 1): void =>
  overVectorsTogether(group, unroll, (together) => together.forEach(body));

/** The same with up to `most` vectors in one body, for what has loops of its own inside. */
export function overVectorsTogether(
  { code, offset, mask, channels, wholeBytes }: Channels,
  most: number,
  body: (together: readonly Group[]) => void,
): void {
  code.i32(0).set(offset);
  for (const count of most === 1 ? [1] : [most, 1]) {
    const together = Array.from({ length: count }, (_, i) => ({ code, offset, behind: 16 * i, mask: null }));
    code.while(
      () =>
        code
          .get(wholeBytes)
          .get(offset)
          .op('i32.sub')
          .i32(16 * count)
          .op('i32.ge_s'),
      () => {
        body(together);
        code.advance(offset, 16 * count);
      },
    );
  }
  code.get(channels).i32(3).op('i32.and');
  code.if(() => body([{ code, offset, behind: 0, mask }]));
}

/** Leaves an address; the vector of the group at `pointer` lies `behind` bytes after it. */
const at = ({ code, offset }: Group, pointer: number) => code.get(pointer).get(offset).op('i32.add');

/** Leaves the vector. */
export const vector = (group: Group, pointer: number) => at(group, pointer).access('v128.load', group.behind);

/** pointer's vector = what `value` leaves, in the lanes of the group. */
export function store(group: Group, pointer: number, value: () => void): void {
  at(group, pointer);
  value();
  if (group.mask !== null) vector(group, pointer).get(group.mask).op('v128.bitselect');
  group.code.access('v128.store', group.behind);
}

/** total += what `value` leaves, in the lanes of the group. */
export function addTo({ code, mask }: Group, total: number, value: () => void): void {
  value();
  if (mask !== null) code.get(mask).op('v128.and');
  code.get(total).op('f32x4.add').set(total);
}

/** The next group, and the next row. */
export function moveOn(code: Code, pointers: readonly number[], channels: number): void {
  for (const pointer of pointers)
    code.get(pointer).get(channels).i32(2).op('i32.shl', 'i32.add').set(pointer);
}

/** Moves pointers by `stride` bytes, a local. */
export function nextRow(code: Code, pointers: readonly number[], stride: number): void {
  for (const pointer of pointers) code.get(pointer).get(stride).op('i32.add').set(pointer);
}

/** So many i32 parameters. */
export const ints = (count: number) => Array.from({ length: count }, () => 'i32' as const);

/** So many new locals of one type. */
export const locals = (code: Code, type: 'i32' | 'v128', count: number) =>
  Array.from({ length: count }, () => code.local(type)) as [number, number, number, number, number, number];

/** Emits a loop over the groups of all rows. In body() the copies of `pointers` point to the present group; rows are `stride` bytes apart. */
export function overGroups(
  code: Code,
  place: {
    readonly rows: number;
    readonly groups: number;
    readonly channels: number;
    readonly stride: number;
  },
  pointers: readonly number[],
  body: (copies: readonly number[]) => void,
): void {
  const [left, row] = locals(code, 'i32', 2);
  const starts = pointers.map(() => code.local('i32'));
  const copies = pointers.map(() => code.local('i32'));
  code.get(place.rows).set(row);
  for (const [i, pointer] of pointers.entries()) code.get(pointer).set(starts[i]!);
  countDown(code, row, () => {
    for (const [i, start] of starts.entries()) code.get(start).set(copies[i]!);
    code.get(place.groups).set(left);
    countDown(code, left, () => {
      body(copies);
      moveOn(code, copies, place.channels);
    });
    nextRow(code, starts, place.stride);
  });
}
