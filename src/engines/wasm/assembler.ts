/**
 * A small WebAssembly assembler: functions, imports, exports and a code builder that writes the bytes of the binary format directly
 * (WebAssembly Core Specification 2.0, chapter 5). Instructions keep the names of the specification.
 */
import {
  type Access,
  memory,
  type Plain,
  plain,
  simd,
  simdMemory,
  types,
  type ValueType,
} from './instructions.ts';
import { signed, unsigned } from './leb128.ts';

const scratch = new DataView(new ArrayBuffer(8));

/** Something callable inside a module: its index in the function space. */
export interface Callable {
  readonly index: number;
}

/** The body of one function. Every method appends one instruction or one structured block and returns the builder. */
export interface Code {
  local(type: ValueType): number;
  op(...names: readonly Plain[]): Code;
  get(local: number): Code;
  set(local: number): Code;
  tee(local: number): Code;
  i32(value: number): Code;
  f32(value: number): Code;
  f64(value: number): Code;
  /** f32x4 with the same value in all lanes. */
  lanes(value: number): Code;
  access(name: Access, offset?: number): Code;
  /** One 32-bit lane of the vector on the stack, read from the address below it. */
  loadLane(lane: number, offset?: number): Code;
  /** Stores one 32-bit lane of the vector on the stack at the address below it. */
  storeLane(lane: number): Code;
  /** The vector below with this lane replaced by the number on the stack. */
  replaceLane(lane: number, shape?: 'i32x4' | 'f32x4'): Code;
  lane(name: 'i32x4.extract_lane' | 'f32x4.extract_lane' | 'f64x2.extract_lane', lane: number): Code;
  /** Four words of the two vectors on the stack: 0 to 3 are the lanes of the lower one, 4 to 7 those of the upper one. */
  shuffle(words: readonly [number, number, number, number]): Code;
  /** The upper two f32 lanes moved to the lower two. */
  upperHalf(): Code;
  call(target: Callable): Code;
  /** Does `body` where the i32 on the stack is not 0, else `otherwise`. Neither leaves a value. */
  if(body: () => void, otherwise?: () => void): Code;
  /** Does `body` while the i32 that `condition` leaves is not 0. */
  while(condition: () => void, body: () => void): Code;
  /** Does `body`, and again while the i32 that `condition` leaves is not 0. */
  repeat(body: () => void, condition: () => void): Code;
  /** local += value. */
  advance(local: number, value: number): Code;
}

interface BuiltFunction {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
  readonly locals: ValueType[];
  readonly bytes: number[];
}

/** Where vectors of constants lie, by value. */
type ConstantPool = (value: number) => number;

function createCode(target: BuiltFunction, pool: ConstantPool | null): Code {
  const { bytes, locals, params } = target;
  const code: Code = {
    local: (type) => params.length + locals.push(type) - 1,
    op(...names) {
      for (const name of names) {
        if (name in plain) bytes.push(plain[name as keyof typeof plain]);
        else {
          bytes.push(0xfd);
          unsigned(bytes, simd[name as keyof typeof simd]);
        }
      }
      return code;
    },
    get: (local) => indexed(0x20, local),
    set: (local) => indexed(0x21, local),
    tee: (local) => indexed(0x22, local),
    i32(value) {
      bytes.push(0x41);
      signed(bytes, value);
      return code;
    },
    f32(value) {
      scratch.setFloat32(0, value, true);
      bytes.push(0x43, ...new Uint8Array(scratch.buffer, 0, 4));
      return code;
    },
    f64(value) {
      scratch.setFloat64(0, value, true);
      bytes.push(0x44, ...new Uint8Array(scratch.buffer, 0, 8));
      return code;
    },
    lanes(value) {
      if (pool !== null && !Object.is(value, 0)) return code.i32(0).access('v128.load', pool(value));
      scratch.setFloat32(0, value, true);
      const lane = [...new Uint8Array(scratch.buffer, 0, 4)];
      bytes.push(0xfd, 12, ...lane, ...lane, ...lane, ...lane);
      return code;
    },
    access(name, offset = 0) {
      if (name in memory) {
        const [opcode, align] = memory[name as keyof typeof memory];
        bytes.push(opcode, align);
      } else {
        const [opcode, align] = simdMemory[name as keyof typeof simdMemory];
        bytes.push(0xfd);
        unsigned(bytes, opcode);
        bytes.push(align);
      }
      unsigned(bytes, offset);
      return code;
    },
    loadLane(lane, offset = 0) {
      bytes.push(0xfd, 86, 2);
      unsigned(bytes, offset);
      bytes.push(lane);
      return code;
    },
    storeLane(lane) {
      bytes.push(0xfd, 90, 2, 0, lane);
      return code;
    },
    replaceLane(lane, shape = 'i32x4') {
      bytes.push(0xfd, shape === 'i32x4' ? 28 : 32, lane);
      return code;
    },
    lane(name, lane) {
      bytes.push(
        0xfd,
        { 'i32x4.extract_lane': 27, 'f32x4.extract_lane': 31, 'f64x2.extract_lane': 33 }[name],
        lane,
      );
      return code;
    },
    shuffle(words) {
      bytes.push(0xfd, 13);
      for (const word of words) bytes.push(4 * word, 4 * word + 1, 4 * word + 2, 4 * word + 3);
      return code;
    },
    upperHalf() {
      const zero = code.local('v128');
      code.get(zero);
      bytes.push(0xfd, 13, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23);
      return code;
    },
    call(callable) {
      bytes.push(0x10);
      unsigned(bytes, callable.index);
      return code;
    },
    if(body, otherwise) {
      bytes.push(0x04, 0x40);
      body();
      if (otherwise !== undefined) {
        bytes.push(0x05);
        otherwise();
      }
      bytes.push(0x0b);
      return code;
    },
    while(condition, body) {
      bytes.push(0x02, 0x40);
      condition();
      bytes.push(0x45, 0x0d, 0, 0x03, 0x40);
      body();
      condition();
      bytes.push(0x0d, 0, 0x0b, 0x0b);
      return code;
    },
    repeat(body, condition) {
      bytes.push(0x03, 0x40);
      body();
      condition();
      bytes.push(0x0d, 0, 0x0b);
      return code;
    },
    advance: (local, value) => code.get(local).i32(value).op('i32.add').set(local),
  };
  function indexed(opcode: number, index: number): Code {
    bytes.push(opcode);
    unsigned(bytes, index);
    return code;
  }
  return code;
}

/** What a function takes and gives. */
export interface Signature {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

/** A module under construction. */
export interface ModuleBuilder {
  /** Imports must all come before the first function. */
  importFunction(
    module: string,
    name: string,
    params: readonly ValueType[],
    results: readonly ValueType[],
  ): Callable;
  /** Defines a function; `exported` names it outside. */
  function(
    params: readonly ValueType[],
    results: readonly ValueType[],
    body: (code: Code) => void,
    exported?: string,
  ): Callable;
  /** Signatures of the exported functions by name. */
  exported(): ReadonlyMap<string, Signature>;
  /** The module's bytes. It imports its memory as `env.memory`. */
  bytes(): Uint8Array<ArrayBuffer>;
}

/**
 * With `constants`, vectors of constants are read from memory at that address, where instantiation puts them (16 bytes each): one load, where V8 builds an immediate in
 * three instructions at each use.
 */
export function createModule(constants?: {
  readonly address: number;
  readonly limit: number;
}): ModuleBuilder {
  const pooled: number[] = [];
  const pool: ConstantPool | null =
    constants === undefined
      ? null
      : (value) => {
          const known = pooled.findIndex((other) => Object.is(other, value));
          const index = known === -1 ? pooled.push(value) - 1 : known;
          if (index >= constants.limit) throw new Error('the pool of constants is full');
          return constants.address + 16 * index;
        };
  const signatures: string[] = [];
  const imports: { readonly module: string; readonly name: string; readonly type: number }[] = [];
  const functions: { readonly type: number; readonly built: BuiltFunction }[] = [];
  const exports: { readonly name: string; readonly index: number }[] = [];
  const signatureOf = (params: readonly ValueType[], results: readonly ValueType[]) => {
    const text = `${params.join(',')}>${results.join(',')}`;
    const known = signatures.indexOf(text);
    return known === -1 ? signatures.push(text) - 1 : known;
  };
  return {
    importFunction(module, name, params, results) {
      if (functions.length > 0) throw new Error(`import of ${name} after the first function`);
      return { index: imports.push({ module, name, type: signatureOf(params, results) }) - 1 };
    },
    function(params, results, body, exported) {
      const built: BuiltFunction = { params, results, locals: [], bytes: [] };
      const index = imports.length + functions.push({ type: signatureOf(params, results), built }) - 1;
      if (exported !== undefined) exports.push({ name: exported, index });
      body(createCode(built, pool));
      return { index };
    },
    exported: () =>
      new Map(
        exports.map(({ name, index }) => {
          const { params, results } = functions[index - imports.length]!.built;
          return [name, { params, results }];
        }),
      ),
    bytes() {
      const out: number[] = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
      const section = (id: number, count: number, write: (into: number[]) => void) => {
        const content: number[] = [];
        unsigned(content, count);
        write(content);
        out.push(id);
        unsigned(out, content.length);
        for (const byte of content) out.push(byte);
      };
      const text = (into: number[], value: string) => {
        unsigned(into, value.length);
        for (let i = 0; i < value.length; i++) into.push(value.charCodeAt(i));
      };
      const typeList = (into: number[], list: string) => {
        const names = list === '' ? [] : (list.split(',') as ValueType[]);
        unsigned(into, names.length);
        for (const name of names) into.push(types[name]);
      };
      section(1, signatures.length, (into) => {
        for (const signature of signatures) {
          const [params, results] = signature.split('>');
          into.push(0x60);
          typeList(into, params!);
          typeList(into, results!);
        }
      });
      section(2, imports.length + 1, (into) => {
        for (const { module, name, type } of imports) {
          text(into, module);
          text(into, name);
          into.push(0x00);
          unsigned(into, type);
        }
        text(into, 'env');
        text(into, 'memory');
        into.push(0x02, 0x00);
        unsigned(into, 1);
      });
      section(3, functions.length, (into) => {
        for (const { type } of functions) unsigned(into, type);
      });
      section(7, exports.length, (into) => {
        for (const { name, index } of exports) {
          text(into, name);
          into.push(0x00);
          unsigned(into, index);
        }
      });
      section(10, functions.length, (into) => {
        for (const { built } of functions) {
          const body: number[] = [];
          unsigned(body, built.locals.length);
          for (const type of built.locals) body.push(1, types[type]);
          for (const byte of built.bytes) body.push(byte);
          body.push(0x0b);
          unsigned(into, body.length);
          for (const byte of body) into.push(byte);
        }
      });
      if (constants !== undefined)
        section(11, 1, (into) => {
          const data = new Uint8Array(
            Float32Array.from(pooled.flatMap((value) => [value, value, value, value])).buffer,
          );
          into.push(0x00, 0x41);
          signed(into, constants.address);
          into.push(0x0b);
          unsigned(into, data.length);
          for (const byte of data) into.push(byte);
        });
      return Uint8Array.from(out);
    },
  };
}
