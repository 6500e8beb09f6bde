"""`alliance-sim rewrite`: the least that would have to be otherwise for an outcome to turn."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from alliance_sim.cli import terminal
from alliance_sim.cli.adaptive_table import AdaptiveTable
from alliance_sim.cli.options import (
    SHIPPED,
    WHOLE_NUMBER,
    Json,
    OwnOut,
    Posterior,
    Seed,
    Workers,
    all_right,
    check_draws,
    command_line,
    parsed_whole_number,
    processors,
    seed_of,
    unless_shipped,
)
from alliance_sim.errors import SettingError, shown
from alliance_sim.shipped import usual_scenario

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.tree import Tree

    from alliance_sim.counterfactual.rewrite_result import Rewrite
    from alliance_sim.counterfactual.small_rewrite import SmallRewrite

EXAMPLE = "alliance-sim rewrite --outcome 'rung>=8@2014'"
To = Literal["other", "yes", "no"]
WANTED = {"other": None, "yes": True, "no": False}


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(rewrite)


def rewrite(  # noqa: PLR0913, PLR0917 - the options of a command
    scenario: Annotated[
        str, typer.Argument(help="The factual scenario: a shipped name or a TOML file.")
    ] = usual_scenario(),
    outcome: Annotated[
        str | None,
        typer.Option(help="What is to turn, such as rung>=8@2014 or level_equipment>0.8@2025."),
    ] = None,
    to: Annotated[
        str,
        typer.Option(
            help="Whether it is to come about (yes), to be averted (no), or the other of what it "
            "did.",
            metavar="other|yes|no",
        ),
    ] = "other",
    threshold: Annotated[
        str, typer.Option(help="Probability with which it has to turn.", metavar="NUMBER")
    ] = "0.5",
    most: Annotated[int, typer.Option(help="Edits in a rewrite, at most.", **WHOLE_NUMBER)] = 3,
    budget: Annotated[int, typer.Option(help="Worlds to try, at most.", **WHOLE_NUMBER)] = 1000,
    shifts: Annotated[
        str, typer.Option(help="By how many quarters junctures are moved, both ways.")
    ] = "4,8,16,32",
    strengths: Annotated[
        str, typer.Option(help="How many times as strong junctures are made.")
    ] = "0.5,0.75,1.5,2",
    also: Annotated[
        list[str] | None,
        typer.Option(
            help="A further edit to put rewrites together from, such as 'council "
            "weighted_majority'. May be given several times.",
            metavar="EDIT",
        ),
    ] = None,
    posterior: Posterior = SHIPPED,
    uniforms: Annotated[
        int,
        typer.Option(
            help="How often what the record leaves open is drawn for each draw that confirms or "
            "tells.",
            **WHOLE_NUMBER,
        ),
    ] = 8,
    seed: Seed = "1",
    out: OwnOut = None,
    as_json: Json = False,
    workers: Workers = None,
) -> None:
    """Search the smallest rewrite of history that turns an outcome, or brings a target about.

    Junctures are taken out, moved, made weaker and stronger, leaders replaced; sets of such edits
    are tried in the order of what they rewrite, in bits.
    """
    from alliance_sim import load_scenario
    from alliance_sim.counterfactual.rewrite_question import Limits, ask_rewrite, check_budget
    from alliance_sim.counterfactual.rewriting import rewritten
    from alliance_sim.report import write_rewrite
    from alliance_sim.report.result_folder import usual_folder
    from alliance_sim.report.rewrite import rewrite_folder

    if outcome is None:
        raise SettingError("--outcome", [f"is missing: what is to turn, such as {EXAMPLE}"])
    number, *_ = all_right(
        "rewrite",
        partial(seed_of, seed),
        partial(_number, "--threshold", threshold),
        Limits(_read(threshold), most, budget, uniforms=uniforms).check,
        partial(_wanted, to),
        *(partial(_number, "--strengths", part) for part in _parts(strengths)),
        partial(check_draws, posterior, "a rewrite"),
    )
    limits = Limits(_number("--threshold", threshold), most, budget, uniforms=uniforms)
    question = ask_rewrite(
        load_scenario(scenario),
        outcome,
        wanted=_wanted(to),
        posterior=posterior,
        shifts=[parsed_whole_number(part) for part in _parts(shifts)],
        strengths=[_number("--strengths", part) for part in _parts(strengths)],
        also=also or (),
        called=scenario,
    )
    check_budget(question, limits)
    asked = {"to": to, "threshold": limits.threshold, "also": also or []}
    least = "" if limits.threshold == Limits.threshold else f"threshold {limits.threshold}"
    words = (question.outcome.name, "" if to == "other" else f"to {to}", least, *(also or ()))
    folder = out or usual_folder("rewrite", question.base.name, asked=words)
    rewrite_folder(folder, question, asked)
    again = command_line(
        "rewrite",
        scenario,
        outcome=question.outcome.text,
        to=to,
        threshold=limits.threshold,
        most=most,
        budget=budget,
        shifts=shifts,
        strengths=strengths,
        also=also,
        posterior=unless_shipped(posterior),
        uniforms=uniforms,
        seed=number,
        out=folder,
    )
    with (
        terminal.stoppable(lambda: f"Nothing was written. To begin anew: {again}"),
        terminal.progress("trying worlds", "worlds") as show,
    ):
        answer = rewritten(
            question, limits, seed=number, threads=processors(workers), progress=show
        )
        files = write_rewrite(answer, out=folder, command=again, asked=asked)
    if as_json:
        terminal.print_json({**answer.as_tree(), "files": files})
        return
    _print(answer)
    terminal.tell(f"Seed {number}. Written to {folder}/")


def _wanted(to: str) -> bool | None:
    if to not in WANTED:
        from alliance_sim.errors import unknown_name

        raise SettingError("--to", [unknown_name("aim", to, WANTED)])
    return WANTED[to]


def _parts(text: str) -> Sequence[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _read(threshold: str) -> float:
    """Return a threshold, the usual one where it is no number, which is told by itself."""
    from alliance_sim.counterfactual.rewrite_question import Limits
    from alliance_sim.scenario.fields import written_number

    found = written_number(threshold.strip())
    return Limits.threshold if found is None else found


def _number(option: str, text: str) -> float:
    from alliance_sim.scenario.fields import written_number

    found = written_number(text.strip())
    if found is None:
        raise SettingError(option, [f"is {shown(text)}, must be a number, such as 0.5"])
    return found


def _print(answer: Rewrite) -> None:
    """Print the answer, the tree, and what was searched."""
    from alliance_sim.counterfactual.labels import SENTENCE

    console = terminal.output()
    terminal.tell(answer.words, "bold", wrap=True)
    terminal.tell(f"{answer.answer}\n", wrap=True, lines=True)
    if not answer.reached:
        console.print(text_tree(answer))
        terminal.tell("")
    for doubt in answer.doubts:
        terminal.tell(f"{doubt}\n", wrap=True, lines=True)
    if answer.found:
        console.print(_found(answer))
    terminal.tell(answer.extent, wrap=True)
    reasons = "".join(f"\n  - {reason}" for reason in answer.label.reasons)
    terminal.tell(f"Label: {answer.label.name}{reasons}", wrap=True, lines=True)
    terminal.tell("\nAssumed:", wrap=True, lines=True)
    for sentence in answer.assumed:
        terminal.tell(f"  - {sentence}", wrap=True)
    if answer.nearest.edits:
        terminal.tell("\nAll that it hangs on:", wrap=True, lines=True)
        terminal.tell(f"  {answer.whatif_command}")
    terminal.tell(f"\n{answer.named}\n{SENTENCE}", wrap=True, lines=True)


def text_tree(answer: Rewrite) -> Tree:
    """Return the tree as a terminal shows it: edits, cost, and how near each set comes."""
    from rich.text import Text
    from rich.tree import Tree

    from alliance_sim.counterfactual.answer import of_100
    from alliance_sim.counterfactual.rewrite_tree import FACT, FOUND, FRONTIER, REST, UNCONFIRMED
    from alliance_sim.errors import visible

    marks = {FOUND: "  << found", UNCONFIRMED: "  (not confirmed)", FRONTIER: "  …"}
    stack: list[Tree] = []
    for node in answer.tree:
        at_most = "at most " if node.status == REST else ""
        cost = "" if node.status == FACT else f"{node.bits:.1f} bits, "
        told = f"{node.added}: {cost}{at_most}{of_100(node.probability)} of 100"
        style = "bold" if node.status in (FOUND, FACT) else ""
        text = Text(visible(told) + marks.get(node.status, ""), style)
        if not stack:
            stack = [Tree(text)]
            continue
        if node.status == REST:
            stack[0].add(text)
            continue
        stack = stack[: node.level]
        stack.append(stack[-1].add(text))
    return stack[0]


def _found(answer: Rewrite) -> AdaptiveTable:
    from alliance_sim.counterfactual.answer import of_100

    def row(one: SmallRewrite) -> tuple[str, ...]:
        told = one.told
        span = f"{of_100(told.low)} to {of_100(told.high)}"
        return (
            "; ".join(one.words),
            f"{one.cost.bits:.1f}",
            f"{of_100(told.value)} of 100",
            span,
            "yes" if one.minimal else "no",
        )

    return AdaptiveTable(
        title="Rewrites found, the smallest first",
        heads=("rewrite", "bits", answer.turns, "90 % of draws", "minimal"),
        rows=tuple(row(one) for one in answer.found),
    )
