"""Tables at any width: numbers whole, words readable, nothing taken for markup."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from alliance_sim.cli.adaptive_table import AdaptiveTable

LONG = "How strongly willingness to cooperate follows the threat that both perceive (pull)"
NUMBERS = ("0.123 (0.045 to 0.678)", "0.500")
TABLE = AdaptiveTable(
    title="What [b]it[/b] hangs on",
    heads=("factor", "scenario", "alone, with no other factor", "idle"),
    rows=(
        (LONG, "no_nine_eleven_and_no_other_attack", *NUMBERS),
        ("", "base[/b]line", *NUMBERS),
    ),
    words=2,
)


def printed(width: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(TABLE)
    file = console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue().splitlines()


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 200])
def test_nothing_is_lost_or_cut_at_any_width(width: int) -> None:
    lines = printed(width)
    assert all(len(line) <= width for line in lines)
    text = " ".join(" ".join(lines).split())
    assert "What [b]it[/b] hangs on" in text
    assert "base[/b]line" in text
    for number in NUMBERS:
        assert text.count(number) == 2
    for word in LONG.split():
        assert word in text


def test_numbers_stand_beside_the_words_where_there_is_room_and_under_them_where_not() -> None:
    (wide,) = [line for line in printed(200) if LONG in line]
    assert all(number in wide for number in NUMBERS)
    narrow = [line.strip() for line in printed(60)]
    assert not any("│" in line for line in narrow)
    assert "scenario: base[/b]line" in narrow
    assert "idle: 0.500" in narrow


def test_a_long_name_is_folded_where_its_parts_end() -> None:
    cells = [line.split("│")[2].strip() for line in printed(120) if line.startswith("│")]
    assert [cell for cell in cells if cell] == [
        "no_nine_eleven_and_no_", "other_attack", "base[/b]line",
    ]  # fmt: skip


def test_a_column_in_which_nothing_stands_is_left_out() -> None:
    table = AdaptiveTable("T", ("name", "unit", "end"), (("a", "", ""), ("b", "", "x")))
    console = Console(file=io.StringIO(), width=80, color_system=None)
    console.print(table)
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert "unit" not in text
    assert "end" in text


def test_the_frame_goes_before_the_columns_do() -> None:
    with_frame = next(width for width in range(10, 200) if "│" in "".join(printed(width)))
    assert not any("scenario: base" in line for line in printed(with_frame - 4))
    assert any("scenario: base" in line for line in printed(with_frame - 40))
