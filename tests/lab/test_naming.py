"""Everything that the page shows of a scenario has a name in each language it is shown in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from alliance_sim import Scenario, load_scenario, shipped_scenarios
from alliance_sim.errors import RecordError
from alliance_sim.lab.naming import PLACE, texts
from alliance_sim.lab.payload import payload_of
from alliance_sim.lab.wording import LANGUAGES
from alliance_sim.record.record import Record
from alliance_sim.record.translation import OF_SCENARIOS, texts_of, translations_of
from alliance_sim.record.words import registered
from alliance_sim.world.catalogue import catalogue
from tests.lab.shown import payload

SHIPPED = ("two_islands/baseline", "japan_nato/baseline")
SUM = re.compile(r"\d[\d.]*(?:m|bn)\b|\d+,\d{3}")
ASIAN = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")  # letters of Japanese


@pytest.fixture(params=SHIPPED)
def told(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What a page is about."""
    return payload(request.param, draws=False)


@pytest.mark.slow
def test_every_part_of_a_page_is_said_in_japanese(told: dict[str, Any]) -> None:
    names = told["relationship"]["words"]["ja"]["names"]
    kept = [
        *(f"juncture.{one['name']}" for one in told["junctures"]),
        *(f"juncture_description.{one['name']}" for one in told["junctures"]),
        *(f"period.{one['name']}" for one in told["periods"]),
        *(f"rung.{one['rung']}" for one in told["rungs"]),
        *(f"leader.{one['name']}" for one in told["leaders"] if one["juncture"] is None),
        *(f"member.{one['name']}" for one in told["members"]),
        *(f"threat.{one['name']}" for one in told["threats"]),
        *(f"item.{one['name']}" for one in told["items"]),
        *(f"council.{one['name']}" for one in told["councils"]),
        *(f"motive.{one['name']}" for one in told["motives"]),
        *(f"theory.{one['name']}" for one in told["theories"]),
        *(f"kind.{one['domain']}.{one['name']}" for one in told["kinds"]),
        *(f"outcome.{one['text']}" for one in told["outcomes"]),
        *(f"number.{one['path']}" for one in told["numbers"]),
        *(f"state.{one['name']}" for one in told["states"]),
        *(f"unit.{one['unit']}" for one in told["states"] if one["unit"] != "1"),
        *(f"unit.{one['unit']}" for one in told["numbers"] if one["unit"] != "1"),
        *(f"{kind}.{told['scenario']['name']}" for kind in OF_SCENARIOS),
    ]
    assert [key for key in kept if not ASIAN.search(names.get(key, ""))] == []


def test_every_number_has_a_title_that_is_not_its_path(told: dict[str, Any]) -> None:
    bare = [one["path"] for one in told["numbers"] if "_" in one["title"] or "." in one["title"]]
    assert bare == []


def test_languages_have_the_same_keys_and_places() -> None:
    english = texts("en")
    for language in LANGUAGES:
        for table, entries in english.items():
            own = texts(language)[table]
            if isinstance(entries, str):
                assert own
                continue
            assert list(own) == list(entries), (language, table)
            for key, text in entries.items():
                if table != "number":
                    assert set(PLACE.findall(own[key])) == set(PLACE.findall(text)), key


def with_words(tmp_path: Path, text: str) -> Scenario:
    """Two islands, with a record in a folder of its own that says words."""
    base = load_scenario(SHIPPED[0])
    for file in Path(base.record).glob("*.*"):
        if not file.name.startswith("words."):
            (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "words.ja.toml").write_text(text, encoding="utf-8")
    return base.model_copy(update={"record": str(tmp_path)})


def test_all_that_is_wrong_with_words_is_told_at_once(tmp_path: Path) -> None:
    text = 'titel = "x"\nstate = 3\nchecked = "no"\n[juncture]\ngreat_rade = "x"\nports_act = 1\n'
    with pytest.raises(RecordError) as error:
        translations_of(with_words(tmp_path, text))
    told = "\n".join(error.value.problems)
    assert len(error.value.problems) == 5
    assert "unknown key 'titel'; did you mean 'title'?" in told
    assert "state is 3, must be a text" in told
    assert "checked is 'no', must be true or false" in told
    assert "unknown name 'great_rade'; did you mean 'great_raid'?" in told
    assert "juncture.ports_act is 1, must be a text" in told


@pytest.mark.parametrize("text", ["[juncture]\n__proto__ = 'x'", "__proto__ = 'x'", "\x00", "[["])
def test_names_that_no_scenario_has_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(RecordError):
        translations_of(with_words(tmp_path, text))


def test_a_name_may_hold_anything_and_is_only_a_name(tmp_path: Path) -> None:
    text = '[juncture]\ngreat_raid = "</script><script>alert(1)</script> {0} {__class__}"\n'
    told = payload_of(with_words(tmp_path, text))
    names = told["relationship"]["words"]["ja"]["names"]
    assert names["juncture.great_raid"].startswith("</script>")
    assert "{__class__}" in names["number.juncture.great_raid.date"]


@pytest.mark.parametrize("name", sorted(registered()))
def test_words_that_ship_name_only_what_some_scenario_of_the_relationship_has(name: str) -> None:
    known: set[str] = set()
    for scenario in (load_scenario(one) for one in shipped_scenarios() if one.startswith(name)):
        parts: dict[str, Iterable[Any]] = {
            "juncture": scenario.junctures,
            "leader": scenario.leaders,
            "member": scenario.members,
        }
        known |= {f"{kind}.{one.name}" for kind, every in parts.items() for one in every}
    for told in translations_of(load_scenario(f"{name}/baseline")).values():
        own = {key for key in told.names if key.startswith(("juncture.", "leader.", "member."))}
        assert own <= known


def said_by(name: str) -> dict[str, str]:
    """What the record of a shipped scenario says in Japanese, by its English text."""
    return dict(translations_of(load_scenario(name))["ja"].told)


@pytest.mark.parametrize("name", SHIPPED)
def test_all_that_a_record_says_is_said_in_japanese_and_nothing_else(name: str) -> None:
    scenario = load_scenario(name)
    record = Record.of(scenario)
    coded = {*record.events["title"], *record.rungs["description"], *record.claims["claim"]}
    coded |= {str(row[2]) for row in catalogue("inputs", scenario).rows}
    coded |= {one.source for one in scenario.junctures}
    told = said_by(name)
    assert sorted(coded - set(told)) == []
    assert sorted(set(told) - coded) == []
    assert [english for english, text in told.items() if not ASIAN.search(text)] == []


@pytest.mark.parametrize("name", SHIPPED)
def test_a_title_in_japanese_has_the_numbers_of_the_english_one(name: str) -> None:
    """Years, counts and editions are easily lost on the way; sums are counted in other units."""
    lost = [
        english
        for english, text in said_by(name).items()
        if numbers_in(SUM.sub("", english)) - numbers_in(text)
    ]
    assert lost == []


def numbers_in(text: str) -> set[int]:
    """Whole numbers of a text from 10 on."""
    return {int(number) for number in re.findall(r"\d+", text) if int(number) >= 10}


@pytest.mark.parametrize("name", [one for one in shipped_scenarios() if "/" in one])
def test_a_scenario_that_ships_has_its_title_in_japanese(name: str) -> None:
    scenario = load_scenario(name)
    names = translations_of(scenario)["ja"].names
    assert ASIAN.search(names[f"scenario.{scenario.name}"])
    assert ASIAN.search(names[f"scenario_description.{scenario.name}"])


def test_a_text_of_a_record_is_a_text_and_of_something(tmp_path: Path) -> None:
    file = tmp_path / "acts.ja.toml"
    file.write_text('[act]\n"A visit" = ""\n"A talk" = 3\n[acts]\n[step]\nx = "一"\n', "utf-8")
    with pytest.raises(RecordError) as error:
        texts_of(file)
    told = "\n".join(error.value.problems)
    assert len(error.value.problems) == 3
    assert "unknown key 'acts'; did you mean 'act'?" in told
    assert "act: 'A visit' is '', must be a text" in told
    assert "act: 'A talk' is 3, must be a text" in told
