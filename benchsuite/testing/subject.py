"""What is under examination: one backend, open in this process, and each of its implementations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from random import Random
from typing import Any

from benchsuite.api import Backend, Implementation, Lane, Unavailable, Unsupported, Workload
from benchsuite.host.engine import OpenBackend, Way
from benchsuite.host.plugins import described
from benchsuite.host.proof import Wrong
from benchsuite.measure.bench import Bench, Slot, meet, timed_by
from benchsuite.measure.layout import Fence, blank_outputs, copy_of
from benchsuite.testing.cases import small_cases
from benchsuite.workers.place import place_of

FEW = 3


class Broken(Exception):
    """A rule does not hold: the message says what was found, and for which case."""


class DoesNotApply(Exception):
    """Why a rule says nothing about this subject."""


@dataclass(frozen=True)
class Data:
    """(inputs, outputs) of each slot, and the fence around the outputs."""

    slots: Sequence[tuple[Any, Any]]
    fence: Fence


@dataclass(frozen=True, eq=False)
class Candidate:
    """A backend and the workloads there are; ``engine`` is None where ``unavailable`` says why.

    ``allocates`` says why ``run`` must allocate, if its author says so.
    """

    backend: Backend[Any]
    workloads: Mapping[str, Workload[Any, Any, Any]]
    engine: OpenBackend | None = None
    unavailable: str = ""
    allocates: str = ""

    def subjects(self) -> list[Subject]:
        """Every implementation of a workload that is known."""
        return [
            Subject(self, self.workloads[id_], variant)
            for id_, variant in self.backend.implementations
            if id_ in self.workloads
        ]


def candidate(
    backend: Backend[Any], workloads: Mapping[str, Workload[Any, Any, Any]], allocates: str = ""
) -> Candidate:
    """Probe ``backend`` in this process. Raises what its ``probe`` raises, but for Unavailable."""
    try:
        return Candidate(backend, workloads, OpenBackend(backend), allocates=allocates)
    except Unavailable as reason:
        return Candidate(backend, workloads, unavailable=str(reason), allocates=allocates)


@dataclass(frozen=True, eq=False)
class Subject:
    """One implementation of a workload: a variant."""

    candidate: Candidate
    workload: Workload[Any, Any, Any]
    variant: str

    @property
    def name(self) -> str:
        """``hsiao-encode``, or ``hsiao-encode (table)``."""
        return self.workload.id + (f" ({self.variant})" if self.variant else "")

    @property
    def engine(self) -> OpenBackend:
        """The open backend."""
        assert self.candidate.engine is not None, "rules of an unavailable backend are not asked"
        return self.candidate.engine

    @property
    def implementation(self) -> Implementation:
        """As the backend registered it."""
        return self.candidate.backend.implementations[self.workload.id, self.variant]

    @cached_property
    def small_cases(self) -> list[Any]:
        """Those that ``unless`` does not refuse, the most telling first."""
        return [case for case in small_cases(self.workload) if not self.implementation.unless(case)]

    @cached_property
    def few_cases(self) -> list[Any]:
        """The first of them that ``prepare`` supports too, for the rules that need not try all."""
        return list(islice(filter(self._is_supported, self.small_cases), FEW))

    def _is_supported(self, params: Any) -> bool:
        try:
            return self.each([params], lambda bench: None) > 0
        except Broken:  # for the rules to say
            return True

    def ways(self, params: Any) -> Iterator[Way]:
        """The case on every device and in every scope."""
        for device in self.engine.devices.values():
            for scope in device.scopes:
                yield Way(
                    workload=self.workload, params=params, variant=self.variant, device=device.id, scope=scope
                )

    def data(self, params: Any, slots: int = 1) -> Data:
        """Inputs and outputs of each slot, the latter poisoned; slots have other keys too."""
        outputs, fence = blank_outputs(self.workload.outputs(params), slots)
        inputs = [self.workload.inputs(params, 1 + slot, slot) for slot in range(slots)]
        return Data(list(zip(inputs, outputs, strict=True)), fence)

    @contextmanager
    def bench(self, way: Way, data: Data, lanes: Sequence[Lane] = ()) -> Iterator[Bench]:
        """A slot for each of ``data``, prepared side by side, on the device's lane or one of ``lanes`` each.

        ``prepare`` meets other inputs in the first slot. Raises Unsupported as ``prepare`` does.
        """
        each = list(lanes) or [self.engine.lane(way.device)] * len(data.slots)
        originals, draws = [copy_of(inputs) for inputs, _ in data.slots], Random(1)
        met = meet(self.workload, way.params, data.slots[0][0], draws)
        slots = [
            Slot(self.engine.prepare(way, inputs, outputs, lane), inputs, outputs, original)
            for (inputs, outputs), original, lane in zip(data.slots, originals, each, strict=True)
        ]
        slots[0].restore()
        lane = timed_by(each[0], slots)
        bench = Bench(self.workload, way.params, lane, slots, draws, data.fence, met)
        for slot in slots:
            bench.poison(slot)
        try:
            yield bench
        finally:
            bench.close()

    def each(
        self, cases: Sequence[Any], look: Callable[[Bench], None], *, slots: int = 1, scope: str = ""
    ) -> int:
        """Call ``look`` with a bench for every case in every way, or those of one scope; how often it did.

        A way that ``prepare`` does not support is left out. Raises Broken, naming the case, for what ``look``
        or the plugin raises.
        """
        supported = 0
        for way in (way for params in cases for way in self.ways(params)):
            if scope not in ("", way.scope):
                continue
            try:
                with self.bench(way, self.data(way.params, slots)) as bench:
                    look(bench)
                    bench.require_fence()
                    supported += 1
            except Unsupported as refused:
                require_reason(f"{shown(way)}: prepare() raised Unsupported with", str(refused))
            except Exception as error:
                raise Broken(f"{shown(way)}: {told(error)}") from error
        return supported


def require_reason(what: str, reason: object) -> None:
    """Raise Broken for a reason that no table can show."""
    if not isinstance(reason, str) or not reason.strip() or not reason.isprintable():
        raise Broken(f"{what} {reason!r:.80}: a reason is one printable line")


def shown(way: Way) -> str:
    """A case as its author can paste it, and where it ran, unless that is the usual place."""
    usual = way.scope == "end-to-end"
    return repr(way.params) + ("" if usual else f" on {way.device}, {way.scope}")


def told(error: BaseException) -> str:
    """What was found; of what the plugin raised, the type and the place too."""
    if isinstance(error, Wrong | Broken | DoesNotApply):
        return str(error)
    return described(error) + place_of(error)


def is_raised(error: BaseException) -> bool:
    """Whether the plugin's code raised it, or something in place of what it gave: no rule's finding."""
    while isinstance(error, Broken) and error.__cause__ is not None:
        error = error.__cause__
    return not isinstance(error, Wrong | Broken | DoesNotApply)
