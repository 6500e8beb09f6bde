"""What two islands taught about the rules is carried over to two straits, a world of its own."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest

from alliance_sim import ResultError, Scenario, ScenarioError, load_scenario
from alliance_sim.calibration import PosteriorDraws
from alliance_sim.calibration.carried import WHICH, carried_prior, is_coefficient
from alliance_sim.calibration.target import Target
from alliance_sim.comparison.made import make_record
from alliance_sim.errors import NoRecord
from alliance_sim.record.record import Record
from alliance_sim.scenario.edit import as_tree, value_at
from alliance_sim.scenario.scenario import build

pytestmark = pytest.mark.slow

ISLANDS = load_scenario("two_islands/baseline")
FILE = Path(__file__).parents[2] / "scenarios" / "two_islands"
CHANGED = {
    'relationship = "two_islands"': 'relationship = "two_straits"',
    'name = "raiders"': 'name = "pirates"',
    'of = "raiders"': 'of = "pirates"',
    "raiders = [0.6": "pirates = [0.6",
    "hostility = [0.25": "hostility = [0.4",
    "pace = [2.0, 0.15, 4.0": "pace = [0.3, 0.3, 0.3",
}


def written(folder: Path, *, priors: str = "", record: bool = True) -> Scenario:
    """Return a relationship of one's own: a file without priors, and a record that it made."""
    text = (FILE / "baseline.toml").read_text("utf-8")
    text = text.partition("# What a fit would believe beforehand")[0]
    for old, new in CHANGED.items():
        assert old in text
        text = text.replace(old, new)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "straits.toml"
    path.write_text(text + priors, "utf-8")
    (folder / "record").mkdir(exist_ok=True)
    shutil.copy(FILE / "record" / "reporting.toml", folder / "record")
    if record:
        # made at another pace than the file states: the made world has that of the islands
        made = load_scenario(path)
        tree = as_tree(made)
        tree["levels"]["pace"] |= {"value": 2.0, "low": 0.15, "high": 4.0}
        make_record(build(tree, "straits"), seed=7, run=1, out=folder / "record")
    return load_scenario(path)


@pytest.fixture(scope="module")
def straits(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return written(tmp_path_factory.mktemp("straits"))


def test_coefficients_are_told_from_a_relationships_own_numbers_by_their_paths() -> None:
    for path in ("levels.pace", "observation.counting.political.log_rate", "domestic.law_threat"):
        assert is_coefficient(ISLANDS, path), path
    for path in (
        "willingness.floor_state.political",
        "threat.raiders.offence",
        "period.alarm.link",
        "juncture.great_raid.effect.0.size",
        "leader.admiral.push",
        "rung.treaty.demand",
        "member.hills.offset",
        "partners.state_capability",
        "spread.raids",
        "reporting.0.salience_1",
    ):
        assert not is_coefficient(ISLANDS, path), path


def test_every_draw_comes_over_whole_and_floors_are_free(
    straits: Scenario, islands_posterior: PosteriorDraws
) -> None:
    prior = carried_prior(straits, islands_posterior)
    assert prior.names[-1] == WHICH
    assert all(name.startswith(("willingness.floor_", "reporting.")) for name in prior.names[:-1])
    assert len([name for name in prior.names if "floor_" in name]) == 6
    before = islands_posterior.draws()[list(prior.carried.paths)].to_numpy()
    after = prior.carried.values.T
    assert sorted(map(tuple, before)) == sorted(map(tuple, after)), "none is changed"
    z = np.zeros((len(prior), 3))
    z[-1] = -9.0, 0.0, 9.0
    theta = prior.natural(z)
    assert theta[-1].tolist() == [0, 32, 63]
    numbers = prior.numbers(theta)[-len(prior.carried.paths) :]
    assert np.array_equal(numbers, prior.carried.values[:, [0, 32, 63]])
    back = prior.inverse_transform(theta.T.copy())
    assert np.array_equal(prior.transform(back), theta.T)


def test_a_range_of_the_file_does_not_stop_what_is_carried_over(
    straits: Scenario, islands_posterior: PosteriorDraws
) -> None:
    assert value_at(straits, "levels.pace").high == pytest.approx(0.3)
    prior = carried_prior(straits, islands_posterior)
    pace = value_at(prior.scenario, "levels.pace")
    drawn = prior.carried.values[prior.carried.paths.index("levels.pace")]
    assert drawn.min() > 0.3
    assert pace.low <= drawn.min() <= drawn.max() <= pace.high
    assert pace.value == pytest.approx(np.median(drawn))
    assert pace.source.startswith("fitted; carried over")
    target = Target(prior, Record.of(straits))
    z = np.zeros((target.dimension, 4))
    z[len(prior) - 1] = -2.0, -0.5, 0.5, 2.0
    found = target(z)
    assert np.isfinite(found).all()
    assert len(set(found.tolist())) == 4, "each draw makes another world"
    again = pickle.loads(pickle.dumps(target))
    assert np.array_equal(again(z), found)


def test_floors_have_their_own_prior_where_the_file_states_one(
    tmp_path: Path, islands_posterior: PosteriorDraws
) -> None:
    own = """
[[prior]]
path = "willingness.floor_state.political"
family = "normal"
parameters = [-1.0, 0.1]
source = "made up"
"""
    prior = carried_prior(written(tmp_path, priors=own), islands_posterior)
    draws = prior.sample(400, 1)
    mine = draws[:, prior.names.index("willingness.floor_state.political")]
    other = draws[:, prior.names.index("willingness.floor_state.operations")]
    assert abs(mine.mean() + 1.0) < 0.05
    assert abs(other.mean() + 2.5) < 0.2, "that of the islands"


def test_a_number_that_an_edit_sets_stays_set(
    straits: Scenario, islands_posterior: PosteriorDraws
) -> None:
    edited = straits.with_number("assets.growth", 0.11)
    prior = carried_prior(edited, islands_posterior)
    assert "assets.growth" not in prior.carried.paths
    assert prior.carried.kept == {"assets.growth": "an edit sets it, and it stays set"}
    assert value_at(prior.scenario, "assets.growth").value == pytest.approx(0.11)


def test_what_was_fitted_is_not_carried_over_to_itself(islands_posterior: PosteriorDraws) -> None:
    with pytest.raises(ResultError, match=r"nothing is carried over to what was seen.*--refit"):
        carried_prior(ISLANDS, islands_posterior)


def test_a_relationship_without_a_record_is_told(
    tmp_path: Path, islands_posterior: PosteriorDraws
) -> None:
    written(tmp_path / "a", record=False)
    path = tmp_path / "a" / "straits.toml"
    bare = path.read_text("utf-8").replace('record = "./record"\n', "")
    path.write_text(bare, "utf-8")
    with pytest.raises(NoRecord):
        carried_prior(load_scenario(path), islands_posterior)


def test_draws_that_share_no_number_are_told(straits: Scenario) -> None:
    tree = as_tree(ISLANDS)
    tree["prior"] = [one for one in tree["prior"] if "floor_" in one["path"]]
    tree["spread"] = []
    from alliance_sim.calibration.target import prior_of, target_of

    target = target_of(prior_of(build(tree, ISLANDS.name)))
    z = np.zeros((1, target.dimension))
    floors = PosteriorDraws.made(target, z, seed=1, command="none")
    with pytest.raises(ResultError, match="none of its 6 numbers is a coefficient"):
        carried_prior(straits, floors)


def test_a_scenario_whose_floors_are_all_set_leaves_nothing_free(
    straits: Scenario, islands_posterior: PosteriorDraws
) -> None:
    edited = straits
    for side in ("state", "alliance"):
        for domain in ("political", "operations", "equipment"):
            edited = edited.with_number(f"willingness.floor_{side}.{domain}", -2.0)
    if Record.of(edited).reporting.unknowns:
        pytest.skip("chances of being coded are free")
    with pytest.raises(ScenarioError, match="leaves no parameter to fit"):
        carried_prior(edited, islands_posterior)
