"""A link of the page is read as the page reads it, and nothing but a sound one is answered."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_sim import Scenario, SettingError, UnknownName, load_scenario
from alliance_sim.counterfactual import answering, whatif
from alliance_sim.counterfactual.posteriors import Posteriors, posteriors_of
from alliance_sim.errors import AllianceSimError
from alliance_sim.lab import link, solution, solving
from alliance_sim.lab.link import Beginning, LinkQuestion, link_of, parameters_of, read_link
from alliance_sim.provenance import scenario_digest
from alliance_sim.recent import Recent
from tests.lab.few_draws import few

ISLANDS, HISTORY = "two_islands/baseline", "japan_nato/baseline"
RAID = "v=1&edit=without+great_raid&outcome=rung>=2@2010"
PAGE = Path(__file__).parents[2] / "src" / "alliance_sim" / "lab" / "page" / "src"
DRAWS, THEORIES = 50, ("RID", "RI", "ID")  # where more of either go the same way
BEGINNING = Beginning("a" * 64, "rung>=2@2010", ("RID", "RI"), draws=True, counts={"RID": 300})


def asked(text: str, beginning: Beginning = BEGINNING) -> LinkQuestion:
    return read_link(parameters_of(text), beginning)


def problems(text: object, beginning: Beginning = BEGINNING) -> list[str]:
    with pytest.raises(SettingError) as error:
        asked(text, beginning)  # type: ignore[arg-type]
    return list(error.value.problems)


def test_the_limits_are_those_of_the_page() -> None:
    source = (PAGE / "state" / "link.ts").read_text("utf-8").replace("_", "")
    assert f"LINKVERSION = {link.VERSION};" in source
    assert f'MORE = "{link.MORE}";' in source
    assert f'MORERUNS = "{link.MORE_RUNS}";' in source
    assert f"LONGESTLINK = {link.LONGEST_LINK};" in source
    assert f"MOSTEDITS = {link.MOST_EDITS};" in source
    assert f"MOSTHISTORY = {link.MOST_HISTORY};" in source
    most = link.MOST_RUNS
    assert f"{{ posterior: {most['posterior']}, fresh: {most['fresh']} }}" in source
    panels = (PAGE / "panels" / "index.ts").read_text("utf-8")
    assert set(re.findall(r'name: "(\w+)"', panels)) <= set(link.PANELS)


def test_what_a_link_does_not_say_is_as_the_page_begins() -> None:
    begun = LinkQuestion((), "rung>=2@2010", "RID", "posterior", 4, 1, "timeline", 1)
    for text in ("", "#", "https://host/lab.html", "file:///lab.html#", "#v=1"):
        assert asked(text) == begun
    without = asked("#v=1", BEGINNING._replace(draws=False))
    assert (without.noise, without.runs) == ("fresh", 1000)


def test_everything_that_is_said_is_read() -> None:
    text = (
        "https://host/lab.html#v=1&of=aaaaaaaaaaaa&edit=without+great_raid&edit=shift%20a%3A%2B4"
        "&outcome=rung%3E%3D1%402005&theory=RI&noise=fresh&runs=5000&seed=9007199254740991"
        "&panel=one_world&edit=council+leader&history=5000&other=thing"
    )
    assert asked(text) == LinkQuestion(
        ("without great_raid", "shift a:+4", "council leader"),
        *("rung>=1@2005", "RI", "fresh", 5_000, 2**53 - 1, "one_world", 5_000),
    )


@given(
    edits=st.lists(st.text(max_size=30), max_size=4),
    outcome=st.text(max_size=30),
    runs=st.integers(1, 8),
    seed=st.integers(0, 2**53 - 1),
)
def test_what_the_page_writes_is_read_back(
    edits: list[str], outcome: str, runs: int, seed: int
) -> None:
    edits = [one for one in edits if not one.strip().startswith("theory")]
    said = [("v", "1"), *(("edit", one) for one in edits)]
    said += [("outcome", outcome), ("runs", str(runs)), ("seed", str(seed))]
    found = asked(f"#{urlencode(said, errors='replace')}")
    written = [one.encode("utf-8", "replace").decode() for one in (*edits, outcome)]
    assert [*found.edits, found.outcome] == written
    assert (found.runs, found.seed) == (runs, seed)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("#v=2", "v is '2', must be 1"),
        ("#edit=x", "v is missing, must be 1"),
        ("#&&", "v is missing"),
        ("#v=1&of=bbbb", "the link is of another scenario"),
        ("#v=1&noise=posteriors", "unknown noise 'posteriors'; did you mean 'posterior'?"),
        ("#v=1&theory=RIDD", "unknown theory 'RIDD'; did you mean 'RID'?"),
        ("#v=1&panel=timelines", "unknown panel 'timelines'; did you mean 'timeline'?"),
        (
            "#v=1&runs=9",
            "runs is '9', must be a whole number from 1 to 8; alliance-sim whatif runs",
        ),
        ("#v=1&runs=0", "runs is '0'"),
        ("#v=1&runs=NaN", "runs is 'NaN'"),
        ("#v=1&runs=1e3", "runs is '1e3'"),
        ("#v=1&runs=١٢", "runs is '١٢'"),
        ("#v=1&seed=-1", "seed is '-1'"),
        ("#v=1&seed=9007199254740992", "seed is '9007199254740992'"),
        ("#v=1&history=0", "history is '0', must be a whole number from 1 to 1,200"),
        ("#v=1&runs=2&history=601", "history is '601', must be a whole number from 1 to 600"),
        ("#v=1&noise=fresh&runs=20&history=21", "history is '21', must be a whole number from 1"),
        ("#v=1&theory=RI&history=1000001", "history is '1000001'"),
        ("#v=1&history=1.0", "history is '1.0'"),
        ("#v=1&edit=theory+RI", "theory=NAME in a link"),
        (
            "#v=1" + "&edit=a" * 101,
            "holds 101 edits, at most 100 are read; a file can hold more: alliance-sim whatif FILE",
        ),
        (
            "#v=1&outcome=" + "x" * 8_000,
            "letters, at most 8,000 are read; a file can hold more: alliance-sim whatif FILE",
        ),
        ("#" + "𝄞" * 4_001, "has 8,002 letters"),
        ("x" * 2_000_000, "2,000,000 letters"),
        ("no link", "holds no question"),
        (b"#v=1", "must be a text"),
        (None, "must be a text"),
        (["#v=1"], "must be a text"),
    ],
)
def test_what_cannot_be_read_is_told(text: object, told: str) -> None:
    assert any(told in problem for problem in problems(text))


def test_no_link_is_made_that_no_page_would_read() -> None:
    base = load_scenario(ISLANDS)
    edits = [f"set member.hills.offset.political={k / 1000}" for k in range(101)]
    assert len(asked(link_of(base, edits[:100]), _of(base)).edits) == 100
    with pytest.raises(SettingError, match="holds 101 edits, at most 100 are read"):
        link_of(base, edits)
    with pytest.raises(SettingError, match="letters, at most 8,000 are read"):
        link_of(base, [f"without {'x' * 8_000}"])


def _of(base: Scenario) -> Beginning:
    return BEGINNING._replace(digest=scenario_digest(base))


def test_which_history_is_looked_at_is_read_from_one() -> None:
    assert asked("#v=1").history == 1
    assert asked("#v=1&runs=2&history=600").history == 600
    assert asked("#v=1&theory=RI&history=1000000").history == link.MOST_HISTORY


def test_a_page_without_draws_cannot_replay_the_history() -> None:
    (problem,) = problems("#v=1&noise=posterior", BEGINNING._replace(draws=False))
    assert "ask for 'fresh'" in problem


def test_all_problems_are_told_at_once() -> None:
    text = "#v=2&of=b&noise=x&theory=y&runs=z&seed=z&panel=z&history=z"
    assert len(problems(text)) == 8


@pytest.mark.parametrize("key", ["__proto__", "constructor", "toString", "__class__"])
def test_names_that_mean_something_elsewhere_mean_nothing_here(key: str) -> None:
    assert asked(f"#v=1&{key}=1") == asked("#v=1")
    assert problems(f"#v=1&theory={key}")


@given(st.text(max_size=200))
def test_any_text_is_read_or_told(text: str) -> None:
    for link_text in (text, f"#{text}", f"#v=1&{text}"):
        with suppress(SettingError):
            assert 1 <= asked(link_text).runs <= 5_000


@given(st.binary(max_size=120))
def test_any_bytes_in_a_link_are_answered_or_told(content: bytes) -> None:
    text = f"#v=1&noise=fresh&runs=2&{content.decode('latin-1')}"
    with suppress(AllianceSimError):
        assert 0.0 <= solution(text, ISLANDS)["fact"]["probability"] <= 1.0


def test_pairs_with_fresh_noise_are_those_of_compare() -> None:
    import alliance_sim

    base = load_scenario(ISLANDS)
    found = solution(f"#{RAID}&noise=fresh&runs=300&seed=7", base)
    other = alliance_sim.compare(base, base.without("great_raid"), runs=300, seed=7)
    for key, runs in (
        ("fact", other.factual_runs),
        ("edited", next(iter(other.edited_runs.values()))),
    ):
        reached = runs.column("rung")[:, -1] >= 2
        assert found[key]["probability"] == reached.mean()
    assert found["effect"]["probability"] == pytest.approx(
        found["edited"]["probability"] - found["fact"]["probability"]
    )


def test_without_edits_nothing_differs() -> None:
    found = solution("#v=1&noise=fresh&runs=100", ISLANDS)
    assert found["edits"] == []
    assert found["fact"] == found["edited"]
    assert found["effect"] == {"probability": 0.0}


_few: dict[tuple[str, str | None], Posteriors] = {}  # what was read stays, by scenario and theory


@pytest.fixture
def few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let links and `whatif` have the first draws only of some theories that ship."""

    def cut(
        given: str, base: Scenario, theory: str | None = None, *, called: str = ""
    ) -> Posteriors:
        assert given == "shipped"
        assert called in {"", base.name}
        if (scenario_digest(base), theory) not in _few:
            found = posteriors_of(given, base, theory)
            every = (one.theory for one in (found.main, *found.others))
            many = {name: DRAWS for name in every if name in THEORIES}
            _few[scenario_digest(base), theory] = few(found, many)
        return _few[scenario_digest(base), theory]

    for place in (solving, answering):
        monkeypatch.setattr(place, "posteriors_of", cut)
    monkeypatch.setattr(solving, "_pages", Recent(solving.MOST_PAGES))


@pytest.mark.slow
@pytest.mark.usefixtures("few_draws")
@pytest.mark.parametrize(
    ("edits", "outcome", "theory"),
    [
        (["without nine_eleven"], "rung>=8@2014", "RID"),
        (["council leader"], "rung>=11@2025", "ID"),
        (["hold level_operations=0.1@2003..2010"], "sum(count_operations)@2001..2012>=20", "RI"),
    ],
)
def test_twins_of_the_history_are_those_of_whatif(
    edits: list[str], outcome: str, theory: str
) -> None:
    base = load_scenario(HISTORY)
    said = [("v", "1"), ("of", scenario_digest(base)[:12]), *(("edit", one) for one in edits)]
    said += [("outcome", outcome), ("theory", theory), ("runs", "2"), ("seed", "3")]
    found = solution(f"#{urlencode(said)}")
    one = whatif(base, edits, outcome=outcome, theory=theory, uniforms=2, seed=3)
    assert found["noise"] == "posterior"
    for key, value in (("fact", one.fact), ("edited", one.edited), ("effect", one.effect)):
        told = found[key]
        assert (told["probability"], told["low"], told["high"]) == tuple(value)[:3]
    assert found["necessity"]["given_history"] == one.given_history
    assert found["histories"] == one.worlds.histories == 2 * DRAWS
    assert found["label"] != "robust"


@pytest.mark.slow
@pytest.mark.usefixtures("few_draws")
def test_a_link_says_the_same_whatever_was_asked_before(monkeypatch: pytest.MonkeyPatch) -> None:
    links = [
        f"#v=1&edit={edit}&outcome=rung>=8@2014&theory={theory}&runs=1&seed={seed}"
        for edit, theory, seed in (
            ("without+nine_eleven", "RID", 5),
            ("council+leader", "RI", 5),
            ("without+nine_eleven", "RI", 6),
        )
    ]
    in_a_row = [solution(link) for link in links]
    assert len(solving._pages) == 1
    assert len({str(found["effect"]) for found in in_a_row}) == len(links)
    again = [solution(link) for link in reversed(links)]
    assert again == in_a_row[::-1]
    monkeypatch.setattr(solving, "_pages", Recent(solving.MOST_PAGES))
    assert solution(links[-1]) == in_a_row[-1]


def test_a_page_has_the_draws_of_its_own_scenario_whichever_was_asked_of_before() -> None:
    base = load_scenario(HISTORY)
    other = base.model_copy(update={"priors": base.priors[1:]})
    assert scenario_digest(other) == scenario_digest(base)  # which tells nothing of beliefs
    link = "#v=1&noise=posterior&runs=1"
    with pytest.raises(SettingError, match="the page has no draws of a posterior"):
        solution(link, other)
    assert solving._held(base, draws=True).beginning.draws
    with pytest.raises(SettingError, match="the page has no draws of a posterior"):
        solution(link, other)


def test_the_scenario_of_a_link_is_found_among_those_that_ship() -> None:
    islands = load_scenario(ISLANDS)
    found = solution(f"#{RAID}&of={scenario_digest(islands)[:12]}&runs=10&noise=fresh")
    assert found["outcome"] == "rung>=2@2010"
    with pytest.raises(SettingError, match="is no scenario that comes with this version"):
        solution(f"#{RAID}&of=000000000000")
    with pytest.raises(SettingError, match="the link is of another scenario"):
        solution(f"#{RAID}&of=000000000000", ISLANDS)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"#{RAID}&edit=witout+x", "did you mean 'without'?"),
        ("#v=1&edit=without+great_rade&outcome=rung>=2@2010", "did you mean 'great_raid'?"),
        ("#v=1&edit=without+great_raid&outcome=rang>=2@2010", "did you mean 'rung'?"),
        ("#v=1&edit=without+great_raid&outcome=rung@2010", "is a number"),
        ("#v=1&outcome=rung@2010", "is a number"),
        ("#v=1&edit=set+levels.pace%3DNaN&outcome=rung>=2@2010", "levels.pace"),
        ("#v=1&edit=set+levels.pace%3D1e400&outcome=rung>=2@2010", "levels.pace"),
    ],
)
def test_what_cannot_be_asked_is_told_with_the_nearest(text: str, told: str) -> None:
    with pytest.raises(AllianceSimError, match=re.escape(told)):
        solution(text, ISLANDS)


@pytest.mark.parametrize("draws", ["no", 0, None])
def test_whether_a_page_has_draws_is_yes_or_no(draws: Any) -> None:
    with pytest.raises(SettingError, match=r"draws is .*, must be True or False"):
        solution(f"#{RAID}", ISLANDS, draws=draws)


def test_an_unknown_scenario_is_told_with_the_nearest() -> None:
    with pytest.raises((AllianceSimError, UnknownName), match="two_islands/baseline"):
        solution(f"#{RAID}", "two_islands/basline")
