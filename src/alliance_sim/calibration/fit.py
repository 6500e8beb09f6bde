"""Fit theories to a record: particles from the prior to the posterior, then long chains from them.

A fit is a folder. Each theory has a folder of its own in it and is kept when it is done; what is
under way is a checkpoint beside it. Whatever stops the work, the same call goes on, to the same
bytes, and whoever computes. Where chains ended is kept, so that a call for more draws goes on from
there, to the bytes of a fit that had been so long from the start.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from alliance_sim import files, provenance
from alliance_sim.calibration.carried import WHICH
from alliance_sim.calibration.chains import Chains, ChainSettings
from alliance_sim.calibration.checkpoint import Checkpoint, run_to_end
from alliance_sim.calibration.moves import Move, Rescale, SliceRows, usual_moves
from alliance_sim.calibration.posterior import EVIDENCE, Posterior, evidence_of
from alliance_sim.calibration.still_holds import observed_digest, plain
from alliance_sim.calibration.target import Target, prior_of, target_of
from alliance_sim.calibration.tempered import Tempered, TemperedSettings
from alliance_sim.compiled.objects import rules_digest
from alliance_sim.engine.simulate import beyond_memory
from alliance_sim.errors import (
    AllianceSimError,
    FileError,
    ResultError,
    SettingError,
    explains_calls,
    not_among,
    shown,
)
from alliance_sim.noise import as_seed
from alliance_sim.record.record import SERIES
from alliance_sim.scenario import Scenario
from alliance_sim.several import several
from alliance_sim.whole_numbers import whole_number

if TYPE_CHECKING:
    import pandas as pd

MANIFEST = "fit.json"
FORMAT = 1
MOST_BYTES = 10_000_000
TABLE = "theories.csv"
PARTICLES, CHAINS = "particles.npz", "chains.npz"  # checkpoints; once all is done chains stay
SLOW_NOISE = "willingness.slow_noise"
SLICES_OF_DRAWS = 3  # in a sweep
WHOLE = ("parameters", "draws")
RHATS = ("rhat", "nested_rhat")  # of which the largest is the worst; of others the smallest
NUMBERS = ("log_evidence", "error", "log_likelihood", "rhat", "nested_rhat", "ess_bulk", "ess_tail")
COPIES = 2  # of all particles or draws, in memory at once: what there was before a step, and after
SUPERCHAINS = 16  # groups of chains that start in one place each

EachRound = Callable[[str, "Tempered | Chains"], object]
J = TypeVar("J", Tempered, Chains)


@dataclass(frozen=True, kw_only=True)
class FitSettings:
    """What is fitted, and how long.

    Attributes:
        theories: Names of theories, such as "RID" and "N+T", one alone or several; None for that
            of the scenario.
        series: Which acts count: "all", "alliance" or "salience2".
        until: Last year that is looked at; the last of the scenario if None.
        seed: Whole number from 0 to 2**64 - 1.
        tempered: Particles, and how much they move.
        chains: Chains, and how long they are.
    """

    theories: tuple[str, ...] | None = None
    series: str = "all"
    until: int | None = None
    seed: int = 1
    tempered: TemperedSettings = field(default_factory=TemperedSettings)
    chains: ChainSettings = field(
        default_factory=lambda: ChainSettings(
            chains=64, superchains=SUPERCHAINS, warm_up=100, draws=400, round=10
        )
    )

    def __post_init__(self) -> None:
        problems = not_among("series", [self.series], SERIES)
        if self.theories is not None:
            object.__setattr__(self, "theories", several(self.theories))
            problems += no_theory(self.theories)
        if self.until is not None and not whole_number(self.until):
            problems.append(f"until is {shown(self.until)}, must be a year")
        given, length = ("tempered", self.tempered, TemperedSettings), self.chains
        for name, value, kind in (given, ("chains", length, ChainSettings)):
            if not isinstance(value, kind):
                problems.append(f"{name} is {shown(value)}, must be {kind.__name__}(...)")
        if isinstance(length, ChainSettings):
            problems += _keeps_none(length)
        try:
            object.__setattr__(self, "seed", as_seed(self.seed))
        except SettingError as error:
            problems += error.problems
        if problems:
            raise SettingError("calibrate", problems)


def no_theory(theories: Sequence[object]) -> list[str]:
    """Return in a sentence that no theory is named where some are; nothing if one is."""
    return [] if theories else ["no theory is given; None is that of the scenario"]


def _keeps_none(chains: ChainSettings) -> list[str]:
    """Return in a sentence why no whole draw of chains would be kept; nothing if some are.

    Whole draws are what a fit is used by, and they are kept where rounds end.
    """
    problems = []
    if chains.draws < chains.round:
        problems.append(
            f"draws is {chains.draws}, must be at least {chains.round}: whole draws, which are "
            "all that a fit is used by, are kept at the end of each round of so many sweeps"
        )
    if not chains.keep:
        problems.append("keep is 0, must be at least 1: a fit is used by its whole draws")
    return problems


@explains_calls
def calibrate(
    scenario: Scenario,
    out: Path,
    settings: FitSettings | None = None,
    *,
    executor: Executor | None = None,
    callback: EachRound | None = None,
) -> pd.DataFrame:
    """Fit theories to the record of a scenario, from wherever a folder stands to its end.

    Args:
        scenario: A scenario with priors and a record.
        out: The folder, made if it is not there. One that holds the same fit is gone on with; its
            finished theories stay, and others may be added. Those that are asked for with more
            draws than they have are made longer.
        settings: What is fitted, and how long; the defaults if None.
        executor: Who computes: anything that follows `concurrent.futures.Executor`; this process
            if None. Numbers do not depend on it.
        callback: Called with the name of a theory and its particles or chains after each round.

    Returns:
        A row for each theory in the folder: its parameters, draws of each chain, log evidence with
        its standard error, the worst R-hat and effective sample sizes of its chains.

    Raises:
        ScenarioError: If the scenario has no prior, or a theory is unknown or without parameters.
        NoRecord: If it has no record.
        RecordError: If its record cannot be used.
        SettingError: If a setting is out of range, the last year lies before the first act, or no
            draw of the prior makes the record possible.
        AllianceSimError: If there is not enough memory for so much.
        ResultError: If the folder holds another fit of which some is done, a longer one, or
            something else; or if where its chains ended is not kept and they are to go on.
        UnfinishedError: If it had to stop on the way; the same call goes on.
    """
    asked = settings or FitSettings()
    seed = as_seed(asked.seed)
    names = asked.theories
    priors = [prior_of(scenario, name) for name in names or (None,)]
    targets = [target_of(p, series=asked.series, until=asked.until) for p in priors]
    _refuse_too_much(targets, asked)
    folder = FitFolder(out, _what(scenario, targets[0], asked))
    for target in targets:
        name = target.prior.theory.name
        if folder.done(name):
            continue
        check_possible(target, seed)
        work = _Work(target, folder, asked, executor, callback)
        folder.finish(name, work.done(seed, folder.evidence(name)))
    return folder.table()


def _refuse_too_much(targets: Sequence[Target], asked: FitSettings) -> None:
    """Stop before anything is written if particles or chains are more than memory holds.

    Raises:
        AllianceSimError: Naming both, if it is so; because of a MemoryError.
    """
    unknowns = max(target.dimension for target in targets)
    parameters = max(len(target.prior) for target in targets)
    particles, given = asked.tempered.particles, asked.chains
    sweeps = max(given.warm_up, given.draws)
    needed = {
        f"{particles:,} particles of {unknowns:,} unknowns": particles * unknowns,
        f"{given.chains:,} chains of {sweeps:,} sweeps": given.chains
        * (sweeps * parameters + unknowns),
    }
    each = COPIES * np.dtype(np.float64).itemsize
    found = (beyond_memory(what, each * numbers) for what, numbers in needed.items())
    problems = [problem for problem in found if problem is not None]
    if problems:
        told = "; ".join(problems)
        cause = MemoryError(each * max(needed.values()))
        raise AllianceSimError(f"calibrate: {told}; ask for fewer") from cause


def _what(scenario: Scenario, target: Target, asked: FitSettings) -> dict[str, Any]:
    """Return all that decides the numbers of a fit, but for the theories."""
    beliefs = scenario.model_dump(include=set(provenance.BELIEFS))
    return {
        "scenario": scenario.name,
        "digest": provenance.scenario_digest(scenario),
        "priors": provenance.digest(beliefs),
        "record": target.record,
        "observed": observed_digest(target),
        "series": asked.series,
        "until": target.until,
        "seed": as_seed(asked.seed),
        "tempered": plain(asdict(asked.tempered)),
        "chains": plain(asdict(asked.chains)),
        "rules": rules_digest(),
        "version": provenance.version(),
    }


def worst_of(values: pd.Series[float], *, largest: bool) -> float | str | None:
    """Return the worst of all parameters as JSON holds it.

    It is None where it cannot be told of one of them, as of a single group, and "inf", which
    `float` reads, where one has no bound.
    """
    worst = float(values.max(skipna=False) if largest else values.min(skipna=False))
    return None if np.isnan(worst) else worst if np.isfinite(worst) else str(worst)


@dataclass(frozen=True)
class _Work:
    """The fit of one theory."""

    target: Target
    folder: FitFolder
    asked: FitSettings
    executor: Executor | None
    callback: EachRound | None

    def done(self, seed: int, evidence: dict[str, Any] | None) -> Posterior:
        """Return the posterior, from wherever the checkpoints stand.

        Args:
            seed: The seed.
            evidence: What particles came to, if chains that have ended are to go on.
        """
        target, moves = self.target, moves_of(self.target)
        start = None
        if evidence is None:
            particles = self._to_end(
                Tempered(
                    *(target, target.layout), seed=seed, settings=self.asked.tempered, moves=moves
                ),
                PARTICLES,
            )
            evidence, start = evidence_of(particles), particles.unknowns
        settings = self.asked.chains
        chains = self._to_end(
            Chains(target, target.layout, seed=seed, settings=settings, moves=moves, start=start),
            CHAINS,
        )
        return Posterior.of(target.prior, chains, evidence, seed)

    def _to_end(self, job: J, name: str) -> J:
        theory = self.target.prior.theory.name
        place = self.folder.of(theory) / name

        def tell(under_way: J) -> None:
            if self.callback is not None:
                self.callback(theory, under_way)

        what = _but_for_length(self.folder.what)
        checkpoint = Checkpoint(place, {**what, "theory": theory, "part": name})
        return run_to_end(job, checkpoint=checkpoint, executor=self.executor, callback=tell)


def _but_for_length(what: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a fit is of, however long its chains are."""
    chains = {key: value for key, value in what["chains"].items() if key != "draws"}
    return {**what, "chains": chains}


def moves_of(target: Target) -> tuple[Move, ...]:
    """Return the moves of one sweep; the size of slow noise and the noise itself move together."""
    names = target.prior.names
    if WHICH in names:  # draws carried over lie side by side, and some are far from their neighbour
        row = names.index(WHICH)
        return (*usual_moves(target.layout), *[SliceRows(row, row + 1)] * SLICES_OF_DRAWS)
    if SLOW_NOISE not in names:
        return usual_moves(target.layout)
    row = names.index(SLOW_NOISE)
    z = np.zeros((len(names), 2))
    z[row] = -0.5, 0.5
    size = np.log(target.prior.natural(z)[row])
    threats = target.layout.channels - target.slow_channels
    channels = tuple(range(threats, target.layout.channels))
    return usual_moves(target.layout, (Rescale(row, float(size[1] - size[0]), channels),))


def check_possible(target: Target, seed: int) -> None:
    """Raise an error if no draw of the prior makes the record possible, naming what does not.

    Raises:
        SettingError: With the first observation that no draw allows.
    """
    z = target.prior.normals(range(64), seed).T.copy()
    unknowns = np.zeros((target.dimension, z.shape[1]))
    unknowns[: len(z)] = z
    if np.isfinite(target(unknowns)).any():
        return
    problem = (
        f"the record {target.record} cannot happen under {target.prior.theory.name}, not in one of "
        f"{z.shape[1]} draws of the prior; in the first, {target.why_impossible(unknowns)}"
    )
    raise SettingError("calibrate", [problem])


class FitFolder:
    """The folder of a fit: what it is of, and which theories are done.

    Attributes:
        path: Where it is.
        what: All that decides the numbers of the fit, but for the theories.
    """

    def __init__(self, path: Path, what: dict[str, Any]) -> None:
        """Make a folder, or take up the one that is there.

        One in which nothing is done yet, neither a theory nor a checkpoint, may become the folder
        of another fit: who mistyped an option loses nothing by typing it anew. One of shorter
        chains becomes a folder of longer ones.

        Raises:
            ResultError: If it holds another fit of which some is done, a longer one, or no fit.
            SettingError: If it cannot be written.
        """
        self.path, self.what = files.writable_folder(path), what
        manifest = self.path / MANIFEST
        if manifest.exists():
            self._tree = self._read(manifest)
            if self._begun():
                self._compare(self._tree)
                self._lengthen()
                return
        elif any(self.path.iterdir()):
            raise ResultError(f"{path}: holds other files; give a folder that is empty or new")
        self._tree = {"format": FORMAT, "kind": "calibrate", **what, "theories": {}}
        self._write()

    def of(self, theory: str) -> Path:
        """Return the folder of a theory, made if need be."""
        return files.writable_folder(self.path / theory)

    def done(self, theory: str) -> bool:
        """Whether a theory has as many draws as were asked for, and all its files are whole.

        Raises:
            ResultError: If a file of it is missing or was changed.
        """
        kept = self._tree["theories"].get(theory)
        if kept is None:
            return False
        for name, digest in kept["files"].items():
            place = self.path / theory / name
            if not place.is_file() or provenance.file_digest(place) != digest:
                raise ResultError(
                    f"{place}: is not as it was written; remove {MANIFEST} and the folder of the "
                    "theory to fit it anew"
                )
        return bool(kept["draws"] >= self.what["chains"]["draws"])

    def evidence(self, theory: str) -> dict[str, Any] | None:
        """Return what particles of a theory came to, None if it has not been done at all.

        Raises:
            ResultError: If it has been, and where its chains ended is not there.
        """
        if theory not in self._tree["theories"]:
            return None
        place = self.path / theory / CHAINS
        if not place.is_file():
            raise ResultError(
                f"{place}: is not there, where the chains ended; without it they cannot be made "
                "longer: ask for no more draws than they have, or give another folder with --out"
            )
        return dict(files.read_json(self.path / theory / EVIDENCE, MOST_BYTES))

    def finish(self, theory: str, found: Posterior) -> None:
        """Keep what a theory came to; of its checkpoints that of the chains stays.

        Raises:
            ResultError: If the folder has become that of another fit meanwhile.
        """
        self._compare(self._read(self.path / MANIFEST))
        folder = self.of(theory)
        names = found.write(folder)
        summary = found.summary()
        numbers = summary[["rhat", "nested_rhat", "ess_bulk", "ess_tail"]]
        # What another process has finished in the folder meanwhile stays.
        self._tree["theories"] = dict(self._read(self.path / MANIFEST)["theories"])
        self._tree["theories"][theory] = {
            "parameters": len(found.prior),
            "draws": found.theta.shape[1],
            "names": list(found.prior.names),
            "dropped": found.prior.dropped,
            "log_evidence": found.evidence["log_evidence"],
            "error": found.evidence["error"],
            "log_likelihood": float(found.log_likelihood.mean()),
            **{name: worst_of(numbers[name], largest=name in RHATS) for name in numbers},
            "files": {name: provenance.file_digest(folder / name) for name in sorted(names)},
        }
        files.write_text(self.path / TABLE, self.table().to_csv(index=False, lineterminator="\n"))
        self._write()
        (folder / PARTICLES).unlink(missing_ok=True)

    def table(self) -> pd.DataFrame:
        """Return a row for each theory that is done."""
        import pandas as pd

        rows = [
            {"theory": name, **{k: kept[k] for k in (*WHOLE, *NUMBERS)}}
            for name, kept in sorted(self._tree["theories"].items())
        ]
        found = pd.DataFrame(rows)
        return found.astype(dict.fromkeys(NUMBERS, "float64")) if rows else found

    def _read(self, path: Path) -> dict[str, Any]:
        try:
            tree = files.read_json(path, MOST_BYTES)
            if tree["kind"] != "calibrate" or tree["format"] != FORMAT:
                raise KeyError("kind")
            for kept in dict(tree["theories"]).values():
                kept.setdefault("draws", tree["chains"]["draws"])  # as older ones have it
        except (AttributeError, FileError, KeyError, TypeError, ValueError):
            raise ResultError(
                f"{path}: is no manifest of a fit of format {FORMAT}; choose another folder with "
                "--out"
            ) from None
        return dict(tree)

    def _begun(self) -> bool:
        """Whether a theory is done, or some of one that a checkpoint keeps."""
        kept = (self.path.glob(f"*/{name}") for name in (PARTICLES, CHAINS))
        return bool(self._tree["theories"]) or any(map(any, kept))

    def _compare(self, tree: Mapping[str, Any]) -> None:
        """Refuse a folder of another fit, or of one with more draws than are asked for.

        Raises:
            ResultError: Naming all that differs.
        """
        try:
            theirs, there = _but_for_length(tree), int(tree["chains"]["draws"])
        except (AttributeError, KeyError, TypeError, ValueError):
            theirs, there = dict(tree), 0
        ours = _but_for_length(json.loads(json.dumps(self.what)))
        here = int(self.what["chains"]["draws"])
        other = [
            f"{key} is {theirs.get(key)} there and {value} here"
            for key, value in ours.items()
            if theirs.get(key) != value
        ]
        if other:
            raise ResultError(
                f"{self.path}: holds another fit ({'; '.join(other)}); give the same options to go "
                "on with it, or another folder with --out"
            )
        if here < there:
            raise ResultError(
                f"{self.path}: holds a longer fit, of {there:,} draws of each chain where {here:,} "
                f"are asked for; ask for as many or more with --draws {there}, or give another "
                "folder with --out"
            )

    def _lengthen(self) -> None:
        """Write down that more draws are asked for than before, if they are."""
        if self._tree["chains"] != self.what["chains"]:
            self._tree["chains"] = self.what["chains"]
            self._write()

    def _write(self) -> None:
        text = json.dumps(self._tree, indent=2, ensure_ascii=False) + "\n"
        files.write_text(self.path / MANIFEST, text)
