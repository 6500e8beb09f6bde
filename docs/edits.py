# ruff: noqa: E402, INP001 - a program beside the page that it writes
"""Write a command for each kind of edit, and its answer, into the page on edits.

    python docs/edits.py            # says whether the page holds what the model answers: minutes
    python docs/edits.py --write    # writes it into the page

The answers are those of the draws that ship for the usual scenario.
"""

from __future__ import annotations

import argparse
import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

HERE = Path(__file__).resolve().parent

from alliance_sim import compare, load_scenario
from alliance_sim.calibration.shipped import shipped_posterior
from alliance_sim.counterfactual import whatif
from alliance_sim.scenario.edit_texts import as_texts
from alliance_sim.scenario.theories import own_theory
from alliance_sim.shipped import usual_scenario

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = HERE / "how-to" / "edits.md"
BLOCK = re.compile(
    r"(<!-- written by docs/edits.py: (\w+) -->\n)(.*?)(<!-- end of what is written -->)",
    re.DOTALL,
)
FILE, RUNS, SEED = "my_theory.toml", 200, 1


class Asked(NamedTuple):
    """One question.

    Attributes:
        edits: What follows each option, by kind.
        outcome: What is looked at; "" for a comparison with fresh noise, where no draws ship.
    """

    edits: dict[str, str]
    outcome: str

    @property
    def texts(self) -> list[str]:
        """The edits as texts."""
        return as_texts(**self.edits)

    @property
    def options(self) -> str:
        """The edits as options of a command."""
        return " ".join(f"--{kind} {shlex.quote(text)}" for kind, text in self.edits.items())

    @property
    def command(self) -> str:
        """What to type."""
        if self.outcome:
            return f"alliance-sim whatif {self.options} --outcome {shlex.quote(self.outcome)}"
        lines = [f"alliance-sim new {FILE} {self.options}"]
        return "\n".join([*lines, f"alliance-sim compare {FILE} --runs {RUNS} --seed {SEED}"])


PROGRAMME, OFFICE = "rung>=8@2014", "passed_tokyo_office>=1@2025"
ASKED = {
    "without": Asked({"without": "nine_eleven"}, PROGRAMME),
    "shift": Asked({"shift": "nine_eleven:+16"}, PROGRAMME),
    "strength": Asked({"strength": "nine_eleven:0.5"}, PROGRAMME),
    "set": Asked({"set": "levels.ratchet=0"}, "level_operations@2024"),
    "hold": Asked({"hold": "level_operations=0.1@2003..2010"}, PROGRAMME),
    "leader": Asked({"leader": "koizumi=hashimoto"}, "mean(level_operations)@2001..2006"),
    "council": Asked({"council": "weighted_majority"}, OFFICE),
    "member": Asked({"member": "france:offset=0.3"}, OFFICE),
    "motive": Asked({"motive": "leverage=on"}, "level_operations@2024"),
    "keep": Asked({"without": "nine_eleven", "keep": "isaf"}, PROGRAMME),
    "theory": Asked({"theory": "RI"}, ""),
}


def answered(kind: str) -> str:
    """Return the first line of what the model answers to the question of a kind."""
    asked = ASKED[kind]
    base = load_scenario(usual_scenario())
    if not asked.outcome:
        found = compare(base, base.edited(*asked.texts), runs=RUNS, seed=SEED)
        return f"{re.split(r';(?![^(]*[)])', found.sentence)[0]}."  # not inside of brackets
    # This line is of the history that happened, under the scenario's own theory: rivals, other
    # readings of the record and how many fresh pairs there are, are nothing to it.
    draws = shipped_posterior(base, own_theory(base).name)
    return whatif(base, asked.texts, outcome=asked.outcome, posterior=draws, runs=64).answer


def block(kind: str, answer: Callable[[str], str] = answered) -> str:
    """Return what the page says of a kind: what to type, and what comes back."""
    return f"```sh\n{ASKED[kind].command}\n```\n\n> {answer(kind)}"


def page(answer: Callable[[str], str] = answered) -> str:
    """Return the page with its blocks as they should be."""

    def written(match: re.Match[str]) -> str:
        return f"{match[1]}\n{block(match[2], answer)}\n\n{match[4]}"

    return BLOCK.sub(written, PAGE.read_text("utf-8"))


def main() -> int:
    """Compare or write, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="write the answers into the page")
    made = page()
    if parser.parse_args().write:
        PAGE.write_text(made, "utf-8")
    late = made != PAGE.read_text("utf-8")
    if late:
        sys.stderr.write(f"out of date: {PAGE.name}; type: python {sys.argv[0]} --write\n")
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
