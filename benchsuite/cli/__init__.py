"""The command line: parses, calls, prints and exits; nothing else. The only package that prints.

Nothing heavy is imported before a command needs it, so that ``--help`` answers at once.
"""

from benchsuite.cli.app import main

__all__ = ["main"]
