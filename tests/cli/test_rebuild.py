"""What a result carries is enough to make it again, and is never trusted further than that."""

from __future__ import annotations

import json
import random
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from alliance_sim import compare, load_scenario, simulate
from alliance_sim.cli import app
from alliance_sim.errors import ResultError
from alliance_sim.plots.origin import KEY, drawn_digest, read_origin
from alliance_sim.plots.run import ensemble_figure
from alliance_sim.report import write_comparison
from alliance_sim.report.carried import ID, read_carried

MINE = 'extends = "base.toml"\nwithout = ["great_raid"]\n'
BASE = 'extends = "two_islands/baseline"\nwithout = ["trade_act"]\n'


def call(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a comparison of a scenario of somebody's own, whose files are gone since."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "mine.toml").write_text(MINE, "utf-8")
    (folder / "base.toml").write_text(BASE, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        result = call("compare", "mine.toml", "--runs", 2, "--seed", 7, "--out", "result")
    assert result.exit_code == 0, result.output
    (folder / "mine.toml").unlink()
    (folder / "base.toml").unlink()
    return folder / "result"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["report.html", "comparison.png", "manifest.json", "."])
def test_a_result_is_made_again_to_the_byte_from_any_of_its_files(
    made: Path, name: str, tmp_path: Path
) -> None:
    alone = tmp_path / "elsewhere"
    shutil.copytree(made, alone)
    result = call("rebuild", alone / name, "--out", tmp_path / "again", "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["same"]
    assert set(told["files"].values()) == {"same"}
    assert len(told["files"]) == (1 if name.endswith(("html", "png")) else 7)
    for file in made.iterdir():
        assert (tmp_path / "again" / file.name).read_bytes() == file.read_bytes(), file.name


@pytest.mark.slow
def test_what_was_made_again_can_be_made_again(made: Path, tmp_path: Path) -> None:
    assert call("rebuild", made, "--out", tmp_path / "one").exit_code == 0
    result = call("rebuild", tmp_path / "one" / "report.html", "--out", tmp_path / "two")
    assert result.exit_code == 0, result.output
    assert "byte for byte: report.html" in result.stdout


@pytest.mark.slow
@pytest.mark.usefixtures("blank_pictures")
def test_a_file_behind_an_equals_sign_or_with_a_large_ending_is_brought_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("MINE.TOML").write_text('extends = "base.toml"\nwithout = ["great_raid"]\n', "utf-8")
    base = (
        'extends = "two_islands/baseline"\n[[set]]\npath = "levels.pace"\nto = 1.0\nsource = "?"\n'
    )
    Path("base.toml").write_text(base, "utf-8")
    command = "alliance-sim compare MINE.TOML --against=base.toml --runs 2 --seed 7"
    found = compare("MINE.TOML", against="base.toml", runs=2, seed=7)
    write_comparison(found, run=0, out="result", command=command)
    inputs = read_carried(Path("result")).carried.inputs
    assert {word: sorted(texts) for word, texts in inputs.items()} == {
        "MINE.TOML": ["MINE.TOML", "base.toml"],
        "base.toml": ["base.toml"],
    }
    Path("MINE.TOML").unlink()
    Path("base.toml").unlink()
    again = call("rebuild", "result", "--out", "again", "--json")
    assert again.exit_code == 0, again.output
    assert set(json.loads(again.stdout)["files"].values()) == {"same"}


@pytest.mark.slow
def test_another_scenario_is_told_and_ends_in_1(made: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(made, other)
    tree = json.loads((other / "manifest.json").read_text("utf-8"))
    tree["inputs"]["mine.toml"]["base.toml"] = BASE.replace("trade_act", "ports_act")
    (other / "manifest.json").write_text(json.dumps(tree), "utf-8")
    result = call("rebuild", other, "--out", tmp_path / "again")
    assert result.exit_code == 1
    assert "Not the same:" in result.stdout
    assert "The scenario" in result.stdout
    assert "is another by now: digest" in result.stdout


def test_a_drawing_of_an_ensemble_is_made_again_as_svg_too(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    assert call("run", "two_islands/baseline", "--runs", 2, "--out", folder).exit_code == 0
    ensemble = folder / "trajectories.parquet"
    figure = tmp_path / "rung.svg"
    assert call("plot", ensemble, "--out", figure, "--state", "rung").exit_code == 0
    assert read_origin(figure).scenario == "two_islands/baseline"
    lacking = call("rebuild", figure, "--out", tmp_path / "again")
    assert lacking.exit_code == 2
    assert "does not carry the ensemble" in " ".join(lacking.stderr.split())
    result = call("rebuild", figure, "--from", ensemble, "--out", tmp_path / "again")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "again" / "rung.svg").read_bytes() == figure.read_bytes()


def test_draws_of_ones_own_are_asked_for(made: Path, tmp_path: Path) -> None:
    file = changed(made, tmp_path, command="alliance-sim compare mine.toml --posterior my/fit")
    result = call("rebuild", file, "--out", tmp_path / "again")
    assert result.exit_code == 2
    told = " ".join(result.stderr.split())
    assert "does not carry the draws 'my/fit'" in told
    assert "--from PATH" in told


def changed(made: Path, tmp_path: Path, **of_it: Any) -> Path:
    """Return a manifest as somebody with bad intent would change it."""
    tree = json.loads((made / "manifest.json").read_text("utf-8")) | of_it
    file = tmp_path / "manifest.json"
    file.write_text(json.dumps(tree), "utf-8")
    return file


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("python evil.py", "was not made by a command of alliance-sim"),
        ("alliance-sim calibrate two_islands/baseline", "its command is 'calibrate'"),
        ("alliance-sim posterior keep x", "its command is 'posterior'"),
        ("alliance-sim compare /etc/passwd", "does not carry the scenario '/etc/passwd'"),
        ("alliance-sim compare a.toml --against ../b.toml", "does not carry the scenario 'a.toml'"),
        ("alliance-sim compare mine.toml --hide 1", "unknown option '--hide'"),
        ("alliance-sim summarise /somewhere/x", "does not carry the sweep in '/somewhere/x'"),
        ("alliance-sim compare 'mine.toml", "its command cannot be read"),
        ("alliance-sim compare " + "x" * 3000, "is not trusted"),
        ("alliance-sim compare mine.toml --runs 0", "must be a whole number of at least 1"),
        ("", "was not made by a command"),
    ],
)
def test_a_command_that_is_not_ours_is_refused(
    made: Path, tmp_path: Path, command: str, told: str
) -> None:
    file = changed(made, tmp_path, command=command)
    result = call("rebuild", file, "--out", tmp_path / "again")
    assert result.exit_code == 2, result.output
    assert told in " ".join(result.stderr.split())
    assert not (tmp_path / "again").exists() or not any((tmp_path / "again").iterdir())


def test_the_folder_of_a_sweep_is_quoted_in_the_line_that_runs_it_again(
    made: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "my sweep"
    folder.mkdir()
    file = changed(made, folder, command="alliance-sim sweep x.toml")
    told = " ".join(call("rebuild", file, "--out", tmp_path / "again").stderr.split())
    assert f"run again: alliance-sim sweep '{folder}' --out NEW" in told


@pytest.mark.slow
def test_where_to_write_is_not_for_the_file_to_say(made: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    command = f"alliance-sim compare mine.toml --runs 2 --seed 7 --out {there}"
    file = changed(made, tmp_path, command=command)
    result = call("rebuild", file, "--out", tmp_path / "again")
    assert result.exit_code == 1, result.output  # its command is another, so bytes differ
    assert not there.exists()
    assert (tmp_path / "again" / "report.html").is_file()


@pytest.mark.parametrize(
    "name", ["../evil.toml", "/evil.toml", "a/../../evil.toml", "C:\\evil", ""]
)
def test_a_file_that_it_brings_along_stays_in_its_folder(
    made: Path, tmp_path: Path, name: str
) -> None:
    file = changed(made, tmp_path, inputs={"mine.toml": {name: MINE, "mine.toml": MINE}})
    result = call("rebuild", file, "--out", tmp_path / "again")
    assert result.exit_code == 2
    assert "is not trusted: it carries a file of the name" in " ".join(result.stderr.split())


@pytest.mark.parametrize(
    "of_it",
    [
        {"inputs": {"mine.toml": "text"}},
        {"inputs": [1]},
        {"command": 5},
        {"others": {"scenario": 1}},
        {"files": {"a": 1}},
        {"edits": "x"},
        {"seed": 1.5},
    ],
)
def test_what_has_another_form_is_refused(
    made: Path, tmp_path: Path, of_it: dict[str, Any]
) -> None:
    result = call("rebuild", changed(made, tmp_path, **of_it), "--out", tmp_path / "again")
    assert result.exit_code == 2
    assert "cannot be used" in result.stderr


def test_a_folder_that_holds_something_is_not_written_to(made: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("x", "utf-8")
    result = call("rebuild", made, "--out", tmp_path)
    assert result.exit_code == 2
    assert "is there and not empty" in result.stderr


@pytest.mark.parametrize("name", ["mine.txt", "gone.png"])
def test_what_is_no_result_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "mine.txt").write_text("x", "utf-8")
    assert call("rebuild", tmp_path / name).exit_code == 2
    (tmp_path / "page.html").write_text("<html></html>", "utf-8")
    result = call("rebuild", tmp_path / "page.html")
    assert "carries nothing to make it again" in " ".join(result.stderr.split())


def test_a_text_in_a_page_cannot_end_what_it_carries(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        'extends = "two_islands/baseline"\nwithout = ["great_raid"]\n'
        'title = "</script><script>alert(1)</script>"\n',
        "utf-8",
    )
    out = tmp_path / "out"
    result = call("compare", tmp_path / "mine.toml", "--runs", 2, "--out", out)
    assert result.exit_code == 0, result.output
    page = (out / "report.html").read_text("utf-8")
    assert page.count("<script") == 1
    assert "alert(1)</script>" not in page.partition(ID)[2].partition("</script>")[0]
    (texts,) = read_carried(out / "report.html").carried.inputs.values()
    assert "</script>" in texts["mine.toml"]


@pytest.mark.parametrize("name", ["report.html", "comparison.png", "manifest.json"])
def test_broken_files_end_in_a_message(
    made: Path, name: str, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    whole, chance = (made / name).read_bytes(), random.Random(5)
    place = whole.find(KEY.encode())
    for _ in range(int(pytestconfig.getoption("--fuzz"))):
        content = bytearray(whole)
        for _ in range(chance.choice((1, 3, 30))):
            near = chance.random() < 0.7
            at = chance.randrange(max(place, 0), min(place + 6000, len(content))) if near else 0
            content[at or chance.randrange(len(content))] = chance.randrange(256)
        if chance.random() < 0.2:
            del content[chance.randrange(len(content)) :]
        file = tmp_path / name
        file.write_bytes(bytes(content))
        with suppress(ResultError):  # any other error fails this test
            found = read_carried(file)
            assert isinstance(found.carried.origin.command, str)


def test_a_digest_of_what_is_drawn_knows_another_number_and_no_other_size() -> None:
    runs = simulate(load_scenario("two_islands/baseline"), runs=2, seed=1)
    other = simulate(load_scenario("two_islands/baseline"), runs=2, seed=2)
    one, same, another = (ensemble_figure(of, ["level_political"]) for of in (runs, runs, other))
    same.set_size_inches(5, 3)
    assert drawn_digest(one) == drawn_digest(same)
    assert drawn_digest(one) != drawn_digest(another)
