"""What the page is about says what the package says, for any relationship with a scenario."""

from __future__ import annotations

import base64
import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_sim import Record, Scenario, SettingError, load_scenario, shipped_scenarios
from alliance_sim.calendar import decimal_year
from alliance_sim.lab import wording
from alliance_sim.lab.exporting import GENERATOR, export, packed, page_of
from alliance_sim.lab.payload import KEPT, payload_of
from alliance_sim.provenance import scenario_digest
from alliance_sim.results.outcomes import is_binary, parse_outcome
from alliance_sim.scenario.path import numbers
from alliance_sim.world.state import state_names
from tests.lab.blank import PAGE
from tests.lab.shown import payload, payload_in

pytestmark = pytest.mark.slow

HISTORY, ISLANDS = "japan_nato/baseline", "two_islands/baseline"
CONTRACT = Path(__file__).parents[2] / "src" / "alliance_sim" / "lab" / "page" / "src"


@pytest.fixture(params=[ISLANDS, HISTORY])
def told(request: pytest.FixtureRequest) -> tuple[Scenario, dict[str, Any]]:
    """A scenario, and what its page is about."""
    return load_scenario(request.param), payload(request.param)


def test_every_key_is_one_that_the_page_knows(told: tuple[Scenario, dict[str, Any]]) -> None:
    contract = (CONTRACT / "contract.ts").read_text("utf-8")
    head, _, rest = contract.partition("export interface Payload {")
    body = rest.partition("\n}")[0]
    assert head
    missing = [key for key in told[1] if not re.search(rf"\n  {key}\??:", body)]
    assert missing == []


# Whose keys are no keys of the contract but names: of parts, titles, domains and languages.
NAMED = {"names", "told", "domains", "items", "suggestions", "steps", "colours", "levels"}
NAMED |= {"title", "titles", "story", "readings"}
BY_LANGUAGE = {"words", "texts"}
LAID_OUT = {"frame", "draws", "editable"}  # which the engine reads


def keys_in(tree: Any) -> set[str]:
    """Return all keys in a tree, but for those that are names."""
    if isinstance(tree, list):
        return {key for part in tree for key in keys_in(part)}
    if not isinstance(tree, dict):
        return set()
    found = set(tree)
    for key, part in tree.items():
        if isinstance(part, dict) and key in NAMED:
            continue
        parts = part.values() if isinstance(part, dict) and key in BY_LANGUAGE else [part]
        found |= {one for inner in parts for one in keys_in(inner)}
    return found


def test_every_key_however_deep_is_one_of_the_contract(
    told: tuple[Scenario, dict[str, Any]],
) -> None:
    contract = (CONTRACT / "contract.ts").read_text("utf-8")
    tree = {key: part for key, part in told[1].items() if key not in LAID_OUT}
    unknown = {key for key in keys_in(tree) if not re.search(rf"\b{key}\??:", contract)}
    assert unknown == set()


def test_numbers_are_those_of_the_scenario(told: tuple[Scenario, dict[str, Any]]) -> None:
    scenario, found = told
    rows = {row["path"]: row for row in found["numbers"] if row["unit"] != "day"}
    for path, number in numbers(scenario):
        row = rows.pop(path)
        assert (row["value"], row["low"], row["high"]) == (number.value, number.low, number.high)
        assert (row["kind"], row["source"]) == (number.kind, number.source)
        assert row["title"]
    assert rows == {}


def test_junctures_stand_in_order_with_the_day_and_the_range_of_the_run(
    told: tuple[Scenario, dict[str, Any]],
) -> None:
    scenario, found = told
    days = {one.name: one.date for one in scenario.junctures if one.present}
    assert {one["name"] for one in found["junctures"]} == set(days)
    dates = [one["date"] for one in found["junctures"]]
    assert dates == sorted(dates)
    for one in found["junctures"]:
        assert one["day"] == days[one["name"]].isoformat()
        assert one["date"] == decimal_year(days[one["name"]])
        first, last = one["range"]
        assert first == scenario.time.first_year
        assert scenario.time.last_year < last < scenario.time.last_year + 1


def test_outcomes_offered_can_be_asked_and_happen_or_do_not(
    told: tuple[Scenario, dict[str, Any]],
) -> None:
    scenario, found = told
    for one in found["outcomes"]:
        parsed = parse_outcome(
            one["text"], states=state_names(scenario), calendar=scenario.calendar()
        )
        assert is_binary(parsed)
    texts = [one["text"] for one in found["outcomes"]]
    assert [one["text"] for one in found["frame"]["outcomes"]] == texts
    assert found["frame"]["states"] == list(KEPT)


def test_each_leader_can_be_replaced_as_the_payload_says(
    told: tuple[Scenario, dict[str, Any]],
) -> None:
    scenario, found = told
    for leader in found["leaders"]:
        for other in leader["replacements"]:
            edited = scenario.edited(f"leader {leader['name']}={other['name']}")
            assert edited != scenario


def test_each_number_of_a_member_can_be_set_as_the_payload_says(
    told: tuple[Scenario, dict[str, Any]],
) -> None:
    scenario, found = told
    for member in found["members"]:
        for number in member["numbers"]:
            value = number["high"] if number["high"] != number["value"] else number["low"]
            edited = scenario.edited(f"member {member['name']}:{number['path']}={value!r}")
            assert edited != scenario


def test_the_record_is_the_coded_one(told: tuple[Scenario, dict[str, Any]]) -> None:
    scenario, found = told
    record = Record.of(scenario)
    acts = found["record"]["acts"]
    assert len(acts) == record.counts().to_numpy().sum()
    assert [act["date"] for act in acts] == sorted(act["date"] for act in acts)
    assert found["record"]["edition"] == record.name
    assert {act["title"] for act in acts} <= set(record.events["title"])
    assert len(found["record"]["claims"]) == len(record.claims)


def test_weights_and_what_the_data_told_come_with_a_posterior_only() -> None:
    with_one, without = payload(HISTORY), payload(ISLANDS)
    weights = [theory["weight"] for theory in with_one["theories"]]
    assert sum(weights) == pytest.approx(1.0)
    assert with_one["theories"][0]["name"] == "RID"
    told = [row for row in with_one["numbers"] if "told" in row]
    assert {row["kind"] for row in told} == {"fitted"}
    for row in told:
        low, middle, high = row["told"]["posterior"]
        assert low <= middle <= high
    assert all(theory["weight"] is None for theory in without["theories"])
    assert not any("told" in row for row in without["numbers"])
    assert "held" not in without["record"]


def test_curves_are_those_that_ship_for_this_very_scenario() -> None:
    assert len(payload(HISTORY)["curves"]) == 10
    assert payload("japan_nato/no_nine_eleven")["curves"] == []
    assert payload(ISLANDS)["curves"] == []


@pytest.mark.parametrize("name", sorted(shipped_scenarios()))
def test_every_shipped_scenario_has_a_payload_of_its_own_digest(name: str) -> None:
    scenario = load_scenario(name)
    found = payload(name)
    assert found["scenario"]["digest"] == scenario_digest(scenario)
    json.dumps(found, allow_nan=False)


def test_a_scenario_without_relationship_and_record_has_neither() -> None:
    bare = load_scenario(ISLANDS).model_copy(update={"relationship": "", "record": ""})
    found = payload_of(bare)
    assert found["record"] is None
    assert found["draws"] is None
    assert [one["name"] for one in found["lessons"]] == ["generic"]
    assert list(found["relationship"]["words"]) == ["en"]


def test_an_unknown_language_or_lesson_is_told_with_the_nearest() -> None:
    islands = load_scenario(ISLANDS)
    with pytest.raises(SettingError) as told:
        payload_of(islands, language="jp", lesson="was_it_ab")
    first, second = told.value.problems
    assert first == "unknown language 'jp' (known: en, ja)"
    assert second.startswith("unknown lesson 'was_it_ab'")


def test_a_colour_on_dark_ground_can_be_read() -> None:
    for colour in ("#000000", "#0072B2", "#330000", "#ffffff"):
        mixed = wording.lightened(colour, wording.DARK)
        parts = [tuple(int(text[k : k + 2], 16) for k in (1, 3, 5)) for text in (mixed, "#1b1f24")]
        assert wording.contrast(*parts) >= wording.READABLE


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A page without content."""
    path = tmp_path / "template.html"
    path.write_bytes(PAGE)
    return path


def test_the_same_payload_gives_the_same_bytes_and_is_replaced(
    template: Path, tmp_path: Path
) -> None:
    out = tmp_path / "lesson.html"
    size = export(payload(ISLANDS), out, template=template)
    first = out.read_bytes()
    assert len(first) == size
    assert GENERATOR in first
    export(payload(ISLANDS), out, template=template)
    assert out.read_bytes() == first == page_of(payload(ISLANDS), template=template)


def test_a_file_of_somebody_else_is_not_replaced(template: Path, tmp_path: Path) -> None:
    out = tmp_path / "lesson.html"
    out.write_text("<html>mine</html>")
    with pytest.raises(SettingError, match="is no page of the lab"):
        export(payload(ISLANDS), out, template=template)
    assert out.read_text() == "<html>mine</html>"
    with pytest.raises(SettingError, match=r"must end in .html, such as lesson.html"):
        export(payload(ISLANDS), tmp_path / "lesson.txt", template=template)
    with pytest.raises(SettingError, match="there is no folder"):
        export(payload(ISLANDS), tmp_path / "no" / "lesson.html", template=template)


def test_a_title_that_would_end_a_script_stays_a_title(template: Path) -> None:
    title = "</script><script>alert(1)</script>"
    hostile = load_scenario(ISLANDS).model_copy(update={"title": title})
    page = page_of(payload_of(hostile), template=template)
    assert b"alert(1)" not in page
    assert page.count(b"<script") == page.count(b'<script type="text/plain">')


def test_content_stands_in_pieces_that_every_browser_reads_at_once(template: Path) -> None:
    page = page_of(payload(HISTORY), template=template).decode("utf-8")
    inner = page.partition('<div id="lab-payload" hidden>')[2].partition("</div>")[0]
    pieces = re.findall(r'<script type="text/plain">([^<]*)</script>', inner)
    assert len(pieces) > 50
    assert max(map(len, pieces)) < 2**16
    assert payload_in(page.encode("utf-8"))["scenario"] == payload(HISTORY)["scenario"]


@given(content=st.binary(max_size=200))
def test_what_an_element_holds_is_no_markup_and_comes_back(content: bytes) -> None:
    text = packed(content)
    assert not set(text) & set(b"<>&\"'/\\ \n")
    back = text.translate(bytes.maketrans(b",.:", b"<&>"))
    assert gzip.decompress(base64.b85decode(back)) == content


def test_draws_come_along_unless_they_are_left_out() -> None:
    with_draws, without = payload(HISTORY), payload(HISTORY, draws=False)
    counts = {one["name"]: one["draws"] for one in with_draws["theories"]}
    assert set(with_draws["draws"]["theories"]) == {name for name, n in counts.items() if n}
    assert counts["RID"] == with_draws["draws"]["theories"]["RID"]["draws"] > 100
    assert without["draws"] is None
    assert not any(one["draws"] for one in without["theories"])
    assert without["theories"][0]["weight"] == with_draws["theories"][0]["weight"]


def test_a_page_has_under_one_megabyte_without_draws_and_under_eight_with_them(
    template: Path,
) -> None:
    room = 300_000  # for the template, which is left out here
    assert len(page_of(payload(HISTORY), template=template)) + room < 8_000_000
    without = payload(HISTORY, draws=False)
    assert len(page_of(without, template=template)) + room < 1_000_000


def test_acts_of_a_history_stand_for_those_that_were_coded() -> None:
    record = payload(HISTORY)["record"]
    acts = {(act["day"], act["title"]) for act in record["acts"]}
    counted = [place for place in record["places"] if place["what"] == "counted"]
    assert len(counted) > 150
    assert {(place["day"], place["title"]) for place in counted} <= acts
    climbed = {place["which"] for place in record["places"] if place["what"] == "climbed"}
    assert climbed == {rung["rung"] for rung in record["rungs"]}
