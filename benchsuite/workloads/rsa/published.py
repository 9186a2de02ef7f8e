"""The published signatures of ``vectors/rsa.txt``, and what both workloads share in reading them."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from benchsuite.workloads.reference.rsa import PrivateKey
from benchsuite.workloads.streams import Bytes
from benchsuite.workloads.vectors import load


class Published(NamedTuple):
    """One record; ``key`` is there where the source gives a private key that makes the signature."""

    name: str
    source: str
    n: int
    e: int
    key: PrivateKey | None
    digest: bytes
    signature: bytes
    valid: bool

    @property
    def size(self) -> int:
        """Bytes of the modulus."""
        return len(self.signature)


@functools.cache
def published() -> tuple[Published, ...]:
    """Every record of the file, in its order."""
    return tuple(_published(record) for record in load("rsa.txt"))


def _published(record: Mapping[str, str]) -> Published:
    number = {name: int(record[name], 16) for name in ("n", "e", "p", "q", "d") if name in record}
    return Published(
        name=record["name"],
        source=record["source"],
        n=number["n"],
        e=number["e"],
        key=PrivateKey.of(*(number[name] for name in ("p", "q", "e", "d"))) if "d" in number else None,
        digest=hashlib.sha256(bytes.fromhex(record["message"])).digest(),
        signature=bytes.fromhex(record["signature"]),
        valid=record["result"] == "P",
    )


def rows(items: list[bytes]) -> Bytes:
    """``uint8[items, length]`` of equally long bytes."""
    return np.array([list(item) for item in items], np.uint8)
