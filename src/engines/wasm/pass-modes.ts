/** How a forward pass is told what it is for. */

/** The argument of a genome's `forward`, and of kernels that differ by it. */
export const passModes = { train: 0, probe: 1, measure: 2 } as const;
