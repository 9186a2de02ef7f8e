"""Options that several commands have, and what options take that have a fixed set of values."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class PresetName(StrEnum):
    """How long to measure."""

    smoke = "smoke"
    quick = "quick"
    standard = "standard"
    publication = "publication"


class Suite(StrEnum):
    """Which benchmarks to run."""

    throughput = "throughput"
    injection = "injection"
    all = "all"


class Scope(StrEnum):
    """Where the data begin and end."""

    resident = "resident"
    end_to_end = "end-to-end"


class Pool(StrEnum):
    """One slot in cache, or slots beyond the last cache."""

    hot = "hot"
    cold = "cold"


class FailOn(StrEnum):
    """What ``compare`` fails on."""

    slower = "slower"


class Listing(StrEnum):
    """What ``list`` lists."""

    backends = "backends"
    workloads = "workloads"
    codes = "codes"
    plugins = "plugins"
    error_models = "error-models"
    faults = "faults"
    formats = "formats"
    presets = "presets"


Backends = Annotated[
    list[str] | None, typer.Option("--backend", metavar="NAME", help="Only this backend; may be repeated.")
]
Plugins = Annotated[
    list[str] | None,
    typer.Option("--plugin", metavar="PATH", help="Load a plugin from a .py file or a module as well."),
]
NoPlugins = Annotated[
    list[str] | None,
    typer.Option(
        "--no-plugin",
        metavar="NAME",
        help="Do not even load this plugin or distribution (BENCHSUITE_NO_PLUGINS=NAME,NAME does the same).",
    ),
]
Threads = Annotated[
    list[str] | None,
    typer.Option("--threads", metavar="N|all", help="So many threads of one process; may be repeated."),
]
Processes = Annotated[
    list[str] | None,
    typer.Option("--processes", metavar="N|all", help="So many processes at once; may be repeated."),
]
WorkerMemory = Annotated[
    str, typer.Option("--worker-memory", metavar="SIZE", help="End a worker that takes more: 4GiB.")
]
Codes = Annotated[
    list[str] | None,
    typer.Option(
        "--code", metavar="CODE", help="Only this code, a name or an imported file; may be repeated."
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE,…", help="Your own cases: message_bytes=4KiB,64KiB."),
]
Expression = Annotated[
    str | None, typer.Option("-k", metavar="EXPR", help="Only labels that match: words, and, or, not, ( ).")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Output = Annotated[Path | None, typer.Option("--output", metavar="FILE", help="Where to write.")]
Resume = Annotated[
    Path | None, typer.Option("--resume", metavar="FILE", help="Go on with an interrupted file.")
]
Seed = Annotated[int, typer.Option("--seed", metavar="N", min=0, max=2**63 - 1, help="Of all that is drawn.")]
