# ruff: noqa: INP001 - beside conf.py, not in a package
"""Markdown tables, and what stands in their cells."""

from __future__ import annotations

from collections.abc import Iterable


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a Markdown table; bars and dollars inside cells are taken literally."""
    titles = list(head)
    lines = [titles, ["---"] * len(titles), *([str(cell) for cell in row] for row in rows)]
    return "\n".join(
        "| " + " | ".join(cell.replace("\n", " ") for cell in line) + " |" for line in lines
    )


def text(value: object) -> str:
    """Return plain words fit for a cell."""
    plain = str(value)
    for mark in "\\|$*_<>[]`":
        plain = plain.replace(mark, f"\\{mark}")
    return plain


def signed(number: str) -> str:
    """Return numbers with a minus sign that does not break a line."""
    return number.replace("-", "−")


def day(date: object) -> str:
    """Return a date that does not break at the end of a line."""
    return str(date).replace("-", "\u2011")
