"""Options of ``benchsuite run`` that ask for more than its preset."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class ArrivalTimes(StrEnum):
    """When calls of a load come."""

    poisson = "poisson"
    fixed = "fixed"


Precision = Annotated[
    str | None,
    typer.Option("--precision", metavar="P", help="More blocks until every interval is within ± P: 1%."),
]
Budget = Annotated[
    str | None,
    typer.Option("--budget", metavar="SECONDS", help="With --precision: begin no more blocks after this."),
]
Rates = Annotated[
    list[str] | None,
    typer.Option("--rate", metavar="RATE,…", help="Latency under a load as well: 1000/s or 50%."),
]
Arrivals = Annotated[ArrivalTimes, typer.Option("--arrivals", help="When the calls of --rate come.")]
