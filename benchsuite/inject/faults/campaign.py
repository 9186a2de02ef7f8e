"""Trials of a fault, chunk by chunk, on the suite's own cipher or through a backend, each chunk recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from fractions import Fraction
from typing import Any

import msgspec

from benchsuite.analyse.faults import settle_faults
from benchsuite.host.engine import PROBE_SECONDS, Origin
from benchsuite.host.plugins import Registry
from benchsuite.inject.faults.ciphers import count_messages
from benchsuite.inject.faults.engines import Through
from benchsuite.inject.faults.expected import expected_damage, expected_outcomes
from benchsuite.inject.faults.serve import as_message, as_request
from benchsuite.inject.faults.signatures import count_signatures
from benchsuite.inject.faults.targets import Aes, Rsa
from benchsuite.inject.faults.trials import Injection
from benchsuite.inject.models import with_models
from benchsuite.inject.ways import NoWay
from benchsuite.record.fault import Expected, Fault
from benchsuite.workers import Worker, WorkerError, WorkerLost

CHUNK_MESSAGES = 1 << 15  # a second of the slowest mode
CHUNK_SIGNATURES = 20  # a few seconds at 4096 bits
CHUNK_SECONDS = 300.0

Record = Callable[[Fault], None]
Progress = Callable[[int, int], None]


def blank(injection: Injection, backend: str) -> Fault:
    """The line of no trial, with what is expected: of a damaged key nothing, as an engine may refuse it."""
    its_own = bool(backend) and isinstance(injection.target, Rsa)
    outcomes = None if its_own else expected_outcomes(injection)
    return Fault(
        target=injection.target.name,
        fault=injection.fault,
        model=injection.model.text,
        protect=injection.protect,
        backend=backend,
        seed=injection.seed,
        first_trial=0,
        trials=0,
        flips=0,
        outcomes={},
        damage={},
        expected_outcomes=None if outcomes is None else {name: _fraction(p) for name, p in outcomes.items()},
        expected_damage={
            region: Expected(basis=wrong.basis, bits=None if wrong.bits is None else float(wrong.bits))
            for region, wrong in expected_damage(injection).items()
        },
    )


def _fraction(value: Fraction) -> tuple[str, str, float]:
    return str(value.numerator), str(value.denominator), float(value)


def run_own(injection: Injection, trials: int, record: Record, progress: Progress) -> Fault:
    """Count with the suite's own cipher or signer; returns what all lines amount to."""
    count = count_messages if isinstance(injection.target, Aes) else count_signatures

    def chunk(first: int, number: int) -> dict[str, Any]:
        return {"status": "measured", "reason": "", "counts": as_message(count(injection, first, number))}

    return _run(injection, "", trials, chunk, record, progress)


class Engines:
    """A worker a backend, for all faults of a command: a start takes longer than most campaigns."""

    def __init__(self) -> None:
        self._workers: dict[Origin, Worker] = {}

    def ask(self, origin: Origin, request: dict[str, Any]) -> dict[str, Any]:
        """Its reply, after ``open`` where it is new; raises WorkerError, and WorkerLost where it is gone."""
        try:
            if origin not in self._workers:
                self._workers[origin] = Worker("benchsuite.inject.faults.serve:serve")
                opened = self._workers[origin].ask(origin.request(), seconds=PROBE_SECONDS)
                if opened["unavailable"]:
                    self._workers.pop(origin).bury()
                    return {"status": "unavailable", "reason": opened["unavailable"]}
            return self._workers[origin].ask(request, seconds=CHUNK_SECONDS)
        except WorkerLost:
            del self._workers[origin]
            raise

    def close(self) -> None:
        """Bury all."""
        while self._workers:
            self._workers.popitem()[1].bury()


def run_through(
    injection: Injection,
    origin: Origin,
    way: Through | NoWay,
    registry: Registry,
    trials: int,
    record: Record,
    progress: Progress,
    engines: Engines,
) -> Fault:
    """Count through the backend of ``origin``, in a worker; returns what all lines amount to.

    A refusal, crash or wrong answer is a line without trials, and the last one.
    """
    if isinstance(way, NoWay):
        refusal = msgspec.structs.replace(
            blank(injection, origin.backend), status=way.status, reason=way.reason
        )
        record(refusal)
        return refusal
    origin = with_models(origin, [injection.model], registry)
    prove = {"do": "prove", "injection": as_request(injection), "through": asdict(way)}

    def chunk(first: int, number: int) -> dict[str, Any]:
        if first == 0:
            proof = engines.ask(origin, prove)
            if proof["status"] != "measured":
                return proof
        return engines.ask(origin, {"do": "chunk", "first": first, "count": number})

    return _run(injection, origin.backend, trials, chunk, record, progress)


def _run(
    injection: Injection,
    backend: str,
    trials: int,
    chunk: Callable[[int, int], dict[str, Any]],
    record: Record,
    progress: Progress,
) -> Fault:
    empty, lines = blank(injection, backend), []
    most = CHUNK_MESSAGES if isinstance(injection.target, Aes) else CHUNK_SIGNATURES
    for first in range(0, trials, most):
        number = min(most, trials - first)
        try:
            reply = chunk(first, number)
        except WorkerError as error:
            reply = {"status": "failed", "reason": str(error)}
        except WorkerLost as lost:
            status = "timeout" if lost.reason.startswith("timeout") else "failed"
            reply = {"status": status, "reason": lost.reason}
        counts = reply.pop("counts", {"flips": 0, "outcomes": {}, "damage": {}})
        done = number if reply["status"] == "measured" else 0
        line = msgspec.convert(
            msgspec.to_builtins(empty) | reply | counts | {"first_trial": first, "trials": done}, Fault
        )
        record(line)
        lines.append(line)
        progress(first + done, trials)
        if not done:
            break
    return settle_faults(lines)[0]
