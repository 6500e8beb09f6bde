"""`alliance-sim rebuild`: make a figure, a page or a folder of results anew from what it carries.

What a file carries is somebody else's. Of its command only words that stand for numbers, shipped
scenarios and texts are taken; a path in it is never followed. Scenario files that it brings along
are written into a folder of their own that goes again, and what it cannot bring along is named by
whoever asks.
"""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alliance_sim.cli import exit_codes, terminal
from alliance_sim.cli.options import PATH, Json, Workers, command_line, processors
from alliance_sim.errors import ResultError, SettingError, shown, unknown_name

if TYPE_CHECKING:
    from alliance_sim.report.carried import CarriedResult

# Commands that write figures or pages, and change nothing else.
MAKERS = (
    *(
        "history",
        "run",
        "compare",
        "whatif",
        "inevitability",
        "attribute",
        "shift",
        "rewrite",
        "plot",
        "score",
    ),
    *(
        "summarise",
        "sensitivity",
        "discover",
        "posterior show",
        "posterior check",
        "record agreement",
    ),
)
SCENARIOS = {"scenario", "scenarios", "against"}  # parameters that name a scenario
DROPPED = {"out", "workers", "as_json"}  # decided by whoever makes it again
PLAIN = {"shipped", "none"}  # draws that no path names
FOLDER = "folder"  # parameter that names the folder of a sweep
SWEEP = "sweep.json"
MOST_ASIDE = 3  # folders above a file in which a sweep is looked for


@dataclass
class Plan:
    """What is run to make a file again.

    Attributes:
        command: Its words: one, or two such as "posterior show".
        words: What comes behind, with `{0}`, `{1}`, ... for what it needs.
        needs: What a command needs that stands outside the file: word and parameter.
        own: Words that name scenario files which the file brings along.
    """

    command: list[str]
    words: list[str] = field(default_factory=list)
    needs: list[tuple[str, str]] = field(default_factory=list)
    own: list[str] = field(default_factory=list)


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(rebuild)


def rebuild(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(help="A figure, a page, a manifest, or a folder of results.", **PATH),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="A new folder to write to. Left out: results/rebuilt_ and the file's name.",
            **PATH,
        ),
    ] = None,
    given: Annotated[
        list[Path] | None,
        typer.Option(
            "--from",
            help="What the file was made from and cannot carry: draws of a posterior, the folder "
            "of a sweep, an ensemble, a scenario file; in the order in which they are asked for.",
            **PATH,
        ),
    ] = None,
    as_json: Json = False,
    workers: Workers = None,
) -> None:
    """Make a figure or a page anew from what it carries, and say whether it is the same.

    Exits with 1 where bytes or numbers differ, and says what else does: the version, the scenario,
    the draws.
    """
    from alliance_sim.report.carried import read_carried, words_in
    from alliance_sim.report.rebuilt import differences, files_beside

    found = read_carried(file)
    plan = planned(context, words_in(found.carried.origin.command, file), found, file)
    folder = out or Path("results") / f"rebuilt_{file.stem}"
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SettingError("--out", [f"{folder} is there and not empty; name a new folder"])
    places = _places(plan, given or [], file)
    terminal.say(f"Making again: {found.carried.origin.command}")
    with tempfile.TemporaryDirectory() as aside:
        _run(context, plan, found, places, folder=folder, aside=Path(aside), workers=workers)
    told = differences(found, file, folder, files_beside(found, file))
    if as_json:
        terminal.print_json({"file": str(file), "command": found.carried.origin.command,
                             "out": str(folder), **told._asdict(), "same": told.same})  # fmt: skip
    else:
        for sentence in told.sentences:
            terminal.tell(sentence, wrap=True)
        terminal.tell(f"Written to {folder}/")
    if not told.same:
        raise typer.Exit(exit_codes.FAILED)


def planned(context: typer.Context, words: Sequence[str], found: CarriedResult, file: Path) -> Plan:
    """Return what to run, every word of the carried command looked at.

    Raises:
        ResultError: If it is no command that makes figures, or has an option that is not known.
    """
    name, command, rest = _command(context, words, file)
    plan = Plan(name.split())
    options = {text: one for one in command.params for text in one.opts if text.startswith("--")}
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    left = iter(rest)
    for word in left:
        if not word.startswith("--"):
            if not arguments:
                raise ResultError(f"{file}: is not trusted: {name} takes no {shown(word)}")
            _add(plan, arguments[0], "", word, found)
            if arguments[0].nargs == 1:
                del arguments[0]
            continue
        option, _, value = word.partition("=")
        if option not in options:
            problem = unknown_name("option", option, options)
            raise ResultError(f"{file}: cannot be made again by this version: {name}: {problem}")
        parameter = options[option]
        if getattr(parameter, "is_flag", False):
            plan.words += [] if parameter.name in DROPPED else [option]
            continue
        _add(plan, parameter, option, value or next(left, ""), found)
    return plan


def _command(
    context: typer.Context, words: Sequence[str], file: Path
) -> tuple[str, Any, Sequence[str]]:
    """Return the name of a command, the command, and the words behind it."""
    for count in (1, 2):
        name = " ".join(words[:count])
        if name in MAKERS:
            node: Any = context.find_root().command
            for word in words[:count]:
                node = node.commands[word]
            return name, node, words[count:]
    if words[:1] == ["sweep"]:
        again = command_line("sweep", file if file.is_dir() else file.parent, "--out", "NEW")
        raise ResultError(f"{file}: is of a sweep, whose folder is run again: {again}")
    told = shown(" ".join(words[:1])) if words else "nothing"
    raise ResultError(
        f"{file}: cannot be made again: its command is {told}, must be one of {', '.join(MAKERS)}"
    )


def _add(plan: Plan, parameter: Any, option: str, value: str, found: CarriedResult) -> None:
    """Add one argument or option to what is run, if it is not for whoever makes it again."""
    from alliance_sim.scenario.file import shipped

    name = str(parameter.name)
    if name in DROPPED:
        return
    if name in SCENARIOS:
        short = {one.rpartition("/")[2] for one in shipped()}
        if value not in shipped() and value not in short:
            outside = value not in found.carried.inputs
            (plan.needs.append((value, name)) if outside else plan.own.append(value))
            value = f"\0{value}"
    elif "PATH" in str(parameter.metavar) and value not in PLAIN and not _registered(value):
        plan.needs.append((value, name))
        value = f"\0{value}"
    plan.words.append(f"{option}={value}" if option else value)


def _registered(value: str) -> bool:
    from alliance_sim.record.words import registered

    return value in registered()


def _places(plan: Plan, given: Sequence[Path], file: Path) -> dict[str, Path]:
    """Return where everything lies that a file needs and does not carry.

    Raises:
        SettingError: If something is not named and does not lie beside the file.
    """
    found: dict[str, Path] = {}
    todo, left = dict(plan.needs), list(given)
    missing = []
    for word, name in todo.items():
        beside = _beside(word, name, file)
        if left:
            found[word] = left.pop(0)
        elif beside is not None:
            found[word] = beside
        else:
            missing.append(f"{_called(name)} {shown(word)}")
    if missing:
        line = command_line("rebuild", file, **{"from": ["PATH" for _ in missing]})
        problem = f"is missing: the file does not carry {', '.join(missing)}; name it: {line}"
        raise SettingError("--from", [problem])
    if left:
        problem = f"{left[0]}: nothing of the kind is asked for; the file carries all it needs"
        raise SettingError("--from", [problem])
    absent = [f"{place}: does not exist" for place in found.values() if not place.exists()]
    if absent:
        raise SettingError("--from", absent)
    return found


def _called(name: str) -> str:
    words = {"posterior": "the draws", FOLDER: "the sweep in", "file": "the ensemble"}
    return words.get(name, "the scenario")


def _beside(word: str, name: str, file: Path) -> Path | None:
    """Return what lies where a file was written: the sweep around it, or an ensemble beside it."""
    here = (file if file.is_dir() else file.parent).resolve()
    if name == FOLDER:
        around = (here, *here.parents)[: MOST_ASIDE + 1]
        return next((folder for folder in around if (folder / SWEEP).is_file()), None)
    place = here / PurePath(word).name
    return place if name == "file" and place.is_file() else None


def _run(
    context: typer.Context,
    plan: Plan,
    found: CarriedResult,
    places: Mapping[str, Path],
    *,
    folder: Path,
    aside: Path,
    workers: int | None,
) -> None:
    """Run the command in this process, with what the file carries in the place of its files."""
    from alliance_sim.provenance import again

    named = {**places, **_written(plan, found, aside)}
    words = [_placed(word, named) for word in plan.words]
    root = context.find_root()
    node: Any = root.command
    for word in plan.command:
        node = node.commands[word]
    known = {text for one in node.params for text in one.opts}
    place = folder / PurePath(found.carried.file).name if plan.command == ["plot"] else folder
    words += [f"--out={place}"]
    words += ["--json"] if "--json" in known else []
    if workers is not None and "--workers" in known:
        words += [f"--workers={processors(workers)}"]
    options = [word for word in words if word.startswith("--")]
    others = [word for word in words if not word.startswith("--")]
    kept = again.set(found.carried)
    try:
        with _silent(), node.make_context(plan.command[-1], [*options, "--", *others], root) as one:
            node.invoke(one)
    except typer.Exit as ended:  # a check of its own that failed: the files are there
        if ended.exit_code not in {exit_codes.DONE, exit_codes.FAILED}:
            raise
    finally:
        again.reset(kept)


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """Keep what a command prints on standard output to itself."""
    with contextlib.redirect_stdout(io.StringIO()):
        yield


def _written(plan: Plan, found: CarriedResult, aside: Path) -> dict[str, Path]:
    """Write the scenario files that a file brings along; return where the words for them lie."""
    places = {}
    for count, word in enumerate(dict.fromkeys(plan.own)):
        texts = found.carried.inputs[word]
        if PurePath(word).name not in texts:
            raise ResultError(f"{shown(word)}: the file carries others, and not this scenario")
        folder = aside / f"{count}"
        for name, text in texts.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
        places[word] = folder / PurePath(word).name
    return places


def _placed(word: str, named: Mapping[str, Path]) -> str:
    """Return a word with the path that it stands for."""
    before, mark, name = word.partition("\0")
    return f"{before}{named[name]}" if mark else word
