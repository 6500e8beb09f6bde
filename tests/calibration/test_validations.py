"""Scripts that validate fits: what they are made of is right, and they run from end to end."""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.stats import expon, poisson

from alliance_sim import load_scenario

EXPERIMENTS = Path(__file__).parents[2] / "experiments"
Script = Callable[[str], Any]


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    monkeypatch.syspath_prepend(str(EXPERIMENTS))
    yield import_module
    for place in EXPERIMENTS.glob("*.py"):
        sys.modules.pop(place.stem, None)


def run(module: Any, monkeypatch: pytest.MonkeyPatch, *words: str | Path) -> None:
    monkeypatch.setattr(sys, "argv", [module.__file__, *map(str, words)])
    module.main()


def test_quarters_are_shuffled_within_decades_only(script: Script) -> None:
    placebos = script("validate_placebos")
    counts = np.random.default_rng(1).poisson(1.5, (100, 4))
    found = placebos.permuted(counts, 10, 3)
    assert (found[:10] == counts[:10]).all()
    assert not (found == counts).all()
    for start in (10, 50, 90):
        rows = slice(start, start + 40)
        assert sorted(map(tuple, found[rows])) == sorted(map(tuple, counts[rows]))
    tables = [placebos.log_table_of_decades(one, 10) for one in (counts, found)]
    assert tables[0] == pytest.approx(tables[1])


def test_the_table_of_decades_is_the_integral_that_it_stands_for(script: Script) -> None:
    placebos = script("validate_placebos")
    counts = np.array([[2], [0], [1]])

    def chance(rate: float) -> float:
        density = expon.pdf(rate, scale=placebos.USUAL_MEAN)
        return float(density * poisson.pmf(counts[:, 0], rate).prod())

    integral = quad(chance, 0.0, 40.0)[0]
    assert placebos.log_table_of_decades(counts, 0) == pytest.approx(np.log(integral))


def test_quiet_days_lie_far_from_junctures_and_furthest_first(script: Script) -> None:
    placebos = script("validate_placebos")
    scenario = load_scenario("japan_nato/baseline")
    own = next(one.date for one in scenario.junctures if one.name == "nine_eleven")
    days = placebos.quiet_days(scenario, "nine_eleven", 3)
    assert len(set(days)) == 3
    assert all(abs(day - own) >= placebos.AWAY for day in days)
    apart = [min(abs((day - one.date).days) for one in scenario.junctures) for day in days]
    assert apart[0] == max(apart)
    assert min(apart) > 365
    assert dt.date(scenario.time.first_year, 1, 1) < min(days)


def test_pieces_go_on_where_they_were_cut_and_refuse_another_question(
    script: Script, tmp_path: Path
) -> None:
    pieces = script("in_pieces")
    done: list[int] = []

    def work(number: int) -> list[float]:
        if number == 2 and done.count(2) == 0:
            done.append(2)
            raise KeyboardInterrupt
        done.append(number)
        return [float(number), number**2.0]

    with pytest.raises(KeyboardInterrupt):
        pieces.in_pieces("squares", work, 4, 2, out=tmp_path, what={"of": 1})
    found = pieces.in_pieces("squares", work, 4, 2, out=tmp_path, what={"of": 1})
    assert found.found.tolist() == [[0, 0], [1, 1], [2, 4], [3, 9]]
    assert done == [0, 1, 2, 2, 3], "what was done is not done again"
    with pytest.raises(Exception, match="checkpoint of another calculation"):
        pieces.in_pieces("squares", work, 4, 2, out=tmp_path, what={"of": 2})


CALIBRATE = EXPERIMENTS.parent / "src" / "alliance_sim" / "cli" / "calibrate.py"


def test_commands_on_the_pages_are_those_of_the_scripts() -> None:
    fence = re.compile(r"^```\{from-package\} validation (\S+) (\S+)(.*)$", re.MULTILINE)
    found = [
        match
        for page in sorted((EXPERIMENTS.parent / "docs" / "validation").glob("*.md"))
        for match in fence.findall(page.read_text("utf-8"))
    ]
    assert len(found) > 8
    for _, name, words in found:
        own = name != "alliance-sim"
        source = (EXPERIMENTS / name if own else CALIBRATE).read_text("utf-8")
        for option in re.findall(r"--[a-z-]+", words):
            wanted = f'"{option}"' if own else f"    {option[2:].replace('-', '_')}: Annotated"
            assert wanted in source, f"{name} {option}"


@pytest.mark.slow
def test_filter_and_tempering_find_the_same_likelihood_at_fixed_parameters(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = script("validate_particle_filter")
    run(module, monkeypatch, "--quick", "--out", tmp_path)
    table = pd.read_csv(tmp_path / "filter_two_islands_baseline.csv").set_index("quantity")
    likelihood, evidence = table["apart"].to_numpy(dtype=float)
    assert abs(likelihood) < 2.5, "64 particles each; a slip would cost tens of nats"
    assert np.isfinite(evidence)


@pytest.mark.slow
def test_a_history_without_order_gives_no_gain_over_its_decades(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = script("validate_placebos")
    run(module, monkeypatch, "--quick", "--out", tmp_path)
    table = pd.read_csv(tmp_path / "placebo_two_islands_baseline_permuted.csv")
    assert list(table["record"]) == ["as it was", "permuted 1"]
    as_it_was, shuffled = table["gain"].to_numpy(dtype=float)
    assert as_it_was > 4.0, "this history was made by the model"
    assert shuffled < 0.0
    dates = pd.read_csv(tmp_path / "placebo_two_islands_baseline_dates.csv")
    assert dates["date"].iloc[0] == "2004-05-10 (its own)"
    own, quiet = dates["log_bayes_factor"].to_numpy(dtype=float)
    assert own > quiet


@pytest.mark.slow
def test_two_samplers_run_from_end_to_end(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = script("validate_two_samplers")
    run(module, monkeypatch, "--quick", "--out", tmp_path)
    table = pd.read_csv(tmp_path / "two_samplers_two_islands_baseline.csv")
    assert table["quantity"].iloc[-1] == "log likelihood"
    assert np.sqrt((table["apart_sd"] ** 2).mean()) < 0.6


@pytest.mark.slow
def test_made_histories_are_ranked_and_mapped(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = script("validate_made_histories")
    run(module, monkeypatch, "--quick", "--out", tmp_path)
    table = pd.read_csv(tmp_path / "ranks_two_islands_baseline.csv").set_index("quantity")
    assert (table["replicates"] == 2).all()
    assert (
        table["sd_ratio"]
        .drop(["joint log likelihood", "what the juncture changed"])
        .between(0.0, 2.0, inclusive="neither")
        .all()
    )
    assert table["sd_ratio"].isna().sum() == 2
    each = pd.read_csv(tmp_path / "ranks_two_islands_baseline_each.csv")
    assert each.shape == (2, len(table))
    assert (tmp_path / "ranks_two_islands_baseline.png").stat().st_size > 10_000


@pytest.mark.slow
def test_power_scaling_reads_the_folder_of_a_fit(
    script: Script, fitted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = script("validate_power_scaling")
    run(module, monkeypatch, fitted, "N", "--out", tmp_path)
    table = pd.read_csv(tmp_path / "power_scaling_N.csv").set_index("quantity")
    assert "levels.pace" in table.index
    assert table["prior"].between(0.0, 1.0).all()
    # how many acts there are is told by the acts
    rates = table["likelihood"].filter(like="log_rate").to_numpy(dtype=float)
    assert rates.max() > 0.05
