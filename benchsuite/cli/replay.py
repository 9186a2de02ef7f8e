"""Single trials in full: ``benchsuite inject --replay`` and ``benchsuite results replay``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchsuite.cli.ending import BAD, printable
from benchsuite.cli.files import read_run, target_of_line
from benchsuite.cli.output import show_object, show_rows
from benchsuite.cli.session import Session, exit_code, open_session, say
from benchsuite.host.plugins import UsageError
from benchsuite.inject.campaign import Campaign
from benchsuite.inject.models import parse_model
from benchsuite.inject.replay import replay
from benchsuite.inject.ways import find_way
from benchsuite.record.types import Trial

Shown = Mapping[str, Any]


def replay_command(campaigns: Sequence[Campaign], session: Session, trial: int, *, json: bool) -> int:
    """Show trial number ``trial`` of each campaign through every backend; return the exit code."""
    found = [
        _replayed(campaign, trial, name, session) for campaign in campaigns for name in sorted(session.probes)
    ]
    _show(found, "inject", json=json)
    return exit_code({shown["status"] for shown in found}, session)


def replay_line_command(
    file: Path, number: int, *, plugins: Sequence[str], blocked: Sequence[str], json: bool
) -> int:
    """Show the trial that line ``number`` of ``file`` logs, counted from 1, through its backend again.

    1 where it is another outcome now, or other positions flip.
    """
    lines = read_run(file)
    if not 1 <= number <= len(lines) or not isinstance(line := lines[number - 1], Trial):
        logged = [str(at) for at, line in enumerate(lines, start=1) if isinstance(line, Trial)]
        there = f"they are {logged[0]} to {logged[-1]}" if logged else "inject --log OUTCOME writes them"
        raise UsageError(f"line {number} of {file} logs no trial: {there}")
    session = open_session([line.backend], plugins=plugins, blocked=blocked)
    campaign = Campaign(
        code=target_of_line(line),
        model=parse_model(line.model, session.registry),
        seed=line.seed,
        trials=1,
        exhaustive=line.exhaustive,
        codewords=line.codewords,
        rare=line.rare,
    )
    shown = _replayed(campaign, line.trial, line.backend, session)
    _show([shown], "results replay", json=json)
    if shown["status"] == "measured":
        if (shown["outcome"], shown["flipped"]) != (line.outcome, line.flipped):
            say(f"line {number} of {file} says {line.outcome} of positions {_numbers(line.flipped)}")
            return BAD
        say(f"as line {number} of {file} has it")
    return exit_code({shown["status"]}, session)


def _replayed(campaign: Campaign, trial: int, backend: str, session: Session) -> Shown:
    registry = session.registry
    way = find_way(registry, backend, session.probes[backend], campaign.code)
    reply = replay(campaign, trial, session.origins[backend], way, registry)
    return {
        "code": campaign.code.name,
        "model": campaign.model.text,
        "seed": campaign.seed,
        "exhaustive": campaign.exhaustive,
        "backend": backend,
        "status": reply["status"],
        "reason": reply["reason"],
        **reply.get("shown", {"trial": trial}),
    }


def _show(found: Sequence[Shown], command: str, *, json: bool) -> None:
    if json:
        show_object(command, {"replayed": found})
        return
    for shown in found:
        place = f"{shown['code']}, {shown['model']}, seed {shown['seed']}, {shown['backend']}"
        outcome = shown.get("outcome") or f"{shown['status']}: {shown['reason']}"
        print(printable(f"Trial {shown['trial']} of {place}: {outcome.replace('_', ' ')}"))
        words = shown.get("codewords", [])
        if len(words) > 1:
            print(f"positions of the trial flipped: {_numbers(shown['flipped'])}")
        for at, word in enumerate(words):
            name = f"codeword {at}, {word['outcome']}".replace("_", " ") if len(words) > 1 else "codeword"
            print()
            show_rows([name, "bytes in hexadecimal, or numbers of bits"], _rows(word))
        print()


def _rows(word: Shown) -> list[tuple[str, str]]:
    return [
        ("positions flipped", _numbers(word["flipped"])),
        ("data", word["data"]),
        ("check bits", word["check"]),
        ("data received", word["received_data"]),
        ("check bits received", word["received_check"]),
        ("syndrome", word["syndrome"]),
        ("the decoder says", word["claim"]),
        ("data delivered", word["delivered"]),
        ("wrong data bits", _numbers(word["wrong_bits"])),
    ]


def _numbers(values: Sequence[int]) -> str:
    return " ".join(map(str, values)) or "none"
