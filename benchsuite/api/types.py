"""What a workload, a backend and a prepared case are. Frozen types; the host does the rest.

Inputs ``I`` and outputs ``O`` are dataclasses whose fields are numpy arrays, ``bytes`` or ``int`` (outputs:
arrays only). That is all the host needs in order to map, poison, compare and restore them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from random import Random
from typing import Any, Generic, Literal, NamedTuple, Protocol, TypeAlias, TypeVar, runtime_checkable

P = TypeVar("P")
I = TypeVar("I")
O = TypeVar("O")
L = TypeVar("L", bound="Lane")

Scope: TypeAlias = Literal["resident", "end-to-end"]
ConstantTime: TypeAlias = Literal["yes", "no", "claimed", "unknown"]
Items: TypeAlias = Sequence[tuple[int, int | None]]
"""(item, byte or None for the whole of it), ...: what was varied, what is to be checked."""


class Mismatch(Exception):
    """An output item differs from the reference answer."""

    def __init__(self, item: int, expected: object, got: object) -> None:
        super().__init__(f"item {item}: expected {expected}, got {got}")
        self.item, self.expected, self.got = item, expected, got


class Unavailable(Exception):
    """From ``probe()``: why this machine cannot run the backend, and the remedy."""


class Unsupported(Exception):
    """From ``prepare()``: why this case cannot run; printed in its table cell."""


class DeviceLost(Exception):
    """From ``prepare``, ``run`` or a lane: this process cannot use its device again; why, and the remedy.

    It costs the visit under way: the process is ended, and the next visit gets a fresh one.
    """

    ends_worker = True


class Work(NamedTuple):
    """What ONE repetition does: the workload's to state, so that no backend flatters itself."""

    items: int
    unit: str
    """"message", "codeword", "signature", "trial"."""
    payload_bytes: int
    """User data: the only source of GB/s."""
    bytes_in: int
    """Least bytes read: for the roofline only."""
    bytes_out: int
    """Least bytes written: for the roofline only."""


@dataclass(frozen=True, kw_only=True)
class Vector(Generic[P, I, O]):
    """A published test vector; ``source`` names the standard and section."""

    name: str
    source: str
    params: P
    inputs: I
    outputs: O


@dataclass(frozen=True, kw_only=True)
class Workload(Generic[P, I, O]):
    """A versioned specification of one operation. Says what, never how.

    ``params`` is a frozen dataclass whose fields are ``int``, ``float`` or ``str``, all with defaults; its
    ``__post_init__`` raises ValueError with the value, the rule and the remedy.
    """

    id: str
    version: int
    params: type[P]
    label: Callable[[P], str]
    presets: Callable[[str], Iterable[P]]
    """Preset name -> the cases that it runs."""
    inputs: Callable[[P, int, int], I]
    """(params, seed, slot): equal on every machine. Arrays are C-contiguous and writable."""
    outputs: Callable[[P], O]
    """Blank arrays for one repetition."""
    vary: Callable[[P, I, Random, int | None], Items]
    """Changes ``count`` items (or parts of long ones) of the inputs in place, all if None; says which."""
    work: Callable[[P], Work]
    check: Callable[[P, I, O, Items], None]
    """Raises Mismatch naming the first wrong item among those given."""
    canonical: Callable[[O], bytes] | None
    """For digests; None where a right answer is not unique."""
    vectors: Callable[[], Iterable[Vector[P, I, O]]]


class Lane(Protocol):
    """An in-order queue of a device: a host thread, a CUDA stream. It has the clock."""

    def sync(self) -> None:
        """Return when everything enqueued is done."""

    def mark(self) -> Any:
        """Enqueue a timestamp."""

    def seconds(self, start: Any, stop: Any) -> float:
        """Seconds between two marks that a ``sync`` has passed."""


@runtime_checkable
class RecordingLane(Lane, Protocol):
    """A lane that can take down what calls enqueue, for the device to repeat without them: a CUDA graph.

    Optional. Where a repetition is shorter than calling it, the host times replays of recordings that it has
    made before; data move between them, never the addresses that a slot's ``run`` works on.
    """

    def record(self, runs: Sequence[Callable[[], None]]) -> Callable[[], None]:
        """Call ``runs`` but execute nothing: the result enqueues all that they would have, in order."""


@dataclass(frozen=True, kw_only=True)
class Device(Generic[L]):
    """One thing that a backend runs on, with its facts; a fact that cannot be read is None."""

    id: str
    facts: Mapping[str, str | float | None]
    scopes: Sequence[Scope] = ("end-to-end",)
    max_lanes: int = 1
    timed: bool = True
    """False of an emulator: its answers count, its seconds do not, and none are taken."""
    readings: Callable[[], Mapping[str, str | float | None]] | None = None
    """What changes while it works, asked of it before, between and after samples, never during one.

    ``sm_clock_hertz``, ``memory_clock_hertz``, ``power_watts``, ``temperature_celsius``, ``pcie_link`` and
    ``throttled``, why it is slower than it could be; None, or left out, where it does not tell.
    """
    lanes: Callable[[int], AbstractContextManager[Sequence[L]]]


@dataclass(frozen=True, kw_only=True)
class Job(Generic[P, I, O, L]):
    """One slot to prepare.

    ``inputs`` and ``outputs`` are the host's arrays: it changes and poisons them between repetitions, never
    during one. Bytes and integers (keys, moduli) are fixed: schedules and tables belong in prepare.
    """

    params: P
    device: Device[L]
    lane: L
    scope: Scope
    inputs: I
    outputs: O
    slot: int = 0
    """Which one of its pool this is, from 0 on, in the order of preparing."""
    slots: int = 1
    """Of the pool, all of which will be there at once: what memory must suffice for."""


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """One slot, ready to run."""

    run: Callable[[], None]
    """Enqueue one repetition, inputs to outputs; neither allocates, syncs, reads a clock, nor keeps inputs or
    answers."""
    load: Callable[[], None] | None = None
    """Resident only: host inputs -> device, touching no output."""
    fetch: Callable[[], None] | None = None
    """Resident only: device outputs -> ``job.outputs``, reading no input."""
    in_place: bool = False
    """``run`` destroys its inputs: the host then restores them before every repetition."""
    close: Callable[[], None] = lambda: None


@dataclass(frozen=True, kw_only=True)
class Implementation:
    """One variant of a backend's implementation of a workload, as ``Backend.implements`` registered it."""

    prepare: Callable[[Any], Prepared]
    version: int
    constant_time: ConstantTime
    unless: Callable[[Any], str | None]


@dataclass(kw_only=True)
class Backend(Generic[L]):
    """An engine that implements workloads on devices.

    ``probe`` runs in a worker process, imports whatever is heavy and raises Unavailable with a remedy.
    """

    name: str
    probe: Callable[[], Sequence[Device[L]]]
    api: int = 1
    reasons: Mapping[str, str] = field(default_factory=dict)
    """Workload id, or its prefix up to a hyphen -> why this engine does not implement it."""
    implementations: dict[tuple[str, str], Implementation] = field(default_factory=dict)
    """(workload id, variant) -> implementation."""

    def implements(
        self,
        workload: Workload[P, I, O],
        *,
        version: int,
        variant: str = "",
        constant_time: ConstantTime = "unknown",
        unless: Callable[[P], str | None] = lambda p: None,
    ) -> Callable[[Callable[[Job[P, I, O, L]], Prepared]], Callable[[Job[P, I, O, L]], Prepared]]:
        """Register the decorated ``prepare(job) -> Prepared`` for ``version`` of ``workload``.

        ``unless(params)`` says why a case cannot run, or None; it needs no device.
        Raises ValueError where the variant is registered already.
        """

        def register(
            prepare: Callable[[Job[P, I, O, L]], Prepared],
        ) -> Callable[[Job[P, I, O, L]], Prepared]:
            key = (workload.id, variant)
            if key in self.implementations:
                raise ValueError(
                    f"{self.name} implements {workload.id} {variant!r} twice: give one another variant"
                )
            self.implementations[key] = Implementation(
                prepare=prepare, version=version, constant_time=constant_time, unless=unless
            )
            return prepare

        return register
