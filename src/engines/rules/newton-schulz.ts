/** The quintic iteration X = a X + (b A + c A A) X, A = X X', that `orthogonalize` does on X / (|X| + epsilon): coefficients of Jordan et al. 2024 (Muon). */
export const newtonSchulz = { a: 3.4445, b: -4.775, c: 2.0315, steps: 5, epsilon: 1e-8 } as const;
