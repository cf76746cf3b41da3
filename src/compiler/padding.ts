/** Rows of tensors lie padded to whole vectors of four numbers. */
export const paddedColumns = (cols: number): number => Math.ceil(cols / 4) * 4;
