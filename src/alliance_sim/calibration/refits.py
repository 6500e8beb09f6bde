"""The model fitted to parts of a record, so that what it forecasts it has not seen.

A folder holds what is done, part by part, and the draws of each year; what is under way is a
checkpoint beside it. Whatever stops the work, the same call goes on, to the same bytes.
"""

from __future__ import annotations

import json
import logging
import shlex
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from alliance_sim import files, provenance
from alliance_sim.calibration.acts import ActCounts, act_counts
from alliance_sim.calibration.blocks import evaluate
from alliance_sim.calibration.checkpoint import Checkpoint, run_to_end
from alliance_sim.calibration.fit import check_possible, no_theory
from alliance_sim.calibration.keyed import Stage, generator
from alliance_sim.calibration.layout import log_ratio
from alliance_sim.calibration.leave_out import LeaveOut
from alliance_sim.calibration.posterior_draws import PosteriorDraws
from alliance_sim.calibration.predictive import Predictive
from alliance_sim.calibration.prior import Prior
from alliance_sim.calibration.rolling import FROZEN, TOLD, Rolling, RollingSettings
from alliance_sim.calibration.scoring import BLIND, LEAVE_OUT, ROLLING, ROLLING_TOLD
from alliance_sim.calibration.scoring import TOLD as ORIGIN_TOLD
from alliance_sim.calibration.still_holds import digests_of
from alliance_sim.calibration.stored import Checked, Place, StoredForecasts, load_stored
from alliance_sim.calibration.target import Target, prior_of, target_of
from alliance_sim.compiled.objects import rules_digest
from alliance_sim.errors import FileError, ResultError, SettingError, not_among, shown
from alliance_sim.noise import as_seed
from alliance_sim.record.forecasts import ForecastYears, forecast_years
from alliance_sim.record.record import SERIES, Record
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.file import word_for
from alliance_sim.several import several

if TYPE_CHECKING:
    from numpy.typing import NDArray

log = logging.getLogger(__name__)

MANIFEST, STORED = "refits.json", "refits.npz"
FORMAT, KIND = 1, "refits"
MOST_BYTES = 10_000_000
REFITTED = (ROLLING, LEAVE_OUT)  # what can be asked for; the fixed origin comes with the first
DRAWS = "draws"

EachRefit = Callable[[str, Any], object]


@dataclass(frozen=True, kw_only=True)
class RefitSettings:
    """What is fitted to which part of a record.

    Attributes:
        series: Which acts count: one or more of "all", "alliance" and "salience2".
        theories: Names of theories, one alone or several; None for that of the scenario.
        settings: "rolling", with the forecasts from the fixed origin; and "leave_out", which starts
            from the last draws of the former, so that this is made as well.
        rolling: How many particles, and how much they move.
        seed: Whole number from 0 to 2**64 - 1, kept as Python has it.
    """

    series: tuple[str, ...] = SERIES
    theories: tuple[str, ...] | None = None
    settings: tuple[str, ...] = REFITTED
    rolling: RollingSettings = field(default_factory=RollingSettings)
    seed: int = 1

    def __post_init__(self) -> None:
        for name in ("series", "settings"):
            object.__setattr__(self, name, several(getattr(self, name)))
        problems = not_among("series", self.series, SERIES)
        problems += not_among("setting", self.settings, REFITTED)
        if self.theories is not None:
            object.__setattr__(self, "theories", several(self.theories))
            problems += no_theory(self.theories)
        if not isinstance(self.rolling, RollingSettings):
            problems.append(f"rolling is {shown(self.rolling)}, must be RollingSettings(...)")
        try:
            object.__setattr__(self, "seed", as_seed(self.seed))
        except SettingError as error:
            problems += error.problems
        if problems:
            raise SettingError("refits", problems)


def refit(
    scenario: Scenario,
    out: Path,
    settings: RefitSettings | None = None,
    *,
    executor: Executor | None = None,
    callback: EachRefit | None = None,
) -> StoredForecasts:
    """Fit the model to parts of a scenario's record and keep what it forecasts of the others.

    Args:
        scenario: A scenario with priors and a record.
        out: The folder, made if it is not there. One that holds refits of the same is gone on
            with: what is done stays, and other series, theories and settings may be added.
        settings: What is fitted; the defaults if None.
        executor: Who computes; this process if None. Numbers do not depend on it.
        callback: Called with what is under way, such as "all, RID, rolling", and its state after
            each round.

    Returns:
        All that the folder holds. Its `refits.npz` is the same as a file; `draws` in the folders of
        theories holds draws of each year, as `PosteriorDraws.load` reads them.

    Raises:
        ScenarioError: If the scenario has no prior, or a theory is unknown or without parameters.
        NoRecord: If it has no record.
        RecordError: If its record cannot be used.
        SettingError: If no draw of the prior makes the record possible.
        ResultError: If the folder holds refits of something else, or other files.
        UnfinishedError: If it had to stop on the way; the same call goes on.
    """
    asked = settings or RefitSettings()
    priors = [prior_of(scenario, name) for name in asked.theories or (None,)]
    record = Record.of(scenario)
    folder = RefitFolder(out, scenario, record, asked)
    for prior in priors:
        for series in asked.series:
            acts = act_counts(record, scenario, series)
            work = _Work(prior, record, acts, folder, asked, executor, callback)
            for setting in REFITTED if LEAVE_OUT in asked.settings else asked.settings:
                place = Place(series, prior.theory.name, setting)
                if not folder.done(place):
                    made = work.left_out if setting == LEAVE_OUT else work.rolled
                    folder.finish(place, made(place))
    return folder.together()


@dataclass(frozen=True)
class _Work:
    """Refits of one series under one theory."""

    prior: Prior
    record: Record
    acts: ActCounts
    folder: RefitFolder
    asked: RefitSettings
    executor: Executor | None
    callback: EachRefit | None

    def rolled(self, place: Place) -> StoredForecasts:
        """Return what a pass through the years comes to, from wherever its checkpoint stands."""
        whole = target_of(self.prior, series=place.series)
        check_possible(whole, self.asked.seed)
        years = forecast_years(self.prior.scenario, first=self.acts.first_year)
        job = Rolling(
            *(self.prior, self.record, self.acts),
            years=years,
            seed=self.asked.seed,
            settings=self.asked.rolling,
            kept=self._keep,
        )
        self._to_end(job, place, whole)
        found = rolling_forecasts(job, place, self.acts, years)
        one = Checked.of(whole, job.unknowns[:, int(np.argmax(job.weights))])
        return replace(
            self.folder.empty(whole, place),
            forecasts=found,
            numbers={place: rolling_numbers(job)},
            checked={place[:2]: one},
        )

    def left_out(self, place: Place) -> StoredForecasts:
        """Return what is said of each year by the others, from wherever the checkpoint stands."""
        whole = target_of(self.prior, series=place.series)
        draws, log_weights = self._last_draws(place, whole)
        job = LeaveOut(whole, self.acts, draws, log_weights, seed=self.asked.seed)
        self._to_end(job, place, whole)
        start = self.acts.year_starts(job.first)
        chances = job.chances.reshape(-1, *job.chances.shape[2:])
        return replace(
            self.folder.empty(whole, place),
            forecasts={place: Predictive(start, chances)},
            numbers={place: {"first": job.first, "k": [_finite(k) for k in job.k.tolist()]}},
        )

    def _to_end(self, job: Rolling | LeaveOut, place: Place, whole: Target) -> None:
        what = {**self.folder.what, "part": str(place), **digests_of(whole)}
        checkpoint = Checkpoint(self.folder.of(place) / f"{place.setting}.part", what)

        def tell(under_way: Rolling | LeaveOut) -> None:
            if self.callback is not None:
                self.callback(", ".join(place), under_way)

        run_to_end(job, checkpoint=checkpoint, executor=self.executor, callback=tell)

    def _last_draws(
        self, place: Place, whole: Target
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the latest draws that a pass kept, array (dimension, draw), and log weights.

        They know the record to the end of a year; weighed by what came later, they know all of it.
        """
        folder = self.folder.of(place) / DRAWS
        latest = max(folder.glob("*.npz"), key=lambda file: int(file.stem), default=None)
        if latest is None:
            raise ResultError(f"{folder}: holds no draws; remove {self.folder.path} to begin again")
        found = PosteriorDraws.load(latest, self.prior.scenario, theory=place.theory)
        count = len(found)
        z = self.prior.inverse_transform(found.held.parameters).T
        past = found.held.normals(slice(0, count)).reshape(-1, count)
        known = np.ascontiguousarray(np.concatenate([z, past]))
        rng = generator(self.asked.seed, Stage.GROW, count, found.held.until)
        more = rng.standard_normal((whole.dimension - len(known), count))
        draws = np.concatenate([known, more])
        target = target_of(self.prior, series=place.series, until=found.held.until)
        before = evaluate(target, known, self.executor)
        after = evaluate(whole, draws, self.executor)
        return draws, log_ratio(after, before)

    def _keep(self, target: Target, unknowns: NDArray[np.float64]) -> None:
        """Write the draws of a year, as any posterior is read."""
        place = Place(self.acts.series, self.prior.theory.name, ROLLING)
        folder = files.writable_folder(self.folder.of(place) / DRAWS)
        try:
            target_of(self.prior, series=self.acts.series, until=target.until)
            made = PosteriorDraws.made(
                target,
                unknowns,
                seed=self.asked.seed,
                command=self.folder.command([place]),
                settings={"rolling": asdict(self.asked.rolling)},
            )
        except SettingError as error:  # no act is coded yet, or rounding made one impossible
            log.info("no draws of %s are kept: %s", target.until, " ".join(str(error).split()))
            return
        made.save(folder / f"{target.until}.npz")


def rolling_forecasts(
    job: Rolling, place: Place, acts: ActCounts, years: ForecastYears
) -> dict[Place, Predictive]:
    """Return what a finished pass forecast, by setting."""
    found = {}
    start = acts.year_starts(job.first)
    for setting, which in ((ROLLING, FROZEN), (ROLLING_TOLD, TOLD)):
        chances = job.chances[which]
        one = Predictive(start, chances.reshape(-1, *chances.shape[2:]))
        found[place._replace(setting=setting)] = one
    behind = acts.year_starts(years.known_until + 1)
    for setting, which in ((BLIND, FROZEN), (ORIGIN_TOLD, TOLD)):
        if job.ahead.shape[1]:
            found[place._replace(setting=setting)] = Predictive(behind, job.ahead[which])
    return found


def rolling_numbers(job: Rolling) -> dict[str, Any]:
    """Return what else came of a finished pass.

    Returns:
        `evidence`: log chance of all counts, each year's given all that was on record before, told
        the inputs; `evidence_frozen`, the same with inputs as they were; by year from `first` on
        `joint`, its terms, and `increments`, by how much the log evidence of the whole record
        (counts, ladder, agreements, laws and marks) grew; `record_evidence`, the sum of these and
        of what was brought in before; and `calls` of the likelihood.
    """
    return {
        "first": job.first,
        "evidence": float(job.joint[TOLD].sum()),
        "evidence_frozen": float(job.joint[FROZEN].sum()),
        "joint": job.joint[TOLD].tolist(),
        "joint_frozen": job.joint[FROZEN].tolist(),
        "record_evidence": float(job.before + job.increments.sum()),
        "increments": job.increments.tolist(),
        "before": job.before,
        "calls": int(job.history[:, 3].sum()),
    }


def _finite(k: float) -> float | None:
    """Return a tail's shape, None where no tail could be fitted."""
    return k if np.isfinite(k) else None


class RefitFolder:
    """The folder of refits: what they are of, and which parts are done.

    Attributes:
        path: Where it is.
        what: All that decides the numbers, but for series, theories and settings.
    """

    def __init__(
        self, path: Path, scenario: Scenario, record: Record, asked: RefitSettings
    ) -> None:
        """Make a folder, or take up the one that is there.

        Raises:
            ResultError: If it holds refits of something else, or other files.
            SettingError: If it cannot be written.
        """
        self.path = files.writable_folder(path)
        self._scenario, self._record = scenario, record
        beliefs = scenario.model_dump(include=set(provenance.BELIEFS))
        self.what: dict[str, Any] = {
            "scenario": scenario.name,
            "priors": provenance.digest(beliefs),
            "record": record.name,
            "seed": asked.seed,
            "rolling": asdict(asked.rolling),
            "rules": rules_digest(),
            "version": provenance.version(),
        }
        manifest = self.path / MANIFEST
        self._done: dict[str, str] = {}
        if manifest.exists():
            self._done = self._read(manifest)
            self._check_parts()
            return
        if any(self.path.iterdir()):
            raise ResultError(f"{path}: holds other files; give a folder that is empty or new")
        self._write()

    def command(self, places: Collection[Place]) -> str:
        """Return the command line that makes parts again, in a folder of its own."""
        rolling = self.what["rolling"]
        words = ["alliance-sim", "score", word_for(self._scenario), "--refit"]
        for series in (one for one in SERIES if one in {place.series for place in places}):
            words += ["--series", series]
        for theory in sorted({place.theory for place in places}):
            words += ["--theory", theory]
        for setting in (one for one in REFITTED if one in {place.setting for place in places}):
            words += ["--settings", setting]
        words += ["--particles", rolling["particles"], "--sweeps", rolling["sweeps"]]
        return shlex.join(map(str, [*words, "--seed", self.what["seed"]]))

    def of(self, place: Place) -> Path:
        """Return the folder of a series under a theory, made if need be."""
        return files.writable_folder(self.path / place.series / place.theory)

    def done(self, place: Place) -> bool:
        """Whether a part is done and its file is whole.

        Raises:
            ResultError: If its file is missing or was changed.
        """
        digest = self._done.get(str(place))
        if digest is None:
            return False
        file = self._file(place)
        if not file.is_file() or provenance.file_digest(file) != digest:
            raise ResultError(
                f"{file}: is not as it was written; remove {self.path} to make all of it again, or "
                f"take {place} out of {MANIFEST}"
            )
        return True

    def finish(self, place: Place, found: StoredForecasts) -> None:
        """Keep what a part came to; its checkpoint goes."""
        file = self._file(place)
        found.save(file)
        self._done |= self._read(self.path / MANIFEST)  # finished by another process meanwhile
        self._done[str(place)] = provenance.file_digest(file)
        self._write()
        self.together().save(self.path / STORED)
        (self.of(place) / f"{place.setting}.part").unlink(missing_ok=True)

    def empty(self, target: Target, place: Place) -> StoredForecasts:
        """Return forecasts of nothing, which say what they would hang on."""
        digests = digests_of(target)
        digests[f"observed {place.series}"] = digests.pop("observed")
        return StoredForecasts(
            scenario=self._scenario.name,
            record=self._record.name,
            digests=digests,
            command=self.command([place]),
            version=provenance.version(),
        )

    def together(self) -> StoredForecasts:
        """Return all that is done, in one."""
        places = [Place(*name.split("/")) for name in sorted(self._done)]
        parts = [load_stored(self._file(place)) for place in places]
        if not parts:
            raise ResultError(f"{self.path}: no refit is done yet; the same call goes on")
        first = parts[0]
        return replace(
            first,
            command=self.command(places),
            digests=_joined(
                [
                    {**one.digests, f"scenario {place.theory}": one.digests["scenario"]}
                    for place, one in zip(places, parts, strict=True)
                ]
            ),
            forecasts=_joined([one.forecasts for one in parts]),
            numbers=_joined([one.numbers for one in parts]),
            checked=_joined([one.checked for one in parts]),
        )

    def _file(self, place: Place) -> Path:
        return self.path / place.series / place.theory / f"{place.setting}.npz"

    def _read(self, path: Path) -> dict[str, str]:
        """Return which parts are done.

        Raises:
            ResultError: If the manifest is of something else.
        """
        try:
            tree = files.read_json(path, MOST_BYTES)
            if tree["kind"] != KIND or tree["format"] != FORMAT:
                raise KeyError("kind")
            done = {str(name): str(digest) for name, digest in tree["done"].items()}
        except (FileError, KeyError, TypeError, AttributeError, ValueError):
            raise ResultError(
                f"{path}: is no manifest of refits of format {FORMAT}; choose another folder with "
                "--out"
            ) from None
        here = json.loads(json.dumps(self.what))
        other = [
            f"{key} is {tree.get(key)} there and {value} here"
            for key, value in here.items()
            if tree.get(key) != value
        ]
        if other:
            raise ResultError(
                f"{self.path}: holds other refits ({'; '.join(other)}); give the same options to "
                "go on with them, or another folder with --out"
            )
        return done

    def _check_parts(self) -> None:
        """Refuse parts that were made of another scenario; numbers with a prior may differ.

        Raises:
            ResultError: Naming the first such part.
        """
        for place in (Place(*name.split("/")) for name in sorted(self._done)):
            if not self.done(place):
                continue
            target = target_of(prior_of(self._scenario, place.theory), series=place.series)
            digests = self.empty(target, place).digests
            found = load_stored(self._file(place)).digests
            if other := [name for name, digest in digests.items() if found.get(name) != digest]:
                raise ResultError(
                    f"{self.path}: holds other refits: of {place}, made before "
                    f"{' and '.join(other)} changed; give another folder with --out"
                )

    def _write(self) -> None:
        tree = {
            "format": FORMAT,
            "kind": KIND,
            **self.what,
            "done": dict(sorted(self._done.items())),
        }
        text = json.dumps(tree, indent=2, ensure_ascii=False) + "\n"
        files.write_text(self.path / MANIFEST, text)


def _joined(parts: list[Mapping[Any, Any]]) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for part in parts:
        found |= part
    return found
