"""Which recorded facts differ between two runs: what may have made a difference that no engine made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from benchsuite.record.types import Fact, Run

ALWAYS_CHANGES = frozenset({"load_average_1_minute"})
SAME_MACHINE = ("cpu_model", "architecture", "cores_physical", "cores_logical")
"""Where one of these differs, figures are of two machines."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """``of``: run, suite, plugins, machine, or device ID of BACKEND."""

    of: str
    fact: str
    old: Fact
    new: Fact


def changes(old: Run, new: Run) -> list[Change]:
    """Every fact that differs: the run's, the suite's, the plugins', the machine's, the devices'."""
    plugins = [{p.name: f"{p.status} {p.version}".strip() for p in run.plugins} for run in (old, new)]
    found = [
        *_different(
            "run", {"preset": old.preset, "seed": old.seed}, {"preset": new.preset, "seed": new.seed}
        ),
        *_different("suite", {"version": old.suite_version}, {"version": new.suite_version}),
        *_different("plugins", *plugins),
        *_different("machine", old.machine, new.machine),
    ]
    devices = _devices(old), _devices(new)
    for key in sorted(devices[0].keys() | devices[1].keys()):
        there = [{"present": key in facts} for facts in devices]
        facts = [of.get(key, {}) for of in devices] if key in devices[0].keys() & devices[1].keys() else there
        found += _different(device_name(*key), *facts)
    return found


def device_name(backend: str, device: str) -> str:
    """What a change of a device is ``of``."""
    return f"device {device} of {backend}"


def other_machine(old: Run, new: Run) -> str:
    """Why the two ran on different machines, or nothing."""
    told = (
        f"{fact} was {old.machine.get(fact)}, is {new.machine.get(fact)}"
        for fact in SAME_MACHINE
        if old.machine.get(fact) != new.machine.get(fact)
    )
    differences = "; ".join(told)
    return f"not the same machine: {differences}" if differences else ""


def _devices(run: Run) -> dict[tuple[str, str], Mapping[str, Fact]]:
    return {(device.backend, device.id): device.facts for device in run.devices}


def _different(of: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for fact in sorted(old.keys() | new.keys()):
        reason_of = fact.removesuffix("_reason")
        aside = fact in ALWAYS_CHANGES or (reason_of != fact and reason_of in old.keys() | new.keys())
        if not aside and old.get(fact) != new.get(fact):
            yield Change(of=of, fact=fact, old=old.get(fact), new=new.get(fact))
