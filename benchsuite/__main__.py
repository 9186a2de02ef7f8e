"""``python -m benchsuite``."""

from benchsuite.cli.console import console

console()
