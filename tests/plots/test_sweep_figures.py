"""Figures of sweeps: everything is named, nothing falls off the slide, long names included."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, QuadMesh
from matplotlib.container import ErrorbarContainer
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from alliance_sim import load_scenario
from alliance_sim.analysis.axes import Axis
from alliance_sim.analysis.bands import OutcomeView, bands_along, bands_over_periods, cell_table
from alliance_sim.plots import style
from alliance_sim.plots.discovery import Side, box_figure, leaves_figure, peeling_figure
from alliance_sim.plots.sensitivity import tornado_figure
from alliance_sim.plots.sweep import fan_figure, heatmap_figure, periods_figure
from alliance_sim.provenance import STATEMENT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LONG = "How strongly willingness to cooperate follows the threat that both perceive (log-odds)"
RULES = ("consensus of all members", "weighted_majority", "leader")
HEADING = style.Heading("A title", "Which runs of what. " * 12)
PHONE = replace(HEADING, form=style.PHONE)

PERIODS = load_scenario("japan_nato/baseline").calendar().periods


def written(figure: Figure) -> list[Text]:
    """Return all texts that are drawn: ticks beyond the ends of an axis are not."""
    hidden: set[int] = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
                off = not low - 1e-9 <= tick.get_loc() <= high + 1e-9
                hidden |= {
                    id(label)
                    for label, on in (
                        (tick.label1, tick.label1.get_visible()),
                        (tick.label2, tick.label2.get_visible()),
                    )
                    if off or not on
                }
    texts = figure.findobj(lambda artist: isinstance(artist, Text) and id(artist) not in hidden)
    return [text for text in texts if isinstance(text, Text) and text.get_text().strip()]


def words_of(figure: Figure) -> list[str]:
    """Return all texts of a slide, having seen that none leaves it or stands on another."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    width, height = canvas.get_width_height()
    found = []
    boxes: list[tuple[str, Bbox]] = []
    for text in written(figure):
        box = Text.get_window_extent(text)  # without an arrow
        inside = box.x0 >= -1 and box.x1 <= width + 1 and box.y0 >= -1 and box.y1 <= height + 1
        assert inside, (text.get_text(), box)
        for other, taken in boxes if text.get_rotation() in {0, 90} else ():
            wide = min(box.x1, taken.x1) - max(box.x0, taken.x0)
            high = min(box.y1, taken.y1) - max(box.y0, taken.y0)
            assert wide < 3 or high < 3, (text.get_text(), other)
        if text.get_rotation() in {0, 90}:  # the box of a slanting text is mostly empty
            boxes.append((text.get_text(), box))
        found.append(" ".join(text.get_text().split()))
    assert STATEMENT in found
    assert "A title" in found
    return found


def grid(scenarios: tuple[str, ...], pulls: int = 5) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    rows = [
        (scenario, point, replicate, pull, rule, pull * 0.3 + rng.normal() * 0.1)
        for scenario in scenarios
        for point, (pull, rule) in enumerate(
            (pull, rule) for pull in np.linspace(0.5, 2.5, pulls) for rule in RULES
        )
        for replicate in range(6)
    ]
    columns = ["scenario", "point", "replicate", "pull", "rule", "y"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(z=(frame["y"] > 0.4).astype(float), run=frame["replicate"])


PULL = Axis("pull", LONG, low=0.5, high=2.5)
RULE = Axis("rule", "Decision rule of the North Atlantic Council", "choice", RULES)
MANY = ("baseline", "no_nine_eleven_and_no_other_attack", "c", "d", "e", "f", "g")


@pytest.mark.slow
@pytest.mark.parametrize("scenarios", [MANY[:1], MANY[:2], MANY])
@pytest.mark.parametrize("binary", [False, True])
def test_a_heat_map_names_factors_scenarios_and_numbers(
    scenarios: tuple[str, ...], binary: bool
) -> None:
    told = OutcomeView("z" if binary else "y", binary)
    cells = cell_table(grid(scenarios), told, across=PULL, up=RULE)
    figure = heatmap_figure(
        cells,
        HEADING,
        across=LONG,
        up=RULE.label,
        value="share of runs",
        kind="share" if binary else "number",
    )
    words = words_of(figure)
    assert LONG in words
    assert "weighted majority" in words
    assert len(scenarios) == 1 or "no_nine_eleven_and_no_other_attack" in words
    shown = f"{cells['mean'].iloc[0]:.{2 if binary else 3}f}"
    assert len(scenarios) > 3 or shown in " ".join(words)


@pytest.mark.parametrize("lift", [-0.9, 0.0])
def test_a_difference_has_colours_that_part_at_0_and_a_sign(lift: float) -> None:
    frame = grid(("s",)).assign(y=lambda rows: rows["y"] + lift)
    cells = cell_table(frame, OutcomeView("y"), across=PULL, up=RULE)
    figure = heatmap_figure(
        cells, HEADING, across=LONG, up="rule", value="difference", kind="difference"
    )
    (colours,) = figure.findobj(QuadMesh)[:1]
    assert isinstance(colours, QuadMesh)
    low, high = colours.get_clim()
    assert low == -high == -np.abs(cells["mean"]).max()
    assert np.allclose(colours.get_cmap()(0.5)[:3], 1.0, atol=0.05)  # white
    first = float(cells["mean"].iloc[0])
    assert any(text.startswith(f"{'+' if first > 0 else '−'}0.") for text in words_of(figure))


def test_cells_without_runs_say_so() -> None:
    frame = grid(("s",))
    frame = frame[(frame["pull"] < 2.0) | (frame["rule"] != "leader")]
    cells = cell_table(frame, OutcomeView("y"), across=PULL, up=RULE)
    figure = heatmap_figure(cells, HEADING, across=LONG, up="rule", value="y")
    words = words_of(figure)
    assert words.count("–") == 2
    assert any(text.startswith("“–”: no runs.") for text in words)
    every = cell_table(grid(("s",)), OutcomeView("y"), across=PULL, up=RULE)
    full = words_of(heatmap_figure(every, HEADING, across=LONG, up="rule", value="y"))
    assert not any("no runs" in text for text in full)


@pytest.mark.parametrize("scenarios", [MANY[:1], MANY[:2]])
def test_cells_of_two_factors_of_many_values_have_room_for_their_errors(
    scenarios: tuple[str, ...],
) -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        [(name, point, k) for name in scenarios for point in range(300) for k in range(3)],
        columns=["scenario", "point", "replicate"],
    )
    values = rng.random((300, 2))[frame["point"]]
    frame = frame.assign(run=frame["replicate"], pull=values[:, 0], other=values[:, 1])
    frame["z"] = (rng.random(len(frame)) < frame["pull"]).astype(float)
    other = Axis("other", "Other", low=0, high=1)
    cells = cell_table(frame, OutcomeView("z", True, True), across=PULL, up=other)
    figure = heatmap_figure(
        cells, HEADING, across=LONG, up="Other", value="share of runs", kind="share"
    )
    texts = " ".join(words_of(figure))
    for row in cells.to_dict(orient="records"):
        assert f"{row['mean']:.2f} {row['mean_low']:.2f}–{row['mean_high']:.2f}" in texts


@pytest.mark.slow
@pytest.mark.parametrize("scenarios", [MANY[:1], MANY[:3], MANY])
@pytest.mark.parametrize("axis", [PULL, RULE])
@pytest.mark.parametrize("binary", [False, True])
def test_a_fan_names_its_bands_and_errors(
    scenarios: tuple[str, ...], axis: Axis, binary: bool
) -> None:
    bands = bands_along(grid(scenarios), OutcomeView("z" if binary else "y", binary), axis=axis)
    figure = fan_figure(
        bands,
        HEADING,
        factor=axis.label,
        value="level",
        tick=None if axis.kind == "choice" else axis.tick,
        kind="share" if binary else "number",
    )
    words = words_of(figure)
    assert axis.label in words
    assert ("share of runs, 95 % interval" if binary else "90 % of runs") in words


def test_a_fan_of_one_replicate_has_no_error_to_draw() -> None:
    frame = grid(("s",))
    bands = bands_along(frame[frame["replicate"] == 0], OutcomeView("y"), axis=PULL)
    words_of(fan_figure(bands, HEADING, factor=LONG, value="level", tick=PULL.tick))


def means_of(figure: Figure) -> ErrorbarContainer:
    """Return the means that the first panel draws."""
    (found,) = [c for c in figure.axes[0].containers if isinstance(c, ErrorbarContainer)]
    return found


@pytest.mark.parametrize(("axis", "joined"), [(PULL, True), (RULE, False)])
def test_shares_are_joined_along_a_factor_with_an_order_and_no_other(
    axis: Axis, joined: bool
) -> None:
    bands = bands_along(grid(("s",)), OutcomeView("z", True), axis=axis)
    tick = axis.tick if axis is PULL else None
    figure = fan_figure(bands, HEADING, factor=LONG, value="y", tick=tick, kind="share")
    line = means_of(figure).lines[0]
    assert isinstance(line, Line2D)
    assert (line.get_linestyle() == "-") == joined


@pytest.mark.parametrize("kind", ["whole", "share"])
def test_the_legend_of_a_mean_shows_the_bar_of_its_interval(kind: Any) -> None:
    bands = bands_along(grid(("s",)), OutcomeView("z", kind == "share"), axis=PULL)
    figure = fan_figure(bands, HEADING, factor=LONG, value="y", tick=PULL.tick, kind=kind)
    (legend,) = figure.findobj(Legend)
    assert legend.findobj(LineCollection)


@pytest.mark.parametrize("by", [0.0, 1.0], ids=["nowhere", "upwards"])
@pytest.mark.parametrize("kind", ["difference", "difference of shares"])
def test_differences_that_begin_at_0_stand_above_the_axis(kind: Any, by: float) -> None:
    frame = grid(("s",))
    frame["y"] = by * (frame["y"] > 0.4)
    bands = bands_along(frame, OutcomeView("y"), axis=PULL)
    figure = fan_figure(bands, HEADING, factor=LONG, value="y", tick=PULL.tick, kind=kind)
    low, high = figure.axes[0].get_ylim()
    assert low < 0.0 < high
    assert (low == -high) == (by == 0.0)


def test_whole_numbers_have_no_tenths_on_their_axis() -> None:
    frame = grid(("s",))
    frame["y"] = 10.0 + (frame["y"] > 0.4)
    bands = bands_along(frame, OutcomeView("y"), axis=PULL)
    figure = fan_figure(bands, HEADING, factor=LONG, value="y", tick=PULL.tick, kind="whole")
    words_of(figure)
    low, high = figure.axes[0].get_ylim()
    shown = [tick for tick in figure.axes[0].get_yticks() if low <= tick <= high]
    assert shown == [10, 11]


def test_long_names_are_folded_where_their_parts_end() -> None:
    assert style.fold("no_nine_eleven and more", 0.8) == "no_nine_\neleven and\nmore"
    assert style.fold("short_name and more", 1.0) == "short_name\nand more"


def test_periods_stand_in_order_for_every_scenario() -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "scenario": np.repeat(MANY[:3], 20),
            "point": 0,
            "replicate": np.tile(range(20), 3),
            "run": np.tile(range(20), 3),
            **{f"level_x_mean_p{p}": 0.1 * p + 0.02 * rng.normal(size=60) for p in range(1, 5)},
        }
    )
    bands = bands_over_periods(frame, state="level_x", periods=PERIODS)
    stages = [period.name for period in PERIODS]
    figure = periods_figure(
        bands, HEADING, stages=stages, names={"level_x": "political"}, value="level"
    )
    words = words_of(figure)
    assert {"political", "Cold War", "Deepening", MANY[1]} <= set(words)


@pytest.mark.parametrize("many", [6, 8])
def test_a_figure_says_of_how_many_scenarios_it_shows_the_first(many: int) -> None:
    frame = grid(tuple(f"s{k}" for k in range(many)), pulls=2)
    bands = bands_along(frame, OutcomeView("y"), axis=RULE)
    cells = cell_table(frame, OutcomeView("y"), across=PULL, up=RULE)
    levels = frame.rename(columns={"y": f"level_x_mean_{PERIODS[0].id.lower()}"})
    spread = bands_over_periods(levels, state="level_x", periods=PERIODS[:1])
    along = fan_figure(bands, HEADING, factor="f", value="y")
    over = heatmap_figure(cells, HEADING, across="pull", up="rule", value="y")
    stages = periods_figure(
        spread, HEADING, stages=["One"], names={"level_x": "political"}, value="y"
    )
    for figure, what in ((along, "panels"), (over, "panels"), (stages, "scenarios")):
        told = f"The first 6 of 8 {what}; the table holds all."
        words = words_of(figure)
        assert any(text.startswith(told) for text in words) == (many == 8)
        assert "s5" in words
        assert "s6" not in words


def indices(count: int, *names: str) -> pd.DataFrame:
    """Return a table of so many factors, ever less important."""
    value = 0.8 / np.arange(1, count + 1)
    columns: dict[str, Any] = {
        "factor": [f"f{k}" for k in range(count)],
        "label": [f"{LONG} {k}" for k in range(count)],
        "idle": 0.05,
        "mu": value,
        "sigma": value / 2,
    }
    for name in names:
        columns |= {name: value, f"{name}_low": value - 0.05, f"{name}_high": value + 0.05}
    return pd.DataFrame(columns)


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 6, 12, 40])
@pytest.mark.parametrize(
    ("method", "names"),
    [("sobol", ("first", "total")), ("morris", ("mu_star",)), ("pawn", ("pawn",))],
)
def test_a_tornado_names_every_factor_that_it_draws(
    count: int, method: str, names: tuple[str, ...]
) -> None:
    figure = tornado_figure(
        indices(count, *names), HEADING, method=method, value="share of the variance of the means"
    )
    words = words_of(figure)
    assert "95 % interval" in words
    assert any("idle factor" in text for text in words)
    assert sum("How strongly willingness" in text for text in words) == min(count, 18)
    assert (count > 18) == any("22 more are in the table" in text for text in words)


def test_dots_without_a_number_are_named() -> None:
    alike = indices(18, "mu_star").assign(mu_star=1.0, mu_star_low=0.9, mu_star_high=1.1, sigma=1.0)
    words = words_of(tornado_figure(alike, HEADING, method="morris", value="μ*"))
    (told,) = [text for text in words if text.startswith("Dots without a number")]
    missing = {int(number) for number in told.rpartition(": ")[2].split(", ")}
    assert missing
    assert missing | {int(text) for text in words if text.isdigit()} >= set(range(1, 19))
    assert "μ*: mean size of the effect (both axes in the unit of the bars)" in words
    apart = words_of(tornado_figure(indices(3, "mu_star"), HEADING, method="morris", value="μ*"))
    assert not any(text.startswith("Dots") for text in apart)


def test_interactions_are_told_by_the_numbers_of_the_factors() -> None:
    pairs = pd.DataFrame(
        {"first_factor": ["f0", "f1"], "second_factor": ["f2", "f2"], "index": [0.1, -0.2]}
    ).assign(low=-0.3, high=0.3)
    figure = tornado_figure(
        indices(3, "first", "total"), HEADING, method="sobol", value="share", pairs=pairs
    )
    words = words_of(figure)
    assert {"1 × 3", "2 × 3", "two factors together"} <= set(words)


def sides(count: int) -> list[Side]:
    rng = np.random.default_rng(1)
    made = [Side(f"{LONG} {k}", rng.random(300), 0.4, np.inf) for k in range(count - 1)]
    names = ("consensus of all members", "weighted majority", "leader")
    choice = Side("Rule", rng.integers(0, 3, 300).astype(float), -np.inf, np.inf, names, (0, 1))
    return [choice, *made]


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 2, 4, 7])
def test_a_box_is_drawn_among_its_points_and_told_in_words(count: int) -> None:
    share = np.random.default_rng(2).random(300)
    conditions = [f"{LONG} {k}: 0.4 or more" for k in range(count)]
    figure = box_figure(
        sides(count),
        share,
        HEADING,
        conditions=conditions,
        numbers=["density 87 %", "coverage 40 %"],
        happens="share of runs",
    )
    words = " ".join(words_of(figure))
    assert "density 87 % coverage 40 %" in words
    assert words.count(": 0.4 or more") == min(count, 5)
    assert (count > 5) == (f"and {count - 5} more, in the table" in words)
    drawn = min(count, 4)
    assert len(figure.axes) == drawn * (drawn + 1) // 2 + 2


def test_names_at_the_axes_of_a_box_are_whole_and_its_words_keep_off_the_edge() -> None:
    names = (
        "Attacks of 2001 happen",
        "Senkaku crisis of 2012 happens",
        "Spread of opinions inside NATO",
        "What the programme asks of every member",
    )
    rng = np.random.default_rng(1)
    figure = box_figure(
        [Side(name, rng.random(300), 0.4, np.inf) for name in names],
        rng.random(300),
        HEADING,
        conditions=[*(f"{name} (log-odds): 0.44 or more" for name in names), "not in box 1"],
        numbers=["density 87 %"],
        happens="share of runs",
    )
    words = words_of(figure)
    for letter, name in zip("ABCD", names, strict=True):
        assert f"{letter} {name}" in words
    (told,) = [text for text in figure.findobj(Text) if "not in box 1" in text.get_text()]
    assert told.get_text().endswith("\n–  not in box 1")
    assert told.get_window_extent().x1 < 0.985 * figure.bbox.width


def test_values_that_a_box_allows_side_by_side_are_one_stretch() -> None:
    side = Side("Rule", np.zeros(3), 0, 0, ("a", "b", "c", "d"), (0, 1, 3))
    assert side.spans() == [(-0.45, 1.45), (2.55, 3.45)]


@pytest.mark.parametrize(("offered", "word"), [(1, "offered"), (2, "taken")])
def test_a_peeling_marks_the_box_that_is_offered_or_taken_instead(offered: int, word: str) -> None:
    peeling = pd.DataFrame(
        {
            "step": [0, 1, 2],
            "coverage": [1.0, 0.9, 0.5],
            "density": [0.2, 0.5, 0.9],
            "restricted": [0, 1, 2],
            "lifted": False,
            "offered": [step == offered for step in (0, 1, 2)],
            "chosen": [False, True, False],
        }
    )
    words = words_of(peeling_figure(peeling, HEADING, share=0.2))
    assert f"step 1: the box {word}" in words
    assert {"no factor", "1 factor", "2 factors", "share of all runs: 20.0 %"} <= set(words)


@pytest.mark.parametrize("count", [1, 5, 20])
def test_leaves_are_told_by_their_conditions(count: int) -> None:
    leaves = pd.DataFrame(
        {
            "conditions": [f"{LONG}: 1 to 2; The war happens: yes ({k})" for k in range(count)],
            "density": np.linspace(1, 0, count),
            "mass": 1 / count,
            "coverage": 1 / count,
        }
    )
    leaves = leaves.assign(density_low=leaves["density"], density_high=leaves["density"])
    words = words_of(leaves_figure(leaves, HEADING, share=0.3))
    assert any("The war happens: yes (0)" in text for text in words)
    assert (count == 20) == any("densest of 20 leaves" in text for text in words)


def test_on_a_phone_panels_stack_and_nothing_leaves_the_picture() -> None:
    told, columns = OutcomeView("y"), ("first", "total")
    bands = bands_along(grid(MANY[:2]), told, axis=PULL)
    cells = cell_table(grid(MANY[:2]), told, across=PULL, up=RULE)
    figures = [
        fan_figure(bands, PHONE, factor=LONG, value="level", tick=PULL.tick),
        heatmap_figure(cells, PHONE, across=LONG, up=RULE.label, value="level"),
        tornado_figure(indices(5, *columns), PHONE, method="sobol", value="share"),
        box_figure(
            sides(2), np.random.default_rng(2).random(300), PHONE,
            conditions=["one: 0.4 or more", "two: 0.4 or more"], numbers=["density 87 %"],
            happens="share of runs",
        ),
    ]  # fmt: skip
    for figure in figures:
        words_of(figure)
        assert figure.get_figwidth() == style.PHONE.width
    lefts = {round(axes.get_position().x0, 2) for axes in figures[0].axes}
    assert len(figures[0].axes) == 2
    assert len(lefts) == 1


def test_on_a_phone_long_texts_leave_a_single_panel_its_room() -> None:
    heading = replace(PHONE, about="Which runs of what, and over which other factors. " * 9)
    told, value = (
        OutcomeView("y"),
        "difference of the outcome, edited minus factual (above 0: more)",
    )
    bands = bands_along(grid(MANY[:1]), told, axis=PULL)
    cells = cell_table(grid(MANY[:1]), told, across=PULL, up=RULE)
    box = box_figure(
        sides(4),
        np.random.default_rng(2).random(300),
        heading,
        conditions=[f"{LONG} {k}: 0.4 or more" for k in range(4)],
        numbers=["density 87 %", "coverage 40 %"],
        happens="share of runs",
    )
    single = [
        fan_figure(bands, heading, factor=LONG, value=value, tick=PULL.tick, kind="difference"),
        heatmap_figure(cells, heading, across=LONG, up=LONG, value=value, kind="difference"),
        tornado_figure(indices(5, "first", "total"), heading, method="sobol", value=value),
    ]
    words: list[str] = []
    for figure in [*single, box]:
        words = words_of(figure)
        panel = figure.axes[0].get_window_extent()
        assert panel.height / figure.dpi > (0.3 if figure is box else 1.2)
    assert {"A", "B", "C", "D"} <= set(words)  # too narrow for names, which stand below
