"""The rows with which the tutorial lets a record begin are those of a sound one."""

from __future__ import annotations

import re
from pathlib import Path

from alliance_sim import load_scenario
from alliance_sim.calibration.observed import observed_of, unread
from alliance_sim.record.record import Record

PAGE = Path(__file__).parents[2] / "docs" / "tutorials" / "your_own_relationship.md"
ROWS = re.compile(r"```text\n(date,domain,kind,.*?)```", re.DOTALL)
STEPS = """\
date,rung,name,description,source,confidence
2001,0,none,,x,high
2004-02-14,1,envoys,,x,high
"""


def test_the_rows_of_the_tutorial_are_read_as_it_says(tmp_path: Path) -> None:
    found = ROWS.search(PAGE.read_text("utf-8"))
    assert found is not None
    (tmp_path / "events.csv").write_text(found[1], encoding="utf-8")
    (tmp_path / "institutions.csv").write_text(STEPS, encoding="utf-8")
    islands = load_scenario("two_islands/baseline")
    mine = islands.model_copy(update={"record": str(tmp_path)})
    record = Record.of(mine)
    assert list(unread(record, mine)) == []
    held = observed_of(record, mine)
    assert len(held.blocked) == 1  # the last row
    assert held.counts.sum() == 3  # the step and the refusal are no counts
