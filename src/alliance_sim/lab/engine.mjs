// The model's module in a browser, a worker or Node: it knows names, no more. Frames come from
// `alliance_sim.lab.frame`; `engines/host.py` is the same for Python. No number is worked out here.
// @ts-check

const PAGE = 65536; // bytes by which memory grows
const ALIGNED = 64;
const STATE = ["space.after", "space.aside", "space.drawn"];
const WORD = 0xffffffffn;
const ADDRESS = 4; // which word of an array is its address

/** @typedef {{number: string, value: number} | {array: string, shape: number[]}} Argument */
/** @typedef {{kind: "float64" | "int64", shape: number[], data?: (number | null)[]}} Told */
/** @typedef {{array: string, first: number, columns: string[], rows: string[]}} Table */
/**
 * @typedef {{
 *   format: string, version: number, program: string, scenario: string, digest: string,
 *   time: [number, number, number], lanes: number, shape: Record<string, number>,
 *   laws: string[], leaders: string[], channels: string[], states: string[],
 *   reported: Record<string, number>,
 *   outcomes: {text: string, divide_by: number, passes: string, mark: number}[],
 *   golden: {seed: number, run: number, sha256: string},
 *   tables: Record<string, Table>, arrays: Record<string, Told>, calls: Record<string, Argument[]>,
 * }} Frame
 */
/**
 * Words of a call: where they lie, and which of them are numbers and addresses of arrays, by name.
 * @typedef {{
 *   address: number, length: number, numbers: Map<string, number>, arrays: Map<string, number>,
 * }} Words
 */

/** @param {number[]} shape */
const size = (shape) => shape.reduce((so_far, axis) => so_far * axis, 1);

/**
 * Whether vectors can be used here: if not, the module named `scalar` gives the same bits.
 * The bytes are a module with one function that makes a vector and drops it.
 */
export function hasVectors() {
  return WebAssembly.validate(
    new Uint8Array([
      0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 65, 0, 253, 15,
      26, 11,
    ]),
  );
}

export class Engine {
  /**
   * A module with a frame in its memory.
   * @param {WebAssembly.Module} module
   * @param {Frame} frame
   */
  constructor(module, frame) {
    if (frame.format !== "alliance-sim frame" || frame.version !== 1) {
      throw new Error("this is no frame that this page reads");
    }
    /** @type {any} */
    const exports = new WebAssembly.Instance(module).exports;
    this.module = module;
    this.exports = exports;
    this.frame = frame;
    this.top = exports.heap_base.value;
    /** @type {Map<string, {address: number, size: number, before: number, told: Told}>} */
    this.places = new Map();
    /** @type {Map<string, Words>} */
    this.words = new Map();
    /**
     * Brings what is to be there from a quarter on, and returns until which; null if all is there.
     * @type {((first: number) => number) | null}
     */
    this.supply = null;
    for (const [name, told] of Object.entries(frame.arrays)) {
      const length = size(told.shape);
      this.places.set(name, { address: this.room(8 * length), size: length, before: 0, told });
    }
    for (const name of Object.keys(frame.calls)) this.describe(name);
    for (const [name, told] of Object.entries(frame.arrays)) {
      if (told.data === undefined) continue;
      if (told.kind === "int64") {
        this.whole(name).set(told.data.map((value) => BigInt(value ?? 0)));
      } else {
        this.floats(name).set(told.data.map((value) => value ?? Infinity));
      }
    }
  }

  /**
   * Return the address of room for so many bytes.
   * @param {number} bytes
   */
  room(bytes) {
    const address = Math.ceil(this.top / ALIGNED) * ALIGNED;
    this.top = address + bytes;
    const missing = this.top - this.exports.memory.buffer.byteLength;
    if (missing > 0) this.exports.memory.grow(Math.ceil(missing / PAGE));
    return address;
  }

  /**
   * Write the words of a call.
   * @param {string} name
   */
  describe(name) {
    /** @type {number[]} */
    const words = [];
    /** @type {Map<string, number>} */
    const numbers = new Map();
    /** @type {Map<string, number>} */
    const arrays = new Map();
    for (const argument of this.frame.calls[name] ?? []) {
      if ("number" in argument) {
        numbers.set(argument.number, words.length);
        words.push(argument.value);
        continue;
      }
      const { shape } = argument;
      const strides = shape.map((_, k) => 8 * size(shape.slice(k + 1)));
      const { address, before } = this.place(argument.array);
      arrays.set(argument.array, words.length + ADDRESS);
      words.push(0, 0, size(shape), 8, address - before, ...shape, ...strides);
    }
    const before = this.words.get(name);
    const fits = before !== undefined && before.length === words.length;
    const address = fits ? before.address : this.room(8 * words.length);
    this.words.set(name, { address, length: words.length, numbers, arrays });
    const memory = this.exports.memory.buffer;
    new BigInt64Array(memory, address, words.length).set(words.map(BigInt));
  }

  /** @param {string} name */
  place(name) {
    const found = this.places.get(name);
    if (found === undefined) throw new Error(`the frame has no array ${name}`);
    return found;
  }

  /**
   * Return an array as it lies in the memory; of no use after the memory has grown.
   * @param {string} name
   */
  floats(name) {
    const { address, told } = this.place(name);
    return new Float64Array(this.exports.memory.buffer, address, size(told.shape));
  }

  /**
   * The same of an array of whole numbers.
   * @param {string} name
   */
  whole(name) {
    const { address, told } = this.place(name);
    return new BigInt64Array(this.exports.memory.buffer, address, size(told.shape));
  }

  /**
   * Give an array another shape. Where its room is large enough, what lies in it stays.
   * @param {string} name
   * @param {number[]} shape
   */
  reshape(name, shape) {
    const place = this.place(name);
    const { kind, shape: known } = place.told;
    if (place.before === 0 && String(known) === String(shape)) return;
    const length = size(shape);
    const fits = length <= place.size;
    const address = fits ? place.address : this.room(8 * length);
    const room = fits ? place.size : length;
    this.places.set(name, { address, size: room, before: 0, told: { kind, shape } });
    for (const [call, given] of Object.entries(this.frame.calls)) {
      let there = false;
      for (const argument of given) {
        if (!("array" in argument) || argument.array !== name) continue;
        argument.shape = shape;
        there = true;
      }
      if (there) this.describe(call);
    }
  }

  /**
   * Take another array, perhaps of another shape, in the place of one.
   * @param {string} name
   * @param {number[]} shape
   * @param {ArrayLike<number>} values
   */
  replace(name, shape, values) {
    this.reshape(name, shape);
    if (this.place(name).told.kind === "int64") this.whole(name).set(Array.from(values, BigInt));
    else this.floats(name).set(values);
  }

  /**
   * Let an array, whose last axis is that of quarters, begin with another one than the first.
   * @param {string} name
   * @param {number} first
   */
  begins(name, first) {
    const place = this.place(name);
    place.before = 8 * first;
    const memory = new DataView(this.exports.memory.buffer);
    for (const { address, arrays } of this.words.values()) {
      const word = arrays.get(name);
      if (word === undefined) continue;
      memory.setBigInt64(address + 8 * word, BigInt(place.address - place.before), true);
    }
  }

  /**
   * Call a function, with some of its numbers set.
   * @param {string} name
   * @param {Record<string, number>} [given]
   */
  call(name, given = {}) {
    const words = this.words.get(name);
    if (words === undefined) throw new Error(`the frame has no call ${name}`);
    const memory = new DataView(this.exports.memory.buffer);
    for (const [key, value] of Object.entries(given)) {
      const place = words.numbers.get(key);
      if (place === undefined) throw new Error(`${name} takes no number ${key}`);
      memory.setBigInt64(words.address + 8 * place, BigInt(value), true);
    }
    const status = this.exports[name](words.address);
    if (status !== 0) throw new Error(`${name} ended with status ${status}`);
  }

  /**
   * Return array and place of a number of the recipe, by its path as scenarios write it:
   * "juncture.nine_eleven.present", "theory.domestic".
   * @param {string} path
   */
  number(path) {
    for (const [name, table] of Object.entries(this.frame.tables)) {
      for (const [row, label] of table.rows.entries()) {
        if (path !== label && !path.startsWith(`${label}.`)) continue;
        const usual = name === "series" ? "constant" : "value";
        const column = table.columns.indexOf(path.slice(label.length + 1) || usual);
        if (column < 0) continue;
        return { array: table.array, place: table.first + row * table.columns.length + column };
      }
    }
    throw new Error(`the recipe has no number ${path}`);
  }

  /**
   * Set a number of the recipe; null where there is to be none. Then call "prepare".
   * @param {string} path
   * @param {number | null} value
   */
  set(path, value) {
    if (value !== null && !Number.isFinite(value)) throw new Error(`${path} is to be ${value}`);
    const { array, place } = this.number(path);
    this.floats(array)[place] = value ?? Infinity;
  }

  /**
   * Say whose noise is asked for: a seed, and runs that follow each other.
   * @param {number | bigint} seed
   * @param {number} firstRun
   */
  ask(seed, firstRun) {
    const key = BigInt(seed);
    this.whole("asked.key").set([key & WORD, key >> 32n]);
    const runs = this.whole("asked.runs");
    for (let lane = 0; lane < this.frame.lanes; lane += 1) runs[lane] = BigInt(firstRun + lane);
  }

  /** Forget outcomes and failures of runs before. */
  begin() {
    this.floats("kept.summaries").fill(0);
    this.whole("kept.failures").fill(-1n);
  }

  /**
   * Bring the quarters from `first` to `last` - 1 of so many lanes.
   * @param {number} first
   * @param {number} last
   * @param {number} lanes
   */
  advance(first, last, lanes) {
    for (let step = first; step < last;) {
      const next = Math.min(last, this.supply?.(step) ?? last);
      this.call("advance_block", { first: step, last: next, n: lanes });
      step = next;
    }
  }

  /** Return what lanes are now, a copy. */
  state() {
    return STATE.map((name) => this.floats(name).slice());
  }

  /**
   * Go on from a state.
   * @param {Float64Array[]} state
   */
  takeUp(state) {
    STATE.forEach((name, k) => this.floats(name).set(state[k] ?? []));
  }

  /** Keep the world as prepared, for `touched` to compare with. */
  keepWorld() {
    this.floats("before.constants").set(this.floats("ready.constants"));
    for (const name of ["asian", "distracting", "after"]) {
      this.whole(`before.${name}`).set(this.whole(`ready.${name}`));
    }
    this.floats("before.table").set(this.floats("into.table"));
  }

  /** Return the first quarter in which the world differs from the one kept; all if it never does. */
  touched() {
    this.call("touched");
    return Number(this.whole("found")[0]);
  }

  /** Return what is kept of one run as bytes: those of `golden`, if bits are the same here. */
  goldenBytes() {
    const { seed, run } = this.frame.golden;
    this.call("prepare");
    this.ask(seed, run);
    this.begin();
    const { steps = 0 } = this.frame.shape;
    this.advance(0, steps, 1);
    const kept = steps * this.frame.states.length;
    return new Uint8Array(this.floats("kept.trajectories").slice(0, kept).buffer);
  }
}

/**
 * Start the module that can run here, and hold it against the frame's golden digest: an engine that
 * computes other bits is not handed out.
 * @param {{readonly simd: BufferSource, readonly scalar: BufferSource}} modules Only one is looked at.
 * @param {Frame} frame
 * @param {(bytes: Uint8Array<ArrayBuffer>) => Uint8Array | Promise<Uint8Array>} sha256 Browsers have
 *   one of their own only on pages that came by https or from a disk.
 */
export async function start(modules, frame, sha256) {
  const bytes = hasVectors() ? modules.simd : modules.scalar;
  const engine = new Engine(await WebAssembly.compile(bytes), frame);
  const digest = await sha256(engine.goldenBytes());
  const text = Array.from(digest, (x) => x.toString(16).padStart(2, "0")).join("");
  if (text !== frame.golden.sha256) {
    throw new Error(`this computes other bits than alliance-sim ${frame.program}`);
  }
  return engine;
}
