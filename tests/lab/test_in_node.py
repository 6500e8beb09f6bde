"""The page's host in JavaScript, in Node where there is one: starts a module, and gets its bits."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from alliance_sim import load_scenario, simulate
from alliance_sim.lab import module
from tests.lab.worlds import WORLDS, frame, needs_module, text

NODE = shutil.which("node")
HOST = Path(module.__file__).with_name("engine.mjs")
SCRIPT = """
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
const [host, module, frame] = process.argv.slice(2);
const { Engine, hasVectors, start } = await import(host);
const engine = new Engine(new WebAssembly.Module(readFileSync(module)),
  JSON.parse(readFileSync(frame, "utf8")));
const digest = (bytes) => createHash("sha256").update(bytes).digest();
const sha = (bytes) => digest(bytes).toString("hex");
const golden = sha(engine.goldenBytes());
const { steps } = engine.frame.shape;
engine.keepWorld();
const [gone] = engine.frame.tables.juncture.rows;
engine.call("prepare");
engine.ask(2n ** 63n, 7);
const first = (engine.set(`${gone}.present`, 0), engine.call("prepare"), engine.touched());
engine.set(`${gone}.present`, 1);
engine.call("prepare");
engine.advance(0, first, 3);
const state = engine.state();
engine.set(`${gone}.present`, 0);
engine.call("prepare");
engine.advance(0, 1, 3);
engine.takeUp(state);
if (first > 1) { engine.advance(first, steps, 3); } else { engine.advance(0, steps, 3); }
const kept = 3 * steps * engine.frame.states.length;
const edited = sha(new Uint8Array(engine.floats("kept.trajectories").slice(0, kept).buffer));
let refused = "";
try { engine.set("juncture.nobody.present", 0); } catch (error) { refused = error.message; }
let odd = "";
try { engine.set(`${gone}.date`, NaN); } catch (error) { odd = error.message; }
const bytes = readFileSync(module);
const again = JSON.parse(readFileSync(frame, "utf8"));
const modules = { simd: bytes, scalar: bytes };
const same = (await start(modules, again, digest)) instanceof Engine;
again.golden.sha256 = golden.replace(/^./, (digit) => (digit === "0" ? "1" : "0"));
let other = "";
try { await start(modules, again, digest); } catch (error) { other = error.message; }
const told = { vectors: hasVectors(), golden, gone, edited, first, refused, odd, same, other };
console.log(JSON.stringify(told));
"""


@needs_module
@pytest.mark.skipif(NODE is None, reason="there is no Node here")
@pytest.mark.parametrize("kind", module.NAMES)
@pytest.mark.parametrize("name", WORLDS)
def test_the_host_in_javascript_comes_to_the_same_bits(
    name: str, kind: str, tmp_path: Path
) -> None:
    import hashlib

    files = {"run.mjs": SCRIPT.encode(), "frame.json": text(name).encode()}
    files["engine.wasm"] = module.usable(kind)
    for file, content in files.items():
        (tmp_path / file).write_bytes(content)
    done = subprocess.run(
        [str(NODE), "run.mjs", HOST.as_uri(), "engine.wasm", "frame.json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["vectors"] is True
    assert told["golden"] == json.loads(text(name))["golden"]["sha256"]
    world = load_scenario(name).without(told["gone"].removeprefix("juncture."))
    wanted = simulate(world, runs=3, seed=2**63, first_run=7).values
    assert told["first"] < frame(name).shape.steps
    assert told["edited"] == hashlib.sha256(wanted.tobytes()).hexdigest()
    assert told["refused"] == "the recipe has no number juncture.nobody.present"
    assert told["odd"] == f"{told['gone']}.date is to be NaN"
    assert told["same"] is True
    assert told["other"].startswith("this computes other bits than alliance-sim ")
