"""Scripts that validate fits: what they are made of is right, and they run from end to end."""

from __future__ import annotations

import argparse
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
from scipy.stats import expon, norm, poisson

from alliance_sim import load_scenario, model

EXPERIMENTS = Path(__file__).parents[2] / "experiments"
Script = Callable[[str], Any]
BASELINE = load_scenario("japan_nato/baseline")


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


@pytest.fixture(scope="module")
def islands() -> Any:
    return model(load_scenario("two_islands/baseline"), "RID")


def test_a_horseshoe_scales_each_pull_and_nothing_else(script: Script) -> None:
    module = script("validate_other_priors")
    asked = model(load_scenario("japan_nato/baseline"), "RID")
    shoe = module.beliefs(asked)["horseshoe"]
    assert shoe.further == 1 + len(shoe.pulls) == 16
    assert sum(shoe.half) == 14, "capability pulls either way"
    rng = np.random.default_rng(1)
    z = rng.standard_normal((shoe.further + len(asked.names), 3))
    z[: shoe.further] = 0.0  # half-Cauchy scales at their median, 1
    z[shoe.further + np.array(shoe.pulls), 0] = 0.0
    found = asked.prior.transform(shoe.usual(z, asked).T).T
    common = module.global_scale(len(shoe.pulls))
    width = module.SLAB * common / np.hypot(module.SLAB, common)
    median = np.where(shoe.half, norm.ppf(0.75) * width, 0.0)  # of sizes, and of what has a sign
    assert found[list(shoe.pulls), 0] == pytest.approx(median, abs=1e-12)
    others = np.delete(np.arange(len(asked.names)), shoe.pulls)
    assert shoe.usual(z, asked)[others] == pytest.approx(z[shoe.further :][others])
    z[: shoe.further] = 8.0  # however large the scales, the slab holds
    found = asked.prior.transform(shoe.usual(z, asked).T).T
    half = np.array(shoe.pulls)[np.array(shoe.half)]
    assert found[half, 0] == pytest.approx(norm.ppf(0.75) * module.SLAB, rel=1e-9)


def test_a_wider_prior_gives_the_same_numbers_through_the_usual_one(
    script: Script, islands: Any
) -> None:
    module = script("validate_other_priors")
    wider = module.beliefs(islands)["wider"]
    z = 0.5 * np.random.default_rng(2).standard_normal((len(islands.names), 4))
    usual = wider.usual(z, islands)
    assert islands.prior.transform(usual.T) == pytest.approx(wider.prior.transform(z.T))
    of = {one.path: one.family for one in islands.scenario.priors}
    half = [k for k, name in enumerate(islands.names) if of.get(name) == "half_normal"]
    before, after = islands.prior.transform(z.T).T[half], wider.prior.transform(z.T).T[half]
    assert after == pytest.approx(before * np.sqrt(2.0), rel=0.2), "less, near the ends of ranges"
    assert (after > before).all()
    seen = module.Seen(islands, wider)
    noise = np.zeros((islands.target.dimension - len(islands.names), 4))
    whole = np.concatenate([z, noise])
    expected = islands.target(np.concatenate([usual, noise]))
    assert seen(whole) == pytest.approx(expected)
    assert np.isfinite(expected).any()


def test_fields_that_are_left_out_say_nothing(script: Script, islands: Any) -> None:
    module = script("validate_fields")
    target = islands.target
    rng = np.random.default_rng(3)
    z = np.concatenate(
        [
            0.3 * rng.standard_normal((len(islands.names), 8)),
            np.zeros((target.dimension - len(islands.names), 8)),
        ]
    )
    parts = target.of_parts(*target.parted(z))
    rest = parts["ladder"] + parts["agreements"] + parts["laws"]
    possible = np.isfinite(rest + parts["counts"])
    assert possible.any()
    none, every = module.Fields(islands, ())(z), module.Fields(islands, (0, 1, 2, 3))(z)
    assert none == pytest.approx(rest)
    assert every[possible] == pytest.approx((rest + parts["counts"])[possible])
    each = [module.Fields(islands, (k,))(z) - none for k in range(4)]
    assert sum(one[possible] for one in each) == pytest.approx(parts["counts"][possible])


def test_a_field_that_goes_with_the_others_is_told_by_them(script: Script) -> None:
    module = script("validate_fields")
    rng = np.random.default_rng(4)
    rate = np.exp(np.linspace(-2.0, 1.0, 160))[:, None] * np.ones(4)
    counts = rng.poisson(rate)
    backwards = counts.copy()
    backwards[:, 2] = backwards[::-1, 2]
    told, not_told = (module.of_the_others(one, 2, 4, 1) for one in (counts, backwards))
    assert told > not_told + 10.0
    best = poisson.logpmf(counts[:, 2], rate[:, 2]).sum()
    assert best - 12.0 < told < best + 2.0, "three unknown numbers cost some nats"


def test_each_prior_is_told_with_its_own_numbers(script: Script, tmp_path: Path) -> None:
    module = script("validate_other_priors")
    given = argparse.Namespace(
        scenario="two_islands/baseline", until=None, quick=True, out=tmp_path, seed=1, particles=8
    )
    fits = module.Fits(given)
    pulls = len(module.pulls_of(fits.asked))
    scores, scale = len(module.SCORES), len(module.QUANTILES)
    found = np.arange(4.0)[:, None] + np.arange(scores + scale * (1 + pulls)) / 1e6
    found[:3, scores : scores + scale] = np.nan
    fits.write(found)
    told = pd.read_csv(tmp_path / "other_priors.csv")
    assert told["prior"].tolist() == ["as it is", "wider", "narrower", "horseshoe"]
    assert told["log_evidence"].tolist() == [0.0, 1.0, 2.0, 3.0]
    assert told["common_scale"].isna().tolist() == [True, True, True, False]
    each = pd.read_csv(tmp_path / "other_priors_pulls.csv")
    assert len(each) == pulls
    assert each["wider"].tolist() == ["1.00 (1.00 to 1.00)"] * pulls
    assert not (tmp_path / "other_priors_headlines.csv").exists()


def test_salience_is_believed_to_be_about_what_was_stated(script: Script) -> None:
    module = script("validate_salience")
    scenario = load_scenario("two_islands/baseline")
    prior = model(module.with_salience_fitted(scenario)).prior
    stated = {f"kind.{k.domain}_{k.name}.salience": k.salience.value for k in scenario.kinds}
    z = np.zeros((2, len(prior.names)))
    z[1, prior.names.index("kind.*.salience")] = 1.0
    middle, moved = (
        dict(zip(prior.paths, one, strict=True)) for one in prior.numbers(prior.transform(z).T).T
    )
    assert len(stated) == len(scenario.kinds)
    for path, own in stated.items():
        assert middle[path] == pytest.approx(own, abs=1e-3)  # normals are cut at the range
        assert moved[path] == pytest.approx(own + module.COMMON_SD, abs=1e-3)


def test_each_fit_of_salience_is_told_with_its_own_numbers(script: Script, tmp_path: Path) -> None:
    module = script("validate_salience")
    given = argparse.Namespace(
        scenario="two_islands/baseline", until=None, quick=True, out=tmp_path, seed=1, particles=8
    )
    fits = module.Fits(given)
    found = np.array([[1.0], [2.0]]) + np.arange(fits.width)
    fits.write(found)
    told = pd.read_csv(tmp_path / "salience.csv", dtype=str)
    assert told.columns.tolist() == ["salience", *module.NAMES]
    rows = {name: both for name, *both in told.to_numpy().tolist()}
    assert rows["log evidence"] == ["1.0", "2.0"]
    assert rows["years not trusted"] == ["6", "7"]
    assert rows[module.CHANCES[0]] == ["7.00", "8.00"]
    first = load_scenario("two_islands/baseline").periods[0].name
    assert rows[f"salient acts, {first}"] == ["10.0 (9 coded)", "11.0 (10 coded)"]
    assert rows["claims in 90 % of runs"] == [str(fits.width), str(fits.width + 1)]
    assert not (tmp_path / "salience_headlines.csv").exists()


def test_the_scenario_that_is_written_is_the_one_that_is_fitted(
    script: Script, tmp_path: Path
) -> None:
    module = script("validate_salience")
    written = load_scenario(module.write_scenario("japan_nato/baseline", tmp_path))
    assert written.priors == module.with_salience_fitted(BASELINE).priors
    assert len(written.priors) == len(BASELINE.priors) + 1 + len(BASELINE.kinds)
