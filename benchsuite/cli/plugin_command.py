"""Subcommands that plugins bring."""

from __future__ import annotations

from typing import Any, NoReturn

import typer
from typer.core import TyperCommand

from benchsuite.api import Command


class PluginCommand(TyperCommand):
    """Hands the arguments to the plugin as they are; its parser is its own."""

    def __init__(self, command: Command) -> None:
        super().__init__(name=command.name, help=command.help, add_help_option=False)
        self._main = command.main

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse nothing."""
        ctx.args = args
        return args

    def invoke(self, ctx: Any) -> NoReturn:
        """Run the plugin's command; its result is the exit code."""
        raise typer.Exit(self._main(list(ctx.args)))


def plugin_command(name: str) -> TyperCommand | None:
    """The command that a plugin calls ``name``."""
    from benchsuite.cli.session import load

    command = load(plugins=[], blocked=[]).commands.get(name)
    return None if command is None else PluginCommand(command)
