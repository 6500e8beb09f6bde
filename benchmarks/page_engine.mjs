// Run by page_engine.py: modules in Node, with frames in their memory. Prints one line of JSON.
// usage: node page_engine.mjs FRAME SECONDS MODULE...
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Engine, hasVectors } from "../src/alliance_sim/lab/engine.mjs";

const [framePath, seconds, ...modules] = process.argv.slice(2);
const text = readFileSync(framePath, "utf8");

/** CPU seconds of this process so far. */
const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** Median of what some work takes, in milliseconds. */
const median = (times, work) => {
  const found = Array.from({ length: times }, () => {
    const before = performance.now();
    work();
    return performance.now() - before;
  });
  return found.sort((a, b) => a - b)[times >> 1];
};

const results = modules.map((path) => {
  const bytes = readFileSync(path);
  const start = performance.now();
  const module = new WebAssembly.Module(bytes);
  const compiled = performance.now();
  new WebAssembly.Instance(module);
  const started = performance.now();
  const engine = new Engine(module, JSON.parse(text));
  const laidOut = performance.now();
  const { steps } = engine.frame.shape;
  const { lanes, golden } = engine.frame;
  const digest = createHash("sha256").update(engine.goldenBytes()).digest("hex");
  const prepare = median(50, () => engine.call("prepare"));
  engine.keepWorld();
  const [juncture] = engine.frame.tables.juncture.rows;
  engine.set(`${juncture}.present`, 0);
  engine.call("prepare");
  const touched = engine.touched();
  engine.set(`${juncture}.present`, 1);
  engine.call("prepare");
  engine.ask(1, 0);
  engine.advance(0, steps, lanes); // V8 has its faster code after a while
  let runs = 0;
  const before = cpu();
  while (cpu() - before < Number(seconds)) {
    engine.advance(0, steps, lanes);
    runs += lanes;
  }
  return {
    same: digest === golden.sha256,
    imports: WebAssembly.Module.imports(module).length,
    touched,
    compile_ms: compiled - start,
    instantiate_ms: started - compiled,
    lay_out_ms: laidOut - started,
    prepare_ms: prepare,
    memory_mb: engine.exports.memory.buffer.byteLength / 2 ** 20,
    runs_per_cpu_second: runs / (cpu() - before),
  };
});
console.log(JSON.stringify({ vectors: hasVectors(), node: process.version, results }));
