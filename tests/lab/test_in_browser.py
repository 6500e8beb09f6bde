"""The module in a browser, straight from disk and in a worker: the bits of plain Python."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

import pytest
from websockets.sync.client import ClientConnection, connect

from alliance_sim.lab import module
from tests.lab.worlds import WORLDS, needs_module, text

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
HOST = Path(module.__file__).with_name("engine.mjs")
NOTHING = "nothing yet"
WORKER = """
onmessage = async ({ data: { bytes, frame } }) => {
  try {
    const sha256 = async (of) => new Uint8Array(await crypto.subtle.digest("SHA-256", of));
    const engine = await start({ simd: bytes, scalar: bytes }, frame, sha256);
    postMessage(`the same bits as ${engine.frame.golden.sha256}`);
  } catch (error) {
    postMessage(error.message);
  }
};
"""
PAGE = """<!doctype html><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none';
  script-src 'unsafe-inline' 'wasm-unsafe-eval' blob:; worker-src blob:">
<title>Golden</title><p id="said">@NOTHING@</p>
<script type="application/json" id="frame">@FRAME@</script>
<script type="text/plain" id="worker">@WORKER@</script>
<script>
const text = (id) => document.getElementById(id).textContent;
const bytes = Uint8Array.from(atob("@MODULE@"), (letter) => letter.charCodeAt(0));
const code = new Blob([text("worker")], { type: "text/javascript" });
const worker = new Worker(URL.createObjectURL(code));
worker.onmessage = ({ data }) => { document.getElementById("said").textContent = data; };
worker.onerror = ({ message }) => { document.getElementById("said").textContent = message; };
worker.postMessage({ bytes, frame: JSON.parse(text("frame")) });
</script>
"""


def said_by(page: Path, profile: Path) -> str:
    """Return what a page in a browser says in the end, and whether anything went wrong."""
    command = [
        *(
            str(BROWSER),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
        ),
        *(f"--user-data-dir={profile}", "--remote-debugging-port=0", page.as_uri()),
    ]
    browser = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        port = until(lambda: (profile / "DevToolsActivePort").read_text("utf-8").split()[0])
        address = until(lambda: page_of(port))
        with connect(address, max_size=None) as talk:
            return until(lambda: asked(talk, "document.getElementById('said').textContent"))
    finally:
        browser.kill()
        browser.wait()


def until(found: Callable[[], str]) -> str:
    """Return what is found in the end; a minute is waited for it."""
    for _ in range(600):
        with suppress(OSError, IndexError, KeyError):
            if (text := found()) and text != NOTHING:
                return text
        time.sleep(0.1)
    raise AssertionError("nothing was said in a minute")


def page_of(port: str) -> str:
    """Return where the browser is talked to about its page."""
    with urlopen(f"http://127.0.0.1:{port}/json", timeout=10) as answer:
        pages = [entry for entry in json.load(answer) if entry["type"] == "page"]
    return str(pages[0]["webSocketDebuggerUrl"])


def asked(talk: ClientConnection, expression: str) -> str:
    """Return the value of an expression in the page."""
    given = {"expression": expression, "returnByValue": True}
    talk.send(json.dumps({"id": 1, "method": "Runtime.evaluate", "params": given}))
    answer = json.loads(talk.recv(timeout=30))
    return str(answer["result"]["result"]["value"])


@needs_module
@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="there is no Chromium here")
@pytest.mark.parametrize("kind", module.NAMES)
def test_a_page_from_disk_comes_to_the_golden_digest_in_a_worker(kind: str, tmp_path: Path) -> None:
    host = HOST.read_text(encoding="utf-8").replace("export ", "")
    page = tmp_path / "page.html"
    parts = {"FRAME": text(WORLDS[1]), "WORKER": host + WORKER}
    parts["MODULE"] = base64.b64encode(module.usable(kind)).decode()
    content = PAGE.replace("@NOTHING@", NOTHING)
    for name, part in parts.items():
        content = content.replace(f"@{name}@", part.replace("</", "<\\/"))
    page.write_text(content, encoding="utf-8")
    wanted = json.loads(text(WORLDS[1]))["golden"]["sha256"]
    assert said_by(page, tmp_path / "profile") == f"the same bits as {wanted}"
