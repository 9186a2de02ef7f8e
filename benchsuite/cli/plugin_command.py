"""Subcommands that plugins bring."""

from __future__ import annotations

from typing import Any, NoReturn

import typer
from typer.core import TyperCommand

from benchsuite.api import Command
from benchsuite.cli.ending import BAD


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
        """Run the plugin's command; its result is the exit code, 1 where it fails."""
        from benchsuite.cli.app import is_usage_error
        from benchsuite.cli.session import say

        try:
            code = self._main(list(ctx.args))
        except Exception as error:
            if is_usage_error(error) or isinstance(error, typer.Exit | typer.Abort):
                raise
            say(f"the command {self.name} failed: {type(error).__name__}: {error}")
            code = BAD
        raise typer.Exit(code)


def plugin_command(name: str) -> TyperCommand | None:
    """The command that a plugin calls ``name``."""
    from benchsuite.cli.session import load

    command = load(plugins=[], blocked=[]).commands.get(name)
    return None if command is None else PluginCommand(command)
