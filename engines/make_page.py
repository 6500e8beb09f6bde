"""Make the page of the lab out of its sources, or check it.

    python -m engines.make_page                # build it with Node and put it into the package
    python -m engines.make_page --into FILE    # put it elsewhere, to try it
    python -m engines.make_page --check        # build it again and compare

Only who changes `src/alliance_sim/lab/page` needs Node: the page that is made comes with the
package. It holds no model and no data; `alliance-sim lab` puts these in. What it was made from
stands in it, as the digest of the sources, so that a page that is stale is known without Node.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from alliance_sim.files import put
from alliance_sim.lab.exporting import AGAIN, CHARSET

# Sources are those of the checkout, whichever package is installed: that has the page alone.
LAB = Path(__file__).resolve().parents[1] / "src" / "alliance_sim" / "lab"
PAGE, TEMPLATE = LAB / "page", LAB / "made" / "page.html"
BUILT = PAGE / "build" / "index.html"
LEFT_OUT = ("node_modules", "build", "tests", "test-results")
LOCK, INSTALLED = PAGE / "package-lock.json", PAGE / "node_modules" / ".package-lock.json"
MADE_FROM = '<meta name="made-from" content="{}" />'
NO_NODE = "Node is missing (https://nodejs.org, version 20 or newer): the page cannot be built"


def sources() -> str:
    """Return the digest of all that the page is built from, SHA-256."""
    found = hashlib.sha256()
    for path in sorted(_sources(), key=lambda path: path.relative_to(PAGE).as_posix()):
        content = path.read_bytes()
        found.update(f"{path.relative_to(PAGE).as_posix()} {len(content)}\n".encode() + content)
    return found.hexdigest()


def _sources() -> Iterator[Path]:
    for path in PAGE.iterdir():
        if path.name in LEFT_OUT or path.name.startswith("."):
            continue
        yield from (one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]


def made_from() -> str:
    """Return how a page says that it was made from the sources as they are."""
    return MADE_FROM.format(sources())


def is_of_these_sources(page: bytes) -> bool:
    """Whether a page was made from the sources as they are."""
    return page.count(made_from().encode()) == 1


def built() -> bytes:
    """Return the page, built anew.

    Raises:
        SystemExit: If Node is missing, or the sources cannot be built.
    """
    if shutil.which("npm") is None:
        raise SystemExit(NO_NODE)
    mark = made_from()
    if not _installed():
        _run("npm", "ci", "--no-audit", "--no-fund")
    _run("npm", "run", "build", "--silent")
    page = BUILT.read_bytes()
    if page.count(CHARSET) != 1:
        raise SystemExit(f"the page that was built has no {CHARSET.decode()}")
    return page.replace(CHARSET, CHARSET + b"\n    " + mark.encode())


def _installed() -> bool:
    """Whether what the lock file asks for is there; what is optional may be left out."""
    try:
        wanted, there = (json.loads(path.read_text("utf-8")) for path in (LOCK, INSTALLED))
    except (OSError, ValueError):
        return False
    versions = {name: told.get("version") for name, told in there["packages"].items()}
    return all(
        told.get("version") == versions[name] if name in versions else told.get("optional", False)
        for name, told in wanted["packages"].items()
        if name
    )


def _run(*words: str) -> None:
    """Run a tool of the page in its folder; what it says is seen only if it fails."""
    command = [shutil.which(words[0]) or words[0], *words[1:]]
    done = subprocess.run(  # noqa: S603 - words of ours
        command, cwd=PAGE, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
        raise SystemExit(f"{' '.join(words)} failed")


def problems() -> Iterator[str]:
    """Yield what is wrong with the page that comes with the package."""
    if not TEMPLATE.is_file():
        yield f"{TEMPLATE.name} is not there"
        return
    page = TEMPLATE.read_bytes()
    if not is_of_these_sources(page):
        yield f"{TEMPLATE.name} was made from other sources than those here"
    elif page != built():
        yield f"{TEMPLATE.name} is not what comes of these sources"


def main() -> None:
    """Read what is asked for and do it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="build it again and compare")
    what.add_argument("--into", type=Path, default=TEMPLATE, help="the file to write")
    given = parser.parse_args()
    if given.check:
        if shutil.which("npm") is None:
            raise SystemExit(NO_NODE)
        found = list(problems())
        print("\n".join([*found, AGAIN] if found else ["same"]))
        raise SystemExit(bool(found))
    page = built()
    put(given.into, page, given.into.parent)
    print(f"{given.into.name}: {len(page):,} bytes")


if __name__ == "__main__":
    main()
