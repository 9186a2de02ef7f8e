"""The file of ``decide --prices``: what whole instances cost an hour."""

from __future__ import annotations

import tomllib
from math import isfinite
from pathlib import Path

import msgspec

from benchsuite.analyse.decide import Price
from benchsuite.host.plugins import UsageError

MOST_BYTES = 2**20


class Prices(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``instances``: by backend, or by the ``cpu_model`` of a run's machine."""

    currency: str = ""
    instances: dict[str, Price] = {}


def read_prices(path: Path) -> Prices:
    """The prices in a TOML file. Raises UsageError that names the file and the key; OSError without it."""
    with path.open("rb") as file:
        held = file.read(MOST_BYTES + 1)
    if len(held) > MOST_BYTES:
        raise UsageError(f"--prices {path}: longer than {MOST_BYTES} bytes: give the prices alone")
    try:
        prices = msgspec.convert(tomllib.loads(held.decode("utf-8")), Prices)
    except (msgspec.ValidationError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"--prices {path}: {error}") from None
    if not prices.instances:
        raise UsageError(f'--prices {path} holds no price: write [instances."CPU model or backend"]')
    for name, price in prices.instances.items():
        if not isfinite(price.per_hour) or not (price.cores or price.gpus):
            raise UsageError(f"--prices {path}, {name}: give a finite per_hour, and cores or gpus above 0")
    return prices
