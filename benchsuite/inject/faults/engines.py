"""Faults through an engine: which way it takes, and the one question that each kind of target asks of it."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from benchsuite.api import Scope, Unsupported, Workload
from benchsuite.host.cases import Selection
from benchsuite.host.engine import Engine, Way
from benchsuite.host.plan import Probe, plan
from benchsuite.host.plugins import Registry
from benchsuite.host.proof import Wrong, check_vectors, run_once
from benchsuite.inject.faults.ciphers import BATCH, key_of
from benchsuite.inject.faults.ciphers import Engine as Decryptor
from benchsuite.inject.faults.signatures import Signer
from benchsuite.inject.faults.targets import ASSOCIATED_BYTES, Aes, Target
from benchsuite.inject.faults.trials import Injection
from benchsuite.inject.ways import NoWay
from benchsuite.workloads.aes.deciphering import Deciphered, Received, decipher
from benchsuite.workloads.reference.rsa import PrivateKey


@dataclass(frozen=True, kw_only=True)
class Through:
    """How a backend answers: the device, the scope, and the variant."""

    device: str
    scope: Scope
    variant: str


def params_of(target: Target) -> Any:
    """The parameters of the workload that engines are asked for."""
    workload = target.workload
    assert workload is not None
    if not isinstance(target, Aes):
        return workload.params(key_bits=target.key_bits, messages=1)
    beside = {"associated_bytes": ASSOCIATED_BYTES} if target.mode.authentic else {}
    return workload.params(
        key_bits=target.key_bits, messages=BATCH, message_bytes=target.message_bytes, **beside
    )


def find_way(registry: Registry, backend: str, probe: Probe, injection: Injection) -> Through | NoWay:
    """The first device, host bytes before resident ones, and variant that answers for such a fault."""
    target, fault = injection.target, injection.fault
    if target.workload is None:
        return NoWay(
            status="unsupported", reason=f"no engine is asked for {target.name}: leave --backend out"
        )
    if not target.is_input(fault):
        return NoWay(
            status="unsupported",
            reason=f"{fault} strikes within the computation, which no engine opens: leave --backend out",
        )
    if injection.protect:
        return NoWay(
            status="unsupported",
            reason=f"it is protected as its makers saw fit: --protect {injection.protect} is the suite's own",
        )
    cases = [(target.workload, params_of(target))]
    rows = plan(registry, cases, {backend: probe}, Selection(), cold_from_bytes=None, last_cache_bytes=0)
    rows = [row for row in rows if not row.twin]
    planned = [row for row in rows if row.status == "planned"]
    if not planned:
        away = rows[0].status == "unavailable"
        return NoWay(status="unavailable" if away else "unsupported", reason=rows[0].reason)
    best = min(planned, key=lambda row: row.scope == "resident")
    scope: Scope = "resident" if best.scope == "resident" else "end-to-end"
    return Through(device=best.device, scope=scope, variant=best.variant)


def proven(engine: Engine, target: Target, through: Through) -> Way:
    """The way, after its published vectors have come out. Raises Wrong, or Unsupported."""
    workload = target.workload
    assert workload is not None
    way = Way(workload=workload, params=params_of(target), **asdict(through))
    check_vectors(engine, way)
    return way


def decryptor(engine: Engine, way: Way, injection: Injection) -> tuple[Decryptor, Callable[[], None]]:
    """The engine prepared once for all batches, and what lets it go.

    Each answer is held to that of the suite's own cipher.
    """
    workload: Workload[Any, Any, Any] = way.workload
    target = injection.target
    assert isinstance(target, Aes)
    inputs = replace(workload.inputs(way.params, 0, 0), key=key_of(injection).tobytes())
    outputs = workload.outputs(way.params)
    prepared, lane = engine.prepare(way, inputs, outputs), engine.lane(way.device)
    begin = {"cbc": "initial_vectors", "ctr": "counters", "gcm": "nonces"}.get(target.mode.name)

    def answer(received: Received) -> Deciphered:
        count = len(received.data)
        kept = deepcopy(inputs) if prepared.in_place else None
        inputs.data[:count, : target.message_bytes] = received.data
        if begin is not None:
            getattr(inputs, begin)[:count] = received.iv
        if target.mode.authentic:
            inputs.data[:count, target.message_bytes :] = received.tag
            inputs.associated_data[:count] = received.associated_data
        run_once(prepared, lane)
        ok = outputs.ok[:count] != 0 if target.mode.authentic else np.ones(count, np.bool_)
        got = Deciphered(data=outputs.data[:count].copy(), ok=ok)
        if kept is not None:
            inputs.data[:] = kept.data
        _compare(got, decipher(target.mode.name, received))
        return got

    return answer, prepared.close


def _compare(got: Deciphered, right: Deciphered) -> None:
    """Raise Wrong where the engine makes something else of damaged messages than the mode does."""
    unlike = (got.ok != right.ok) | (got.data != right.data).any(axis=1)
    if unlike.any():
        row = int(np.argmax(unlike))
        raise Wrong(
            f"a damaged message of a batch, number {row}: expected {_spelled(right, row)}, "
            f"got {_spelled(got, row)}"
        )


def _spelled(answer: Deciphered, row: int) -> str:
    return answer.data[row, :16].tobytes().hex() + ("" if answer.ok[row] else " (rejected)")


def signer(engine: Engine, way: Way) -> Signer:
    """The engine prepared anew for each key, as each is struck elsewhere."""
    workload: Workload[Any, Any, Any] = way.workload
    drawn, outputs = workload.inputs(way.params, 0, 0), workload.outputs(way.params)
    lane = engine.lane(way.device)

    def sign(key: PrivateKey, digest: bytes) -> bytes | None:
        inputs = replace(drawn, **key._asdict())
        inputs.digest[0] = np.frombuffer(digest, np.uint8)
        outputs.signature.fill(0)
        try:
            prepared = engine.prepare(way, inputs, outputs)
            run_once(prepared, lane)
        except Unsupported:
            raise
        except Exception:  # noqa: BLE001  however an engine says that it will not sign with such a key
            return None
        prepared.close()
        return bytes(outputs.signature[0].tobytes())

    return sign
