#!/usr/bin/env python3
"""Claim: ``--help`` imports the standard library and a few light packages: nothing that computes or draws.

The allow-list is what the command line needs. Its time is printed beside the goal, and never failed on.
"""

from __future__ import annotations

import subprocess
import sys
import time

ALLOWED = {
    "benchsuite",
    "typer",
    "annotated_doc",  # typer's
    "shellingham",  # typer's
    "click",  # the same, where typer does not bring its own
    "typing_extensions",
    "colorama",  # on Windows
}
CORE = {
    *(
        "benchsuite",
        "benchsuite.cli",
        "benchsuite.cli.app",
        "benchsuite.cli.choices",
        "benchsuite.cli.console",
    ),
    *(
        "benchsuite.cli.decide_app",
        "benchsuite.cli.depth",
        "benchsuite.cli.ending",
        "benchsuite.cli.code_app",
        "benchsuite.cli.inject_app",
        "benchsuite.cli.plugin_app",
        "benchsuite.cli.protect_app",
        "benchsuite.cli.results_app",
    ),
}
"""Of benchsuite itself: the options of commands, but no module that does one, no layer below."""
GOAL_SECONDS = 0.15
TRIES = 7
DUMP = """
import sys
sys.argv = ["benchsuite", "--help"]
import benchsuite.cli.console  # which ends the process for good
try:
    benchsuite.cli.main()
finally:
    print("modules:", *sorted(sys.modules))
"""


def imported() -> list[str]:
    """All modules that are loaded when ``--help`` has been printed, those of a bare interpreter left out."""
    dump = subprocess.run([sys.executable, "-c", DUMP], capture_output=True, text=True, check=True).stdout
    bare = [sys.executable, "-c", "import sys; print('modules:', *sys.modules)"]
    before = subprocess.run(bare, capture_output=True, text=True, check=True).stdout
    assert "Usage" in dump
    return sorted(set(dump.rpartition("modules:")[2].split()) - set(before.split()))


def seconds() -> float:
    """The whole of ``python -m benchsuite --help``, start and end of the interpreter included."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "benchsuite", "--help"], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def main() -> int:
    """0 where the claim holds."""
    modules = imported()
    packages = {name.partition(".")[0] for name in modules} - sys.stdlib_module_names - {"__main__"}
    own = {name for name in modules if name.partition(".")[0] == "benchsuite"}
    heavy = sorted((packages - ALLOWED) | (own - CORE))
    print(
        f"--help imports {', '.join(sorted(packages))}; beyond the allow-list: {', '.join(heavy) or 'none'}"
    )
    print(f"--help takes {min(seconds() for _ in range(TRIES)):.2f} s, best of {TRIES} (goal {GOAL_SECONDS})")
    return 1 if heavy else 0


if __name__ == "__main__":
    sys.exit(main())
