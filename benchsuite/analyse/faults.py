"""Chunks of trials of a fault, put together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from benchsuite.record.fault import Damage, Fault


def identity(fault: Fault) -> tuple[str, str, str, str, str, int]:
    """What the lines of one campaign share."""
    return fault.target, fault.fault, fault.model, fault.protect, fault.backend, fault.seed


def by_campaign(faults: Iterable[Fault]) -> list[list[Fault]]:
    """The lines of each campaign in their order; campaigns in the order of their first lines."""
    groups: dict[tuple[object, ...], list[Fault]] = {}
    for fault in faults:
        groups.setdefault(identity(fault), []).append(fault)
    return list(groups.values())


def settle_faults(faults: Iterable[Fault]) -> list[Fault]:
    """One line for each campaign: the sum of the chunks that join from trial 0 on, as the last one ended.

    A wrong answer costs them all, as it puts the others in doubt.
    """
    return [_settled(lines) for lines in by_campaign(faults)]


def _settled(lines: Sequence[Fault]) -> Fault:
    whole = msgspec.structs.replace(lines[0], first_trial=0, trials=0, flips=0, outcomes={}, damage={})
    last = next((line for line in lines if line.status == "wrong"), lines[-1])
    for line in lines if last.status != "wrong" else ():
        if line.first_trial == whole.trials:
            whole = _added(whole, line)
    return msgspec.structs.replace(whole, status=last.status, reason=last.reason)


def _added(first: Fault, second: Fault) -> Fault:
    regions = {**first.damage, **second.damage}
    empty = Damage(histogram=[], as_flipped=0)
    return msgspec.structs.replace(
        first,
        trials=first.trials + second.trials,
        flips=first.flips + second.flips,
        outcomes=dict(Counter(first.outcomes) + Counter(second.outcomes)),
        damage={r: _both(first.damage.get(r, empty), second.damage.get(r, empty)) for r in regions},
    )


def _both(first: Damage, second: Damage) -> Damage:
    counted = Counter(dict(first.histogram)) + Counter(dict(second.histogram))
    return Damage(histogram=sorted(counted.items()), as_flipped=first.as_flipped + second.as_flipped)
