"""``benchsuite decide``: which engine meets a rate, a latency and a price, by run files alone."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from math import isfinite
from pathlib import Path
from typing import Any, Literal

from benchsuite.analyse.crossover import crossovers
from benchsuite.analyse.decide import Question, answers, ranked
from benchsuite.analyse.unanswered import Unanswered, unanswered
from benchsuite.api import Workload
from benchsuite.cli.ending import GOOD, NOTHING
from benchsuite.cli.files import read_run
from benchsuite.cli.output import show_object, show_tables
from benchsuite.cli.prices import Prices, read_prices
from benchsuite.cli.run_options import Options
from benchsuite.cli.session import load, say
from benchsuite.host.cases import select, unknown
from benchsuite.host.plugins import Registry, UsageError
from benchsuite.record import store
from benchsuite.record.types import Line, Run
from benchsuite.report.decide import answers_table, crossover_tables, decision_object, unanswered_table
from benchsuite.workloads.streams import params_mapping

RESULTS = Path("results")
_RATE = re.compile(r"([0-9]+(?:\.[0-9]+)?)([kMGT]?)(B?)/s")
_PREFIXES = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_TIME = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ns|us|µs|ms|s)")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0}


@dataclass(frozen=True, kw_only=True)
class Request:
    """What was asked for."""

    workload: str
    rate: str
    settings: tuple[str, ...] = ()
    p99: str | None = None
    prices: Path | None = None
    files: tuple[Path, ...] = ()


def decide_command(request: Request, *, plugins: Sequence[str], blocked: Sequence[str], json: bool) -> int:
    """Print the answers; 5 where a part that was asked for is not answerable from the files."""
    rate, p99 = rate_of(request.rate), None if request.p99 is None else seconds_of(request.p99)
    prices = Prices() if request.prices is None else read_prices(request.prices)
    registry = load(plugins=plugins, blocked=blocked, whole=True)
    if request.workload not in registry.workloads:
        raise unknown("workload", request.workload, registry.workloads)
    settings = _settings(request.settings, registry.workloads[request.workload])
    question = Question(
        workload=request.workload,
        version=registry.workloads[request.workload].version,
        settings=_wanted(request, settings, registry, unit=rate[1]),
        per_second=rate[0],
        unit=rate[1],
        p99_seconds=p99,
        prices=prices.instances,
    )
    runs: dict[Path, list[Line]] = {}
    for file in request.files or _found():
        lines = _lines(file, request.files)
        if lines and lines[0] not in (others[0] for others in runs.values()):  # a copy says nothing new
            runs[file] = lines
    found = ranked(answer for lines in runs.values() for answer in answers(lines, question))
    crossings = [crossing for lines in runs.values() for crossing in crossovers(lines, question)]
    missing = unanswered(list(runs.values()), question, found, crossings)
    commands = [_command(request.workload, settings, each) for each in missing]
    known = {str(name) for a in found for name in (a.pace.cell.backend, a.run.machine.get("cpu_model"))}
    for name in prices.instances.keys() - known if found else ():
        say(f"{request.prices}: {name} is neither a backend nor a machine of these answers")
    if json:
        files = {str(file): lines for file, lines in runs.items()}
        shown = decision_object(question, prices.currency, files, found, crossings, missing, commands)
        show_object("decide", shown)
    else:
        of_runs = [lines[0] for lines in runs.values()]
        tables = [answers_table(question, prices.currency, found, of_runs)] if found else []
        tables += crossover_tables(crossings)
        show_tables([*tables, *([unanswered_table(missing, commands)] if missing else [])])
    return NOTHING if {each.part for each in missing} & {"rate", "p99", "cost"} else GOOD


def rate_of(text: str) -> tuple[float, Literal["bytes", "items"]]:
    """``20GB/s`` or ``5000/s``. Raises UsageError for what is none.

    >>> rate_of("20GB/s"), rate_of("1.5k/s")
    ((20000000000.0, 'bytes'), (1500.0, 'items'))
    """
    match = _RATE.fullmatch(text)
    value = float(match[1]) * _PREFIXES[match[2]] if match else 0.0
    if match is None or not (value > 0 and isfinite(value)):
        raise UsageError(
            "--rate takes user data or items a second, above 0: 20GB/s (kB, MB, GB, TB) or 5000/s, "
            f"not {text!r}"
        )
    return value, "bytes" if match[3] else "items"


def seconds_of(text: str) -> float:
    """``1ms``. Raises UsageError for what is no time.

    >>> seconds_of("2.5ms")
    0.0025
    """
    match = _TIME.fullmatch(text)
    value = float(match[1]) * _SECONDS[match[2]] if match else 0.0
    if not (value > 0 and isfinite(value)):
        raise UsageError(f"--p99 takes a time above 0, in ns, us, ms or s: 1ms, not {text!r}")
    return value


def _settings(given: Sequence[str], workload: Workload[Any, Any, Any]) -> list[str]:
    """One text a parameter: several may stand in one ``--set``, parted by commas."""
    names = "|".join(re.escape(each.name) for each in fields(workload.params))
    return [part for text in given for part in re.split(rf",(?=(?:{names})=)", text)]


def _wanted(
    request: Request, settings: Sequence[str], registry: Registry, *, unit: str
) -> Mapping[str, frozenset[int | str]]:
    """Parameter -> values, as the workload spells them. Raises UsageError for what it does not accept."""
    selection = Options(workloads=(request.workload,), settings=tuple(settings)).selection()
    cases = list(select(registry, selection, "standard"))
    if unit == "bytes" and cases and not any(of.work(params).payload_bytes for of, params in cases):
        items = cases[0][0].work(cases[0][1]).unit
        raise UsageError(f"{request.workload} has no payload: give --rate in {items}s, as in 5000/s")
    recorded = [params_mapping(params, defaults=True) for _, params in cases]
    return {name: frozenset(case[name] for case in recorded) for name in selection.overrides or ()}


def _found() -> list[Path]:
    """Every run file below ``results``."""
    return sorted(RESULTS.rglob("*.jsonl"))


def _lines(file: Path, named: Sequence[Path]) -> list[Line]:
    """Those of a file; none where it was not named and is no run file of this version, which is said."""
    try:
        lines = read_run(file)
    except (store.BadRunFile, UsageError) as error:
        if named:
            raise
        say(f"left out: {error}")
        return []
    if not isinstance(lines[0], Run):
        raise UsageError(f"{file} does not begin with a run: see benchsuite results validate")
    return lines


def _command(workload: str, settings: Sequence[str], missing: Unanswered) -> str:
    """The run that would measure what is missing; "" where none would."""
    if missing.options is None:
        return ""
    sets = [part for setting in settings for part in ("--set", setting)]
    return shlex.join(["benchsuite", "run", workload, *sets, *missing.options])
