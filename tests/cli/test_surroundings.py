"""Paths, variables and terminals of every kind: what is asked for is done, or refused at once."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import warnings
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from alliance_sim import run, simulate
from alliance_sim.cli import app
from alliance_sim.errors import AllianceSimError, SettingError

RUN = ("run", "japan_nato/baseline", "--runs", "1", "--workers", "1")
EDITS = 'extends = "japan_nato/baseline"\ndescription = "Mine."\nwithout = ["isaf"]\n'


def call(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)


def told(result: Result) -> str:
    return " ".join(result.stderr.split())


@pytest.mark.parametrize("name", ["s3:first_try", "file:x#y?z", "new\nline", "esc\x1b[31m"])
def test_any_name_of_a_folder_is_a_folder_of_that_name(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = call(*RUN, "--out", name)
    assert done.exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert "\x1b" not in done.stdout
    drawn = call(
        "plot", f"{name}/trajectories.parquet", "--state", "rung", "--out", f"{name}/a.png"
    )
    assert drawn.exit_code == 0
    assert drawn.stdout.count("\n") == 1


@pytest.mark.parametrize(
    ("out", "message"),
    [
        ("", "Invalid value for '--out': is empty"),
        ("nul\0byte", "Invalid value for '--out': holds a NUL"),
        ("half\udcff", "half\\udcff: 1 problem - cannot be written: the name holds bytes that are"),
        ("x" * 300, "the name is too long for this system"),
    ],
)
def test_a_folder_that_cannot_be_had_is_refused_before_any_run(
    out: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = call("run", "japan_nato/baseline", "--runs", "100000", "--out", out)
    assert result.exit_code == 2
    assert message in told(result)
    assert not list(tmp_path.iterdir())


def test_a_scenario_whose_name_is_no_utf_8_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "half\udcff.toml"
    path.write_text(EDITS + 'title = "Mine"\n', encoding="utf-8")
    for command in ("show", "validate", "run", "history"):
        result = call(command, path)
        assert result.exit_code == 2
        assert "holds bytes that are not UTF-8, which results could not repeat; rename" in told(
            result
        )


@pytest.mark.slow
def test_titles_are_texts_and_neither_escapes_nor_formulas(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    title = '"\\u001b]0;x\\u0007 [b]for[/b] $5 and $6^ \\u202Eyes"'
    path.write_text(f"{EDITS}title = {title}\n", encoding="utf-8")
    shown = call("show", path)
    assert shown.exit_code == 0
    assert "\\x1b]0;x\\x07 [b]for[/b] $5 and $6^ \\u202eyes" in shown.stdout
    assert not {"\x1b", "\x07", "\u202e"} & set(shown.stdout)
    assert not {"\x07", "\u202e"} & set(call("show", path, "--json").stdout)
    done = call("history", path, "--runs", "1", "--workers", "1", "--out", tmp_path / "out")
    assert (done.exit_code, done.stderr) == (0, "")


def test_figures_are_drawn_whatever_backend_a_variable_names() -> None:
    lines = (
        "import alliance_sim.plots, os, matplotlib as mpl\n"
        "print(os.environ['MPLBACKEND'], mpl.rcParams['backend'])"
    )
    for backend, kept in (("nonsense", "nonsense"), ("svg", "svg svg")):
        found = subprocess.run(
            [sys.executable, "-c", lines],
            env={**os.environ, "MPLBACKEND": backend},
            capture_output=True,
            text=True,
            check=True,
        )
        assert found.stdout.strip().startswith(kept)


@pytest.mark.parametrize("columns", ["0", "-1", "wide", "\u00b2", "9" * 30, "1"])
def test_a_width_that_is_none_is_as_if_there_were_none(
    columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    for words in (("show", "japan_nato/baseline"), ("run", "--help")):
        result = call(*words)
        assert (result.exit_code, result.stderr) == (0, "")
    assert os.environ["COLUMNS"] == columns


@pytest.mark.parametrize("columns", [10, 20, 40, 60, 80, 120])
def test_a_narrow_terminal_loses_no_letter_of_a_table(
    columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def letters(width: int, *words: str) -> Counter[str]:
        monkeypatch.setenv("COLUMNS", str(width))
        lines = call(*words).stdout.splitlines()
        assert max(map(len, lines)) <= width
        return Counter(letter for line in lines for letter in line if letter.isalnum())

    for words in (
        ("diff", "japan_nato/baseline", "japan_nato/no_nine_eleven"),
        ("show", "japan_nato/no_nine_eleven"),
    ):
        heads = Counter("path" if words[0] == "diff" else "stagedate")  # of the first columns
        assert letters(columns, *words) >= letters(1000, *words) - heads


def test_a_narrow_terminal_loses_no_word_of_the_list_of_commands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def words(width: int) -> set[str]:
        monkeypatch.setenv("COLUMNS", str(width))
        return set(re.findall("[a-z0-9]+", call("--help").stdout.lower()))

    assert words(12) >= words(1000) - {"bool"}  # the kind of an option that takes no value


def test_more_runs_than_memory_holds_are_refused_with_both_numbers() -> None:
    message = r"1,000,000,000 runs of [0-9]+ states take [0-9,.]+ GiB of memory, and [0-9,.]+ are"
    with pytest.raises(AllianceSimError, match=message):
        simulate("japan_nato/baseline", runs=10**9)
    result = call("run", "japan_nato/baseline", "--runs", "1000000000", "--out", "never")
    assert result.exit_code == 1


@pytest.mark.parametrize("words", [("--runs", "9" * 5000), ("--runs", "1e3"), ("--runs", "nan")])
def test_what_is_no_count_is_told(words: tuple[str, ...]) -> None:
    result = call("run", "japan_nato/baseline", *words)
    assert result.exit_code == 2
    assert "Invalid value for '--runs'" in told(result)
    assert len(result.stderr) < 2000


def test_numbers_of_thousands_of_digits_and_names_of_thousands_of_parts_are_told() -> None:
    huge = 10**5000
    for arguments in ({"runs": huge}, {"runs": 1, "first_run": huge}, {"runs": 1, "seed": huge}):
        with pytest.raises(SettingError, match="a whole number of 16,610 bits"):
            simulate("japan_nato/baseline", **arguments)  # type: ignore[arg-type]
    with pytest.raises(SettingError, match="is a whole number of 16,610 bits, must be a number"):
        run(willingness__threat_state=huge)
    with pytest.raises(SettingError, match="unknown parameter"):
        run({"a." * 20_000: 1.0})


def test_a_warning_is_a_message_and_no_line_of_source(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def warned(*_: object, **__: object) -> None:
        warnings.warn("odd \x1b[31m", UserWarning, stacklevel=1)

    monkeypatch.setattr("alliance_sim.load_scenario", warned)
    monkeypatch.setattr("alliance_sim.scenario.describe.diff", lambda *_: [])
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        result = call("diff", "a", "b")
    assert result.stdout == "No difference.\n"
    assert set(result.stderr.splitlines()) == {"Warning: odd \\x1b[31m"}
