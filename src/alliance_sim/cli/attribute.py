"""`alliance-sim attribute`: which junctures made an outcome, by every convention."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alliance_sim.cli import terminal
from alliance_sim.cli.adaptive_table import AdaptiveTable
from alliance_sim.cli.edit_options import QUANTILE, Coupling, LookedAt, OneTheory, Uniforms
from alliance_sim.cli.options import (
    SHIPPED,
    WHOLE_NUMBER,
    Json,
    OwnOut,
    Posterior,
    Seed,
    Workers,
    check_draws,
    command_line,
    processors,
    seed_of,
    unless_shipped,
)
from alliance_sim.errors import SettingError, shown
from alliance_sim.shipped import usual_scenario

if TYPE_CHECKING:
    from alliance_sim.counterfactual.attributing import Groups
    from alliance_sim.counterfactual.contributions import Attribution

EXAMPLE = "alliance-sim attribute --outcome 'rung>=8@2014'"
PERIOD, ACTOR = "period", "actor"


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(attribute)


def attribute(  # noqa: PLR0913, PLR0917 - the options of a command
    scenario: Annotated[
        str, typer.Argument(help="The factual scenario: a shipped name or a TOML file.")
    ] = usual_scenario(),
    outcome: LookedAt = None,
    juncture: Annotated[
        list[str] | None,
        typer.Option(
            help="A juncture that contributes; may be given several times, 15 at most. Left out: "
            "those before the outcome that move it most.",
            metavar="NAME",
        ),
    ] = None,
    most: Annotated[
        int | None,
        typer.Option(
            help="How many are taken if none is named, 15 at most; 8 if left out.", **WHOLE_NUMBER
        ),
    ] = None,
    groups: Annotated[
        str,
        typer.Option(
            help="Groups of Owen's value: period (stages of the history), actor (whose doing they "
            "are), or lists such as nine_eleven,isaf;cold_war_ends.",
            metavar="period|actor|LISTS",
        ),
    ] = PERIOD,
    theory: OneTheory = None,
    coupling: Coupling = QUANTILE,
    posterior: Posterior = SHIPPED,
    uniforms: Uniforms = 4,
    seed: Seed = "1",
    out: OwnOut = None,
    as_json: Json = False,
    workers: Workers = None,
) -> None:
    """Say what each juncture contributed to an outcome of this history, by every convention.

    Every set of the junctures is taken away, on the same noise: Shapley's value, Owen's by groups,
    in order of dates, leave one out and add one in. Where they rank junctures otherwise, that is
    said first.
    """
    from alliance_sim import load_scenario
    from alliance_sim.counterfactual.answering import checked_sizes
    from alliance_sim.counterfactual.attributing import USUAL_PLAYERS, checked
    from alliance_sim.counterfactual.attributing import attribute as attributed
    from alliance_sim.counterfactual.posteriors import posteriors_of
    from alliance_sim.report.attribution import attribution_folder, write_attribution
    from alliance_sim.report.result_folder import usual_folder

    number = seed_of(seed)
    checked_sizes(uniforms=uniforms, runs=1)
    if outcome is None:
        problem = f"is missing: what is looked at, such as {EXAMPLE}"
        raise SettingError("--outcome", [problem])
    check_draws(posterior, "an attribution")
    base, names = load_scenario(scenario), juncture or []
    if names and most is not None:
        problem = "is of use where no juncture is named; leave it out, or the names"
        raise SettingError("--most", [problem])
    most = USUAL_PLAYERS if most is None else most
    divided = _groups(groups)
    seen = checked(base, names, outcome, coupling=coupling, most=most, groups=divided)
    draws = posteriors_of(posterior, base, theory, called=scenario, rivals=False).main
    asked = {"named_junctures": sorted(names), "most": None if names else most, "groups": groups,
             "theory": theory, "coupling": coupling}  # fmt: skip
    folder = out or usual_folder("attribute", base.name, asked=(seen.name, *_words(asked)))
    attribution_folder(folder, base, seen, asked)
    with terminal.progress("taking junctures away", "worlds") as show:
        found = attributed(
            base,
            names,
            outcome=outcome,
            groups=divided,
            posterior=draws,
            theory=theory,
            coupling=coupling,
            most=most,
            uniforms=uniforms,
            seed=number,
            threads=processors(workers),
            progress=show,
        )
    command = command_line(
        "attribute",
        scenario,
        outcome=seen.text,
        juncture=names,
        most=None if names else most,
        groups=groups,
        theory=theory,
        coupling=coupling,
        posterior=unless_shipped(posterior),
        uniforms=uniforms,
        seed=number,
        out=folder,
    )
    files = write_attribution(found, out=folder, command=command, asked=asked)
    if as_json:
        terminal.print_json({**found.as_tree(), "files": files})
        return
    _print(found)
    terminal.tell(f"Seed {number}. Written to {folder}/")


def _words(asked: Mapping[str, Any]) -> list[str]:
    """Return what is asked beside the outcome and not left out, in words of a folder's name."""
    from alliance_sim.counterfactual.attributing import USUAL_PLAYERS

    most = asked["most"]
    others = {"groups": PERIOD, "theory": None, "coupling": QUANTILE}
    return [
        *asked["named_junctures"],
        *([] if most in (None, USUAL_PLAYERS) else [f"most {most}"]),
        *(str(asked[name]) for name, usual in others.items() if asked[name] != usual),
    ]


def _groups(given: str) -> Groups:
    """Return the groups that were asked for.

    Raises:
        SettingError: If they are neither named nor listed.
    """
    if given == PERIOD:
        return "period"
    if given == ACTOR:
        return "actor"
    if "," not in given and ";" not in given:
        problem = f"is {shown(given)}, must be {PERIOD}, {ACTOR}, or lists such as a,b;c"
        raise SettingError("--groups", [problem])
    return [[name.strip() for name in one.split(",") if name.strip()] for one in given.split(";")]


def _print(found: Attribution) -> None:
    """Print whether conventions agree, what it comes to, and all contributions."""
    from alliance_sim.counterfactual.contributions import HEADS, SHAPLEY
    from alliance_sim.counterfactual.labels import SENTENCE
    from alliance_sim.glossary import signed

    terminal.tell(found.verdict, "bold", wrap=True)
    terminal.tell(f"{found.answer}\n", wrap=True, lines=True)
    conventions = tuple(found.draws)
    rows = []
    for player in found.ranks(SHAPLEY):
        mean, low, high = found.estimate(SHAPLEY, player)
        others = (signed(found.estimate(name, player).value) for name in conventions[1:])
        rows.append((player, signed(mean), f"{signed(low)} to {signed(high)}", *others))
    console = terminal.output()
    console.print(
        AdaptiveTable(
            title="What each juncture contributes, mean over draws, by convention",
            heads=("juncture", HEADS[SHAPLEY], "90 %", *(HEADS[name] for name in conventions[1:])),
            rows=tuple(rows),
        )
    )
    groups = tuple(
        (
            group.name,
            signed(one.value),
            f"{signed(one.low)} to {signed(one.high)}",
            ", ".join(group.players),
        )
        for group, one in zip(found.groups, found.together, strict=True)
    )
    console.print(
        AdaptiveTable(
            title="What groups contribute (Owen)",
            heads=("group", "contribution", "90 %", "junctures"),
            rows=groups,
        )
    )
    terminal.tell(f"\n{found.about}\n{SENTENCE}", wrap=True, lines=True)
