"""A results folder is data: nothing in it reaches a file outside it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alliance_sim.errors import AllianceSimError, ResultError
from alliance_sim.sweep.store.inventory import Event, Journal
from alliance_sim.sweep.store.metadata import Entry, read_metadata
from alliance_sim.sweep.sweep import open_sweep
from tests.sweep.conftest import Begun, Run, content

pytestmark = [
    pytest.mark.usefixtures("small_files"),
    pytest.mark.skipif(os.name != "posix", reason="links and pipes of POSIX"),
]


@pytest.fixture
def thesis(tmp_path: Path) -> Path:
    """A file of somebody's, in a folder of its own outside the sweep's."""
    path = tmp_path / "home" / "thesis.txt"
    path.parent.mkdir()
    path.write_text("two years of work\n")
    return path


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["part", "file", "bad", "other"])
@pytest.mark.parametrize(
    "name", ["../../home/thesis.txt", "THESIS", "part-0-32.parquet", "runs-00000.parquet/x", ""]
)
def test_names_in_the_journal_that_a_sweep_does_not_write_are_passed_over(
    name: str,
    kind: str,
    run: Run,
    begun: Begun,
    thesis: Path,
    tmp_path: Path,
    undisturbed: dict[str, bytes],
) -> None:
    out = tmp_path / "out"
    begun(out, stop=96)
    before = thesis.read_bytes()
    named = str(thesis) if name == "THESIS" else name
    journal = Journal(out / "work" / "parts.jsonl", read_metadata(out))
    for first, rows in ((0, 32), (96, 32), (256, 256)):
        journal.add(Event(kind, Entry(named, first, rows, 0, len(before), "0" * 64)))
    journal.close()
    assert open_sweep(out, unfinished=True).done == 96
    run(out)
    assert content(out) == undisturbed
    assert thesis.read_bytes() == before


def test_lines_of_the_journal_that_were_changed_have_not_happened(
    begun: Begun, tmp_path: Path
) -> None:
    begun(tmp_path, stop=96)
    path = tmp_path / "work" / "parts.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"failed": ', b'"failed": 1'))
    found = open_sweep(tmp_path, unfinished=True)
    assert (found.done, found.failed) == (0, 0)


def linked(path: Path, elsewhere: Path) -> None:
    """Put a file or a folder elsewhere, and a link in its place."""
    path.rename(elsewhere / path.name)
    path.symlink_to(elsewhere / path.name)


def second_name(path: Path, elsewhere: Path) -> None:
    os.link(path, elsewhere / path.name)


def pipe(path: Path, elsewhere: Path) -> None:
    path.rename(elsewhere / path.name)
    os.mkfifo(path)


def device(path: Path, elsewhere: Path) -> None:
    path.rename(elsewhere / path.name)
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize(
    ("name", "damage", "told"),
    [
        ("work", linked, "work: is a link or a file, must be a folder"),
        ("rows", linked, "rows: is a link or a file, must be a folder"),
        ("sweep.json", linked, r"sweep\.json: is a link, must be a regular file"),
        ("sweep.json", pipe, r"sweep\.json: is not a regular file"),
        ("sweep.json", device, r"sweep\.json: is a link"),
        ("work/parts.jsonl", linked, r"parts\.jsonl: is a link, must be a regular file"),
        ("work/parts.jsonl", pipe, r"parts\.jsonl: is not a regular file"),
    ],
)
def test_what_is_no_file_or_folder_of_the_sweeps_own_is_refused(
    name: str,
    damage: Callable[[Path, Path], None],
    told: str,
    run: Run,
    begun: Begun,
    tmp_path: Path,
) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    elsewhere.mkdir()
    begun(out, stop=320)
    damage(out / name, elsewhere)
    before = content(elsewhere)
    for act in (lambda: open_sweep(out, unfinished=True), lambda: run(out)):
        with pytest.raises(ResultError, match=told):
            act()
    assert content(elsewhere) == before


@pytest.mark.parametrize(
    ("name", "damage", "told"),
    [
        (".lock", linked, r"\.lock: is a link"),
        (".lock", pipe, r"\.lock: is not a regular file"),
        ("work/parts.jsonl", second_name, r"parts\.jsonl: has a second name elsewhere"),
    ],
)
def test_what_would_be_written_to_elsewhere_is_refused_by_who_writes(
    name: str,
    damage: Callable[[Path, Path], None],
    told: str,
    run: Run,
    begun: Begun,
    tmp_path: Path,
) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    elsewhere.mkdir()
    begun(out, stop=96)
    damage(out / name, elsewhere)
    before = content(elsewhere)
    assert open_sweep(out, unfinished=True).done == 96
    with pytest.raises(ResultError, match=told):
        run(out)
    assert content(elsewhere) == before


@pytest.mark.parametrize("damage", [linked, pipe, device])
@pytest.mark.parametrize("stop", [96, None])
def test_a_link_in_place_of_rows_is_told_and_they_are_computed_again(
    stop: int | None,
    damage: Callable[[Path, Path], None],
    run: Run,
    begun: Begun,
    tmp_path: Path,
    undisturbed: dict[str, bytes],
) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    elsewhere.mkdir()
    begun(out, stop=stop)
    victim = min((out / ("rows" if stop is None else "work")).glob("*.parquet"))
    damage(victim, elsewhere)
    before = content(elsewhere)
    with pytest.raises(AllianceSimError, match=rf"{victim.name} is (a link|no regular file)"):
        open_sweep(out, unfinished=True)
    run(out)
    aside = out / f"{victim.name}.bad"
    aside.unlink(missing_ok=True)
    assert content(out) == undisturbed
    assert content(elsewhere) == before


def test_outcomes_that_were_added_are_not_read_through_a_link(
    run: Run, quick: Any, tmp_path: Path
) -> None:
    sweep = run(tmp_path / "out")
    sweep.outcome("rung>=9@2015", summarise=quick.summarise)
    (added,) = (tmp_path / "out" / "extra").iterdir()
    linked(added, tmp_path)
    with pytest.raises(ResultError, match="is a link or a file, must be a folder"):
        sweep.outcome("rung>=9@2015", summarise=quick.summarise)
    linked(tmp_path / "out" / "extra", tmp_path)
    with pytest.raises(ResultError, match="extra: is a link or a file, must be a folder"):
        open_sweep(tmp_path / "out")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[" * 200_000, "is not a file that a sweep writes"),
        ('{"format": ' + "9" * 5000 + "}", "is not whole, or not JSON"),
        ('{"format": 1}', "has format 1, this version .* reads format 2"),
        ("\x00" * 100, "is not whole, or not JSON"),
        ('{"format": 2, "title": "\ud800"}', "was changed since it was written"),
        ("\xe9", "is not whole, or not JSON"),
        (json.dumps({"format": [1] * 9999}), r"has format \[1, 1, .*\.\.\."),
    ],
)
def test_a_description_that_is_no_such_thing_is_told_in_one_sentence(
    text: str, told: str, begun: Begun, tmp_path: Path
) -> None:
    begun(tmp_path, stop=32)
    (tmp_path / "sweep.json").write_bytes(
        text.encode("utf-16-le" if text == "\xe9" else "utf-8", "surrogatepass")
    )
    with pytest.raises(ResultError, match=rf"sweep\.json: {told}") as caught:
        open_sweep(tmp_path, unfinished=True)
    assert len(str(caught.value)) < 500


def test_a_journal_larger_than_any_that_a_sweep_writes_is_refused(
    run: Run, begun: Begun, tmp_path: Path
) -> None:
    begun(tmp_path, stop=32)
    with (tmp_path / "work" / "parts.jsonl").open("r+b") as file:
        file.truncate(1 << 40)
    for act in (lambda: open_sweep(tmp_path, unfinished=True), lambda: run(tmp_path)):
        with pytest.raises(ResultError, match=r"parts\.jsonl: has .* bytes"):
            act()
