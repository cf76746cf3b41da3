/** Activations and their gradients as loops over vectors of four, one kernel each. Padding is computed along: it never reaches a real element. */
import { type ActivationName, activationNames } from '../../genome/architecture/ops.ts';
import type { Code, ModuleBuilder } from './assembler.ts';
import { overVectors } from './loops.ts';
import { emitCircular, emitExp, emitLog, emitTanh, type VectorMath } from './vector-math.ts';

/** Leaves f(x), and f'(x), on the stack; `x`, `y` and `t` (free to use) are v128 locals. `math` is for what is too long to be had in place. */
interface Activation {
  readonly value: (code: Code, x: number, t: number, math: VectorMath) => void;
  readonly slope: (code: Code, x: number, y: number, t: number, math: VectorMath) => void;
}

/** f(x) and f'(x) from x and what is costly in both, which `part` leaves. */
interface Parted {
  readonly part: (code: Code, x: number) => void;
  readonly value: (code: Code, x: number, part: number) => void;
  readonly slope: (code: Code, x: number, part: number) => void;
}

const geluSlope = Math.sqrt(2 / Math.PI);

function sigmoid(code: Code, x: number): void {
  emitExp(code.lanes(1).lanes(1).get(x).op('f32x4.neg'));
  code.op('f32x4.add', 'f32x4.div');
}

/** tanh of sqrt(2/pi) (x + 0.044715 x^3). */
function geluTanh(code: Code, x: number): void {
  code
    .get(x)
    .get(x)
    .op('f32x4.mul')
    .lanes(0.044715)
    .op('f32x4.mul')
    .lanes(1)
    .op('f32x4.add')
    .get(x)
    .op('f32x4.mul')
    .lanes(geluSlope)
    .op('f32x4.mul');
  emitTanh(code);
}

const parted = {
  gelu: {
    part: geluTanh,
    value: (code, x, t) =>
      code.get(t).lanes(1).op('f32x4.add').get(x).op('f32x4.mul').lanes(0.5).op('f32x4.mul'),
    slope(code, x, t) {
      code.get(t).lanes(1).op('f32x4.add').lanes(0.5).op('f32x4.mul');
      code
        .lanes(1)
        .get(t)
        .get(t)
        .op('f32x4.mul', 'f32x4.sub')
        .get(x)
        .op('f32x4.mul')
        .lanes(0.5 * geluSlope)
        .op('f32x4.mul');
      code
        .get(x)
        .get(x)
        .op('f32x4.mul')
        .lanes(3 * 0.044715)
        .op('f32x4.mul')
        .lanes(1)
        .op('f32x4.add', 'f32x4.mul', 'f32x4.add');
    },
  },
  silu: {
    part: sigmoid,
    value: (code, x, t) => code.get(t).get(x).op('f32x4.mul'),
    slope: (code, x, t) =>
      code
        .lanes(1)
        .get(t)
        .op('f32x4.sub')
        .get(x)
        .op('f32x4.mul')
        .lanes(1)
        .op('f32x4.add')
        .get(t)
        .op('f32x4.mul'),
  },
} as const satisfies Partial<Record<ActivationName, Parted>>;

/** Activations whose slope costs little beside their value: the forward pass keeps it, see fuse.ts. */
export const partedActivations: ReadonlySet<ActivationName> = new Set(
  Object.keys(parted) as (keyof typeof parted)[],
);

function whole(name: keyof typeof parted): Activation {
  const { part, value, slope }: Parted = parted[name];
  return {
    value(code, x, t) {
      part(code, x);
      value(code.set(t), x, t);
    },
    slope(code, x, _y, t) {
      part(code, x);
      slope(code.set(t), x, t);
    },
  };
}

const positive = (code: Code, x: number) => code.get(x).lanes(0).op('f32x4.gt');

const activations = {
  relu: {
    value: (code, x) => positive(code, x).get(x).op('v128.and'),
    slope: (code, x) => positive(code, x).lanes(1).op('v128.and'),
  },
  leakyRelu: {
    value: (code, x) => positive(code.get(x).get(x).lanes(0.01).op('f32x4.mul'), x).op('v128.bitselect'),
    slope: (code, x) => positive(code.lanes(1).lanes(0.01), x).op('v128.bitselect'),
  },
  gelu: whole('gelu'),
  silu: whole('silu'),
  tanh: {
    value: (code, x) => emitTanh(code.get(x)),
    slope: (code, _x, y) => code.lanes(1).get(y).get(y).op('f32x4.mul', 'f32x4.sub'),
  },
  sigmoid: {
    value: sigmoid,
    slope: (code, _x, y) => code.lanes(1).get(y).op('f32x4.sub').get(y).op('f32x4.mul'),
  },
  softplus: {
    value(code, x) {
      emitExp(code.get(x).lanes(0).op('f32x4.max').get(x).op('f32x4.abs', 'f32x4.neg'));
      emitLog(code.lanes(1).op('f32x4.add'));
      code.op('f32x4.add');
    },
    slope: (code, x) => sigmoid(code, x),
  },
  sin: {
    value: (code, x, _t, math) => emitCircular(code.get(x), 0, math),
    slope: (code, x, _y, _t, math) => emitCircular(code.get(x), 1, math),
  },
  abs: {
    value: (code, x) => code.get(x).op('f32x4.abs'),
    slope: (code, x) =>
      positive(code, x)
        .lanes(1)
        .op('v128.and')
        .get(x)
        .lanes(0)
        .op('f32x4.lt')
        .lanes(1)
        .op('v128.and', 'f32x4.sub'),
  },
  square: {
    value: (code, x) => code.get(x).get(x).op('f32x4.mul'),
    slope: (code, x) => code.get(x).get(x).op('f32x4.add'),
  },
  identity: {
    value: (code, x) => code.get(x),
    slope: (code) => code.lanes(1),
  },
} as const satisfies Record<ActivationName, Activation>;

/** Activations of a few instructions. */
const cheap: ReadonlySet<ActivationName> = new Set(['relu', 'leakyRelu', 'abs', 'square', 'identity']);

/** `unary_<name>(x, out, vectors)`, `unaryGrad_<name>(x, y, dy, dx, vectors, keep)` and `unarySlope_<name>(x, out, slope, vectors)`; `keep` is -1 to accumulate and 0 to overwrite. */
export function defineActivations(module: ModuleBuilder, math: VectorMath): void {
  for (const [name, { part, value, slope }] of Object.entries<Parted>(parted))
    module.function(
      ['i32', 'i32', 'i32', 'i32'],
      [],
      (code) => {
        const [x, t] = [code.local('v128'), code.local('v128')];
        overVectors(code, 3, [0, 1, 2], () => {
          part(code.get(0).access('v128.load').set(x), x);
          code.set(t).get(1);
          value(code, x, t);
          code.access('v128.store').get(2);
          slope(code, x, t);
          code.access('v128.store');
        });
      },
      `unarySlope_${name}`,
    );
  for (const name of activationNames) {
    const { value, slope }: Activation = activations[name];
    const unroll = cheap.has(name) ? 4 : 1;
    module.function(
      ['i32', 'i32', 'i32'],
      [],
      (code) => {
        const [v, t] = [code.local('v128'), code.local('v128')];
        overVectors(
          code,
          2,
          [0, 1],
          (offset) => {
            code.get(0).access('v128.load', offset).set(v).get(1);
            value(code, v, t, math);
            code.access('v128.store', offset);
          },
          unroll,
        );
      },
      `unary_${name}`,
    );
    module.function(
      ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
      [],
      (code) => {
        const [x, y, t] = [code.local('v128'), code.local('v128'), code.local('v128')];
        const gradient = (accumulate: boolean) =>
          overVectors(
            code,
            4,
            [0, 1, 2, 3],
            (offset) => {
              code.get(0).access('v128.load', offset).set(x).get(1).access('v128.load', offset).set(y).get(3);
              slope(code, x, y, t, math);
              code.get(2).access('v128.load', offset).op('f32x4.mul');
              if (accumulate) code.get(3).access('v128.load', offset).op('f32x4.add');
              code.access('v128.store', offset);
            },
            unroll,
          );
        code.get(5).if(
          () => gradient(true),
          () => gradient(false),
        );
      },
      `unaryGrad_${name}`,
    );
  }
}
