"""The parent's side of an estimate: every cell is tried once, in workers and pools as a run has them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import msgspec

from benchsuite.measure.crew import Crew, Key, way_message
from benchsuite.measure.estimate import Pilot, Trial, keys_of
from benchsuite.measure.layout import Arena
from benchsuite.measure.run import GATE_SECONDS, Setup, fill
from benchsuite.record.types import Planned
from benchsuite.workers import WorkerError, WorkerLost


def try_out(setup: Setup, rows: Sequence[Planned]) -> Trial:
    """Try every planned row of one process; those of several processes go by that of one.

    Records nothing. What crashes, hangs or refuses is not among the pilots, but among the refused.
    """
    planned = [row for row in rows if row.status == "planned"]
    arena = Arena()
    crew = Crew(setup.origins, arena.descriptor)
    try:
        begin = time.perf_counter()
        inputs, lacking = fill(arena, setup, planned)
        inputs_seconds = time.perf_counter() - begin
        begin = time.perf_counter()
        crew.assemble({key for row in planned for key in keys_of(row)})
        crew_seconds = time.perf_counter() - begin
        tried = _Pilots(setup, crew, inputs).of(planned)
        begin = time.perf_counter()
        crew.dismiss()
        crew_seconds += time.perf_counter() - begin
        return Trial(
            pilots={cell: pilot for cell, pilot in tried.items() if isinstance(pilot, Pilot)},
            refused={cell: reason for cell, reason in tried.items() if isinstance(reason, str)}
            | {gate.cell: gate.reason for gate in lacking},
            inputs_seconds=inputs_seconds,
            inputs_bytes=arena.size,
            crew_seconds=crew_seconds,
            parent_bytes=_resident_bytes(),
        )
    finally:
        crew.dismiss()
        arena.close()


def seconds_so_far() -> float:
    """Since this process began: what every run spends on loading and probing before it measures."""
    import psutil

    return time.time() - float(psutil.Process().create_time())


def _resident_bytes() -> int:
    import psutil

    return int(psutil.Process().memory_info().rss)


class _Pilots:
    def __init__(self, setup: Setup, crew: Crew, inputs: dict[tuple[str, int], dict[str, Any]]) -> None:
        self._setup, self._crew, self._inputs = setup, crew, inputs
        self._proofs: dict[tuple[str, ...], float] = {}
        """Seconds that the vectors take, which are the same for all cases."""

    def of(self, planned: Sequence[Planned]) -> dict[str, Pilot | str]:
        """The pilots by cell, or why there is none; without the cells that have no inputs."""
        found: dict[str, Pilot | str] = {}
        shared: dict[tuple[Any, ...], Pilot | str] = {}
        for index, row in enumerate(planned):
            self._setup.progress("estimating", index, len(planned), f"{row.backend}: {row.label}")
            if (row.case_key, row.slots) not in self._inputs:
                continue
            pool = (row.case_key, row.pool, row.backend, row.variant, row.device, row.scope, row.twin)
            if pool not in shared:
                shared[pool] = self._try(row)
            found[row.cell] = shared[pool]
        return found

    def _try(self, row: Planned) -> Pilot | str:
        proof = (row.case.workload, row.backend, row.variant, row.device, row.scope)
        preset = self._setup.preset
        request = {
            "do": "rehearse",
            "way": way_message(row),
            "inputs": self._inputs[row.case_key, row.slots],
            "vectors": proof not in self._proofs,
            "sample_seconds": preset.sample_seconds,
            "longest_repetition_seconds": preset.longest_repetition_seconds,
        }
        begin = time.perf_counter()
        try:
            reply = self._crew.ask(Key(row.backend, int(bool(row.twin))), request, GATE_SECONDS)
        except WorkerError as error:
            return str(error)
        except WorkerLost as lost:
            return lost.reason
        overhead = time.perf_counter() - begin
        if "refused" in reply:
            return str(reply["refused"])
        reply["overhead_seconds"] = max(0.0, overhead - reply.pop("seconds"))
        vectors = self._proofs.setdefault(proof, reply["vectors_seconds"])
        return msgspec.convert(reply | {"vectors_seconds": vectors}, Pilot)
