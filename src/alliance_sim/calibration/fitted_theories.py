"""What the fits of rival theories came to, beside each other and as one small file.

A fit of a theory takes long, and several may stand in folders of their own. What is told of each is
its evidence, how far its chains agree, and what its draws say of each year when they are weighed as
if that year had not been seen.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from alliance_sim import provenance
from alliance_sim.calibration.acts import act_counts
from alliance_sim.calibration.checkpoint import run_to_end
from alliance_sim.calibration.kept_fit import (
    UNKNOWNS,
    chains_of,
    told_of_fit,
    unknowns_of_fit,
)
from alliance_sim.calibration.leave_out import LeaveOut
from alliance_sim.calibration.pareto import TRUSTED
from alliance_sim.calibration.predictive import Predictive
from alliance_sim.calibration.still_holds import digests_of
from alliance_sim.calibration.stored import Checked, stale
from alliance_sim.calibration.target import Target, prior_of, target_of, until_year
from alliance_sim.calibration.theories import theory_shapley, theory_table
from alliance_sim.errors import AllianceSimError, ResultError, explains_calls
from alliance_sim.record.record import Record
from alliance_sim.results.sealed import read_sealed, save_sealed, shipped_file
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.file import word_for
from alliance_sim.scenario.theories import LATTICE, NONE, THEORIES, WITH_TREND
from alliance_sim.shipped import usual_scenario

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

FORMAT = 1
FOLDER = "theories"
SAME = ("record", "observed", "priors", "series", "until")  # of all fits that are compared
NUMBERS = (
    *("parameters", "log_evidence", "error", "log_likelihood"),
    *("nested_rhat", "ess_bulk", "ess_tail"),
)
BLOCKS = "RID"
SHAPLEY = ["over", "block", "evidence", "evidence_error", "held_out"]


class Fits(NamedTuple):
    """Folders of fits that can be compared.

    Attributes:
        trees: What each says was fitted, by folder.
        placed: In which folder each theory is.
        digests: Of scenario, priors and rules, and of what the record holds.
    """

    trees: Mapping[str, Mapping[str, Any]]
    placed: Mapping[str, str]
    digests: dict[str, str]


@dataclass(frozen=True, eq=False)
class FittedTheory:
    """One theory.

    Attributes:
        numbers: How many `parameters`, `log_evidence` with its `error`, mean `log_likelihood`, and
            of the worst parameter `nested_rhat`, `ess_bulk` and `ess_tail`; `particles`, and
            `draws` of each chain.
        held_out: Log chance of each count when its year is left out, array (quarter, field).
        k: How heavy a tail the weights of each year have, array (year,); above 0.7 what is said of
            the year is not to be trusted.
    """

    numbers: Mapping[str, float]
    held_out: NDArray[np.float64]
    k: NDArray[np.float64]

    @property
    def doubtful(self) -> int:
        """How many years are not to be trusted."""
        return int((~(self.k <= TRUSTED)).sum())


@dataclass(frozen=True, eq=False, kw_only=True)
class FittedTheories:
    """Theories fitted to the same record with the same priors and rules.

    Attributes:
        scenario: Name of the scenario.
        record: Name of the record, with the edition.
        series: Which acts count.
        digests: Of scenario, priors and rules, and of what the record holds.
        command: The command line that makes the file again, of folders of fits.
        version: Of the program.
        theories: What each came to, by name.
        checked: By series and theory a draw to check by.
    """

    scenario: str
    record: str
    series: str
    digests: Mapping[str, str]
    command: str
    version: str
    theories: Mapping[str, FittedTheory]
    checked: Mapping[tuple[str, str], Checked]

    @cached_property
    def _table(self) -> pd.DataFrame:
        evidence = {
            name: (one.numbers["log_evidence"], one.numbers["error"])
            for name, one in self.theories.items()
        }
        held_out = {name: one.held_out for name, one in self.theories.items()}
        found = theory_table(evidence, held_out, against=NONE if NONE in evidence else None)
        trend = f"{NONE}{WITH_TREND}"
        if trend in evidence:
            beside = theory_table(evidence, held_out, against=trend).set_index("theory")
            found["gain_over_trend"] = found["theory"].map(beside["gain"])
        for name in ("parameters", "log_likelihood", "nested_rhat", "ess_bulk", "ess_tail",
                     "particles", "draws"):  # fmt: skip
            found[name] = [self.theories[one].numbers[name] for one in found["theory"]]
        whole = ["parameters", "particles", "draws"]
        found[whole] = found[whole].astype(int)
        found["doubtful_years"] = [self.theories[one].doubtful for one in found["theory"]]
        return found

    def frame(self) -> pd.DataFrame:
        """Return a row for each theory, best evidence first.

        Returns:
            Columns of `theories.theory_table` (`held_out` is the log score of years left out;
            gains are NaN where N is not fitted), `gain_over_trend` where N+T is, `parameters`,
            `log_likelihood` (mean over draws), `nested_rhat`, `ess_bulk`, `ess_tail`, `particles`,
            `draws` (of each chain) and `doubtful_years` (years left out with k above 0.7).
        """
        return self._table.copy()

    def shapley(self) -> pd.DataFrame:
        """Return what each block of theory adds, over all orders of adding it.

        Returns:
            Columns `over` (N, or N+T for the lattice with a trend), `block` (R, I or D),
            `evidence`, `evidence_error` (standard error, as if errors of the fits had nothing in
            common; fits of one seed begin alike, so that it is a little off) and `held_out`; no row
            for a lattice of which a theory is missing.
        """
        import pandas as pd

        rows = []
        for trend in ("", WITH_TREND):
            names = {one: f"{one}{trend}" for one in LATTICE}
            if not set(names.values()) <= set(self.theories):
                continue
            told = {one: self.theories[name] for one, name in names.items()}
            evidence = theory_shapley({k: one.numbers["log_evidence"] for k, one in told.items()})
            held_out = theory_shapley({k: float(one.held_out.sum()) for k, one in told.items()})
            rows += [
                (f"{NONE}{trend}", one, evidence[one], _error(one, told), held_out[one])
                for one in BLOCKS
            ]
        return pd.DataFrame(rows, columns=SHAPLEY)

    def missing(self) -> tuple[str, ...]:
        """Return which of the eight theories without a trend are not fitted."""
        return tuple(name for name in LATTICE if name not in self.theories)

    def told(self) -> str:
        """Return in sentences what the table holds and what it does not."""
        doubtful = sum(one.doubtful for one in self.theories.values())
        years = sum(len(one.k) for one in self.theories.values())
        words = (
            f"Record {self.record}, series {self.series}. Evidence is of counts, ladder, "
            "agreements, laws and marks together. Left out: log score of the counts of each year, "
            "from draws of the whole record weighed as if it were not in it; stacking weights are "
            f"on these scores. In {doubtful} of {years} years the weights are not to be trusted "
            "(k above 0.7)."
        )
        if self.missing():
            words += (
                f" Not fitted: {', '.join(self.missing())}; without them there is no theory "
                "Shapley."
            )
        return words

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write one file that `load_theories` reads back; equal contents give equal bytes.

        Raises:
            SettingError: If it cannot be written.
        """
        arrays: dict[str, NDArray[Any]] = {}
        for name, one in sorted(self.theories.items()):
            arrays[f"{name}/held_out"] = np.asarray(one.held_out, dtype=np.float32)
            arrays[f"{name}/k"] = one.k
        for key, draw in self.checked.items():
            arrays["/".join((*key, "parameters"))] = draw.parameters
            arrays["/".join((*key, "ranks"))] = draw.ranks
        told = {
            "format": FORMAT,
            "scenario": self.scenario,
            "record": self.record,
            "series": self.series,
            "digests": dict(self.digests),
            "command": self.command,
            "version": self.version,
            "theories": {name: dict(one.numbers) for name, one in self.theories.items()},
            "checked": {
                "/".join(key): [one.until, one.log_likelihood] for key, one in self.checked.items()
            },
        }
        save_sealed(path, told, arrays)


def _error(block: str, theories: Mapping[str, FittedTheory]) -> float:
    """Return the standard error of a block's part of the evidence: parts are sums of evidences."""
    names = list(theories)
    parts = []
    for one in names:
        only = {name: float(name == one) for name in names}
        parts.append(theory_shapley(only)[block] * theories[one].numbers["error"])
    return float(np.sqrt(np.square(parts).sum()))


@explains_calls
def fitted_theories(
    folders: Sequence[str | os.PathLike[str]],
    scenario: Scenario,
    *,
    executor: Executor | None = None,
    callback: Callable[[str, LeaveOut], object] | None = None,
) -> FittedTheories:
    """Return what the theories in folders of fits came to.

    Args:
        folders: Folders of `alliance-sim calibrate`; settings of their chains may differ.
        scenario: The scenario that was fitted.
        executor: Who computes; this process if None. Numbers do not depend on it.
        callback: Called with the name of a theory and how far its years are left out.

    Raises:
        ResultError: If a folder holds no finished fit, or one of something else; if a theory is in
            two of them; or if draws of a fit no longer have the log likelihood that they had.
        ScenarioError: If the scenario has no priors.
        NoRecord: If it has no record.
    """
    trees, placed, digests = comparable_fits(folders, scenario)
    first = next(iter(trees.values()))
    found: dict[str, FittedTheory] = {}
    checked: dict[tuple[str, str], Checked] = {}
    record = Record.of(scenario)
    acts = act_counts(record, until_year(scenario, first["until"]), first["series"])
    for name in sorted(placed, key=THEORIES.index):
        place, tree = Path(placed[name]), trees[placed[name]]
        target = _target(scenario, name, tree)
        draws = _draws_of(place, tree["theories"][name], name, target)
        if not checked:
            checked[target.series, name] = Checked.of(target, draws[:, 0])
        job = LeaveOut(
            *(target, acts, draws, np.zeros(draws.shape[1])), seed=tree["seed"], fit_anew=False
        )
        tell = None if callback is None else _telling(callback, name)
        run_to_end(job, executor=executor, callback=tell)
        start = acts.year_starts(job.first)
        chances = Predictive(start, job.chances.reshape(-1, *job.chances.shape[2:]))
        counts = acts.counts[start : start + len(chances.chances)]
        kept = tree["theories"][name]
        numbers = {key: np.nan if kept[key] is None else float(kept[key]) for key in NUMBERS}
        numbers["particles"] = float(tree["tempered"]["particles"])
        numbers["draws"] = float(chains_of(tree, name)["draws"])
        found[name] = FittedTheory(numbers, chances.logs(counts), job.k)
    digests[f"observed {first['series']}"] = digests.pop("observed")
    return FittedTheories(
        scenario=scenario.name,
        record=record.name,
        series=first["series"],
        digests=digests,
        command=_command(len(trees), scenario),
        version=provenance.version(),
        theories=found,
        checked=checked,
    )


def _command(fits: int, scenario: Scenario) -> str:
    """Return the command line that compares so many fits of a scenario."""
    words, called = ["alliance-sim", "posterior", "theories", *["FIT"] * fits], word_for(scenario)
    return shlex.join(words if called == usual_scenario() else [*words, "--scenario", called])


def comparable_fits(folders: Sequence[str | os.PathLike[str]], scenario: Scenario) -> Fits:
    """Return what folders of fits say of themselves, once it is sure that they can be compared.

    It takes a moment where `fitted_theories` takes minutes.

    Args:
        folders: Folders of `alliance-sim calibrate`.
        scenario: The scenario that was fitted.

    Raises:
        ResultError: If a folder holds no finished fit, or one of something else, or if a theory is
            in two of them.
        ScenarioError: If the scenario has no priors.
        NoRecord: If it has no record.
    """
    trees = {os.fspath(place): told_of_fit(Path(place)) for place in folders}
    placed = _placed(trees)
    name = min(placed, key=THEORIES.index)
    target = _target(scenario, name, trees[placed[name]])
    digests = digests_of(target)
    _same(trees, target, digests)
    return Fits(trees, placed, digests)


def _target(scenario: Scenario, theory: str, tree: Mapping[str, Any]) -> Target:
    """Return what a folder says was fitted of a theory."""
    return target_of(prior_of(scenario, theory), series=tree["series"], until=tree["until"])


def _telling(
    callback: Callable[[str, LeaveOut], object], name: str
) -> Callable[[LeaveOut], object]:
    return lambda job: callback(name, job)


def _placed(trees: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return in which folder each theory is.

    Raises:
        ResultError: If there is none, or one of them is in two.
    """
    placed: dict[str, str] = {}
    for place, tree in trees.items():
        for name in tree["theories"]:
            if name in placed:
                raise ResultError(f"{place}: theory {name} is in {placed[name]} too; give one")
            placed[name] = place
    if not placed:
        raise ResultError(f"{', '.join(trees)}: no theory is fitted yet; calibrate goes on")
    return placed


def _same(
    trees: Mapping[str, Mapping[str, Any]], target: Target, digests: Mapping[str, str]
) -> None:
    """Refuse fits that are not to the same record, with the priors of today.

    Raises:
        ResultError: Naming each folder and what differs.
    """
    here = {
        "record": target.record,
        "observed": digests["observed"],
        "priors": digests["priors"],
        "series": target.series,
        "until": target.until,
    }
    other = [
        f"{place}: {key} is {tree.get(key)} there and {here[key]} here"
        for place, tree in trees.items()
        for key in SAME
        if tree.get(key) != here[key]
    ]
    if other:
        raise ResultError(f"fits of something else cannot be compared: {'; '.join(other)}")


def _draws_of(
    place: Path, told: Mapping[str, Any], theory: str, target: Target
) -> NDArray[np.float64]:
    """Return whole draws of a fit, array (dimension, draw), whose likelihood is what it was.

    Raises:
        ResultError: If it is not.
    """
    path = place / theory / UNKNOWNS
    draws = np.ascontiguousarray(unknowns_of_fit(path, told).T)
    with np.load(path, allow_pickle=False) as loaded:
        before = np.asarray(loaded["log_likelihood"], dtype=np.float64)
    some = np.linspace(0, draws.shape[1] - 1, min(3, draws.shape[1])).round().astype(int)
    fits = draws.shape[0] == target.dimension
    if not fits or (target(np.ascontiguousarray(draws[:, some])) != before[some]).any():
        raise ResultError(
            f"{place}: draws of {theory} no longer have the log likelihood that they had: scenario "
            "or rules changed; fit anew with alliance-sim calibrate"
        )
    return draws


def load_theories(path: str | os.PathLike[str]) -> FittedTheories:
    """Return what `FittedTheories.save` wrote, whether it still holds or not.

    Raises:
        ResultError: If the file is not one of these, or was changed since.
    """
    return read_sealed(path, _read, form=FORMAT, what="fitted theories")


def _read(tree: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> FittedTheories:
    theories = {
        str(name): FittedTheory(
            {key: float(value) for key, value in numbers.items()},
            np.asarray(arrays[f"{name}/held_out"], dtype=np.float64),
            arrays[f"{name}/k"],
        )
        for name, numbers in tree["theories"].items()
    }
    checked = {}
    for name, (until, value) in tree["checked"].items():
        series, theory = name.split("/")
        draw = arrays[f"{name}/parameters"], arrays[f"{name}/ranks"]
        checked[series, theory] = Checked(int(until), *draw, float(value))
    given = {key: str(tree[key]) for key in ("scenario", "record", "series", "command", "version")}
    return FittedTheories(
        **given, digests=dict(tree["digests"]), theories=theories, checked=checked
    )


def shipped_theories(scenario: Scenario) -> tuple[FittedTheories | None, str]:
    """Return the fitted theories that ship for a scenario's record; in a sentence why not if not.

    The sentence is "" where none ship for it.
    """
    try:
        record = Record.of(scenario).name
    except AllianceSimError:
        return None, ""
    path = shipped_file(FOLDER, record)
    if path is None:
        return None, ""
    try:
        found = load_theories(path)
    except ResultError as error:
        return None, f"The table of theories is not used: {error}"
    problems = stale(found, scenario)
    if problems:
        why = f"{'; '.join(problems)}. To make it again: {found.command}"
        return None, f"The table of theories that ships is not used: {why}."
    return found, ""
