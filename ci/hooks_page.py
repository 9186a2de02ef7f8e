#!/usr/bin/env python3
"""Writes the hooks into docs/reference/hooks.md from their specifications; ``--check`` only compares.

The part between the two comments of that page is the signature, the docstring and the example of each hook.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchsuite.api import hooks

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/reference/hooks.md"
BEGIN = "<!-- written by ci/hooks_page.py from benchsuite/api/hooks.py -->\n"
END = "<!-- end -->\n"

_CHACHA = (
    "plugins/chacha20-poly1305/src/benchsuite_chacha20_poly1305/__init__.py",
    "plugins/chacha20-poly1305/tests/test_chacha20_poly1305.py",
)
_TESTS_OF_FILES = "tests/cli/test_examples.py"
_JOURNAL = ("docs/examples/journal.py", _TESTS_OF_FILES)
EXAMPLES = {
    "benchsuite_backends": _CHACHA,
    "benchsuite_workloads": _CHACHA,
    "benchsuite_error_models": ("docs/examples/geometric.py", _TESTS_OF_FILES),
    "benchsuite_report_formats": (
        "plugins/openmetrics/src/benchsuite_openmetrics/__init__.py",
        "plugins/openmetrics/tests/test_openmetrics.py",
    ),
    "benchsuite_commands": ("docs/examples/slowest.py", _TESTS_OF_FILES),
    "benchsuite_run_started": _JOURNAL,
    "benchsuite_cell_finished": _JOURNAL,
    "benchsuite_run_finished": _JOURNAL,
}
"""Hook -> a plugin that implements it, and the test of that plugin."""


def specifications() -> list[Callable[..., Any]]:
    """The hooks in the order of their module."""
    return [f for name, f in vars(hooks).items() if name.startswith(f"{hooks.PROJECT}_") and callable(f)]


def entry(hook: Callable[..., Any]) -> str:
    """A hook's part of the page."""
    signature = str(inspect.signature(hook)).replace("'", "")
    example, test = map(_link, EXAMPLES[hook.__name__])
    text = (inspect.getdoc(hook) or "").replace("``", "`")
    return f"### `{hook.__name__}{signature}`\n\n{text}\n\nExample: {example}, tested by {test}.\n"


def _link(path: str) -> str:
    module = path.removesuffix("/__init__.py").rpartition("/")[2]
    return f"[`{module}`](../../{path})"


def page(text: str) -> str:
    """The page as it should be, from how it is. Raises ValueError where it lacks one of the comments."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the page lacks {BEGIN.strip()} or {END.strip()}: put both where the hooks belong")
    return before + begin + "\n" + "\n".join(entry(hook) for hook in specifications()) + "\n" + end + after


def main(arguments: list[str]) -> int:
    """0; with ``--check`` 1 where the page is stale."""
    found = PAGE.read_text(encoding="utf-8")
    if arguments != ["--check"]:
        PAGE.write_text(page(found), encoding="utf-8")
    elif page(found) != found:
        print("docs/reference/hooks.md is stale: run ci/hooks_page.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
