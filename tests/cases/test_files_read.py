"""Files that once ended in a traceback, took for ever or were taken in silence, and their kinds."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from alliance_sim import load_scenario
from alliance_sim.errors import ScenarioError

FILES = Path(__file__).parent / "files"
HEAD = 'extends = "japan_nato/baseline"\ntitle = "t"\ndescription = "d"\n'
AT_ONCE = 5.0  # seconds, on a busy machine

SCENARIOS = {
    "year9999.toml": r"moved\[0\]\.to: is 9999-12-31, must lie in the years 1 to 9998",
    "last9999.toml": r"time\.last_year: is 9999, must be a year from 1900 to 2100",
    "last10000.toml": r"time\.last_year: is 10000, must be a year from 1900 to 2100",
    "first0.toml": r"time\.first_year: is 0, must be a year from 1900 to 2100",
    "int400.toml": r"set\[0\]\.to: is a whole number of more than 64 bits",
    "hex.toml": r"set\[0\]\.to: is a whole number of more than 64 bits",
    "digits5000.toml": "line 4: is a whole number of more than 64 bits",
    "dotted700.toml": "line 4: keys are more than 32 deep; at most 32 are read",
    "crash_s1_892.toml": r"'article_nine_revised'\.date: is 9999-12-31, must lie in the years",
    "crash_s3_1598.toml": r"set\[2\]\.to: is a whole number of more than 64 bits",
    "e0.toml": "extends '/dev/zero': is not a regular file",
    "esc.toml": r"unknown juncture '\\x1b\]0;pwned\\x07",
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_that_cannot_be_is_told_with_its_file_and_place(name: str) -> None:
    with pytest.raises(ScenarioError, match=SCENARIOS[name]) as caught:
        load_scenario(FILES / name)
    told = str(caught.value)
    assert told.startswith(f"{FILES / name}: ")
    assert re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", told) is None


def test_a_chain_of_files_has_an_end(tmp_path: Path) -> None:
    def chained(number: int) -> None:
        for k in range(number):
            extends = f"{k + 1}.toml" if k + 1 < number else "japan_nato/baseline"
            text = HEAD.replace("japan_nato/baseline", extends)
            (tmp_path / f"{k}.toml").write_text(text, encoding="utf-8")

    chained(12)
    assert load_scenario(tmp_path / "0.toml").edits == ()
    chained(500)
    with pytest.raises(ScenarioError, match="more than 16 files extend each other"):
        load_scenario(tmp_path / "0.toml")


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX")
def test_a_device_or_a_pipe_is_no_scenario_and_nobody_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "link.toml").symlink_to("/dev/zero")
    (tmp_path / "extends.toml").write_text(HEAD.replace("japan_nato/baseline", "pipe.toml"))
    for name in ("pipe.toml", "link.toml", "extends.toml"):
        with pytest.raises(ScenarioError, match="is not a regular file"):
            load_scenario(tmp_path / name)


def large() -> Iterator[tuple[str, str, str]]:
    """Yield files of at most 2 MB that once took minutes or printed megabytes."""
    depth = "keys are more than 32 deep"
    long, quoted = ".".join(["a"] * 30_000), ".".join(['"a"'] * 20_000)
    yield "a dotted key", f"{long} = 1", depth
    yield "a dotted key in quotes", f"{quoted} = 1", depth
    yield "a dotted header", f"[{long}]", depth
    yield "a dotted key inside", f"x = {{ {long} = 1 }}", depth
    yield "lists in lists", f"x = {'[' * 400_000}", "tables and lists are more than 32 deep"
    names = [f'"a{k}"' for k in range(150_000)]
    entries = "has 150,000 entries, must have at most 2,000"
    yield "many names", f"without = [{', '.join(names)}]", entries
    yield "many that are no tables", f"set = [{', '.join(['0'] * 150_000)}]", entries
    yield "many tables", "[[juncture]]\n" * 150_000, entries
    yield "as many names as may be", f"without = [{', '.join(names[:2000])}]", "and 1,960 more"
    yield "a long name", f'without = ["{long}"]', "string should have at most 60"
    yield "a long path", f'[[set]]\npath = "{long}"\nto = 1\nsource = "x"', "30,000 parts"
    yield "spaces", f"{' ' * 1_900_000}x = 1", "unknown key 'x'"


LARGE = {name: (text, told) for name, text, told in large()}


@pytest.mark.parametrize("name", LARGE)
def test_a_large_file_is_told_at_once_and_in_few_words(name: str, tmp_path: Path) -> None:
    text, told = LARGE[name]
    (tmp_path / "large.toml").write_text(HEAD + text, encoding="utf-8")
    start = time.process_time()
    with pytest.raises(ScenarioError, match=told) as caught:
        load_scenario(tmp_path / "large.toml")
    assert time.process_time() - start < AT_ONCE
    assert len(str(caught.value)) < 20_000


def test_a_file_whose_name_is_not_utf8_is_refused_with_its_name_shown(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"caf\\udce9.*\n.*not UTF-8.*rename"):
        load_scenario(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.toml"))
