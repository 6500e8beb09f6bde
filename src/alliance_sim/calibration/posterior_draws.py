"""The posterior of a scenario under one theory as a few hundred draws, to run and to look at.

A fit is long; what it came to is thinned to a file (`results.draws`) that is held, whenever it is
read, against the scenario, the priors, the record and the rules of today.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from alliance_sim import display, provenance
from alliance_sim.calibration.diagnostics import TOLD, doubt_of
from alliance_sim.calibration.edited_by import first_of, misfit
from alliance_sim.calibration.kept_fit import (
    FIT,
    UNKNOWNS,
    chains_of,
    command_of_fit,
    draws_in,
    fit_around,
    no_draws,
    told_of_fit,
    unknowns_of_fit,
)
from alliance_sim.calibration.posterior import PRIOR_DRAWS, TAILS, set_by_the_prior
from alliance_sim.calibration.prior import Prior
from alliance_sim.calibration.still_holds import (
    digests_of,
    fitted_places,
    log_likelihood_of,
    prior_if_held,
)
from alliance_sim.calibration.target import Target, prior_of, target_of
from alliance_sim.display import Facts, Shown, counted, frame_table
from alliance_sim.engine.simulate import Kernel, simulate
from alliance_sim.engine.vectors import DrawnNumbers
from alliance_sim.errors import ResultError, SettingError, unknown_name, visible
from alliance_sim.noise import as_seed
from alliance_sim.results.draws import Draws, ranks_of
from alliance_sim.scenario import Scenario
from alliance_sim.scenario.edit import value_at
from alliance_sim.scenario.edit_kinds import standing_at
from alliance_sim.scenario.edits_in_words import likenesses, multiples
from alliance_sim.scenario.file import word_for
from alliance_sim.scenario.theories import own_theory, theory_of
from alliance_sim.whole_numbers import not_whole

if TYPE_CHECKING:
    import pandas as pd

    from alliance_sim.results import Ensemble

Floats = NDArray[np.float64]

CHECKED = 3  # draws whose log likelihoods are kept
DRAWS = 300  # that are kept of a fit
WHERE = "posterior"
UNDER = " under "  # stands between a scenario and its theory
SHOWN_ROWS = 8
STAGE = "period."  # begins the names of what a stage sets
THEORY = ("theory.", "willingness.trend")
EVIDENCE, CHAINS_TOLD = "evidence", "convergence"  # in the settings of draws kept of a fit


class PosteriorDraws(Shown):
    """Draws of what is not known about a scenario, given the record, under one theory.

    Attributes:
        prior: What was believed before, of the scenario that was fitted.
        held: The draws as their file holds them, with where they come from.
    """

    def __init__(self, held: Draws, prior: Prior) -> None:
        """Put draws and their prior together; `load` and `of_fit` also check that they fit."""
        self.held, self.prior = held, prior

    @classmethod
    def load(
        cls, path: str | os.PathLike[str], scenario: Scenario, *, theory: str | None = None
    ) -> PosteriorDraws:
        """Return the posterior in a file, or in a folder of such files or of a fit.

        Args:
            path: A file that `save` wrote, a folder of such files named after their theories, or
                the folder of `alliance-sim calibrate`.
            scenario: The scenario that was fitted.
            theory: Which theory of a folder, that of the scenario's switches if left out; or the
                one that a file has to be of.

        Raises:
            ResultError: If it cannot be read, is of another theory, or no longer holds: saying what
                has changed since, and how to fit anew.
            ScenarioError: If the theory is unknown.
            NoRecord: If the scenario has no record.
            RecordError: If that cannot be used.
        """
        place = Path(path)
        if not place.is_dir():
            held = draws_in(place)
            wanted = held.theory if theory is None else theory_of(theory).name
            if wanted != held.theory:
                told = f"is a posterior of theory {held.theory}, and {wanted} is asked for"
                raise ResultError(f"{place}: {told}")
            return cls(held, prior_if_held(held, scenario, os.fspath(path)))
        name = own_theory(scenario).name if theory is None else theory
        if (place / FIT).is_file():
            return cls.of_fit(place, scenario, theory=name)
        known = {file.stem: file for file in sorted(place.glob("*.npz"))}
        if not known or (name not in known and fit_around(place)):
            raise ResultError(no_draws(place))
        if name not in known:
            raise ResultError(f"{place}: {unknown_name('theory', name, known)}")
        held = draws_in(known[name])
        return cls(held, prior_if_held(held, scenario, os.fspath(known[name])))

    @classmethod
    def of_fit(
        cls,
        folder: str | os.PathLike[str],
        scenario: Scenario,
        *,
        theory: str | None = None,
        draws: int = DRAWS,
    ) -> PosteriorDraws:
        """Return evenly chosen draws of a finished fit, their slow noise rounded.

        Args:
            folder: The folder of `alliance-sim calibrate`.
            scenario: The scenario that was fitted.
            theory: Which of its theories; that of the scenario's switches if left out.
            draws: How many draws; as many as the fit kept whole, if those are fewer.

        Raises:
            ResultError: If the folder holds no finished fit of the theory to this scenario.
            SettingError: If the number of draws is out of range.
            ScenarioError: If the theory is unknown.
        """
        if problems := not_whole("draws", draws, least=1):
            raise SettingError(WHERE, problems)
        name = own_theory(scenario).name if theory is None else theory
        tree = told_of_fit(Path(folder))
        if name not in tree["theories"]:
            done = unknown_name("theory", name, tree["theories"])
            again = command_of_fit(word_for(scenario), [name], tree, folder)
            raise ResultError(f"{folder}: holds no finished fit of it: {done}; to fit it: {again}")
        prior = prior_of(scenario, name)
        target = target_of(prior, series=tree["series"], until=tree["until"])
        whole = unknowns_of_fit(Path(folder) / name / UNKNOWNS, tree["theories"][name])
        if whole.shape[1] != target.dimension:
            problem = f"its draws have {whole.shape[1]} unknowns, the scenario {target.dimension}"
            raise ResultError(f"{folder}: {_of_another(folder, tree, scenario)} ({problem})")
        chosen = whole[np.linspace(0, len(whole) - 1, min(draws, len(whole))).round().astype(int)]
        told = tree["theories"][name]
        tree["chains"] = chains_of(tree, name)
        settings = {key: tree[key] for key in ("tempered", "chains")}
        settings[CHAINS_TOLD] = {key: told.get(key) for key in TOLD}
        if told.get("log_evidence") is not None:
            settings[EVIDENCE] = [told["log_evidence"], told["error"]]
        command = command_of_fit(word_for(scenario), [name], tree, "fit")
        return cls.made(target, chosen, seed=tree["seed"], settings=settings, command=command)

    @classmethod
    def made(
        cls,
        target: Target,
        unknowns: Floats,
        *,
        seed: int,
        command: str,
        settings: Mapping[str, Any] | None = None,
    ) -> PosteriorDraws:
        """Return draws of a sampler of one's own, rounded as all of them are.

        Args:
            target: What was sampled, such as `alliance_sim.model(...).target`.
            unknowns: Draws of its standard normals, array (draw, dimension).
            seed: The seed of the sampler.
            command: The command line that makes them again.
            settings: What else is to be known about how they were made.

        Raises:
            SettingError: If the draws do not fit, or the record is impossible in one that is
                checked.
        """
        z = np.ascontiguousarray(unknowns, dtype=np.float64)
        if z.ndim != 2 or z.shape[1] != target.dimension or not len(z):
            problem = f"unknowns are {z.shape}, must be (draws, {target.dimension})"
            raise SettingError(WHERE, [problem])
        prior, layout = target.prior, target.layout
        k = len(prior)
        ranks = ranks_of(z[:, k:].reshape(len(z), layout.steps, layout.channels))
        spread = np.linspace(0, len(z) - 1, min(CHECKED, len(z))).round().astype(int)
        held = Draws(
            scenario=prior.scenario.name.partition(UNDER)[0],
            relationship=prior.scenario.relationship,
            theory=prior.theory.name,
            record=target.record,
            series=target.series,
            until=target.until,
            digests=digests_of(target),
            seed=seed,
            settings=dict(settings or {}),
            command=command,
            version=provenance.version(),
            names=prior.names,
            channels=target.channels,
            checked=tuple(spread.tolist()),
            parameters=np.ascontiguousarray(prior.natural(z[:, :k].T.copy()).T),
            ranks=ranks,
            log_likelihood=np.zeros(len(spread)),
        )
        found = log_likelihood_of(target, held)
        if not np.isfinite(found).all():
            raise SettingError(WHERE, ["the record is impossible in one of the draws"])
        object.__setattr__(held, "log_likelihood", found)
        return cls(held, prior)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write one file that `load` reads; equal draws give equal bytes.

        Raises:
            SettingError: If it cannot be written.
        """
        self.held.save(path)

    def __len__(self) -> int:
        """Return how many draws there are."""
        return len(self.held)

    @property
    def theory(self) -> str:
        """The theory, such as "RID"."""
        return self.held.theory

    @property
    def edition(self) -> str:
        """Name of the record with its edition."""
        return self.held.record

    @property
    def evidence(self) -> tuple[float, float] | None:
        """Log evidence of the theory and its standard error; None where that was not kept."""
        found = self.held.settings.get(EVIDENCE)
        return None if found is None else (float(found[0]), float(found[1]))

    @property
    def doubt(self) -> str:
        """Why they may not stand for the posterior: what chains of a fit say; "" if nothing does.

        Of draws of a sampler of one's own nothing is known, nor of files from before it was kept.
        """
        told = self.held.settings.get(CHAINS_TOLD)
        return "" if told is None else doubt_of(told)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parameters."""
        return self.held.names

    @property
    def label(self) -> str:
        """Which draws they are, in a few words, with the beginning of their digest, and a doubt."""
        what = f"{self.held.relationship} {self.theory}, record {self.edition}"
        doubt = f"; {self.doubt}" if self.doubt else ""
        return f"{counted(len(self), 'posterior draw')} ({what}, {self._digest[:12]}{doubt})"

    @cached_property
    def _digest(self) -> str:
        return self.held.digest()

    @cached_property
    def parameters(self) -> pd.DataFrame:
        """Prior and posterior of each parameter, a row for each, in order.

        Columns `name`, `unit`; of the posterior `mean`, `sd`, `q05`, `median` and `q95`; of the
        prior the same after `prior_`; `sd_ratio`, how much of the prior's standard deviation is
        left; and `set_by_the_prior`, whether that is 0.9 or more and the mean has moved by less
        than half of it: the record said next to nothing.
        """
        import pandas as pd

        before = self.prior.sample(PRIOR_DRAWS, self.held.seed)
        columns: dict[str, Any] = {
            "name": self.names,
            "unit": [parameter.unit for parameter in self.prior.parameters],
        }
        for start, values in (("", self.held.parameters), ("prior_", before)):
            low, median, high = np.quantile(values, TAILS, axis=0)
            columns |= {f"{start}mean": values.mean(axis=0), f"{start}sd": values.std(axis=0)}
            columns |= {f"{start}q05": low, f"{start}median": median, f"{start}q95": high}
        found = pd.DataFrame(columns)
        found["sd_ratio"] = found["sd"] / found["prior_sd"]
        found["set_by_the_prior"] = set_by_the_prior(self.held.parameters, before)
        return found

    def stages(self) -> pd.DataFrame:
        """Return the fitted differences of stages from the row of numbers that all share.

        Returns:
            Rows of `parameters`, with `supported`: whether the middle 90 % of the posterior leaves
            out 0. No row where no such difference is a parameter.
        """
        moved = [p.difference and p.name.startswith(STAGE) for p in self.prior.parameters]
        found = self.parameters[moved].reset_index(drop=True)
        return found.assign(supported=(found["q05"] > 0.0) | (found["q95"] < 0.0))

    def correlations(self) -> pd.DataFrame:
        """Return rank correlations (Spearman) of all pairs of parameters over the draws.

        Returns:
            Columns `name`, `other`, `correlation`, in [-1, 1] (NaN where one is the same in all
            draws), and `prior`, that of 2,000 draws of the prior; the strongest first.
        """
        import pandas as pd

        names, before = self.names, pd.DataFrame(self.prior.sample(PRIOR_DRAWS, self.held.seed))
        one, other = np.triu_indices(len(names), 1)
        found, prior = (
            np.atleast_2d(np.corrcoef(frame.rank().to_numpy(), rowvar=False))[one, other]
            for frame in (self.draws(), before)
        )
        name, beside = np.array(names)[one], np.array(names)[other]
        table = {"name": name, "other": beside, "correlation": found, "prior": prior}
        frame = pd.DataFrame(table)
        return frame.sort_values("correlation", key=abs, ascending=False, ignore_index=True)

    def draws(self, n: int | None = None) -> pd.DataFrame:
        """Return draws of the parameters: a column for each, and a row for each draw.

        Args:
            n: How many, evenly chosen; all if left out.

        Raises:
            SettingError: If there are not as many.
        """
        import pandas as pd

        count = len(self)
        if n is not None and (problems := not_whole("n", n, least=1, most=count)):
            raise SettingError("draws", problems)
        chosen = np.linspace(0, count - 1, count if n is None else n).round().astype(int)
        frame = pd.DataFrame(self.held.parameters[chosen], columns=list(self.names))
        frame.index = pd.Index(chosen, name="draw")
        return frame

    def coded(self) -> dict[str, Floats]:
        """Return chances of being coded in each draw, arrays (draw,); see `ParameterDraws`."""
        drawn = self.held.parameters
        return {place: drawn[:, row] for place, row in self.prior.coded.items()}

    def medians(self) -> dict[str, float]:
        """Return the posterior median of every number of the scenario that was fitted, by path."""
        middle = np.median(self.prior.numbers(self.held.parameters.T.copy()), axis=1)
        return dict(zip(self.prior.paths, middle.tolist(), strict=True))

    def numbers_of(self, scenario: Scenario) -> DrawnNumbers:
        """Return what the draws set in a scenario.

        What an edit has set stays set in all of them; what it has made so many times as large is so
        many times as large as each draw has it, within the number's range; who stands in a
        leader's place has the push that each draw gives him.

        Raises:
            SettingError: If the scenario is not the fitted one or an edit of it, or has parameters
                of a theory that the draws are not of, saying which.
        """
        problem = self.misfit(scenario)
        if problem:
            raise SettingError(WHERE, [problem])
        switched = any(change.path.startswith(THEORY) for change in scenario.edits)
        prior = Prior(scenario, None if switched else self.prior.theory)
        if lacking := [name for name in prior.names if name not in self.names]:
            named = f"{first_of(lacking)}, which {scenario.name} has"
            problem = f"the posterior is of theory {self.theory} and knows nothing of {named}"
            raise SettingError(WHERE, [problem])
        rows = [self.names.index(name) for name in prior.names]
        values = prior.numbers(np.ascontiguousarray(self.held.parameters[:, rows].T))
        edited = self._scaled(scenario, prior.paths) | self._copied(scenario)
        paths = (*prior.paths, *edited)
        values = np.concatenate([values, *(row[None] for row in edited.values())])
        values.setflags(write=False)
        return DrawnNumbers(paths, values)

    def _scaled(self, scenario: Scenario, drawn: Sequence[str]) -> dict[str, Floats]:
        """Return numbers that edits multiply, by path an array (draw,), but for those drawn."""
        times = multiples(scenario.edits)
        mine = {path: row for row, path in enumerate(self.prior.paths)}
        wanted = [path for path in times if path in mine and path not in drawn]
        if not wanted:
            return {}
        before = self.prior.numbers(np.ascontiguousarray(self.held.parameters.T))
        found = {}
        for path in wanted:
            number = value_at(scenario, path)
            found[path] = np.clip(before[mine[path]] * times[path], number.low, number.high)
        return found

    def _copied(self, scenario: Scenario) -> dict[str, Floats]:
        """Return numbers that edits give the value of another, by path an array (draw,)."""
        mine = {path: row for row, path in enumerate(self.prior.paths)}
        copies = likenesses(scenario.edits).items()
        wanted = {path: mine[source] for path, source in copies if source in mine}
        if not wanted:
            return {}
        before = self.prior.numbers(np.ascontiguousarray(self.held.parameters.T))
        return {standing_at(scenario, path): before[row] for path, row in wanted.items()}

    def misfit(self, scenario: Scenario) -> str:
        """Return in a sentence why the draws do not go with a scenario, "" if they do."""
        return misfit(self.prior.scenario, scenario, fitted=self._places)

    @cached_property
    def _places(self) -> set[str]:
        return set(fitted_places(self.prior.scenario))

    def histories(
        self, *, runs: int | None = None, seed: int = 1, threads: int | None = None
    ) -> tuple[Ensemble, Ensemble]:
        """Return free runs, and runs in which the acts of the record happened.

        Both have the parameters of the draws. Free runs have fresh noise; the others have each
        draw's own slow noise and, of what the record settles, only what it leaves open, drawn by
        the seed. They have seen the record: they show how it may have come about, and never how
        well it is told.

        Args:
            runs: How many of each, at most as many as draws; as many as draws if left out.
            seed: Seed of what is drawn.
            threads: Threads to use; numbers do not depend on it.

        Raises:
            SettingError: If a setting is out of range.
        """
        count = len(self) if runs is None else runs
        if problems := not_whole("runs", count, least=1, most=len(self)):
            raise SettingError("histories", problems)
        scenario, number = self.prior.scenario, as_seed(seed)
        target = target_of(self.prior, series=self.held.series, until=self.held.until)
        noise = target.replaying(
            np.ascontiguousarray(self.held.parameters[:count].T),
            self.held.normals(slice(0, count)),
            seed=number,
        )
        asked = partial(simulate, scenario, runs=count, seed=number, posterior=self)
        return (
            asked(engine=Kernel(threads=threads)),
            asked(engine=Kernel(threads=threads, noise=noise)),
        )

    def plot(self) -> Any:
        """Return a figure of prior and posterior of every parameter.

        Returns:
            A `matplotlib.figure.Figure`; a notebook shows it, `savefig` writes it.
        """
        return display.figure(self)

    def _facts(self) -> Facts:
        table = self.parameters
        prior = int(table["set_by_the_prior"].sum())
        least = table.sort_values("sd_ratio").head(SHOWN_ROWS)
        columns = ["name", "q05", "median", "q95", "prior_q05", "prior_q95", "sd_ratio"]
        return Facts(
            f"{self.held.scenario} under {self.theory}",
            [counted(len(self), "draw"), f"{prior} of {len(table)} parameters set by the prior"],
            [
                ("record", f"{self.edition}, series {self.held.series}, to {self.held.until}"),
                ("draws", f"{len(self)}; see .draws(), .parameters and .medians()"),
                ("set by the prior", f"{prior} of {len(table)} parameters"),
                ("made by", self.held.command),
                ("digest", self._digest),
            ],
            frame_table(least, columns),
        )


def _of_another(folder: str | os.PathLike[str], tree: Mapping[str, Any], scenario: Scenario) -> str:
    """Return in words which scenario a folder is a fit of, and what to give for it."""
    fitted = tree.get("scenario")
    if not isinstance(fitted, str) or fitted == scenario.name:
        return "holds a fit of another scenario"
    words = ["alliance-sim", "posterior", "keep", os.fspath(folder), word_for(fitted)]
    return (
        f"is a fit of {visible(fitted)}, and not of {scenario.name}; give the scenario that was "
        f"fitted, as in: {visible(shlex.join(words))}"
    )
