"""Which change that theory supports would help the model where it loses, by data before 2013 alone?

python experiments/validate_remedies.py --out docs/validation

The model loses where formal steps and first agreements come in quick succession, and its counts
are too sure of themselves at the upper end. Each remedy is one change: of a mechanism's numbers
first, then of how acts are measured, then of a prior. The same evidence decides on each, that of
all that is on record until 2012: counts, ladder, agreements, laws and marks. Years after it, which
have been looked at, take no part. Fits that are done are kept beside the table; the same command
goes on with the rest.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from in_pieces import fit_options, in_pieces, made_of, tempered_fit, write_rows
from validate_salience import with_salience_fitted

from alliance_sim import Scenario, load_scenario, model
from alliance_sim.calibration import Checkpoint

QUICK = {"particles": 64, "until": 1995}
SIZES = tuple(
    f"observation.counting.{field}.size"
    for field in ("political", "operations", "equipment", "institution")
)


class Remedy(NamedTuple):
    """One change.

    Attributes:
        words: What is changed.
        why: What theory says for it.
        change: From the scenario to the changed one.
        theory: The theory that is fitted.
    """

    words: str
    why: str
    change: Callable[[Scenario], Scenario]
    theory: str = "RID"


def with_prior(scenario: Scenario, believed: dict[str, tuple[str, tuple[float, ...]]]) -> Scenario:
    """Return a scenario in which some numbers have another prior: path -> family, parameters."""
    known = {one.path for one in scenario.priors}
    if missing := sorted(set(believed) - known):
        raise SystemExit(f"the scenario has no prior of {', '.join(missing)}")
    changed = tuple(
        one.model_copy(update=dict(zip(("family", "parameters"), believed[one.path], strict=True)))
        if one.path in believed
        else one
        for one in scenario.priors
    )
    return scenario.model_copy(update={"priors": changed})


def priors(believed: dict[str, tuple[str, tuple[float, ...]]]) -> Callable[[Scenario], Scenario]:
    """Return the change that gives some numbers another prior."""
    return lambda scenario: with_prior(scenario, believed)


REMEDIES = (
    Remedy("as it is", "", lambda scenario: scenario),
    Remedy(
        "officials ask before the answer is even (caution 0)",
        "a mechanism's number: sounding out may begin where refusal is as likely as consent",
        lambda scenario: scenario.with_number("ladder.caution", 0.0),
    ),
    Remedy(
        "members' answers are less certain (spread 1)",
        "a mechanism's number: officials know members' answers only roughly",
        lambda scenario: scenario.with_number("council.spread", 1.0),
    ),
    Remedy(
        "the salience of acts is fitted, not set by hand",
        "a measurement: set to shares of the first edition, as if no act had been missed",
        with_salience_fitted,
    ),
    Remedy(
        "steps follow levels and assets more closely (half-normal 3 for 1)",
        "a prior: institutions are thought to beget institutions (B.2)",
        priors({f"ladder.by_{one}": ("half_normal", (3.0,)) for one in ("level", "assets")}),
    ),
    Remedy(
        "counts scatter more (size around 2, wider, for 4)",
        "a prior: acts come in bundles, at visits and summits",
        priors(dict.fromkeys(SIZES, ("lognormal", (0.6931, 1.0)))),
    ),
    Remedy(
        "moods move more (half-normal 1.2 for 0.6)",
        "a prior: what no input moves may move more",
        priors({"willingness.slow_noise": ("half_normal", (1.2,))}),
    ),
    Remedy(
        "a trend of its own",
        "no mechanism: says what any of them could still gain (RID+T)",
        lambda scenario: scenario,
        "RID+T",
    ),
)


class Fits:
    """The evidence under each remedy, by tempered particles."""

    def __init__(self, given: argparse.Namespace) -> None:
        """Take what is asked for."""
        self.given, self.scenario = given, load_scenario(given.scenario)
        self.what = {key: str(v) for key, v in vars(given).items() if key != "out"}
        self.what |= made_of(given.scenario)

    def evidence(self, number: int) -> list[float]:
        """Return log evidence and its error under one remedy."""
        given, remedy = self.given, REMEDIES[number]
        changed = remedy.change(self.scenario)
        target = model(changed, remedy.theory, until=given.until).target
        name = f"remedies_{given.scenario.replace('/', '_')}_{number}.npz"
        place = Checkpoint(given.out / "under_way" / name, {**self.what, "remedy": remedy.words})
        job = tempered_fit(target, target.layout, given, place, remedy.words)
        place.path.unlink()
        return [job.log_evidence, job.error]


def main() -> None:
    """Ask the question, run the design, save what came out."""
    given = fit_options(__doc__, QUICK, particles=256, until=2012)
    fits, name = Fits(given), f"remedies_{given.scenario.replace('/', '_')}"
    what = {**fits.what, "remedies": [remedy.words for remedy in REMEDIES]}
    done = in_pieces(name, fits.evidence, len(REMEDIES), 2, out=given.out, what=what)
    found = np.asarray(done.found)
    rows: list[dict[str, Any]] = []
    for remedy, (evidence, error) in zip(REMEDIES, found.tolist(), strict=True):
        both = float(np.hypot(error, found[0, 1]))
        row = {
            "remedy": remedy.words,
            "why": remedy.why,
            "log_evidence": f"{evidence:.1f}",
            "gain": f"{evidence - found[0, 0]:+.1f}",
            "error": f"{both:.1f}",
        }
        rows.append(row)
    write_rows(given.out / f"{name}.csv", rows)
    for row in rows:
        print(row)


if __name__ == "__main__":
    main()
