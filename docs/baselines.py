# ruff: noqa: E402, INP001, TID253 - a program beside the pages that it writes
"""Score every baseline, and write the numbers into the page on them, so that none is typed by hand.

    python docs/baselines.py            # says whether the page holds what was scored last
    python docs/baselines.py --write    # writes the kept scores into the page
    python docs/baselines.py --score    # scores anew, some minutes; keeps the scores and writes
    python docs/baselines.py --model    # the same of the model's rows alone, in seconds
    python docs/baselines.py --used     # how many parameters the model uses, a minute or two

The scores are kept in docs/validation/baselines.csv and baseline_differences.csv: the first edition
of the record from 1950 and from 1970 on, as it was measured before, and the newest as it is.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))  # where `cells` stands

import pandas as pd
from cells import signed, table, text

from alliance_sim import load_scenario
from alliance_sim.calibration import effective_parameters, shipped_posterior
from alliance_sim.calibration.baselines import BASELINES
from alliance_sim.calibration.scoring import ScoreTable, score_record
from alliance_sim.calibration.standing import (
    ASKED,
    EVIDENCE,
    EVIDENCE_IN_WORDS,
    HEADS,
    Standing,
    standing_in_words,
    standing_of,
    standing_path,
    standing_rows,
)
from alliance_sim.calibration.stored import (
    EVIDENT,
    MODEL,
    held_out_models,
    shipped_forecasts,
)
from alliance_sim.calibration.variants import readings_beside
from alliance_sim.glossary import series_words
from alliance_sim.parallel.executors import chosen, processors
from alliance_sim.record.record import SERIES
from alliance_sim.shipped import usual_scenario

PAGE = HERE / "explanation" / "baselines.md"
FIRST = HERE / "index.md"  # says how good the model is, too
SCORES = HERE / "validation" / "baselines.csv"
DIFFERENCES = HERE / "validation" / "baseline_differences.csv"
USED = HERE / "validation" / "effective_parameters.csv"
PLUG_IN, PLUG_IN_ASKED = HERE / "validation" / "plug_in_edition_1.csv", -391.6
OLD, NEW = "japan_nato@1", "japan_nato@2"
STANDING = standing_path(NEW)  # in the package
RUNS: tuple[tuple[str, int | None, tuple[str, ...]], ...] = (
    (OLD, None, SERIES),
    (OLD, 1970, ("all", "alliance")),
    (NEW, None, SERIES),
)
BLOCK = re.compile(
    r"(<!-- written by docs/baselines.py: (\w+) -->\n)(.*?)(<!-- end of what is written -->)",
    re.DOTALL,
)
TITLES = {model.name: model.title for model in BASELINES}
# Measured before, on the first edition: a first look in November 2026.
IN_SAMPLE = {"constant": -562.2, "four_period": -398.8, "log_quadratic": -397.7}
TABLE = {  # from 2012Q4, and yearly; all acts, then without those of single allies
    "constant": ((-211.6, -189.1), (-138.0, -133.8)),
    "log_linear": ((-213.2, -196.0), (-161.6, -140.8)),
    "random_walk": ((-200.7, -189.7), (-140.7, -136.8)),
    "change_point": ((-196.2, -188.1), (-140.9, -137.1)),
    "hawkes": ((-223.6, -197.2), (-151.2, -144.0)),
}
UNLIKE = ("constant", "random_walk", "hawkes")  # in sample they say another thing than left out
COLUMNS = {"in_sample": "in sample", "blind": "blind", "told": "told", "rolling": "rolling",
           "leave_out": "left out"}  # fmt: skip

OF_THE_MODEL = {"blind": "blind", "told": "told", "rolling": "rolling",
                "rolling_told": "rolling, told", "leave_out": "left out"}  # fmt: skip


def scored(edition: str, since: int | None, series: tuple[str, ...], **more: Any) -> ScoreTable:
    """Return the scores of one edition; further arguments as for `score_record`."""
    scenario = load_scenario(usual_scenario())
    return score_record(scenario, editions=[edition], since=since, series=series, **more)


def of_the_model() -> list[Any]:
    """Return the model's forecasts that ship.

    Raises:
        SystemExit: If they do not hold.
    """
    stored, why = shipped_forecasts(load_scenario(usual_scenario()))
    if stored is None:
        raise SystemExit(why or "no forecasts of the model ship")
    return held_out_models(stored)


def score_anew() -> None:
    """Score everything, and keep it."""
    frames, gaps = [], []
    for edition, since, series in RUNS:
        models = BASELINES if edition == OLD else (*BASELINES, *of_the_model())
        found = scored(edition, since, series, models=models, workers=processors())
        first = next(iter(found.acts.values())).first_year
        frames.append(found.frame().assign(since=first))
        gaps.append(found.differences().assign(since=first))
    for path, parts in ((SCORES, frames), (DIFFERENCES, gaps)):
        whole = pd.concat(parts, ignore_index=True)
        whole.to_csv(path, index=False, float_format="%.4f", lineterminator="\n")
    kept.cache_clear()


def score_the_model() -> None:
    """Score the model's rows anew, and keep them in place of those that were there.

    How far they lie behind the best is kept by `score_anew` alone.
    """
    found = scored(NEW, None, SERIES, models=of_the_model())
    first = next(iter(found.acts.values())).first_year
    now = io.StringIO(found.frame().assign(since=first).to_csv(index=False, float_format="%.4f"))
    before, mine = (pd.read_csv(one, dtype=str, keep_default_na=False) for one in (SCORES, now))
    others = (before["edition"] != NEW) | ~before["model"].isin(list(found.titles))
    whole = pd.concat([before[others], mine[before.columns]], ignore_index=True)
    whole.to_csv(SCORES, index=False, lineterminator="\n")
    kept.cache_clear()


def measure_used() -> None:
    """Measure how many parameters the model's draws use, of each series, and keep it."""
    scenario = load_scenario(usual_scenario())
    posterior = shipped_posterior(scenario)
    if posterior is None:
        raise SystemExit("no draws of the usual scenario ship")
    beside = readings_beside(None, posterior, scenario).fitted
    draws = {posterior.held.series: posterior}
    draws |= {one.held.series: one for name, one in beside.items() if name.startswith("series ")}
    rows = []
    with chosen(workers=processors()) as pool:
        for series in SERIES:
            found = effective_parameters(draws[series], executor=pool)
            held = draws[series].held
            free = {"draws": len(draws[series]), "parameters": len(held.names)}
            rows.append({"series": series, **free, **found._asdict(), "number": found.number})
    frame = pd.DataFrame(rows)
    frame.to_csv(USED, index=False, float_format="%.3f", lineterminator="\n")
    kept.cache_clear()


def there(setting: str, series: str) -> bool:
    """Whether the model was scored so."""
    frame = kept(SCORES)
    found = frame[(frame["model"] == MODEL) & (frame["edition"] == NEW)]
    return bool(((found["setting"] == setting) & (found["series"] == series)).any())


@cache
def kept(path: Path) -> pd.DataFrame:
    """Return kept scores or differences."""
    return pd.read_csv(path)


def score(edition: str, since: int, series: str, setting: str, model: str) -> Any:
    """Return the row of one kept score."""
    frame = kept(SCORES)
    wanted = {"edition": edition, "since": since, "series": series, "setting": setting,
              "model": model}  # fmt: skip
    chosen = frame[(frame[list(wanted)] == pd.Series(wanted)).all(axis=1)]
    (row,) = chosen.to_dict("records")
    return row


def nats(value: float, places: int = 1) -> str:
    """Return a log score as it is told."""
    return "–" if pd.isna(value) else signed(f"{value:.{places}f}")


def before() -> str:
    """Return the plug-in likelihoods measured before, beside those of today."""
    rows = []
    for model, measured in IN_SAMPLE.items():
        row = score(OLD, 1950, "all", "in_sample", model)
        rows.append((TITLES[model], f"{row['parameters']:.0f}", nats(measured),
                     nats(row["log_score"])))  # fmt: skip
    return table(("model", "free numbers", "measured before", "today"), rows)


def method() -> str:
    """Return the table of forecasts measured before, beside those of today."""
    rows = []
    for model, pairs in TABLE.items():
        cells = [TITLES[model]]
        for series, (fixed, rolling) in zip(("all", "alliance"), pairs, strict=True):
            blind = score(OLD, 1970, series, "blind", model)["log_score"]
            yearly = score(OLD, 1970, series, "rolling", model)
            spent = yearly["log_score"] - yearly["unspent_log_score"]
            cells += [f"{nats(fixed)} → {nats(blind)}", f"{nats(rolling)} → {nats(spent)}"]
        rows.append(cells)
    heads = ("model", "all acts, fixed", "rolling", "without single allies, fixed", "rolling")
    return table(heads, rows)


def newest() -> str:
    """Return the scores of the newest edition, a table for each series."""
    return "\n\n".join(_series(series) for series in SERIES)


def _series(series: str) -> str:
    rows = []
    for model, title in TITLES.items():
        cells = [title]
        for setting in COLUMNS:
            row = score(NEW, 1970, series, setting, model)
            mark = "*" if row["spent"] and setting != "in_sample" else ""
            outside = "°" if row["pit_inside"] is False or row["pit_inside"] == "False" else ""
            cells.append(f"{nats(row['log_score'])}{mark}{outside}".replace("*", "\\*"))
        rows.append(cells)
    heads = ("model", *(COLUMNS[setting] for setting in COLUMNS))
    named = series_words(series)
    return f"**{named[:1].upper()}{named[1:]}**\n\n{table(heads, rows)}"


def standings() -> list[Standing]:
    """Return the model beside the best baseline, for each series and setting, evidence last."""
    rows = []
    for series in SERIES:
        places = [(one, one, one, "log_score") for one in OF_THE_MODEL if there(one, series)]
        for named, own, theirs, key in (*places, (EVIDENCE, EVIDENT, "in_sample", "evidence")):
            mine = score(NEW, 1970, series, own, MODEL)[key]
            others = {one: score(NEW, 1970, series, theirs, one)[key] for one in TITLES}
            best = max(others, key=lambda one: others[one])
            rows.append(Standing(series, named, mine, text(TITLES[best]), others[best]))
    return rows


def write_standings() -> None:
    """Write the same into the package, for pages that cannot wait for baselines."""
    frame = pd.DataFrame(standings(), columns=Standing._fields)
    frame.to_csv(STANDING, index=False, float_format="%.3f", lineterminator="\n")


def model() -> str:
    """Return how the model does beside the best baseline, and whether it is better by 4 nats."""
    rows = []
    for one in standings():
        rows.append(one)
        if one.setting == EVIDENCE:
            curve = score(NEW, 1970, one.series, "in_sample", "log_quadratic")["evidence_poisson"]
            rows.append(one._replace(baseline="log-quadratic, Poisson", best=curve))
    heads = ("acts", "setting", "the model", "beside it", "its score", "gain", "by 4 nats")
    return table(heads, [
        (series_words(one.series), OF_THE_MODEL.get(one.setting, one.setting), nats(one.score),
         one.baseline, nats(one.best), nats(one.gain), "yes" if one.gain > ASKED else "**no**")
        for one in rows
    ])  # fmt: skip


def used() -> str:
    """Return how many parameters each model uses: what it says of years seen, and left out."""
    rows: list[Any] = []
    mine = kept(USED).set_index("series")
    for place, name in enumerate((MODEL, *(name for name in TITLES if name not in UNLIKE))):
        cells = [TITLES.get(name, "the model")]
        for series in SERIES:
            if name == MODEL:
                row = mine.loc[series]
                free, seen, unseen = (row[key] for key in ("parameters", "in_sample", "left_out"))
            else:
                row = score(NEW, 1970, series, "in_sample", name)
                free, seen = row["parameters"], row["log_score"]
                unseen = score(NEW, 1970, series, "leave_out", name)["log_score"]
            if series == SERIES[0]:
                cells += [
                    f"{free:.0f}{' and noise' if place == 0 else ''}",
                    nats(seen),
                    nats(unseen),
                ]
            cells.append(f"{seen - unseen:.1f}")
        rows.append(cells)
    others = (f"used, {series_words(series)}" for series in SERIES[1:])
    return table(("all acts", "free", "in sample", "left out", "used", *others), rows)


def spread() -> str:
    """Return whether PIT values of yearly forecasts stay inside, and with how many uniforms."""
    rows = []
    for series in SERIES:
        for setting in ("rolling", "rolling_told"):
            row = score(NEW, 1970, series, setting, MODEL)
            inside = str(row["pit_inside"]) == "True"
            rows.append((series_words(series), OF_THE_MODEL[setting], "yes" if inside else "**no**",
                         f"{100 * row['pit_inside_share']:.0f} %"))  # fmt: skip
    return table(("acts", "setting", "inside", "of 200 other sets of uniforms"), rows)


def other_scores() -> str:
    """Return CRPS, Brier score and coverage of rolling forecasts on the newest edition."""
    rows = []
    for model, title in TITLES.items():
        row = score(NEW, 1970, "all", "rolling", model)
        rows.append((title, f"{row['crps']:.3f}", f"{row['brier']:.3f}", f"{row['coverage']:.2f}",
                     nats(row["unspent_log_score"])))  # fmt: skip
    heads = ("model", "CRPS (acts)", "Brier", "90 % coverage", "log score to 2012")
    return table(heads, rows)


def evidence() -> str:
    """Return the evidence of every baseline, with its numerical error."""
    rows = []
    for model, title in TITLES.items():
        row = score(NEW, 1970, "all", "in_sample", model)
        error = row["evidence_error"]
        told = f" ± {error:.1f}" if error >= 0.05 else ""
        others = [nats(score(NEW, 1970, s, "in_sample", model)["evidence"]) for s in SERIES[1:]]
        rows.append((title, f"{row['parameters']:.0f}", f"{nats(row['evidence'])}{told}", *others))
    curve = [score(NEW, 1970, s, "in_sample", "log_quadratic") for s in SERIES]
    rows.append(("log-quadratic, Poisson", f"{curve[0]['parameters']:.0f}",
                 *(nats(one["evidence_poisson"]) for one in curve)))  # fmt: skip
    heads = ("model", "free numbers", *(series_words(series) for series in SERIES))
    return table(heads, rows)


def behind() -> str:
    """Return how far baselines lie behind the best, with the error of the difference."""
    gaps = kept(DIFFERENCES)
    here = gaps[(gaps["edition"] == NEW) & (gaps["series"] == "all")]
    rows = []
    for model, title in TITLES.items():
        cells = [title]
        for setting in ("blind", "rolling", "leave_out"):
            found = here[(here["setting"] == setting) & (here["model"] == model)]
            if found.empty:
                cells.append("best")
                continue
            row: Any = found.to_dict("records")[0]
            chance = "" if pd.isna(row["p_value"]) else _chance(row["p_value"])
            cells.append(f"{nats(row['total'])} ± {row['error']:.1f}{chance}")
        rows.append(cells)
    return table(("model", "blind", "rolling", "left out"), rows)


def _chance(value: float) -> str:
    return ", p < 0.01" if value < 0.01 else f", p {value:.2f}"


def said() -> str:
    """Return which baseline is best where."""
    told = []
    for one in SERIES:
        parts = []
        for setting in ("blind", "rolling", "leave_out"):
            scores = {m: score(NEW, 1970, one, setting, m)["log_score"] for m in TITLES}
            best = max(scores, key=lambda model: scores[model])
            parts.append(f"{COLUMNS[setting]} {text(TITLES[best])} ({nats(scores[best])})")
        told.append(f"- {series_words(one)}: {', '.join(parts)}")
    return "\n".join(told)


def plug_in() -> str:
    """Return what a search for the model's best numbers came to, as it was kept."""
    if not PLUG_IN.exists():
        return "*Not searched for yet.* `python docs/plug_in_mode.py` does, and writes this table."
    frame = kept(PLUG_IN)
    rows = [
        (str(row["draw"]), f"{row['pull']:g}", signed(f"{row['slow_noise']:g}"), nats(row["held"]),
         nats(row["fresh"]), f"{row['runs']:,}")
        for row in frame.to_dict("records")
    ]  # fmt: skip
    heads = ("start", "pull of the prior", "slow noise", "held", "fresh", "fresh runs")
    last = frame["fresh"].iloc[-1]
    reached = "That reaches" if last >= PLUG_IN_ASKED else "**That does not reach**"
    return f"{table(heads, rows)}\n\n{reached} {nats(PLUG_IN_ASKED)}: {nats(last)}."


def standing() -> str:
    """Return how the model stands, as every page of results says it."""
    return "\n\n".join(
        [standing_in_words(NEW), table(HEADS, standing_rows(NEW)), EVIDENCE_IN_WORDS]
    )


BLOCKS: dict[str, Callable[[], str]] = {
    "model": model,
    "standing": standing,
    "spread": spread,
    "used": used,
    "before": before,
    "method": method,
    "newest": newest,
    "other_scores": other_scores,
    "evidence": evidence,
    "behind": behind,
    "said": said,
    "plug_in": plug_in,
}


def page(path: Path | None = None) -> str:
    """Return a page, the one on baselines if None, with its blocks as they should be."""

    def block(match: re.Match[str]) -> str:
        return f"{match[1]}\n{BLOCKS[match[2]]()}\n\n{match[4]}"

    return BLOCK.sub(block, (path or PAGE).read_text("utf-8"))


def main() -> int:
    """Compare, write or score, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="write the kept scores into the page")
    parser.add_argument("--score", action="store_true", help="score anew, keep the scores, write")
    parser.add_argument("--model", action="store_true", help="the same of the model alone")
    parser.add_argument("--used", action="store_true", help="measure parameters used, and write")
    asked = parser.parse_args()
    if asked.used:
        measure_used()
    if asked.score:
        score_anew()
    elif asked.model:
        score_the_model()
    if asked.score or asked.model or asked.used or asked.write:
        write_standings()
        standing_of.cache_clear()
        for path in (PAGE, FIRST):
            path.write_text(page(path), "utf-8")
    late = [path.name for path in (PAGE, FIRST) if page(path) != path.read_text("utf-8")]
    for name in late:
        sys.stderr.write(f"out of date: {name}; type: python {sys.argv[0]} --write\n")
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
