"""From when an outcome was certain, for who knows the record to each year."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from scipy.stats import binomtest

from alliance_sim import Kernel, ResultError, Scenario, SettingError, load_scenario, simulate
from alliance_sim.calibration import PosteriorDraws
from alliance_sim.calibration.target import Target, prior_of, target_of
from alliance_sim.counterfactual import Histories, InevitabilityCurve, inevitability
from alliance_sim.counterfactual.curves import asked_of_curves, chance
from alliance_sim.counterfactual.stored_curves import StoredCurves, load_curves, shipped_curves
from alliance_sim.counterfactual.when_certain import inevitability_curves
from alliance_sim.counterfactual.yearly_draws import KEPT, YearlyDraws, prior_draws
from alliance_sim.engine.vectors import DrawnNumbers
from alliance_sim.record.record import Record
from alliance_sim.results.outcomes import evaluate, parse_outcome
from alliance_sim.world.state import state_names

pytestmark = pytest.mark.slow

ISLANDS = load_scenario("two_islands/baseline")
HISTORY = load_scenario("japan_nato/baseline")
RAID = ("without great_raid",)
EXPERIMENTS = Path(__file__).parents[2] / "experiments"


def known_to(year: int, whole: PosteriorDraws) -> PosteriorDraws:
    """Return draws with what they say of the years after one left out."""
    target = target_of(prior_of(ISLANDS), until=year)
    parameters = whole.prior.inverse_transform(whole.held.parameters)
    noise = whole.held.normals(slice(0, len(whole)))[: target.layout.steps]
    unknowns = np.concatenate([parameters, noise.reshape(-1, len(whole)).T], axis=1)
    return PosteriorDraws.made(target, unknowns, seed=1, command="none: made for a test")


@pytest.fixture(scope="module")
def years(islands_posterior: PosteriorDraws) -> dict[int, PosteriorDraws]:
    coded = Record.of(ISLANDS).events["when"].min().year
    last = ISLANDS.time.last_year
    return {year: known_to(year, islands_posterior) for year in range(coded, last)}


def asked(
    outcome: str, years: dict[int, PosteriorDraws], whole: PosteriorDraws, **more: Any
) -> InevitabilityCurve:
    return inevitability(
        ISLANDS, RAID, outcome=outcome, years=years, posterior=whole, threads=1, **more
    )


@pytest.fixture(scope="module")
def curve(
    years: dict[int, PosteriorDraws], islands_posterior: PosteriorDraws
) -> InevitabilityCurve:
    return asked("rung>=2@2008", years, islands_posterior, uniforms=2)


def test_what_has_happened_is_certain_from_then_on(
    years: dict[int, PosteriorDraws], islands_posterior: PosteriorDraws
) -> None:
    rungs = Record.of(ISLANDS).rungs
    happened = int(rungs.loc[rungs["rung"] == 1, "when"].iloc[0].year)
    last = ISLANDS.time.last_year
    assert happened < last
    curve = asked(f"rung>=1@{happened}", years, islands_posterior, uniforms=2)
    after = curve.years >= happened
    assert (curve.fact[after, 0] == 1.0).all()
    assert (curve.fact[~after, 0] < 1.0).any()
    assert curve.at(last)[0] == 1.0
    assert curve.on_record


def test_what_the_record_settles_has_no_interval_and_what_is_edited_has(
    curve: InevitabilityCurve,
) -> None:
    settled = curve.years >= curve.decided
    assert (curve.fact[settled, 1:] == curve.fact[settled, :1]).all()
    assert (np.ptp(curve.fact[~settled], axis=1) > 0.0).all()
    assert (np.ptp(curve.edited[settled], axis=1) > 0.0).any()


def test_an_edit_that_comes_later_is_run_and_one_that_came_is_replayed(
    years: dict[int, PosteriorDraws], islands_posterior: PosteriorDraws
) -> None:
    """With one year more known only what is known changes; before the edit so do both worlds."""
    curve = asked("level_operations>0.2@2010", years, islands_posterior, uniforms=2)
    early = curve.years < 2003
    assert (curve.fact[early, 0] > curve.edited[early, 0]).any()
    assert not curve.on_record
    assert "stays a probability" in curve.line


def test_both_curves_and_their_mirrors_add_up_to_one(curve: InevitabilityCurve) -> None:
    table = curve.frame
    assert np.allclose(table["fact"] + table["alternative"], 1.0)
    assert np.allclose(table["edited"] + table["alternative_edited"], 1.0)
    for world in ("fact", "edited"):
        assert (table[f"{world}_low"] <= table[world] + 1e-12).all()
        assert (table[world] <= table[f"{world}_high"] + 1e-12).all()


class PriorDraws(NamedTuple):
    """Draws of the prior, as `simulate` takes a posterior."""

    paths: tuple[str, ...]
    values: Any

    @property
    def label(self) -> str:
        return "draws of the prior"

    def misfit(self, _: Scenario) -> str:
        return ""

    def numbers_of(self, _: Scenario) -> DrawnNumbers:
        return DrawnNumbers(self.paths, self.values)

    def coded(self) -> dict[str, np.ndarray]:
        return {}


def test_the_first_point_is_the_share_of_free_runs_of_the_prior_that_begin_as_the_record_does() -> (
    None
):
    prior, outcome = prior_of(ISLANDS), "level_political>0.25@2008"
    runs, first = 6_000, ISLANDS.time.steps_per_year
    numbers = prior.numbers(np.ascontiguousarray(prior.sample(runs, 77).T))
    free = simulate(
        ISLANDS, runs=runs, seed=9, engine=Kernel(threads=1),
        posterior=PriorDraws(prior.paths, np.ascontiguousarray(numbers)),
    )  # fmt: skip
    read = parse_outcome(outcome, states=state_names(ISLANDS), calendar=ISLANDS.calendar())
    formal = free.column("rung") + free.column("agreements") + free.column("blocked")
    alike = ~(formal[:, :first] > 0.0).any(axis=1)
    assert 0.5 < alike.mean() < 0.9  # the record holds nothing in that year, which is news
    has = evaluate([read], free.states, free.values, free.calendar)[:, 0]
    wanted = float(has[alike].mean())
    begun = Target(
        prior, Record.of(ISLANDS), until=ISLANDS.time.first_year,
        parts=("ladder", "agreements", "laws"),
    )  # fmt: skip
    found = []
    for seed in range(6):
        draws = prior_draws(prior, begun, seed=seed)
        past = Histories.of_posterior(
            draws, ISLANDS, uniforms=2, seed=seed, threads=1, target=begun
        )
        values = past.run([read.state])
        one = evaluate([read], (read.state,), values, free.calendar)[:, 0]
        found.append(float(one.mean()))
    error = np.hypot(np.std(found, ddof=1) / np.sqrt(6), np.sqrt(0.25 / alike.sum()))
    assert abs(np.mean(found) - wanted) < 4 * error
    assert error < 0.03


def test_draws_of_the_prior_are_weighed_by_what_is_on_record() -> None:
    prior = prior_of(ISLANDS)
    target = Target(prior, Record.of(ISLANDS), until=ISLANDS.time.first_year)
    draws = prior_draws(prior, target, seed=3)
    assert len(draws) == KEPT
    assert draws.held.until == ISLANDS.time.first_year
    nothing = Target(prior, Record.of(ISLANDS), until=target.until, parts=("laws",))
    bare = prior_draws(prior, nothing, seed=3)
    theta = [np.ascontiguousarray(one.held.parameters.T) for one in (draws, bare)]
    noise = [one.held.normals(slice(0, KEPT)) for one in (draws, bare)]
    mine, its = (target.of_vectors(*pair).mean() for pair in zip(theta, noise, strict=True))
    assert mine > its


def test_draws_that_are_one_and_the_same_are_worth_one() -> None:
    values = np.array([1.0, 0.0] * 50)
    apart = chance(values, np.arange(100))
    together = chance(values, np.arange(100) % 10)  # ten that were taken ten times each
    assert apart[0] == together[0] == 0.5
    for found, worth in ((apart, 100), (together, 10)):
        wanted = binomtest(worth // 2, worth).proportion_ci(0.9, method="wilson")
        assert np.allclose(found[1:], (wanted.low, wanted.high), atol=1e-12)


def test_the_curves_of_the_headline_questions_ship_and_hold(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found, why = shipped_curves(HISTORY)
    assert found is not None, why
    monkeypatch.syspath_prepend(EXPERIMENTS)
    questions = import_module("headline").every_headline()
    assert len(questions) == len(found.curves) == 10
    for name, one in questions.items():
        start = load_scenario(one.start) if one.start else None
        curve = inevitability(HISTORY, one.edits, outcome=one.outcome, start=start)
        assert curve.outcome == one.outcome, name
        assert list(curve.years) == list(range(1969, 2026)), name
        after = curve.years >= curve.decided
        if curve.on_record:
            assert set(curve.fact[after, 0]) <= {0.0, 1.0}, name


def test_a_shipped_curve_is_found_however_its_question_is_put() -> None:
    one = inevitability(HISTORY, "without nine_eleven", outcome="rung>=8@2014")
    start = load_scenario("japan_nato/no_nine_eleven")
    assert inevitability(HISTORY, outcome="rung >= 8 @ 2014", start=start).key == one.key
    assert one.at(2014)[0] == 1.0
    assert 0.0 < one.at(2014)[1] < 1.0
    assert one.since(0.9) == 2014
    with pytest.raises(SettingError, match="year is 1800, must be one of 1969 to 2025"):
        one.at(1800)


def test_curves_that_are_stored_come_back_as_they_were(
    curve: InevitabilityCurve, islands_posterior: PosteriorDraws, tmp_path: Path
) -> None:
    stored = StoredCurves.of([curve], islands_posterior, command="made for a test")
    path = tmp_path / "curves.npz"
    stored.save(path)
    content = path.read_bytes()
    (again,) = load_curves(path).curves.values()
    assert again.as_tree() == curve.as_tree()
    load_curves(path).save(path)
    assert path.read_bytes() == content
    path.write_bytes(content[:-7] + b"another")
    with pytest.raises(ResultError, match="holds no inevitability curves"):
        load_curves(path)


def test_a_question_without_a_shipped_curve_says_how_to_get_one() -> None:
    with pytest.raises(SettingError) as caught:
        inevitability(HISTORY, ["without isaf"], outcome="rung>=8@2014")
    told = " ".join(str(caught.value).split())
    assert "no curve comes with the package for without isaf: rung>=8@2014, under RID" in told
    assert "without nine_eleven: rung>=8@2014" in told
    assert "alliance-sim score japan_nato/baseline --refit --settings rolling" in told
    with pytest.raises(SettingError, match="no curve comes with the package for two_islands"):
        inevitability(ISLANDS, RAID, outcome="rung>=2@2008")


@pytest.mark.parametrize(
    ("given", "told"), [({"uniforms": 50}, "uniforms"), ({"seed": 7, "posterior": "none"}, "seed")]
)
def test_a_shipped_curve_takes_nothing_that_it_could_not_heed(
    given: dict[str, Any], told: str
) -> None:
    with pytest.raises(SettingError, match=f"{told}: curves that come with the package are"):
        inevitability(HISTORY, ["without nine_eleven"], outcome="rung>=8@2014", **given)


def test_a_number_has_no_curve() -> None:
    with pytest.raises(SettingError, match=r"such as level_equipment>0\.5@2024"):
        asked_of_curves(HISTORY, ["without isaf"], "level_equipment@2024")


def test_an_outcome_decided_before_a_curve_begins_is_told_before_anything_is_run() -> None:
    edits = ["set levels.pace=0.5"]
    told = "is decided in 1968, and a curve begins in 1969, .* such as @2025"
    with pytest.raises(SettingError, match=told):
        asked_of_curves(HISTORY, edits, "rung>=1@1968")
    assert asked_of_curves(HISTORY, edits, "rung>=1@1969").binary


def test_curves_of_several_questions_are_under_the_theory_that_they_name(
    years: dict[int, PosteriorDraws], islands_posterior: PosteriorDraws
) -> None:
    plain = {"edits": RAID, "outcome": "rung>=2@2008"}
    under = {"edits": ["theory RI", *RAID], "outcome": "rung>=1@2008"}
    given: Any = {"years": years, "posterior": islands_posterior}
    with pytest.raises(SettingError, match="are of theory RID, and RI is asked for"):
        inevitability_curves(ISLANDS, [under], **given)
    with pytest.raises(SettingError, match=r"different theories \(RI, none named\)"):
        inevitability_curves(ISLANDS, [plain, under], **given)


def test_years_without_draws_are_named(
    years: dict[int, PosteriorDraws], islands_posterior: PosteriorDraws, tmp_path: Path
) -> None:
    some = {year: draws for year, draws in years.items() if year % 2}
    with pytest.raises(SettingError, match="there are no draws of 20"):
        YearlyDraws(ISLANDS, some, islands_posterior)
    with pytest.raises(SettingError, match="is no folder"):
        YearlyDraws(ISLANDS, tmp_path / "nowhere", islands_posterior)
    (tmp_path / "alliance").mkdir()
    with pytest.raises(SettingError, match="holds no draws by year of series all under RID"):
        YearlyDraws(ISLANDS, tmp_path, islands_posterior)


def test_draws_of_a_folder_give_the_curve_of_draws_that_are_handed_in(
    years: dict[int, PosteriorDraws],
    islands_posterior: PosteriorDraws,
    curve: InevitabilityCurve,
    tmp_path: Path,
) -> None:
    folder = tmp_path / "refits" / "all" / "RID" / "draws"
    folder.mkdir(parents=True)
    for year, draws in years.items():
        draws.save(folder / f"{year}.npz")
    again = inevitability(
        ISLANDS, RAID, outcome="rung>=2@2008", years=tmp_path, posterior=islands_posterior,
        uniforms=2, threads=2,
    )  # fmt: skip
    assert again.as_tree() == curve.as_tree()
