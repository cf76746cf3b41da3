/** Pointwise update-rule ops in WebAssembly: on float64 scalars and on four float32 lanes. Semantics: src/genome/update-rule/ops.ts. */
import type { RuleOpName, ruleOps } from '../../genome/update-rule/ops.ts';
import type { Callable, Code } from './assembler.ts';
import type { Plain } from './instructions.ts';

/** Ops that work element by element. */
export type PointwiseName = {
  [Name in RuleOpName]: (typeof ruleOps)[Name]['kind'] extends 'pointwise' ? Name : never;
}[RuleOpName];

/** Ops that reduce. */
export type ReductionName = {
  [Name in RuleOpName]: (typeof ruleOps)[Name]['kind'] extends 'reduction' ? Name : never;
}[RuleOpName];

/** Scalar functions of the host, shared with the reference engine, and lane functions of the kernel module. */
export interface Imports {
  readonly host: (
    name: 'exp' | 'log' | 'clippedCos' | 'tanh' | 'pow' | 'debiasDivisor' | 'whole',
  ) => Callable;
  readonly lanes: (name: 'exp' | 'log' | 'cos' | 'tanh') => Callable;
}

type Push = () => void;

/** Emits one op: `args[i]()` pushes argument i. Arguments may be pushed more than once: they are locals or constants. `t` pushes the step. */
type Emit = (code: Code, args: readonly Push[], imports: Imports, t: Push) => void;

const scalarUnary =
  (name: 'exp' | 'log' | 'clippedCos' | 'tanh'): Emit =>
  (code, [a], { host }) => {
    a!();
    code.call(host(name));
  };

/** By op: its value as one float64 number left on the stack. */
export const scalarEmitters = {
  add: (code, [a, b]) => binary(code, a!, b!, 'f64.add'),
  sub: (code, [a, b]) => binary(code, a!, b!, 'f64.sub'),
  mul: (code, [a, b]) => binary(code, a!, b!, 'f64.mul'),
  div(code, [a, b]) {
    code.f64(0);
    binary(code, a!, b!, 'f64.div');
    a!();
    code.f64(0).op('f64.eq', 'select');
  },
  neg: (code, [a]) => {
    a!();
    code.op('f64.neg');
  },
  abs: (code, [a]) => {
    a!();
    code.op('f64.abs');
  },
  sign(code, [a]) {
    a!();
    code.f64(0).op('f64.gt', 'f64.convert_i32_s');
    a!();
    code.f64(0).op('f64.lt', 'f64.convert_i32_s', 'f64.sub');
  },
  square: (code, [a]) => binary(code, a!, a!, 'f64.mul'),
  sqrt: (code, [a]) => {
    a!();
    code.op('f64.abs', 'f64.sqrt');
  },
  exp: scalarUnary('exp'),
  log: scalarUnary('log'),
  cos: scalarUnary('clippedCos'),
  tanh: scalarUnary('tanh'),
  pow(code, [a, b], { host }) {
    a!();
    b!();
    code.call(host('pow'));
  },
  maximum: (code, [a, b]) => larger(code, a!, b!, 'f64.gt'),
  minimum: (code, [a, b]) => larger(code, a!, b!, 'f64.lt'),
  clip(code, [a, low, high]) {
    const raised = code.local('f64');
    larger(code, a!, low!, 'f64.gt');
    code.set(raised);
    larger(code, () => code.get(raised), high!, 'f64.lt');
  },
  less: (code, [a, b]) => compare(code, a!, b!, 'f64.lt'),
  greater: (code, [a, b]) => compare(code, a!, b!, 'f64.gt'),
  where(code, [c, a, b]) {
    a!();
    b!();
    c!();
    code.f64(0).op('f64.gt', 'select');
  },
  lerp(code, [a, b, beta]) {
    binary(code, beta!, a!, 'f64.mul');
    code.f64(1);
    beta!();
    code.op('f64.sub');
    b!();
    code.op('f64.mul', 'f64.add');
  },
  debias(code, [a, beta], { host }, t) {
    code.f64(0);
    a!();
    beta!();
    t();
    code.call(host('debiasDivisor')).op('f64.div');
    a!();
    code.f64(0).op('f64.eq', 'select');
  },
} as const satisfies Record<PointwiseName, Emit>;

type F64Binary = 'f64.add' | 'f64.sub' | 'f64.mul' | 'f64.div';

function binary(code: Code, a: Push, b: Push, op: F64Binary): void {
  a();
  b();
  code.op(op);
}

function larger(code: Code, a: Push, b: Push, test: 'f64.gt' | 'f64.lt'): void {
  a();
  b();
  a();
  b();
  code.op(test, 'select');
}

function compare(code: Code, a: Push, b: Push, test: 'f64.gt' | 'f64.lt'): void {
  a();
  b();
  code.op(test, 'f64.convert_i32_s');
}

/**
 * An argument of a lane emitter. float32 rounds 1 - beta badly, so for scalars the complement and the bias correction are computed in float64 and handed in. The correction is a
 * factor and not a divisor, because divisions are the slowest part of an update.
 */
export interface LaneArgument {
  readonly push: Push;
  /** Pushes 1 - argument, rounded once; only for scalars. */
  readonly complement?: Push;
  /** Pushes 1 / (1 - argument^t), rounded once; only for scalars. */
  readonly correction?: Push;
}

type LaneEmit = (code: Code, args: readonly LaneArgument[], imports: Imports, t: Push) => void;

type V128Binary = 'f32x4.add' | 'f32x4.sub' | 'f32x4.mul' | 'f32x4.div';

const lanesBinary =
  (op: V128Binary): LaneEmit =>
  (code, [a, b]) => {
    a!.push();
    b!.push();
    code.op(op);
  };

const lanesUnary =
  (...ops: readonly Plain[]): LaneEmit =>
  (code, [a]) => {
    a!.push();
    code.op(...ops);
  };

/** a / b with 0 where a is 0. */
function divide(code: Code, a: Push, b: Push): void {
  a();
  b();
  code.op('f32x4.div');
  a();
  code.lanes(0).op('f32x4.ne', 'v128.and');
}

function clippedExp(code: Code, imports: Imports): void {
  code.lanes(-87).op('f32x4.max').lanes(87).op('f32x4.min').call(imports.lanes('exp'));
}

function clippedLog(code: Code, imports: Imports): void {
  code.op('f32x4.abs').lanes(1.1754943508222875e-38).op('f32x4.max').call(imports.lanes('log'));
}

/** |a|^b, and 1 where b is 0. */
function power(code: Code, a: Push, b: Push, imports: Imports): void {
  code.lanes(1);
  a();
  clippedLog(code, imports);
  b();
  code.op('f32x4.mul');
  clippedExp(code, imports);
  b();
  code.lanes(0).op('f32x4.eq', 'v128.bitselect');
}

/** 1 where the comparison holds. */
function flag(code: Code, a: Push, b: Push, op: 'f32x4.lt' | 'f32x4.gt'): void {
  a();
  b();
  code.op(op).lanes(1).op('v128.and');
}

/** By op: its value in four float32 lanes left on the stack. */
export const laneEmitters = {
  add: lanesBinary('f32x4.add'),
  sub: lanesBinary('f32x4.sub'),
  mul: lanesBinary('f32x4.mul'),
  div: (code, [a, b]) => divide(code, a!.push, b!.push),
  neg: lanesUnary('f32x4.neg'),
  abs: lanesUnary('f32x4.abs'),
  sign(code, [a]) {
    flag(code, a!.push, () => code.lanes(0), 'f32x4.gt');
    flag(code, a!.push, () => code.lanes(0), 'f32x4.lt');
    code.op('f32x4.sub');
  },
  square(code, [a]) {
    a!.push();
    a!.push();
    code.op('f32x4.mul');
  },
  sqrt: lanesUnary('f32x4.abs', 'f32x4.sqrt'),
  exp(code, [a], imports) {
    a!.push();
    clippedExp(code, imports);
  },
  log(code, [a], imports) {
    a!.push();
    clippedLog(code, imports);
  },
  cos(code, [a], imports) {
    a!.push();
    code.lanes(-8192).op('f32x4.max').lanes(8192).op('f32x4.min').call(imports.lanes('cos'));
  },
  tanh(code, [a], imports) {
    a!.push();
    code.call(imports.lanes('tanh'));
  },
  pow: (code, [a, b], imports) => power(code, a!.push, b!.push, imports),
  // By the specification pmax(b, a) is `b < a ? a : b`, which is what `maximum` promises, NaN included; likewise pmin.
  maximum(code, [a, b]) {
    b!.push();
    a!.push();
    code.op('f32x4.pmax');
  },
  minimum(code, [a, b]) {
    b!.push();
    a!.push();
    code.op('f32x4.pmin');
  },
  clip(code, [a, low, high]) {
    high!.push();
    low!.push();
    a!.push();
    code.op('f32x4.pmax', 'f32x4.pmin');
  },
  less: (code, [a, b]) => flag(code, a!.push, b!.push, 'f32x4.lt'),
  greater: (code, [a, b]) => flag(code, a!.push, b!.push, 'f32x4.gt'),
  where(code, [c, a, b]) {
    a!.push();
    b!.push();
    c!.push();
    code.lanes(0).op('f32x4.gt', 'v128.bitselect');
  },
  lerp(code, [a, b, beta]) {
    beta!.push();
    a!.push();
    code.op('f32x4.mul');
    if (beta!.complement === undefined) {
      code.lanes(1);
      beta!.push();
      code.op('f32x4.sub');
    } else beta!.complement();
    b!.push();
    code.op('f32x4.mul', 'f32x4.add');
  },
  debias(code, [a, beta], imports, t) {
    if (beta!.correction !== undefined) {
      a!.push();
      beta!.correction();
      code.op('f32x4.mul');
      return;
    }
    const divisor = code.local('v128');
    code.lanes(1);
    power(code, beta!.push, t, imports);
    code.op('f32x4.sub').tee(divisor).lanes(1).get(divisor).lanes(0).op('f32x4.ne', 'v128.bitselect');
    code.set(divisor);
    divide(code, a!.push, () => code.get(divisor));
  },
} as const satisfies Record<PointwiseName, LaneEmit>;
