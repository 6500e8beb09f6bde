"""Settings that every test shares, and a posterior for those that need one."""

from __future__ import annotations

import gc
import os
import signal
import warnings
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

FEW = 100  # inputs of each fuzzer where nobody asks for another number
NEW_OBJECTS = 10_000  # after so many the youngest are looked at

# Whatever is made until all tests are found stays to the end: there is no garbage to look for.
gc.disable()

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alliance_sim.calibration import PosteriorDraws, Tempered

# How long a command is silent says more about the machine, too; see `cli.activity`.
os.environ.setdefault("ALLIANCE_SIM_QUIET", "1")

# Programs that tests stop have to hear Ctrl-C, also where `nohup` or `&` began it all deaf to it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes says more about the machine than about the code; and a check that passed
# has to pass again on the same code.
settings.register_profile(
    "alliance_sim",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("alliance_sim")


@pytest.fixture(scope="session", autouse=True)
def commands_made_once() -> Iterator[None]:
    """Let Typer's runner make the program's commands once; it makes all of them for every line.

    That takes longer than most lines do. A line in a narrow terminal changes how they are
    explained, so that the next line has new ones, as every process has.
    """
    import typer.testing

    kept: dict[int, Any] = {}

    def made(app: typer.Typer) -> Any:
        command = kept.get(id(app))
        if command is None or command.rich_markup_mode is None:
            command = kept[id(app)] = typer.main.get_command(app)
        return command

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typer.testing, "_get_command", made)
        yield


@pytest.fixture
def blank_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Save pictures white, whole and with all they carry, for tests of what else a command does.

    Most of such a command's time would go into drawing. Each figure is drawn where it is tested.
    """
    from matplotlib.figure import Figure

    monkeypatch.setattr(Figure, "draw", lambda figure, renderer: figure.patch.draw(renderer))


@pytest.fixture
def few_baselines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `score` hold a model against two baselines, the quickest, where it is not about them."""
    from alliance_sim.calibration import baselines

    few = tuple(one for one in baselines.BASELINES if one.name in {"constant", "regression"})
    assert len(few) == 2
    monkeypatch.setattr(baselines, "BASELINES", few)


@pytest.fixture(scope="session")
def islands_particles() -> Tempered:
    """Return a short tempered SMC of two islands, run to its end once for all tests."""
    from alliance_sim import load_scenario
    from alliance_sim.calibration import Tempered, TemperedSettings, run_to_end
    from alliance_sim.calibration.target import prior_of, target_of

    target = target_of(prior_of(load_scenario("two_islands/baseline")))
    settings = TemperedSettings(particles=64, cycles=(1, 2, 3, 4))
    return run_to_end(Tempered(target, target.layout, seed=1, settings=settings))


@pytest.fixture(scope="session")
def islands_posterior(islands_particles: Tempered) -> PosteriorDraws:
    """Return a posterior of two islands: the particles of that SMC."""
    from alliance_sim import load_scenario
    from alliance_sim.calibration import PosteriorDraws
    from alliance_sim.calibration.target import prior_of, target_of

    target = target_of(prior_of(load_scenario("two_islands/baseline")))
    command = "alliance-sim calibrate two_islands/baseline --particles 64"
    return PosteriorDraws.made(target, islands_particles.unknowns.T.copy(), seed=1, command=command)


def pytest_configure(config: pytest.Config) -> None:
    """Let ArviZ do before there are workers what it does once a day, and not two at a time.

    It writes down in the user's cache folder that it has warned; the second of two processes that
    do so at once fails to import it.
    """
    if getattr(config.option, "numprocesses", None):  # None in workers, and without any
        with suppress(ImportError), warnings.catch_warnings(action="ignore"):
            import_module("arviz")


def pytest_collection_finish() -> None:
    """Leave what all tests share out of the search for garbage, which begins here.

    A million objects were gone through again and again, a fifth of the time of all tests.
    """
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS)
    gc.enable()


def pytest_unconfigure() -> None:
    """Let the interpreter find everything again when it ends: DuckDB tells what is left."""
    gc.unfreeze()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take how many inputs each of the fuzzers in `tests/fuzz` tries."""
    parser.addoption("--fuzz", type=int, default=FEW, help="inputs of each fuzzer")
