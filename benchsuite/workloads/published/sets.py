"""Every file of the installed package: a set of vectors for workloads, or the reason why it is none."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, NamedTuple

from benchsuite.api import Vector
from benchsuite.workloads.published import aes, rsa
from benchsuite.workloads.published.reading import Known, Reading
from benchsuite.workloads.published.records import Record, count, records

PACKAGE = "cryptography_vectors"
NO_SETS = ("__pycache__", "*.py", "*.typed")
TEXTS = (".rsp", ".txt", ".fax")


class Route(NamedTuple):
    """Sets that are read: the ``pattern`` of their paths, the workloads of their vectors, and how."""

    pattern: str
    workloads: tuple[str, ...]
    read: Callable[[Record], Reading]
    complete: Callable[[Iterable[Record]], Iterable[Record]] = iter


ROUTES = (
    Route("ciphers/AES/ECB/*.rsp", ("aes-ecb-encrypt", "aes-ecb-decrypt"), aes.ecb),
    Route("ciphers/AES/CBC/*.rsp", ("aes-cbc-encrypt", "aes-cbc-decrypt"), aes.cbc),
    Route("ciphers/AES/CTR/*.txt", ("aes-ctr",), aes.ctr),
    Route("ciphers/AES/GCM/gcmEncrypt*.rsp", ("aes-gcm-encrypt",), aes.gcm_encrypt),
    Route("ciphers/AES/GCM/gcmDecrypt*.rsp", ("aes-gcm-decrypt",), aes.gcm_decrypt),
    Route("asymmetric/RSA/*/SigGen15*.rsp", ("rsa-verify",), rsa.verified, rsa.signatures),
    Route("asymmetric/RSA/*/SigGen15*.txt", ("rsa-sign",), rsa.signed, rsa.signatures),
    Route("asymmetric/RSA/*SigVer15*", ("rsa-verify",), rsa.verified, rsa.signatures),
)

REASONS = (
    ("*/[Rr]eadme.txt", "no vectors: it describes other sets"),
    ("asymmetric/RSA/*oaep*", "no workload for RSAES-OAEP"),
    ("asymmetric/RSA/*pss*", "no workload for RSASSA-PSS"),
    ("asymmetric/RSA/*PSS*", "no workload for RSASSA-PSS"),
    ("asymmetric/RSA/pkcs1v15crypt*", "no workload for RSAES-PKCS1-v1_5"),
    ("asymmetric/RSA/pkcs1v15sign*", "RSA signatures of SHA1: benchsuite's are of SHA256"),
    ("asymmetric/RSA/*RSA*.rsp", "no workload for RSA as in X9.31"),
    ("asymmetric/RSA/*RSA*.txt", "no workload for RSA as in X9.31"),
    ("asymmetric/RSA/*", "no workload for these RSA keys"),
    ("asymmetric/*", "no workload for public-key algorithms and formats other than RSA"),
    ("ciphers/AES/*", "no workload for AES-{mode}"),
    ("ciphers/*", "no workload for ciphers other than AES"),
    ("*", "no workload for {folder}"),
)
"""Why a set that no route reads does not apply; the first pattern that fits counts."""


@dataclass(frozen=True, kw_only=True)
class VectorSet:
    """The vectors of a set that apply, or those that do not for one reason: a set may be in several parts."""

    set: str
    """The path in the package."""
    vectors: int
    """Records of a text, items of a list in JSON; any other file counts as one."""
    applies: bool
    reason: str


def installed() -> bool:
    """Whether the package is there."""
    return _root() is not None


def sets() -> Iterator[VectorSet]:
    """Every set of the package, in order of paths; none where it is not installed."""
    for path, file in _sets():
        route = _route(path)
        if route is None:
            yield VectorSet(set=path, vectors=_count(path, file), applies=False, reason=_reason(path))
            continue
        parts = Counter("" if isinstance(r, Known) else r for _, r in _readings(file, route))
        for reason, number in sorted(parts.items()):
            yield VectorSet(set=path, vectors=number, applies=not reason, reason=reason)


def covers(workload: str) -> bool:
    """Whether there are sets of ``workload`` in the package, installed or not."""
    return any(workload in route.workloads for route in ROUTES)


def vectors(workload: str) -> Iterator[Vector[Any, Any, Any]]:
    """Those of every set that applies to ``workload``; none where the package is not installed."""
    for path, file in _sets():
        route = _route(path)
        if route is not None and workload in route.workloads:
            for record, reading in _readings(file, route):
                if isinstance(reading, Known) and reading.workload == workload:
                    number = record.fields.get("count")
                    yield Vector(
                        name=f"{path}, line {record.line}" + (f", COUNT = {number}" if number else ""),
                        source=PACKAGE,
                        params=reading.params,
                        inputs=reading.inputs,
                        outputs=reading.outputs,
                    )


def _root() -> Traversable | None:
    try:
        return files(PACKAGE)
    except ImportError:
        return None


def _sets() -> Iterator[tuple[str, Traversable]]:
    root = _root()
    return iter(()) if root is None else _walk(root, "")


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if any(fnmatchcase(entry.name, pattern) for pattern in NO_SETS):
            continue
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/")
        else:
            yield f"{prefix}{entry.name}", entry


def _route(path: str) -> Route | None:
    return next((route for route in ROUTES if fnmatchcase(path, route.pattern)), None)


def _readings(file: Traversable, route: Route) -> Iterator[tuple[Record, Reading]]:
    """Every record, read; what a later version of the package writes otherwise is a reason, not an end."""
    for record in route.complete(records(file.read_text(encoding="utf-8"))):
        reading: Reading
        try:
            reading = route.read(record)
        except (KeyError, ValueError, OverflowError) as error:
            reading = f"not understood: {type(error).__name__}: {error}"
        yield record, reading


def _reason(path: str) -> str:
    folder, _, rest = path.partition("/")
    reason = next(reason for pattern, reason in REASONS if fnmatchcase(path, pattern))
    return reason.format(folder=folder if rest else path, mode="".join(path.split("/")[2:3]))


def _count(path: str, file: Traversable) -> int:
    if path.endswith(TEXTS):
        return count(file.read_bytes().decode(errors="replace"))
    if path.endswith(".json"):
        found = json.loads(file.read_bytes())
        return len(found) if isinstance(found, list) else 1
    return 1
