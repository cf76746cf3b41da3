/**
 * Eigenvalues and eigenvectors of a symmetric matrix: Householder's reduction to tridiagonal form, then QL with implicit shifts (tred2 and tql2 of EISPACK, Smith et al.
 * 1976, in the form of JAMA). Vectors are rows while it works, which keeps inner loops on neighbours. Sums, products, quotients and square roots alone: the same bits on every machine.
 */

export interface SymmetricEigen {
  /** Largest first. */
  readonly values: Float64Array;
  /** Row-major, eigenvector j in column j; the largest element of each is positive (the first of equals). */
  readonly vectors: Float64Array;
}

/** QL rounds for one eigenvalue; two or three are usual. */
const maxRounds = 60;
const epsilon = 2.220446049250313e-16;

/** `a` is n x n, row-major; its lower triangle is read. Everything is NaN where an element is not finite. */
export function symmetricEigen(a: Float64Array, n: number): SymmetricEigen {
  if (!a.every(Number.isFinite))
    return {
      values: new Float64Array(n).fill(Number.NaN),
      vectors: new Float64Array(n * n).fill(Number.NaN),
    };
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) v[j * n + i] = a[Math.max(i, j) * n + Math.min(i, j)]!;
  const d = new Float64Array(n);
  const e = new Float64Array(n);
  tridiagonalize(v, d, e, n);
  diagonalize(v, d, e, n);
  return sorted(v, d, n);
}

function tridiagonalize(v: Float64Array, d: Float64Array, e: Float64Array, n: number): void {
  for (let j = 0; j < n; j++) d[j] = v[j * n + n - 1]!;
  for (let i = n - 1; i > 0; i--) {
    let scale = 0;
    let h = 0;
    for (let k = 0; k < i; k++) scale += Math.abs(d[k]!);
    if (scale === 0) {
      e[i] = d[i - 1]!;
      for (let j = 0; j < i; j++) {
        d[j] = v[j * n + i - 1]!;
        v[j * n + i] = 0;
        v[i * n + j] = 0;
      }
    } else {
      h = reflect(v, d, e, i, n, scale);
    }
    d[i] = h;
  }
  accumulate(v, d, n);
  e[0] = 0;
}

/** One Householder step on row i; returns the squared length of its vector, scaled. */
function reflect(
  v: Float64Array,
  d: Float64Array,
  e: Float64Array,
  i: number,
  n: number,
  scale: number,
): number {
  let h = 0;
  for (let k = 0; k < i; k++) {
    d[k]! /= scale;
    h += d[k]! * d[k]!;
  }
  const f = d[i - 1]!;
  const g = f > 0 ? -Math.sqrt(h) : Math.sqrt(h);
  e[i] = scale * g;
  h -= f * g;
  d[i - 1] = f - g;
  e.fill(0, 0, i);
  for (let j = 0; j < i; j++) {
    const dj = d[j]!;
    v[i * n + j] = dj;
    let sum = e[j]! + v[j * n + j]! * dj;
    for (let k = j + 1; k < i; k++) {
      sum += v[j * n + k]! * d[k]!;
      e[k]! += v[j * n + k]! * dj;
    }
    e[j] = sum;
  }
  let projection = 0;
  for (let j = 0; j < i; j++) {
    e[j]! /= h;
    projection += e[j]! * d[j]!;
  }
  const half = projection / (h + h);
  for (let j = 0; j < i; j++) e[j]! -= half * d[j]!;
  for (let j = 0; j < i; j++) {
    const [dj, ej] = [d[j]!, e[j]!];
    for (let k = j; k < i; k++) v[j * n + k]! -= dj * e[k]! + ej * d[k]!;
    d[j] = v[j * n + i - 1]!;
    v[j * n + i] = 0;
  }
  return h;
}

/** The product of the reflections. */
function accumulate(v: Float64Array, d: Float64Array, n: number): void {
  for (let i = 0; i < n - 1; i++) {
    v[i * n + n - 1] = v[i * n + i]!;
    v[i * n + i] = 1;
    const h = d[i + 1]!;
    if (h !== 0) {
      for (let k = 0; k <= i; k++) d[k] = v[(i + 1) * n + k]! / h;
      for (let j = 0; j <= i; j++) {
        let g = 0;
        for (let k = 0; k <= i; k++) g += v[(i + 1) * n + k]! * v[j * n + k]!;
        for (let k = 0; k <= i; k++) v[j * n + k]! -= g * d[k]!;
      }
    }
    for (let k = 0; k <= i; k++) v[(i + 1) * n + k] = 0;
  }
  for (let j = 0; j < n; j++) {
    d[j] = v[j * n + n - 1]!;
    v[j * n + n - 1] = 0;
  }
  v[n * n - 1] = 1;
}

function diagonalize(v: Float64Array, d: Float64Array, e: Float64Array, n: number): void {
  e.copyWithin(0, 1);
  e[n - 1] = 0;
  let shift = 0;
  let largest = 0;
  for (let l = 0; l < n; l++) {
    largest = Math.max(largest, Math.abs(d[l]!) + Math.abs(e[l]!));
    let m = l;
    while (m < n - 1 && Math.abs(e[m]!) > epsilon * largest) m++;
    for (let round = 0; m > l && round < maxRounds && Math.abs(e[l]!) > epsilon * largest; round++)
      shift += chase(v, d, e, l, m, n);
    d[l]! += shift;
    e[l] = 0;
  }
}

/** One QL round on rows l to m; returns the shift that it took off the diagonal. */
function chase(v: Float64Array, d: Float64Array, e: Float64Array, l: number, m: number, n: number): number {
  const before = d[l]!;
  let p = (d[l + 1]! - before) / (2 * e[l]!);
  const root = Math.sqrt(p * p + 1);
  const r = p < 0 ? -root : root;
  d[l] = e[l]! / (p + r);
  d[l + 1] = e[l]! * (p + r);
  const next = d[l + 1]!;
  const shift = before - d[l]!;
  for (let i = l + 2; i < n; i++) d[i]! -= shift;
  p = d[m]!;
  let [c, c2, c3, s, s2] = [1, 1, 1, 0, 0];
  const beside = e[l + 1]!;
  for (let i = m - 1; i >= l; i--) {
    c3 = c2;
    c2 = c;
    s2 = s;
    const g = c * e[i]!;
    const h = c * p;
    const length = Math.sqrt(p * p + e[i]! * e[i]!);
    e[i + 1] = s * length;
    s = length === 0 ? 0 : e[i]! / length;
    c = length === 0 ? 1 : p / length;
    p = c * d[i]! - s * g;
    d[i + 1] = h + s * (c * g + s * d[i]!);
    for (let k = 0; k < n; k++) {
      const right = v[(i + 1) * n + k]!;
      v[(i + 1) * n + k] = s * v[i * n + k]! + c * right;
      v[i * n + k] = c * v[i * n + k]! - s * right;
    }
  }
  p = (-s * s2 * c3 * beside * e[l]!) / next;
  e[l] = s * p;
  d[l] = c * p;
  return shift;
}

function sorted(v: Float64Array, d: Float64Array, n: number): SymmetricEigen {
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => d[j]! - d[i]! || i - j);
  const vectors = new Float64Array(n * n);
  for (const [to, from] of order.entries()) {
    let largest = 0;
    for (let k = 0; k < n; k++)
      if (Math.abs(v[from * n + k]!) > Math.abs(largest)) largest = v[from * n + k]!;
    const sign = largest < 0 ? -1 : 1;
    for (let k = 0; k < n; k++) vectors[k * n + to] = sign * v[from * n + k]!;
  }
  return { values: Float64Array.from(order, (i) => d[i]!), vectors };
}
