"""What commands tell of a relationship of one's own: lines to type name its file as it was given."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from alliance_sim import load_scenario
from alliance_sim.counterfactual.posteriors import posteriors_of
from alliance_sim.errors import SettingError
from alliance_sim.shipped import scenarios
from tests.cli.test_whatif import called

ASKED = ("--without", "great_raid", "--outcome", "rung>=2@2008")
PLACE = "own/mine.toml"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    shutil.copytree(scenarios() / "two_islands" / "record", tmp_path / "own" / "record")
    text = (scenarios() / "two_islands" / "baseline.toml").read_text("utf-8")
    text = text.replace('relationship = "two_islands"', 'relationship = "my_pair"')
    (tmp_path / PLACE).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return PLACE


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("whatif", PLACE, *ASKED), f"calibrate {PLACE} --out FIT"),
        (("rewrite", PLACE, *ASKED[2:]), f"calibrate {PLACE} --out FIT"),
        (("attribute", PLACE, *ASKED[2:]), f"calibrate {PLACE} --out FIT"),
        (("inevitability", PLACE, *ASKED), f"score {PLACE} --refit"),
        (("inevitability", PLACE, *ASKED, "--years", "make"), f"calibrate {PLACE} --out FIT"),
    ],
)
def test_a_line_to_type_names_the_file_as_it_was_given(
    file: str, words: tuple[str, ...], told: str
) -> None:
    code, _, why = called(*words, "--out", "out")
    assert code == 2, file
    assert f"alliance-sim {told}" in " ".join(why.split())


def test_in_python_the_line_names_a_file_and_no_name_that_is_not_shipped(file: str) -> None:
    with pytest.raises(SettingError, match=r"calibrate mine\.toml --out FIT"):
        posteriors_of("shipped", load_scenario(file))
