"""One backend, open in this process: what a worker holds. Only workers call ``probe`` and ``prepare``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from math import isfinite
from typing import Any, get_args

from benchsuite.api import Backend, Device, Job, Lane, Prepared, Scope, Unavailable, Workload
from benchsuite.host.plan import Probe
from benchsuite.host.plugins import Registry, UsageError, discover
from benchsuite.workers import Worker, WorkerError, WorkerLost

PROBE_SECONDS = 60.0
CACHE_FACT = "l2_cache_bytes"
"""The fact of a device that says what a cold pool must exceed where data are resident."""
_MOST_CACHE_BYTES = 1 << 40  # more is no cache
WITHHELD = "withheld"
"""In place of a text that no run file may hold; not None, so that ``throttled`` still flags its visit."""
_PATH = re.compile(r"(?<![\w./])/(?=[^/\s])")


@dataclass(frozen=True)
class Origin:
    """Enough to find a backend and its workloads again in a worker."""

    backend: str
    sources: tuple[str, ...]
    extra: tuple[str, ...]

    def request(self) -> dict[str, Any]:
        """The origin as the message that opens a worker."""
        return {
            "do": "open",
            "backend": self.backend,
            "sources": list(self.sources),
            "extra": list(self.extra),
        }


def origin(registry: Registry, backend: str) -> Origin:
    """Where ``backend`` comes from, and the plugins that bring the workloads that it implements."""
    needed = {("benchsuite_workloads", id_) for id_, _ in registry.backends[backend].implementations}
    needed.add(("benchsuite_backends", backend))
    owners = {plugin.source for brought, plugin in registry.owners.items() if brought in needed}
    extra = sorted(source for source in owners if not source.startswith("entry:"))
    return Origin(backend, tuple(sorted(owners)), tuple(extra))


@dataclass(frozen=True, kw_only=True)
class Way:
    """What is computed, and how: a case, and the variant, device and scope that do it."""

    workload: Workload[Any, Any, Any]
    params: Any
    variant: str
    device: str
    scope: Scope


class OpenBackend:
    """A backend with its devices; lanes are opened when first asked for, and closed by ``close``.

    Raises what the plugin's ``probe`` raises, and TypeError or ValueError for what is no device.
    """

    def __init__(self, backend: Backend[Any]) -> None:
        self.backend = backend
        self.devices = _validated(backend.probe())
        self._lanes: dict[str, Lane] = {}
        self._open = ExitStack()

    def lane(self, device: str) -> Lane:
        """The one lane of ``device``."""
        if device not in self._lanes:
            lanes = self._open.enter_context(self.devices[device].lanes(1))
            if not lanes:
                raise ValueError(f"device {device} gave no lane")
            self._lanes[device] = lanes[0]
        return self._lanes[device]

    @contextmanager
    def lanes(self, device: str, count: int) -> Iterator[Sequence[Lane]]:
        """``count`` lanes of ``device`` for as many threads; a single one is the one of ``lane``."""
        if count == 1:
            yield [self.lane(device)]
            return
        with self.devices[device].lanes(count) as lanes:
            if len(lanes) != count:
                raise ValueError(f"device {device} gave {len(lanes)} lanes for {count} threads")
            yield lanes

    def prepare(
        self, way: Way, inputs: Any, outputs: Any, lane: Lane | None = None, slot: tuple[int, int] = (0, 1)
    ) -> Prepared:
        """``slot``, (which one, of how many), on the one lane unless told.

        Raises what the plugin raises: Unsupported, or anything.
        """
        job = Job(
            params=way.params,
            device=self.devices[way.device],
            lane=lane or self.lane(way.device),
            scope=way.scope,
            inputs=inputs,
            outputs=outputs,
            slot=slot[0],
            slots=slot[1],
        )
        prepared = self.backend.implementations[way.workload.id, way.variant].prepare(job)
        if not isinstance(prepared, Prepared) or not callable(prepared.run):
            raise TypeError(f"prepare() must return Prepared with a run() to call, not {prepared!r:.80}")
        return prepared

    def close(self) -> None:
        """Close all lanes."""
        self._lanes.clear()
        self._open.close()


class Engine(OpenBackend):
    """The backend of a request, and the registry that it was found in."""

    def __init__(self, request: dict[str, Any]) -> None:
        self.registry = discover(extra=request["extra"], only=request["sources"])
        name = request["backend"]
        if name not in self.registry.backends:
            errors = "; ".join(p.error for p in self.registry.plugins if p.error)
            raise UsageError(f"backend {name} did not load in the worker: {errors or 'no plugin brings it'}")
        super().__init__(self.registry.backends[name])


def _validated(devices: Sequence[Device[Any]]) -> dict[str, Device[Any]]:
    """The devices by id. Raises TypeError or ValueError for what no run file could hold."""
    found: dict[str, Device[Any]] = {}
    for device in devices:
        if not isinstance(device, Device):
            raise TypeError(f"probe() must give Device objects, not {type(device).__name__}")
        if not isinstance(device.id, str) or not device.id.isprintable() or not device.id:
            raise ValueError(f"a device's id is printable text, not {device.id!r}")
        if device.id in found:
            raise ValueError(f"probe() gave two devices called {device.id!r}")
        scopes = get_args(Scope)
        if isinstance(device.scopes, str) or not device.scopes or set(device.scopes) - set(scopes):
            raise ValueError(f"scopes of device {device.id} must be some of {scopes}, not {device.scopes!r}")
        if type(device.max_lanes) is not int or device.max_lanes < 1:
            raise ValueError(f"max_lanes of device {device.id} must be 1 or more, not {device.max_lanes!r}")
        for name, fact in device.facts.items():
            finite = not isinstance(fact, float) or isfinite(fact)
            if not (isinstance(name, str) and isinstance(fact, str | int | float | None) and finite):
                raise ValueError(f"fact {name!r} of device {device.id} must be text, a number or None")
        found[device.id] = device
    return found


def fit_to_record(told: Mapping[str, str | float | None]) -> dict[str, str | float | None]:
    """Facts or readings of a device; a text with control characters or a path in it is ``WITHHELD``."""
    return {name: WITHHELD if _unfit(value) else value for name, value in told.items()}


def _unfit(value: str | float | None) -> bool:
    return isinstance(value, str) and (not value.isprintable() or bool(_PATH.search(value)))


def open_engine(request: dict[str, Any]) -> tuple[Engine | None, dict[str, Any]]:
    """Answer an ``open`` request: the engine, and the reply that describes it."""
    try:
        engine = Engine(request)
    except Unavailable as reason:
        return None, {"unavailable": " ".join(str(reason).split())}
    devices = [
        {"id": d.id, "scopes": list(d.scopes), "facts": fit_to_record(d.facts), "max_lanes": d.max_lanes}
        for d in engine.devices.values()
    ]
    return engine, {"devices": devices, "unavailable": "" if devices else "probe() found no device"}


def serve_probe(request: dict[str, Any]) -> dict[str, Any]:
    """The worker's side of ``probe_all``."""
    return open_engine(request)[1]


def probe_all(origins: Sequence[Origin]) -> dict[str, tuple[Probe, list[dict[str, Any]]]]:
    """Probe backends side by side, each in a worker: backend -> (probe, devices with facts)."""
    workers = [(o.backend, Worker("benchsuite.host.engine:serve_probe"), o.request()) for o in origins]
    try:
        for _, worker, request in workers:
            with suppress(WorkerLost):  # receiving says so again
                worker.send(request)
        return {name: _probe(worker) for name, worker, _ in workers}
    finally:
        for _, worker, _ in workers:
            worker.bury()


def _probe(worker: Worker) -> tuple[Probe, list[dict[str, Any]]]:
    try:
        reply = worker.receive(seconds=PROBE_SECONDS)
    except WorkerError as error:
        return Probe(unavailable=f"probe() failed: {error}"), []
    except WorkerLost as lost:
        return Probe(unavailable=f"probe() did not survive: {lost.reason}"), []
    devices = reply.get("devices", [])
    found = tuple((d["id"], tuple(d["scopes"])) for d in devices)
    lanes = {d["id"]: d["max_lanes"] for d in devices}
    caches = {d["id"]: d["facts"].get(CACHE_FACT) for d in devices}
    sizes = {
        id_: size for id_, size in caches.items() if isinstance(size, int) and 0 < size < _MOST_CACHE_BYTES
    }
    probe = Probe(devices=found, max_lanes=lanes, cache_bytes=sizes, unavailable=reply["unavailable"])
    return probe, devices
