#!/usr/bin/env python3
"""Claim: flips in a ciphertext do to each mode of AES what is known of it, through every engine that has it.

The figures are written down here as they were computed for this project beforehand, apart from this code.
Exactly where they are exact, else the mean within its interval, which all have at once with 99 %.
"""

from __future__ import annotations

import sys
from contextlib import closing

from benchsuite.analyse.means import mean_interval
from benchsuite.host.engine import Origin, origin, probe_all
from benchsuite.host.plan import Probe
from benchsuite.host.plugins import Registry, discover
from benchsuite.inject.faults.campaign import Engines, run_own, run_through
from benchsuite.inject.faults.engines import find_way
from benchsuite.inject.faults.targets import TARGETS
from benchsuite.inject.faults.trials import Injection
from benchsuite.inject.models import parse_model
from benchsuite.record.fault import Fault

SAME, NONE, HALF = "exactly the flips", "none", "64"
KNOWN = {
    ("aes-128-ecb", "ciphertext"): (HALF, NONE),
    ("aes-128-xts", "ciphertext"): (HALF, NONE),
    ("aes-128-cbc", "ciphertext"): (HALF, SAME),
    ("aes-128-cfb", "ciphertext"): (SAME, HALF),
    ("aes-128-ctr", "ciphertext"): (SAME, NONE),
    ("aes-128-ofb", "ciphertext"): (SAME, NONE),
    ("aes-128-cbc", "iv"): (SAME, NONE),
    ("aes-128-gcm", "ciphertext"): None,
    ("aes-128-gcm", "iv"): None,
    ("aes-128-gcm", "tag"): None,
    ("aes-128-gcm", "associated-data"): None,
}
"""(target, fault) -> wrong bits of the struck block and of the next one; None: rejected, always."""

ENGINES = ("numpy", "openssl", "pycryptodome")
MODELS = ("flips:1", "flips:3")
TRIALS = 10_000
MEANS = sum(HALF in known for known in KNOWN.values() if known) * len(MODELS)
"""Different ones: all engines answer for the same messages."""


def damage_is(fault: Fault, region: str, known: str) -> bool:
    """Whether the wrong bits of a region are as known."""
    damage = fault.damage[region]
    if known == SAME:
        return damage.as_flipped == fault.trials
    mean = mean_interval(damage.histogram, 1 - 0.01 / MEANS)
    return mean.low <= {NONE: 0, HALF: 64}[known] <= mean.high


def holds(fault: Fault, known: tuple[str, str] | None) -> bool:
    """Whether everything about a campaign is as known."""
    if fault.status != "measured" or fault.trials != TRIALS:
        return False
    if known is None:
        return fault.outcomes == {"rejected": TRIALS}
    unharmed = all(
        [bits for bits, _ in fault.damage[region].histogram] == [0]
        for region in ("previous", "rest")
        if region in fault.damage
    )
    regions = zip(("struck", "next"), known, strict=True)
    return (
        unharmed
        and fault.outcomes == {"damaged": TRIALS}
        and all(damage_is(fault, *pair) for pair in regions)
    )


def campaigns(
    injection: Injection, registry: Registry, engines: dict[str, tuple[Origin, Probe]], workers: Engines
) -> list[Fault]:
    """The suite's own, and those of all engines that have the mode."""

    def ignored(*told: object) -> None:
        return None

    found = [run_own(injection, TRIALS, ignored, ignored)]
    for name, (source, probe) in engines.items():
        if injection.target.workload is not None:
            way = find_way(registry, name, probe, injection)
            found.append(run_through(injection, source, way, registry, TRIALS, ignored, ignored, workers))
    return found


def held(found: Fault, known: tuple[str, str] | None) -> bool:
    """As ``holds``, and said."""
    means = {region: mean_interval(damage.histogram).value for region, damage in found.damage.items()}
    said = ", ".join(f"{region} {means[region]:.2f}" for region in ("struck", "next") if region in means)
    good = holds(found, known)
    print(
        f"{found.target} {found.fault} {found.model}, {found.backend or 'own'}: {said or 'rejected always'}"
        + ("" if good else f" NOT AS KNOWN ({known}): {found.status} {found.reason} {found.outcomes}")
    )
    return good


def main() -> int:
    """0 where the claim holds."""
    registry, good = discover(), True
    sources = [origin(registry, name) for name in ENGINES]
    probed = probe_all(sources)
    engines = {source.backend: (source, probed[source.backend][0]) for source in sources}
    with closing(Engines()) as workers:
        for (target, fault), known in KNOWN.items():
            for text in MODELS:
                injection = Injection(
                    target=TARGETS[target], fault=fault, model=parse_model(text, registry), seed=1
                )
                for found in campaigns(injection, registry, engines, workers):
                    good &= held(found, known)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
