"""Figures say what they show, in words that fit, whatever the reader's own settings."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import subprocess
import sys
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.text import Text

from alliance_sim import Mesa, provenance
from alliance_sim.engine.mesa_model import Cast, Member
from alliance_sim.errors import SettingError, UnknownName
from alliance_sim.plots import contrast, counts, history, run, style
from alliance_sim.record.record import COUNTED_DOMAINS
from alliance_sim.record.words import Words
from alliance_sim.results.state_metadata import Meaning
from alliance_sim.scenario import load_scenario

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.figure import Figure
    from matplotlib.transforms import Bbox

    from alliance_sim.record.record import Record
    from alliance_sim.results import Ensemble

DOMAINS = COUNTED_DOMAINS[:3]
KINDS = ("history", "counts", "contrast", "run")
LEAST_ON_A_PHONE = 9.99  # pixels, of a figure shown 360 wide
FORMS = {"slide": style.SLIDE, "phone": style.PHONE}


class Persuaded(Member):
    """A class of one's own."""


TOLD = Words.of(load_scenario("japan_nato/baseline"))


@pytest.fixture(scope="module", params=itertools.product(KINDS, FORMS), ids="-".join)
def figure(
    request: pytest.FixtureRequest, ensemble: Ensemble, record: Record, counts_frame: pd.DataFrame
) -> Figure:
    """Return each kind of figure in turn, for a slide and for a phone; no test changes it."""
    return drawn(request.param, ensemble, record, counts_frame)


@pytest.fixture(scope="module")
def counts_frame(counts: pd.DataFrame) -> pd.DataFrame:
    return counts


def drawn(
    asked: tuple[str, str], ensemble: Ensemble, record: Record, frame: pd.DataFrame
) -> Figure:
    kind, form = asked[0], FORMS[asked[1]]
    if kind == "history":
        return history.history_figure(ensemble, record=record, words=TOLD, form=form)
    if kind == "counts":
        return counts.counts_figure(
            frame, stages=ensemble.calendar.periods, about=style.told_of(ensemble), form=form
        )
    if kind == "contrast":
        others = {f"A long name for edited world {n}": shifted(ensemble, n / 50) for n in range(9)}
        edited = dict.fromkeys(list(others)[:4], dt.date(1990, 1, 1))
        return contrast.contrast_figure(ensemble, others, edited=edited, form=form)
    return run.ensemble_figure(
        ensemble,
        ["level_political", "rung", "ratio_japan"],
        TOLD,
        beside=shifted(ensemble, 0.1),
        edits={1990.0: "the end of the Cold War removed"},
        form=form,
    )


def shifted(ensemble: Ensemble, by: float) -> Ensemble:
    values = ensemble.values.copy()
    values[:, 160:, :3] = np.clip(values[:, 160:, :3] - by, 0, 1)
    return replace(ensemble, scenario=f"edited by {by}", values=values)


@lru_cache(maxsize=1)  # tests of one figure follow each other, and drawing it takes longest
def texts(figure: Figure) -> list[tuple[Text, Bbox]]:
    """Return every text that is drawn, with the place that it takes."""
    renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
    figure.draw(renderer)
    unseen = set(unseen_ticks(figure))
    return [
        (artist, artist.get_window_extent(renderer))
        for artist in figure.findobj(Text)
        if artist.get_visible() and artist.get_text().strip()
        and artist not in unseen
    ]  # fmt: skip


def unseen_ticks(figure: Figure) -> Iterator[Text]:
    """Yield the labels of ticks that are not drawn: off the axis, or switched off."""
    panels = [one for a in figure.axes for one in (a, *a.child_axes)]
    for axis in itertools.chain.from_iterable((a.xaxis, a.yaxis) for a in panels):
        low, high = sorted(axis.get_view_interval())
        for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
            if not low <= tick.get_loc() <= high:
                yield from (tick.label1, tick.label2)


def words(figure: Figure) -> str:
    return "\n".join(" ".join(text.get_text().split()) for text, _ in texts(figure))


def pixels(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="raw")
    return buffer.getvalue()


@pytest.mark.slow
def test_every_text_lies_on_the_slide(figure: Figure) -> None:
    width, height = figure.bbox.width, figure.bbox.height
    beyond = [
        text.get_text()
        for text, box in texts(figure)
        if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height
    ]
    assert beyond == []


def test_no_two_texts_cover_each_other(figure: Figure) -> None:
    covered = [
        (one.get_text(), other.get_text())
        for (one, first), (other, second) in itertools.combinations(texts(figure), 2)
        if min(first.x1, second.x1) - max(first.x0, second.x0) > 3
        and min(first.y1, second.y1) - max(first.y0, second.y0) > 6
    ]
    assert covered == []


def test_text_is_large_enough_for_a_slide_and_for_a_phone(figure: Figure) -> None:
    small = {text.get_text(): float(text.get_fontsize()) for text, _ in texts(figure)}
    least = 8.5 if figure.get_figwidth() > 10 else LEAST_ON_A_PHONE * 72 * 4.0 / 360
    assert {text: size for text, size in small.items() if size < least - 0.01} == {}


def test_text_stands_out_from_white_and_from_the_shade_of_a_stage(figure: Figure) -> None:
    faint = {
        text.get_text(): round(contrast_of(text.get_color(), ground), 2)
        for text, _ in texts(figure)
        for ground in style.SHADES
        if contrast_of(text.get_color(), ground) < 4.5
    }
    assert faint == {}


def contrast_of(ink: object, ground: str) -> float:
    """Return the contrast of two colours, 1 to 21, as web guidelines define it."""
    light, dark = sorted((luminance(ink), luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: object) -> float:
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in to_rgb(colour)  # type: ignore[arg-type]
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def test_every_figure_ends_with_the_fixed_sentence(figure: Figure) -> None:
    assert provenance.STATEMENT in words(figure)


def test_every_figure_names_scenario_runs_and_seed(figure: Figure) -> None:
    assert "scenario made/up, 5 runs, seed 7" in words(figure).lower()


def test_every_axis_that_measures_names_its_unit(figure: Figure) -> None:
    units = ("0 to", "acts", "formal step", "log-odds", "difference of levels", "year")
    labels = [
        label.replace("\n", " ")
        for axes in figure.axes
        for label in (axes.get_xlabel(), axes.get_ylabel())
    ]
    assert any(labels)
    assert [label for label in labels if label and not any(unit in label for unit in units)] == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", [*itertools.product(KINDS, FORMS)], ids="-".join)
def test_the_same_input_gives_the_same_pixels_under_other_settings(
    kind: tuple[str, str], ensemble: Ensemble, record: Record, counts_frame: pd.DataFrame
) -> None:
    before = pixels(drawn(kind, ensemble, record, counts_frame))
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "pink", "lines.linewidth": 9}):
        again = drawn(kind, ensemble, record, counts_frame)
    assert pixels(again) == before


def test_drawing_leaves_the_readers_settings_alone(ensemble: Ensemble, record: Record) -> None:
    with mpl.rc_context({"font.size": 23}):
        history.history_figure(ensemble, record=record, words=TOLD)
        assert mpl.rcParams["font.size"] == 23


def test_drawing_does_not_load_pyplot() -> None:
    program = (
        "import sys; from alliance_sim.plots import contrast, counts, history, origin, run; "
        "print('matplotlib.pyplot' in sys.modules)"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "False"


def test_the_history_names_stages_domains_and_rungs(ensemble: Ensemble, record: Record) -> None:
    said = words(history.history_figure(ensemble, record=record, words=TOLD))
    domains = [TOLD.domain(domain) for domain in COUNTED_DOMAINS]
    expected = [*(period.name for period in record.periods), *domains, *TOLD.rungs[1:]]
    assert [name for name in expected if name not in said] == []
    assert "222 coded acts" in said


def test_every_rung_of_the_record_has_a_short_name(record: Record) -> None:
    assert list(record.rungs["rung"]) == list(range(len(TOLD.rungs)))


def test_without_a_record_the_ladder_and_the_levels_still_stand(ensemble: Ensemble) -> None:
    said = words(history.history_figure(ensemble, record=None, words=TOLD))
    assert "No record to compare with" in said
    assert "Japan and NATO: what the model tells" in said


def test_suspensions_have_a_mark_of_their_own(ensemble: Ensemble, record: Record) -> None:
    figure = history.history_figure(ensemble, record=record, words=TOLD)
    marked = [line for line in figure.axes[1].lines if line.get_marker() == "X"]
    years = np.concatenate([np.asarray(line.get_xdata(), dtype=float) for line in marked])
    assert (years > 1900).sum() == (record.events["kind"] == "suspension").sum()


def test_domains_differ_in_colour_line_and_marker() -> None:
    looks = list(style.LOOKS.values())
    for mark in ("colour", "ink", "line", "marker"):
        assert len({getattr(look, mark) for look in looks}) == len(looks)


def test_a_count_outside_its_interval_is_hollow(counts_frame: pd.DataFrame, record: Record) -> None:
    figure = counts.counts_figure(counts_frame, stages=record.periods)
    markers = [
        line for axes in figure.axes for line in axes.lines if np.size(line.get_xdata()) == 1
    ]
    hollow = [line for line in markers if line.get_markerfacecolor() == "white"]
    assert len(markers) == len(counts_frame)
    assert len(hollow) == (~counts_frame["inside"]).sum()


def test_an_early_departure_shows_all_years_and_a_late_one_does_not(ensemble: Ensemble) -> None:
    values = ensemble.values.copy()
    values[:, :, 0] = 1.0
    early = replace(ensemble, values=values)
    late = shifted(ensemble, 0.2)
    others = {f"world {n}": late for n in range(3)}
    far = contrast.contrast_figure(ensemble, {**others, "early": early})
    near = contrast.contrast_figure(ensemble, others, edited={"world 0": dt.date(1950, 1, 1)})
    assert far.axes[0].get_xlim()[0] == 1950
    assert near.axes[0].get_xlim()[0] == 1980
    assert "edited from 1950 on" in words(near)
    for figure in (far, near):
        test_no_two_texts_cover_each_other(figure)


@pytest.mark.parametrize("year", [1981, 1991, 2003, 2015])
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_no_line_runs_through_what_is_said_of_an_edit(
    ensemble: Ensemble, year: int, form: style.Form
) -> None:
    others = {f"world {n}": shifted(ensemble, 0.2) for n in range(3)}
    edited = {"world 0": dt.date(year, 7, 1)}
    figure = contrast.contrast_figure(ensemble, others, edited=edited, form=form)
    axes = figure.axes[0]
    [place] = [box for text, box in texts(figure) if text.get_text().startswith("edited from")]
    line = axes.transData.transform((year + 0.5, 0))[0]
    assert not place.x0 - 1 <= line <= place.x1 + 1
    assert axes.bbox.x0 <= place.x0 < place.x1 <= axes.bbox.x1


def test_a_contrast_with_itself_is_flat(ensemble: Ensemble) -> None:
    figure = contrast.contrast_figure(ensemble, {"the same": ensemble})
    panel = figure.axes[0]
    lines = [line for line in panel.lines if np.size(line.get_xdata()) == ensemble.calendar.steps]
    assert len(lines) == len(DOMAINS)
    assert all(not np.any(line.get_ydata()) for line in lines)


@pytest.mark.parametrize("many", [1, 2, 4, 12])
def test_any_number_of_contrasts_can_be_drawn(ensemble: Ensemble, many: int) -> None:
    others = {f"world {n}": shifted(ensemble, 0.1) for n in range(many)}
    figure = contrast.contrast_figure(ensemble, others)
    assert len(figure.axes) == many + 1


def test_a_contrast_without_twins_says_all_that_is_wrong(ensemble: Ensemble) -> None:
    other = replace(ensemble, seed=8, first_run=3)
    with pytest.raises(SettingError, match=r"seed is 8, must be 7(.|\n)*first_run is 3, must be 0"):
        contrast.contrast_figure(ensemble, {"another": other})


def test_a_contrast_with_nothing_says_so(ensemble: Ensemble) -> None:
    with pytest.raises(SettingError, match="no scenario to compare with"):
        contrast.contrast_figure(ensemble, {})


def test_acts_are_drawn_per_year_and_not_per_quarter(ensemble: Ensemble) -> None:
    axes = run.ensemble_figure(ensemble, ["count_operations"]).axes[0]
    assert axes.get_ylabel() == "acts a year"
    (line,) = [line for line in axes.lines if np.size(line.get_xdata()) > 2]
    yearly = ensemble.column("count_operations").reshape(ensemble.runs, -1, 4).sum(axis=2)
    assert list(np.asarray(line.get_ydata())[:-1]) == list(np.median(yearly, axis=0))


@pytest.mark.parametrize("states", [[], ["rung"] * 13])
def test_too_few_or_too_many_panels_are_an_error(ensemble: Ensemble, states: list[str]) -> None:
    with pytest.raises(SettingError, match="must be at least 1 and at most 12"):
        run.ensemble_figure(ensemble, states)


def test_an_unknown_state_is_named_with_the_nearest(ensemble: Ensemble) -> None:
    with pytest.raises(UnknownName, match="did you mean 'level_political'"):
        run.ensemble_figure(ensemble, ["level_politcal"])


def test_failed_runs_are_left_out_and_counted(ensemble: Ensemble, record: Record) -> None:
    values = ensemble.values.copy()
    values[0] = np.nan
    status = ("broke", *ensemble.status[1:])
    figure = history.history_figure(
        replace(ensemble, values=values, status=status), record=record, words=TOLD
    )
    assert "5 runs (1 failed and are left out)" in words(figure)


def test_nothing_but_failed_runs_is_an_error(ensemble: Ensemble, record: Record) -> None:
    values = np.full_like(ensemble.values, np.nan)
    with pytest.raises(SettingError, match="every run failed"):
        history.history_figure(replace(ensemble, values=values), record=record, words=TOLD)


def test_labels_are_spread_without_changing_their_order() -> None:
    places = style.spread([0.5, 0.52, 0.1], gap=0.1, low=0.0, high=1.0)
    assert places[2] < places[0] < places[1]
    assert places[1] - places[0] == pytest.approx(0.1)
    assert max(style.spread([0.99, 0.98, 0.97], gap=0.1, low=0.0, high=1.0)) <= 1.0


def test_a_long_scenario_name_still_fits(ensemble: Ensemble, record: Record) -> None:
    named = replace(ensemble, scenario="a_folder/a_rather_long_name_of_a_counterfactual_world")
    figure = history.history_figure(named, record=record, words=TOLD)
    assert max(box.x1 for _, box in texts(figure)) <= figure.bbox.width


def test_colours_and_names_of_domains_are_those_of_the_relationship() -> None:
    own = Words("a and b", ("none",), colours={"political": ("#112233", "#445566")})
    looks = style.looks_of(replace(own, domains={"political": "trade"}))
    assert (looks["political"].colour, looks["political"].ink) == ("#112233", "#445566")
    assert looks["equipment"] == style.looks_of(None)["equipment"]
    assert style.called(replace(own, domains={"political": "trade"}), "political") == "trade"
    assert style.called(None, "political") == "politics"


def test_a_registered_relationship_has_a_colour_for_every_domain() -> None:
    assert set(Words.of(load_scenario("japan_nato/baseline")).colours) == set(style.LOOKS)


def test_a_saved_ensemble_is_drawn_with_the_title_and_the_palette_of_its_relationship(
    ensemble: Ensemble,
) -> None:
    told = replace(ensemble, title="A title of its own", relationship="japan_nato")
    figure = run.ensemble_figure(told, ["level_political", "rung"])
    said = words(figure)
    assert "A title of its own" in said
    assert "Parameters as the scenario states them" in " ".join(said.split())
    assert "Level of cooperation in politics" in said
    assert [label.get_text() for label in figure.axes[1].get_yticklabels()][-1] == "11"
    colours = {line.get_color() for line in figure.axes[0].lines}
    assert TOLD.colours["political"][0] in colours


@pytest.mark.parametrize(
    ("cast", "named"),
    [(Cast(member=Persuaded), ", with Persuaded"), (Cast(), "")],
    ids=["one's own", "the package's"],
)
def test_agents_of_ones_own_are_named_in_the_title(
    ensemble: Ensemble, cast: Cast, named: str
) -> None:
    told = replace(ensemble, title="A title", engine=Mesa(cast=cast).label())
    assert f"A title{named}" in words(run.ensemble_figure(told, ["rung"])).splitlines()


def test_an_edited_scenario_has_the_factual_one_beside_it_and_the_day_marked(
    ensemble: Ensemble,
) -> None:
    edited = shifted(ensemble, 0.2)
    figure = run.ensemble_figure(
        edited, ["level_political"], beside=ensemble, edits={1990.5: "an attack removed"}
    )
    (axes,) = figure.axes
    drawn = [np.asarray(line.get_ydata(), dtype=float) for line in axes.lines]
    middle = np.median(ensemble.column("level_political"), axis=0)
    assert any(len(line) == len(middle) and np.allclose(line, middle) for line in drawn)
    assert any(set(np.asarray(line.get_xdata())) == {1990.5} for line in axes.lines)
    assert "Dotted line: an attack removed (1990)" in words(figure)
    assert "median without the edits" in words(figure)


def test_years_of_a_long_first_stage_have_less_room(ensemble: Ensemble, record: Record) -> None:
    figure = history.history_figure(ensemble, record=record, words=TOLD)
    place = figure.axes[0].transData.transform
    early, late = (place((y + 10, 0))[0] - place((y, 0))[0] for y in (1960.0, 2005.0))
    assert early < 0.5 * late
    assert "1950–1989 (narrower scale)" in words(figure)


def test_of_what_is_so_or_not_the_share_of_runs_is_drawn(ensemble: Ensemble) -> None:
    values = ensemble.values.copy()
    values[:, :, 4] = 0.0
    values[:2, 200:, 4] = 1.0  # in two of five runs
    told = dict(ensemble.meanings) | {"rung": Meaning("the office: has passed", "yes or no")}
    figure = run.ensemble_figure(replace(ensemble, values=values, meanings=told), ["rung"])
    (axes,) = figure.axes
    (line,) = [line for line in axes.lines if np.size(line.get_xdata()) > 2]
    assert set(np.asarray(line.get_ydata(), dtype=float)) == {0.0, 0.4}
    assert axes.get_ylabel() == "share of runs"
    assert axes.get_ylim() == (0.0, 1.0)


def test_a_count_that_is_never_above_zero_has_no_tenths(ensemble: Ensemble) -> None:
    values = ensemble.values.copy()
    values[:, :, 5] = 0.0
    figure = run.ensemble_figure(replace(ensemble, values=values), ["count_operations"])
    assert figure.axes[0].get_ylim() == (0.0, 1.0)
    assert [tick for tick in figure.axes[0].get_yticks() if tick % 1] == []


def test_a_text_is_measured_as_it_is_drawn_without_control_characters() -> None:
    assert style.text_width("a\x1b[2J\x07b") == style.text_width("a\\x1b[2J\\x07b")
