"""The page needs nothing but itself and can be read by anybody."""

from __future__ import annotations

import base64
import io
import itertools
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
import pytest
from PIL import Image

from alliance_sim import load_scenario
from alliance_sim.calibration.standing import standing_rows
from alliance_sim.comparison.history import compare_history
from alliance_sim.glossary import percent
from alliance_sim.plots.origin import origin_of
from alliance_sim.plots.style import DPI, PHONE
from alliance_sim.provenance import STATEMENT
from alliance_sim.report.history import counts_alt, history_alt, history_page
from alliance_sim.report.page import beside, engine, number, render
from alliance_sim.report.result_folder import Picture

if TYPE_CHECKING:
    from alliance_sim.comparison.history import HistoryComparison

VOID = {"meta", "source", "img", "br", "hr", "link", "input"}


class Outline(HTMLParser):
    """Collects the elements of a page and the text in them, and checks that tags close."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text.append(data)

    def having(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def source(folder: Path) -> str:
    return (folder / "report.html").read_text("utf-8")


@pytest.fixture(scope="module")
def page(source: str) -> Outline:
    outline = Outline()
    outline.feed(source)
    assert outline.open == []
    return outline


@pytest.fixture(scope="module")
def said(page: Outline) -> str:
    return " ".join(" ".join(page.text).split())


def test_the_page_asks_for_nothing_from_outside(page: Outline, source: str) -> None:
    places = [
        value
        for _, attributes in page.elements
        for name, value in attributes.items()
        if name in {"src", "href", "srcset", "action", "data", "poster"} and value
    ]
    assert [place for place in places if not place.startswith(("data:image/png", "#"))] == []
    assert not {"link", "iframe", "object", "form"} & {tag for tag, _ in page.elements}
    assert {attributes["type"] for attributes in page.having("script")} == {"application/json"}
    assert "url(" not in source
    assert "@import" not in source


def test_the_figures_in_the_page_are_the_files_beside_it(page: Outline, folder: Path) -> None:
    files = [(folder / name).read_bytes() for name in ("history.png", "counts.png")]
    assert pictures(page, "slide") == files


def pictures(page: Outline, kind: str) -> list[bytes]:
    return [
        base64.b64decode(str(image["src"]).removeprefix("data:image/png;base64,"))
        for image in page.having("img")
        if image["class"] == kind
    ]


def test_a_narrow_screen_is_given_pictures_drawn_for_it(page: Outline) -> None:
    assert len(pictures(page, "phone")) == len(pictures(page, "slide"))
    for content in pictures(page, "phone"):
        with Image.open(io.BytesIO(content)) as picture:
            assert picture.width == round(PHONE.width * DPI)
            assert "alliance_sim" in picture.info


def test_paper_is_given_the_pictures_of_a_wide_screen(page: Outline, source: str) -> None:
    hidden = re.findall(r"@media ([^{]*)\{\s*figure \.slide \{ display: none; \}", source)
    assert [media.strip() for media in hidden] == ["screen and (max-width: 60rem)"]
    assert "figure .phone { display: none; }" in source
    assert not page.having("source"), "a browser chooses among them for its screen, also to print"


def test_the_sections_are_listed_and_each_link_leads_to_one(page: Outline) -> None:
    places = [str(link["href"]).removeprefix("#") for link in page.having("a")]
    known = {str(attributes["id"]) for _, attributes in page.elements if attributes.get("id")}
    assert len(places) >= 5
    assert set(places) <= known


def test_every_cell_of_a_card_says_what_it_is(page: Outline) -> None:
    labels = {str(cell["data-label"]) for cell in page.having("td") if "data-label" in cell}
    assert labels == {
        *("The record", "Same test on the record", "Share of runs", "Model and record")
    }


def test_claims_are_read_with_the_names_of_stages(said: str) -> None:
    assert not re.search(r"Read as: [^.]*\bP[1-4]\b", said)
    assert "Mean operations level of Initial contact is below" in said


def test_every_figure_is_told_in_words_with_its_numbers(page: Outline) -> None:
    for image in page.having("img"):
        alt = str(image["alt"])
        assert len(alt) > 200
        assert re.search(r"\d", alt)


def test_language_title_and_headings_are_in_order(page: Outline, source: str) -> None:
    assert page.having("html")[0]["lang"] == "en-GB"
    assert "<title>Model and record: Japan and NATO, the described history</title>" in source
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_every_table_has_a_caption_and_every_head_a_scope(page: Outline) -> None:
    assert len(page.having("table")) == len(page.having("caption")) == 4
    assert all(head.get("scope") in {"col", "row", "rowgroup"} for head in page.having("th"))


def test_tables_that_scroll_can_be_reached_by_keyboard(page: Outline) -> None:
    regions = [box for box in page.having("div") if str(box.get("class")).startswith("wide")]
    assert all(box["tabindex"] == "0" and box["aria-label"] for box in regions)
    assert len(regions) == 4


def test_all_claims_counts_and_rungs_are_there(
    page: Outline, comparison: HistoryComparison
) -> None:
    rows = len(page.having("tr"))
    assert comparison.record is not None
    groups = 5 + 3  # stages of claims and series of counts
    heads, scored = 4, len(standing_rows(comparison.record.name))
    assert scored == 3
    assert comparison.claims is not None
    assert comparison.counts is not None
    tables = (comparison.claims, comparison.counts, comparison.rungs)
    assert rows == sum(map(len, tables)) + groups + heads + scored


def test_the_page_says_what_it_means_and_what_it_cannot_mean(
    said: str, comparison: HistoryComparison
) -> None:
    assert comparison.verdict() in said
    assert STATEMENT in said
    assert f"{comparison.assumed_numbers()} of the" in said
    assert "one scholar's article" in said
    assert len(comparison.words.weaknesses) == 8
    for weakness in comparison.words.weaknesses:
        assert " ".join(weakness.split()) in said


def test_texts_are_escaped(said: str, source: str) -> None:
    assert "--out 'a <b> & \"c\"'" in said
    assert "a <b>" not in source


def colours(source: str, *, dark: bool) -> dict[str, str]:
    light_block, dark_block = re.findall(r":root \{(.*?)\}", source, re.DOTALL)[:2]
    found = dict(re.findall(r"--(\w+): (#\w{6})", light_block))
    return found | dict(re.findall(r"--(\w+): (#\w{6})", dark_block)) if dark else found


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    parts = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("ink", ["ink", "quiet", "agrees", "short", "differs"])
@pytest.mark.parametrize("ground", ["paper", "panel"])
def test_text_stands_out_by_day_and_by_night(
    source: str, dark: bool, ink: str, ground: str
) -> None:
    found = colours(source, dark=dark)
    light, deep = sorted((luminance(found[ink]), luminance(found[ground])), reverse=True)
    assert (light + 0.05) / (deep + 0.05) >= 4.5


def test_the_page_can_be_printed(source: str) -> None:
    assert "@media print" in source
    assert "break-inside: avoid" in source


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.0, "0 %"), (0.001, "under 1 %"), (0.29, "29 %"), (0.799, "79 %"), (0.8, "80 %"),
     (0.999, "99 %"), (1.0, "100 %"), (None, "–")],
)  # fmt: skip
def test_a_share_is_never_rounded_over_a_threshold(share: float | None, words: str) -> None:
    assert percent(share) == words


@pytest.mark.parametrize(
    ("record", "share", "words"),
    [
        ("supported", 0.8, "agrees"),
        ("supported", 0.79, "falls short"),
        ("supported", 0.2, "differs"),
        ("contradicted", 0.8, "differs"),
        ("contradicted", 0.5, "undecided"),
        ("contradicted", 0.2, "agrees"),
        ("partly", 1.0, "left open"),
        ("untestable", None, "not applicable"),
    ],
)
def test_a_share_is_set_beside_the_record(record: str, share: float | None, words: str) -> None:
    assert beside(record, share)[1] == words


@pytest.mark.parametrize(
    ("value", "words"), [(3.0, "3"), (2.95, "3"), (16.05, "16.1"), (0.5, "0.5")]
)
def test_a_number_has_one_decimal_place_if_it_needs_one(value: float, words: str) -> None:
    assert number(value) == words


def test_a_page_shows_marks_that_a_reader_would_obey(comparison: HistoryComparison) -> None:
    told = comparison.scenario.model_copy(update={"title": "T\x1b[31m\u202e<script>"})
    origin = origin_of(comparison.ensemble, command="x")
    images = dict.fromkeys(("history", "counts"), Picture(b"", b""))
    made = history_page(replace(comparison, scenario=told), images=images, origin=origin)
    assert r"T\x1b[31m\u202e&lt;script&gt;" in made


def test_the_engine_is_told_with_the_draws_that_its_runs_have(
    comparison: HistoryComparison,
) -> None:
    origin = origin_of(comparison.ensemble, command="x")
    drawn = replace(origin, runs=2, engine="kernel, parameters of 300 posterior draws (RID)")
    assert engine(drawn) == "kernel, parameters of 2 of 300 posterior draws (RID)"
    assert engine(replace(drawn, engine="kernel")) == "kernel"


def test_a_name_that_a_template_lacks_is_an_error() -> None:
    with pytest.raises(jinja2.UndefinedError, match="title"):
        render("page.html")


@pytest.mark.filterwarnings("ignore::alliance_sim.ScenarioWarning")  # what else is outside
@pytest.mark.parametrize(("edit", "left_out"), [("last_year=2010", 3), ("first_year=1995", 0)])
def test_stages_outside_the_run_are_left_out_of_what_the_figure_shows(
    edit: str, left_out: int
) -> None:
    scenario = load_scenario("japan_nato/baseline").edited(f"set time.{edit}")
    found = compare_history(scenario, runs=2)
    stages = found.ensemble.calendar.periods
    told = history_alt(found)
    assert [period.name in told for period in stages] == [k != left_out for k in range(4)]
    assert "nan" not in told
    ladders = re.search(r"end of each stage: (.*?); in the record: (.*?)\.", told)
    assert ladders is not None
    assert [len(ladder.split(", ")) for ladder in ladders.groups()] == [3, 3]


@pytest.mark.filterwarnings("ignore::alliance_sim.ScenarioWarning")  # what else is outside
@pytest.mark.parametrize(
    ("edit", "shown"),
    [("last_year=2010", "3 stages"), ("last_year=1988", "one stage"), ("last_year=1960", "")],
)
def test_acts_are_those_of_the_years_that_are_run(edit: str, shown: str) -> None:
    scenario = load_scenario("japan_nato/baseline").edited(f"set time.{edit}")
    found = compare_history(scenario, runs=2, posterior=None)
    assert found.record is not None
    last = scenario.time.last_year
    acts = int((found.record.events["when"].dt.year <= last).sum())
    assert acts < len(found.record.events)
    (told,) = re.findall(r"(\d+) coded acts as ticks, by stage (.*?)\.", history_alt(found))
    assert int(told[0]) == acts == sum(int(number) for number in told[1].split(", "))
    titles = [axes.get_title(loc="left") for axes in found.plot().body.axes]
    assert f"The record {found.record.name}: {acts} coded acts" in titles
    assert shown in counts_alt(found)
    assert bool(shown) == bool(counts_alt(found))
    assert ("A panel for each domain" in counts_alt(found)) == bool(shown)
