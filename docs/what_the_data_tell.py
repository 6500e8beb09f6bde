# ruff: noqa: E402, INP001, TID253 - a program beside the page that it writes
"""Write what the shipped posterior says into the page on it, so that no number is typed by hand.

    python docs/what_the_data_tell.py            # says whether the page holds what ships
    python docs/what_the_data_tell.py --write    # writes it into the page
    python docs/what_the_data_tell.py --claims   # puts claims to free runs first, in seconds
    python docs/what_the_data_tell.py --checks   # holds the record against free runs first, too
    python docs/what_the_data_tell.py --waits    # looks at waits between acts first
    python docs/what_the_data_tell.py --stable   # looks for two stable levels first, in a minute

The numbers are those of the draws that ship for the usual scenario; while none ship, the page says
so and claims nothing.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from math import isnan
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))  # where `cells` stands

import numpy as np
import pandas as pd
from cells import signed, table, text

from alliance_sim import load_scenario
from alliance_sim.calibration import PosteriorDraws, shipped_posterior
from alliance_sim.calibration.claim_passes import claim_passes
from alliance_sim.calibration.coming_to_rest import stable_levels
from alliance_sim.calibration.fitted_theories import shipped_theories
from alliance_sim.calibration.record_among_runs import RUNS, TITLES, predictive_checks, told_value
from alliance_sim.calibration.waits_on_record import waiting_times
from alliance_sim.results.draws import shipped_draws
from alliance_sim.scenario.fields import DOMAINS
from alliance_sim.shipped import usual_scenario

PAGE = HERE / "explanation" / "what_the_data_tell.md"
CLAIMS = HERE / "validation" / "claim_passes.csv"
CHECKS = HERE / "validation" / "predictive_checks.csv"
WAITS = HERE / "validation" / "waiting_times.csv"
WAITS_SINCE = (2001, None)  # days of earlier acts are often not known
STABLE = HERE / "validation" / "stable_levels.csv"
STABLE_YEARS = (1985, 1995, 2005, 2012, 2024)
FLOORS, PULL = "willingness.floor_", "willingness.assets"
LOWER, STRONGER = 2.0, 2.0  # log-odds, and times: feedback that is strong enough, to be found
MOST_CHECKS = 8
MOST_PAIRS = 8  # pairs of parameters that are told of
NOTHING = "*No posterior ships yet, so nothing is claimed here.*"
BLOCK = re.compile(
    r"(<!-- written by docs/what_the_data_tell.py: (\w+) -->\n)(.*?)"
    r"(<!-- end of what is written -->)",
    re.DOTALL,
)


def rows_of(posterior: PosteriorDraws) -> list[dict[str, Any]]:
    """Return the parameters that stand in the scenario, as plain rows."""
    found: list[dict[str, Any]] = posterior.parameters.to_dict("records")
    return found


def told(row: dict[str, Any], of: str = "") -> str:
    """Return the median and the middle 90 % of a posterior, or of a prior."""
    return f"{row[f'{of}median']:.3g} ({row[f'{of}q05']:.3g} to {row[f'{of}q95']:.3g})"


def summary(posterior: PosteriorDraws) -> str:
    """Return what was fitted to what, and how much of it the prior decides."""
    rows, held, title = rows_of(posterior), posterior.held, posterior.prior.scenario.title
    prior = sum(bool(row["set_by_the_prior"]) for row in rows)
    return (
        f"{len(posterior)} draws of {len(rows)} parameters of {title}, under the theory "
        f"{posterior.theory}, given the record {posterior.edition} to {held.until} (series "
        f"{held.series}). **{prior} of the {len(rows)} are set by the prior**: at least 90 % of "
        f"their prior's spread is left, and their mean stays.\n\nMade by: `{held.command}`"
    )


def learned(posterior: PosteriorDraws) -> str:
    """Return the parameters about which the record says something, most of it first."""
    rows = [row for row in rows_of(posterior) if not row["set_by_the_prior"]]
    rows.sort(key=lambda row: float(row["sd_ratio"]))
    cells = [
        (f"`{row['name']}`", told(row), told(row, "prior_"), f"{row['sd_ratio']:.2f}")
        for row in rows
    ]
    return table(("parameter", "posterior", "prior", "spread left"), cells)


def unknown(posterior: PosteriorDraws) -> str:
    """Return the parameters that the prior sets."""
    rows = [row for row in rows_of(posterior) if row["set_by_the_prior"]]
    return table(("parameter", "prior"), [(f"`{r['name']}`", told(r, "prior_")) for r in rows])


def stages(posterior: PosteriorDraws) -> str:
    """Return the fitted differences of stages from their common row."""
    cells = [
        (f"`{row['name']}`", told(row), told(row, "prior_"),
         "supported" if row["supported"] else "not supported")
        for row in posterior.stages().to_dict("records")
    ]  # fmt: skip
    if not cells:
        return "No difference between stages is a parameter."
    return table(("difference of a stage", "posterior", "prior", "the record"), cells)


def theories(posterior: PosteriorDraws) -> str:
    """Return the theories whose draws ship, and how much the prior decides under each."""
    cells, scenario = [], load_scenario(usual_scenario())
    for name in shipped_draws(posterior.held.relationship):
        found = shipped_posterior(scenario, name)
        if found is not None:
            prior = int(found.parameters["set_by_the_prior"].sum())
            cells.append((name, str(len(found)), str(len(found.names)), str(prior)))
    return table(("theory", "draws", "parameters", "set by the prior"), cells)


def evidence(posterior: PosteriorDraws) -> str:
    """Return rival theories beside each other, and what each block of theory adds."""
    found, why = shipped_theories(posterior.prior.scenario)
    if found is None:
        return why or "No table of theories ships yet."
    rows = [
        (row["theory"], str(row["parameters"]),
         f"{nats(row['evidence'])} ± {row['evidence_error']:.1f}", nats(row["held_out"]),
         "–" if isnan(row["gain"]) else f"{nats(row['gain'])} ± {row['gain_error']:.1f}",
         f"{row['weight']:.2f}", f"{row['nested_rhat']:.3f}", str(row["doubtful_years"]))
        for row in found.frame().to_dict("records")
    ]  # fmt: skip
    heads = ("theory", "parameters", "log evidence", "years left out", "gain over N",
             "stacking weight", "nested R-hat", "years with k > 0.7")  # fmt: skip
    parts = [table(heads, rows), found.told()]
    adds = [
        (row["over"], row["block"], f"{nats(row['evidence'])} ± {row['evidence_error']:.1f}",
         nats(row["held_out"]))
        for row in found.shapley().to_dict("records")
    ]  # fmt: skip
    if adds:
        parts.append(table(("over", "block", "adds to evidence", "to years left out"), adds))
    parts.append(f"Made by `{found.command}`.")
    return "\n\n".join(parts)


def claims(_: PosteriorDraws) -> str:
    """Return how often claims hold in free runs of prior and posterior, as was kept last."""
    frame = pd.read_csv(CLAIMS)
    known = frame[frame["record"] == "supported"]
    rows = [
        (row["id"], text(row["claim"]), row["record"], share(row["prior"]),
         share(row["posterior"]), "–" if isnan(row["bits"]) else f"{row['bits']:.1f}")
        for row in frame.to_dict("records")
    ]  # fmt: skip
    heads = ("id", "claim", "the record", "prior", "posterior", "bits")
    asked = int(known["asked"].sum())
    return (
        f"**{asked} of the {len(known)} claims that the record supports hold in 90 % of free runs "
        f"of the posterior**; 90 % of them were asked to.\n\n{table(heads, rows)}"
    )


def checks(posterior: PosteriorDraws) -> str:
    """Return what of the record is least like free runs, as was kept last."""
    frame = pd.read_csv(CHECKS, keep_default_na=False, na_values=[""], dtype={"stage": str})
    calendar = posterior.prior.scenario.calendar()
    stages = {stage.id: stage.name for stage in calendar.periods}
    least = frame.dropna(subset="p").sort_values("p", kind="stable").head(MOST_CHECKS)
    rows = []
    for row in least.to_dict("records"):
        record, middle, low, high = (
            told_value(row["statistic"], row[name], calendar)
            for name in ("record", "median", "q05", "q95")
        )
        what = (TITLES[row["statistic"]], row["what"], stages.get(row["stage"], "all"))
        rows.append((*what, record, f"{middle} ({low} to {high})", f"{row['p']:.3f}"))
    heads = ("what", "of", "stage", "the record", "free runs", "p")
    return (
        f"**{int(frame['flagged'].sum())} of {int(frame['p'].notna().sum())} checks are flagged**, "
        f"over {RUNS:,} free runs. Least likely are:\n\n{table(heads, rows)}"
    )


def waits(_: PosteriorDraws) -> str:
    """Return how far waits between acts are from what rates say, as was kept last."""
    rows = [
        (row["since"], row["what"], row["acts"], f"{row['expected']:.0f}",
         f"{row['distance']:.2f} ({row['q05']:.2f} to {row['q95']:.2f})", f"{row['band']:.2f}",
         *("< 0.01" if row[name] < 0.005 else f"{row[name]:.2f}"
           for name in ("p", "p_quarters", "p_one_rate")))
        for row in pd.read_csv(WAITS).to_dict("records")
    ]  # fmt: skip
    heads = ("since", "field", "acts", "expected", "distance", "band of 95 %", "p",
             "p, days not looked at", "p, one rate")  # fmt: skip
    return table(heads, [tuple(map(str, row)) for row in rows])


def stable(_: PosteriorDraws) -> str:
    """Return how often a world has two stable levels, as was kept last."""
    frame = pd.read_csv(STABLE)
    by = {str(of): rows.set_index("year") for of, rows in frame.groupby("of")}
    rows = []
    for year in by["posterior"].index:
        here = {of: found.loc[year] for of, found in by.items()}
        told = [
            f"{row['memory']:.0f} ({row['memory_q05']:.0f} to {row['memory_q95']:.0f})"
            for row in (here["prior"], here["posterior"])
        ]
        two = [f"{100 * here[of]['two']:.1f} %" for of in ("prior", "posterior", "stronger")]
        levels = [f"{here['posterior'][f'low_{field}']:.2f}" for field in DOMAINS]
        rows.append((str(year), *two, *told, ", ".join(levels)))
    heads = ("inputs of", "two levels, prior", "posterior", "stronger", "years until alike, prior",
             "posterior", f"rest ({', '.join(DOMAINS)})")  # fmt: skip
    return table(heads, rows)


def together(posterior: PosteriorDraws) -> str:
    """Return the parameters that go together most over the draws, but for spreads of groups."""
    found = posterior.correlations()
    spread = found["name"].str.startswith("spread.") | found["other"].str.startswith("spread.")
    rows = [
        (f"`{row['name']}`", f"`{row['other']}`",
         *(signed(f"{row[name]:.2f}") for name in ("correlation", "prior")))
        for row in found[~spread].head(MOST_PAIRS).to_dict("records")
    ]  # fmt: skip
    return table(("parameter", "and", "posterior", "prior"), rows)


def nats(value: float) -> str:
    """Return a number of nats as it is told."""
    return signed(f"{value:.1f}")


def share(value: float) -> str:
    """Return a share in percent."""
    return "–" if isnan(value) else f"{100 * value:.0f} %"


def put_claims() -> None:
    """Put the claims to free runs of prior and posterior, and keep what comes of it.

    Raises:
        SystemExit: If no posterior ships.
    """
    found = claim_passes(load_scenario(usual_scenario()))
    if found is None:
        raise SystemExit("no posterior ships")
    found.to_csv(CLAIMS, index=False, float_format="%.4f", lineterminator="\n")


def put_checks() -> None:
    """Hold the record against free runs, and keep what comes of it."""
    found = predictive_checks(load_scenario(usual_scenario()))
    found.frame.to_csv(CHECKS, index=False, float_format="%.6g", lineterminator="\n")


def put_waits() -> None:
    """Look at the waits between acts, and keep what comes of it.

    Raises:
        SystemExit: If no posterior ships.
    """
    posterior = shipped_posterior(load_scenario(usual_scenario()))
    if posterior is None:
        raise SystemExit("no posterior ships")
    found = [waiting_times(posterior, since=since) for since in WAITS_SINCE]
    frame = pd.concat([one.frame.assign(since=one.first_year) for one in found])
    frame.insert(0, "since", frame.pop("since"))
    frame.to_csv(WAITS, index=False, float_format="%.4g", lineterminator="\n")


def put_stable() -> None:
    """Look for two stable levels, also where feedback is made stronger; keep what comes of it.

    Raises:
        SystemExit: If no posterior ships.
    """
    posterior = shipped_posterior(load_scenario(usual_scenario()))
    if posterior is None:
        raise SystemExit("no posterior ships")
    held, names = posterior.held, posterior.names
    numbers = held.parameters.copy()
    numbers[:, [row for row, name in enumerate(names) if name.startswith(FLOORS)]] -= LOWER
    numbers[:, names.index(PULL)] *= STRONGER
    none = np.zeros(0)
    changed = replace(held, parameters=numbers, checked=(), log_likelihood=none)
    found = stable_levels(posterior, years=STABLE_YEARS)
    stronger = stable_levels(PosteriorDraws(changed, posterior.prior), years=STABLE_YEARS)
    stronger = stronger[stronger["of"] == "posterior"].assign(of="stronger")
    frame = pd.concat([found, stronger])
    frame.to_csv(STABLE, index=False, float_format="%.4g", lineterminator="\n")


BLOCKS: dict[str, Callable[[PosteriorDraws], str]] = {
    "summary": summary,
    "learned": learned,
    "unknown": unknown,
    "stages": stages,
    "theories": theories,
    "evidence": evidence,
    "claims": claims,
    "checks": checks,
    "waits": waits,
    "stable": stable,
    "together": together,
}


def page(posterior: PosteriorDraws | None = None) -> str:
    """Return the page with its blocks as they should be.

    Args:
        posterior: The posterior; the one that ships if left out.
    """
    if posterior is None:
        posterior = shipped_posterior(load_scenario(usual_scenario()))

    def block(match: re.Match[str]) -> str:
        said = NOTHING if posterior is None else BLOCKS[match[2]](posterior)
        return f"{match[1]}\n{said}\n\n{match[4]}"

    return BLOCK.sub(block, PAGE.read_text("utf-8"))


def main() -> int:
    """Compare or write, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="write what ships into the page")
    parser.add_argument("--claims", action="store_true", help="put claims to free runs first")
    parser.add_argument("--checks", action="store_true", help="hold the record against runs first")
    parser.add_argument("--waits", action="store_true", help="look at waits between acts first")
    parser.add_argument("--stable", action="store_true", help="look for two stable levels first")
    asked = parser.parse_args()
    kept = {"claims": put_claims, "checks": put_checks, "waits": put_waits, "stable": put_stable}
    again = [put for name, put in kept.items() if getattr(asked, name)]
    for put in again:
        put()
    if asked.write or again:
        PAGE.write_text(page(), "utf-8")
    late = page() != PAGE.read_text("utf-8")
    if late:
        sys.stderr.write(f"out of date: {PAGE.name}; type: python {sys.argv[0]} --write\n")
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
