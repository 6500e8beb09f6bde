"""Another relationship, forecast with what one has taught about the rules.

Draws of a posterior are carried over with their coefficients, each as likely as the others; floors
and chances of being coded are unknown. One pass of particles goes through the other record year by
year: it forecasts each year, then weighs draws and floors by what happened. So coefficients are
chosen among those carried over, and none of their values is fitted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from alliance_sim.calibration.acts import act_counts, first_observed
from alliance_sim.calibration.carried import Carried, carried_prior
from alliance_sim.calibration.checkpoint import Checkpoint, run_to_end
from alliance_sim.calibration.fit import check_possible
from alliance_sim.calibration.posterior_draws import PosteriorDraws
from alliance_sim.calibration.predictive import Predictive
from alliance_sim.calibration.refits import rolling_forecasts
from alliance_sim.calibration.rolling import TOLD, Rolling, RollingSettings
from alliance_sim.calibration.scoring import ROLLING
from alliance_sim.calibration.still_holds import digests_of
from alliance_sim.calibration.stored import HeldOutModel, Place
from alliance_sim.calibration.target import target_of
from alliance_sim.errors import SettingError, explains_calls, not_among, shown
from alliance_sim.files import writable_folder
from alliance_sim.noise import as_seed
from alliance_sim.record.forecasts import ForecastYears, forecast_years
from alliance_sim.record.record import SERIES, Record
from alliance_sim.results.draws import shipped_relationships
from alliance_sim.scenario import Scenario
from alliance_sim.several import several
from alliance_sim.whole_numbers import whole_number

if TYPE_CHECKING:
    import pandas as pd

MODEL = "carried"  # key of its rows
PARTICLES, SWEEPS = 256, 2

EachPass = Callable[[str, Rolling], object]


@dataclass(frozen=True, eq=False)
class Transfer:
    """What draws of one relationship forecast of another.

    Attributes:
        model: The forecasts, as one of the models that `score_record` takes.
        carried: What was carried over.
        free: Names of what is not known of the other relationship.
        left: By series, how many of the draws the record leaves, as an effective number.
    """

    model: HeldOutModel
    carried: Carried
    free: tuple[str, ...]
    left: Mapping[str, float]

    def frame(self) -> pd.DataFrame:
        """Return what was carried over: columns `path`, `median`, `low` and `high` (5 and 95 %)."""
        import pandas as pd

        low, median, high = np.quantile(self.carried.values, [0.05, 0.5, 0.95], axis=1)
        columns = {"path": self.carried.paths, "median": median, "low": low, "high": high}
        return pd.DataFrame(columns)

    def told(self) -> dict[str, Any]:
        """Return the same as plain values: draws, theory, what is carried over, kept and free."""
        return {
            "posterior": self.carried.label,
            "theory": self.carried.theory,
            "draws": self.carried.draws,
            "carried": list(self.carried.paths),
            "kept": dict(self.carried.kept),
            "free": list(self.free),
            "draws_left": dict(self.left),
        }

    @property
    def sentence(self) -> str:
        """What was done, in two sentences."""
        many = f"{len(self.carried.paths)} coefficients of the rules"
        left = ", ".join(f"{value:.0f} ({series})" for series, value in self.left.items())
        return (
            f"Carried over: {many}, from {self.carried.label}; free: {len(self.free)} floors and "
            f"chances of being coded. Of {self.carried.draws} draws the record leaves as many as "
            f"{left} that are alike in weight."
        )


@dataclass(frozen=True, kw_only=True)
class TransferSettings:
    """What is forecast, and with how many particles.

    Attributes:
        series: Which acts count: one or more of "all", "alliance" and "salience2".
        since: First year that counts; the first that the record was observed in if None. What is
            on record before it is known to the pass, so that no evidence is given then.
        seed: Whole number from 0 to 2**64 - 1, kept as Python has it.
        rolling: How many particles, and how much they move.
    """

    series: tuple[str, ...] = SERIES
    since: int | None = None
    seed: int = 1
    rolling: RollingSettings = field(
        default_factory=lambda: RollingSettings(particles=PARTICLES, sweeps=SWEEPS)
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "series", several(self.series))
        problems = not_among("series", self.series, SERIES)
        if whole_number(self.since):
            object.__setattr__(self, "since", int(self.since))  # which JSON can hold, if NumPy's
        elif self.since is not None:
            problems.append(f"since is {shown(self.since)}, must be a year")
        if not isinstance(self.rolling, RollingSettings):
            problems.append(f"rolling is {shown(self.rolling)}, must be RollingSettings(...)")
        try:
            object.__setattr__(self, "seed", as_seed(self.seed))
        except SettingError as error:
            problems += error.problems
        if problems:
            raise SettingError("transfer", problems)


@explains_calls
def transfer(
    scenario: Scenario,
    posterior: PosteriorDraws,
    settings: TransferSettings | None = None,
    *,
    under_way: Path | None = None,
    executor: Executor | None = None,
    callback: EachPass | None = None,
) -> Transfer:
    """Return forecasts of a relationship's record with coefficients learnt from another.

    Each year is forecast from those before it, and the years after the fixed origin from there,
    told the inputs and with inputs as they were. Years are not left out one by one.

    Args:
        scenario: A scenario of another relationship with a record; it needs no priors.
        posterior: Draws of what was fitted, not a name or a file of them: nobody could tell which
            scenario they are of.
        settings: What is forecast, and with how many particles; the defaults if None.
        under_way: Folder in which a pass is put down, so that the same call goes on; or None.
        executor: Who computes; this process if None. Numbers do not depend on it.
        callback: Called with the series and the pass after each round.

    Raises:
        ResultError: If nothing can be carried over, or a checkpoint is of something else.
        NoRecord: If the scenario has no record.
        RecordError: If that cannot be used.
        ScenarioError: If the scenario leaves nothing free.
        SettingError: If the posterior is no draws, the record is too short to be forecast, or
            impossible under all of them.
        UnfinishedError: If it had to stop on the way.
    """
    asked = settings or TransferSettings()
    _check_draws(posterior)
    prior = carried_prior(scenario, posterior)
    record, seed = Record.of(scenario), asked.seed
    forecasts: dict[tuple[str, str], Predictive] = {}
    evidence: dict[str, tuple[float, int]] = {}
    left: dict[str, float] = {}
    for one in asked.series:
        acts = act_counts(record, scenario, one, since=asked.since)
        years = _enough(forecast_years(scenario, first=acts.first_year), acts.first_year)
        whole = target_of(prior, series=one)
        check_possible(whole, seed)
        job = Rolling(*(prior, record, acts), years=years, seed=seed, settings=asked.rolling)
        checkpoint = None
        if under_way is not None:
            drawn = {"posterior": posterior.held.digest()}
            what = {**drawn, **asdict(asked), "series": one, **digests_of(whole)}
            place = writable_folder(under_way) / f"carried_{one}.part"
            checkpoint = Checkpoint(place, what)

        def tell(job: Rolling, of: str = one) -> None:
            if callback is not None:
                callback(of, job)

        run_to_end(job, checkpoint=checkpoint, executor=executor, callback=tell)
        found = rolling_forecasts(job, Place(one, prior.theory.name, ROLLING), acts, years)
        forecasts |= {(one, at.setting): forecast for at, forecast in found.items()}
        if acts.first_year == first_observed(record, scenario):  # else it knows acts before that
            evidence[one] = float(job.joint[TOLD].sum()), job.first
        left[one] = _left(job, prior.carried.draws, len(prior) - 1)
    model = HeldOutModel(
        name=MODEL,
        title=f"carried over from {posterior.prior.scenario.relationship}",
        edition=record.name,
        forecasts=forecasts,
        evidence=evidence,
    )
    return Transfer(model, prior.carried, prior.names[:-1], left)


def _check_draws(posterior: object) -> None:
    """Refuse what is no draws: a name or a file of them does for runs of what was fitted alone.

    Raises:
        SettingError: With how to come by them.
    """
    if isinstance(posterior, PosteriorDraws):
        return
    ship = [f"shipped_posterior(load_scenario('{x}/baseline'))" for x in shipped_relationships()]
    ways = [*ship[:1], "PosteriorDraws.load(path, the scenario that was fitted)"]
    problem = f"posterior is {shown(posterior)}, must be draws of another relationship, such as"
    raise SettingError("transfer", [f"{problem} {' or '.join(ways)}"])


def _enough(years: ForecastYears, first: int) -> ForecastYears:
    """Refuse a record of which nothing is known before the first year that is forecast.

    Raises:
        SettingError: Saying so.
    """
    if years.rolling_from <= first:
        problem = (
            f"the record is too short: {first} is the first year that counts, and years from "
            f"{years.rolling_from} on would be forecast; at least one must be known before"
        )
        raise SettingError("transfer", [problem])
    return years


def _left(job: Rolling, draws: int, row: int) -> float:
    """Return how many draws carried over would weigh as much if all weighed alike."""
    from scipy.special import ndtr

    which = np.minimum((ndtr(job.unknowns[row]) * draws).astype(np.int64), draws - 1)
    share = np.bincount(which, weights=job.weights, minlength=draws)
    return float(1.0 / (share @ share))
