"""`simulate`: settings, rows, failures, processes."""

import math
import multiprocessing
import os
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alliance_sim import Kernel, Mesa, load_scenario, noise_of_seed, provenance, simulate
from alliance_sim.engine.mesa_model import AllianceModel, Cast, Member, State, Threat
from alliance_sim.errors import AllianceSimError, ScenarioError, SettingError, UnfinishedError

SHORT = (
    load_scenario("japan_nato/baseline")
    .with_setting("time.first_year", 2006)
    .with_setting("time.last_year", 2012)
)
RUNS = 6
ENGINES = ("kernel", "mesa")


@pytest.fixture(scope="module")
def ensemble() -> Any:
    return simulate(SHORT, runs=RUNS, seed=5)


class FailsInRunOne(Threat):
    """A threat that breaks the model in one run, a few quarters in."""

    def perceive(self) -> None:
        super().perceive()
        if self.model.run == 1 and self.model.quarter > 5:
            raise RuntimeError("out of control")


class NeverStarts(State):
    """A state that cannot even be set up in one run."""

    def __init__(self, model: Any, name: str) -> None:
        if model.run == 2:
            raise ZeroDivisionError("no such state")
        super().__init__(model, name)


class Fails(Member):
    """Members that break every run."""

    def weigh(self) -> None:
        raise RuntimeError("no quorum")


def test_an_ensemble_names_what_it_came_from(ensemble: Any) -> None:
    assert ensemble.runs == RUNS
    assert ensemble.scenario == SHORT.name
    assert ensemble.seed == 5
    assert ensemble.first_run == 0
    assert ensemble.engine == "kernel"
    assert simulate(SHORT, runs=1, seed=5, engine="mesa").engine == "mesa"
    assert ensemble.status == ("ok",) * RUNS
    assert ensemble.values.shape == (RUNS, 28, len(ensemble.states))
    assert ensemble.digest == provenance.scenario_digest(SHORT)
    assert ensemble.versions["alliance-sim"] == provenance.version()


@pytest.mark.parametrize("engine", ENGINES)
def test_simulating_twice_gives_the_same_bits(engine: str, ensemble: Any) -> None:
    first, again = (simulate(SHORT, runs=RUNS, seed=5, engine=engine) for _ in range(2))
    assert again == first
    assert again.engine == engine
    assert again.values.tobytes() == first.values.tobytes() == ensemble.values.tobytes()


def test_states_have_names_of_their_own(ensemble: Any) -> None:
    assert len(set(ensemble.states)) == len(ensemble.states)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("first", [0, 2, 5])
def test_a_run_computed_alone_equals_its_row_among_many(
    first: int, engine: str, ensemble: Any
) -> None:
    alone = simulate(SHORT, runs=1, seed=5, first_run=first, engine=engine)
    assert alone.first_run == first
    assert alone.values[0].tobytes() == ensemble.values[first].tobytes()


def test_blocks_of_runs_make_up_the_whole(ensemble: Any) -> None:
    parts = [simulate(SHORT, runs=n, seed=5, first_run=f) for f, n in ((0, 1), (1, 5))]
    together = np.concatenate([part.values for part in parts])
    assert together.tobytes() == ensemble.values.tobytes()


@pytest.mark.filterwarnings("ignore::alliance_sim.ScenarioWarning")  # what lies behind the end
@pytest.mark.parametrize("last", [2004, 2007, 2009])
def test_a_run_that_ends_earlier_is_the_beginning_of_the_longer_one(last: int) -> None:
    islands = load_scenario("two_islands/baseline")
    whole = simulate(islands, runs=4, seed=5)
    part = simulate(islands.with_setting("time.last_year", last), runs=4, seed=5)
    assert part.calendar.labels == whole.calendar.labels[: part.calendar.steps]
    assert part.values.tobytes() == whole.values[:, : part.calendar.steps].tobytes()


def test_the_last_of_all_runs_can_be_computed() -> None:
    last = simulate(SHORT, runs=1, seed=5, first_run=2**32 - 1)
    assert np.isfinite(last.values).all()
    agents = simulate(SHORT, runs=1, seed=5, first_run=2**32 - 1, engine="mesa")
    assert agents.values.tobytes() == last.values.tobytes()


def test_two_processes_give_the_bits_of_one(ensemble: Any) -> None:
    ensemble = simulate(SHORT, runs=RUNS, seed=5, engine="mesa")
    shared = simulate(SHORT, runs=RUNS, seed=5, engine=Mesa(workers=2))
    assert shared == ensemble
    assert shared.values.tobytes() == ensemble.values.tobytes()


@pytest.mark.parametrize("engine", [*ENGINES, Kernel(threads=2), Mesa(workers=1)])
def test_progress_is_told_up_to_the_last_run(engine: Any) -> None:
    told: list[tuple[int, int]] = []

    def tell(done: int, asked: int) -> None:
        told.append((done, asked))

    simulate(SHORT, runs=RUNS, seed=5, engine=engine, progress=tell)
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert told[-1] == (RUNS, RUNS)
    assert {asked for _, asked in told} == {RUNS}


@pytest.mark.filterwarnings("ignore::alliance_sim.errors.ScenarioWarning")
def test_a_scenario_can_be_given_by_name_or_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        """
        extends = "japan_nato/baseline"
        title = "Mine"
        description = "Mine."
        [[set]]
        path = "time.first_year"
        to = 2020
        source = "mine"
        """,
        encoding="utf-8",
    )
    by_name = load_scenario("japan_nato/baseline").with_setting("time.first_year", 2020)
    given = simulate(path, runs=1, seed=5)
    assert given.values.tobytes() == simulate(by_name, runs=1, seed=5).values.tobytes()
    assert given.scenario == "mine"
    with pytest.raises(ScenarioError, match="did you mean 'japan_nato/baseline'"):
        simulate("japan_nato/baselin", runs=1, seed=5)


@pytest.mark.parametrize("cast", [Cast(threat=FailsInRunOne), Cast(state=NeverStarts)])
def test_a_run_that_fails_is_a_row_of_its_own_and_harms_no_other(cast: Cast, ensemble: Any) -> None:
    broken = 1 if cast.threat is FailsInRunOne else 2
    found = simulate(SHORT, runs=RUNS, seed=5, engine=Mesa(cast=cast))
    others = [run for run in range(RUNS) if run != broken]
    assert np.isnan(found.values[broken]).all()
    assert found.values[others].tobytes() == ensemble.values[others].tobytes()
    assert [found.status[run] for run in others] == ["ok"] * len(others)
    words = "RuntimeError: out of control" if broken == 1 else "ZeroDivisionError: no such state"
    assert found.status[broken] == words
    assert found.to_frame()["run"].value_counts().to_dict() == dict.fromkeys(range(RUNS), 28)


def test_an_ensemble_of_failures_is_an_error_that_says_why() -> None:
    with pytest.raises(AllianceSimError, match=r"every run failed.*RuntimeError: no quorum"):
        simulate(SHORT, runs=2, seed=5, engine=Mesa(cast=Cast(member=Fails)))


def test_a_class_that_other_processes_cannot_import_is_refused_in_words() -> None:
    class Local(State):
        """Defined where no other process can find it, as in a notebook."""

    with pytest.raises(AllianceSimError, match=r"Local.*import.*workers"):
        simulate(SHORT, runs=RUNS, seed=5, engine=Mesa(workers=2, cast=Cast(state=Local)))


@pytest.mark.parametrize("seed", ["5", np.int32(5), 5.0])
def test_a_seed_in_any_dress_gives_the_same_ensemble(seed: Any, ensemble: Any) -> None:
    found = simulate(SHORT, runs=1, seed=seed)
    assert type(found.seed) is int
    assert found.values[0].tobytes() == ensemble.values[0].tobytes()


def test_no_seed_is_named_in_the_result() -> None:
    found = simulate(SHORT, runs=1)
    again = simulate(SHORT, runs=1, seed=found.seed)
    assert again == found


@pytest.mark.parametrize("runs", [0, -1, 1.5, "3", True, None, math.nan])
def test_what_is_no_number_of_runs_is_refused(runs: Any) -> None:
    with pytest.raises(SettingError, match=r"runs is .*must be a whole number of at least 1"):
        simulate(SHORT, runs=runs, seed=1)


@pytest.mark.parametrize("first", [-1, 1.5, "3", True, None])
def test_what_is_no_first_run_is_refused(first: Any) -> None:
    with pytest.raises(SettingError, match=r"first_run is .*must be a whole number of at least 0"):
        simulate(SHORT, runs=1, seed=1, first_run=first)


def test_there_is_a_last_run() -> None:
    with pytest.raises(SettingError, match=r"last run would be 4294967296.*at most 4294967295"):
        simulate(SHORT, runs=2, seed=1, first_run=2**32 - 1)


@pytest.mark.parametrize("kind", [np.uint32, np.uint64, np.int64])
def test_numbers_of_numpy_do_not_wrap_around_behind_the_last_run(kind: Any) -> None:
    with pytest.raises(SettingError, match=r"last run would be 4294967305.*at most 4294967295"):
        simulate(SHORT, runs=kind(11), seed=1, first_run=kind(2**32 - 1))
    found = simulate(SHORT, runs=kind(1), seed=1, first_run=kind(2**32 - 1))
    assert (
        found.values.tobytes()
        == simulate(SHORT, runs=1, seed=1, first_run=2**32 - 1).values.tobytes()
    )


def test_noise_of_a_seed_takes_numbers_of_numpy_and_says_all_that_is_wrong() -> None:
    plain = noise_of_seed(SHORT, runs=2, seed=1, first_run=3)
    found = noise_of_seed(SHORT, runs=np.int64(2), seed=np.uint64(1), first_run=np.uint8(3))  # type: ignore[arg-type]
    assert found.keys() == plain.keys()
    assert all((found[name] == plain[name]).all() for name in plain)
    with pytest.raises(SettingError) as error:
        noise_of_seed(SHORT, runs=0, seed=-1, first_run=-1)
    assert [text.partition(" ")[0] for text in error.value.problems] == [
        "runs",
        "first_run",
        "seed",
    ]
    with pytest.raises(SettingError, match=r"last run would be 4294967296.*at most 4294967295"):
        noise_of_seed(SHORT, runs=2, seed=1, first_run=2**32 - 1)


def test_what_is_no_cast_is_refused_with_all_else_that_is_wrong() -> None:
    bare: Any = FailsInRunOne
    with pytest.raises(SettingError) as error:
        simulate(SHORT, runs=0, seed=1, engine=Mesa(cast=bare))
    told = list(error.value.problems)
    assert told[0].startswith("runs is 0")
    assert "cast is <class" in told[1]
    assert "must be Cast(...) with classes of agents, by state=, alliance=, member=" in told[1]
    realm: Any = "japan"
    wrong = Cast(member=bare, state=realm, threat=bare)
    with pytest.raises(SettingError) as error:
        AllianceModel(SHORT, cast=wrong)
    assert [text.partition(" class is")[0] for text in error.value.problems] == [
        "cast: the state",
        "cast: the member",
    ]
    assert all("must be a subclass of" in text for text in error.value.problems)


@pytest.mark.parametrize("engine", [Kernel, Mesa])
def test_the_class_of_an_engine_is_none_and_how_it_becomes_one_is_told(engine: Any) -> None:
    name = engine.__name__
    with pytest.raises(SettingError, match=rf"is the class {name}, must be made: {name}\(\)"):
        simulate(SHORT, runs=1, seed=1, engine=engine)


class Dies(Member):
    """Ends its process, unless that is the one that the tests run in."""

    def __init__(self, *given: Any) -> None:
        if multiprocessing.parent_process() is not None:
            os._exit(9)
        super().__init__(*given)


def test_a_worker_that_dies_is_an_error_and_nobody_waits_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2]))  # where workers find this module
    engine = Mesa(workers=2, cast=Cast(member=Dies))
    with pytest.raises(UnfinishedError, match=r"a worker process died.*Try again, with fewer"):
        simulate(SHORT, runs=RUNS, seed=5, engine=engine)


def test_threads_that_simulate_at_once_get_their_own_numbers(ensemble: Any) -> None:
    other = SHORT.with_number("willingness.threat_state", 2.0)
    ready, found = threading.Barrier(6), {}

    def work(number: int) -> None:
        ready.wait(60)
        for turn in range(3):
            scenario = (SHORT, other)[(number + turn) % 2]
            engine = ("kernel", "mesa")[number % 2]
            found[number, turn] = simulate(scenario, runs=RUNS, seed=5, engine=engine)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    alone = {e.digest: e for e in (ensemble, simulate(other, runs=RUNS, seed=5))}
    assert (len(found), len(alone)) == (18, 2)
    assert all(e.values.tobytes() == alone[e.digest].values.tobytes() for e in found.values())


@pytest.mark.parametrize("workers", [0, -1, 1.5, "2", True, None, 10**6])
def test_what_is_no_number_of_processes_is_refused(workers: Any) -> None:
    with pytest.raises(SettingError, match=r"workers is .*must be .*from 1 to \d+"):
        simulate(SHORT, runs=1, seed=1, engine=Mesa(workers=workers))


@pytest.mark.parametrize("threads", [0, -1, 1.5, "2", True, 10**6])
def test_what_is_no_number_of_threads_is_refused(threads: Any) -> None:
    with pytest.raises(SettingError, match=r"threads is .*must be .*from 1 to \d+"):
        simulate(SHORT, runs=1, seed=1, engine=Kernel(threads=threads))


@pytest.mark.parametrize("threads", [None, 1, np.int64(2), 50])
def test_any_number_of_threads_gives_the_same_ensemble(threads: Any, ensemble: Any) -> None:
    found = simulate(SHORT, runs=RUNS, seed=5, engine=Kernel(threads=threads))
    assert found == ensemble
    assert found.values.tobytes() == ensemble.values.tobytes()


@pytest.mark.parametrize("engine", ["mes", "", None, 5, Member, ["mesa"]])
def test_what_is_no_engine_is_refused(engine: Any) -> None:
    with pytest.raises(SettingError, match=r"engine.*kernel.*mesa"):
        simulate(SHORT, runs=1, seed=1, engine=engine)


def test_all_wrong_settings_are_told_at_once() -> None:
    with pytest.raises(SettingError) as caught:
        simulate(SHORT, runs=0, seed=-1, first_run=-1, engine="warp")
    told = str(caught.value)
    assert [
        word
        for word in ("runs is 0", "first_run is -1", "'warp'", "seed is -1")
        if word not in told
    ] == []
