"""A command that tells at once of all its options and arguments what cannot be taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import typer
from typer.core import TyperCommand

from alliance_sim.cli.exit_codes import example_for
from alliance_sim.cli.options import seed_of
from alliance_sim.errors import SettingError

Function = TypeVar("Function", bound=Callable[..., Any])


class Commands(typer.Typer):
    """A program, or a group of it, whose commands are each a `Command`."""

    def command(self, name: str | None = None, **settings: Any) -> Callable[[Function], Function]:
        """Return the decorator that adds a command, as `typer.Typer.command` does."""
        return super().command(name, **{"cls": Command, **settings})


class Command(TyperCommand):
    """A command of which every option and argument is read before the first fault is told."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words that stand behind the command's name.

        Raises:
            BadParameter: If one of them cannot be taken.
            SettingError: If several cannot; it tells of each.
        """
        given = list(args)
        try:
            return super().parse_args(ctx, args)
        except typer.BadParameter:
            problems = self._problems(ctx, given)
            if len(problems) < 2:
                raise
        raise SettingError(ctx.command_path.partition(" ")[2], problems)

    def _problems(self, ctx: Any, args: list[str]) -> list[str]:
        """Return a sentence for each option and argument that cannot be taken."""
        options, _, _ = self.make_parser(ctx).parse_args(args=args)
        problems = []
        for parameter in self.params:
            if parameter.is_eager:
                continue
            try:
                parameter.handle_parse_result(ctx, options, [])
            except typer.BadParameter as error:
                problems.append(f"{error.format_message()}{example_for(error)}".removesuffix("."))
        try:  # a seed is read by the command itself
            seed_of(ctx.params.get("seed") or "1")
        except SettingError as error:
            problems += [f"{error.where} {problem}" for problem in error.problems]
        return problems
