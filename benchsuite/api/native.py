"""Backends that are shared libraries: what ``benchsuite_abi.h`` declares, as objects of the contract.

The header is the reference. Here its structures are mirrored for ctypes and checked at the boundary. Arrays
give their addresses by the buffer protocol, so that no array library is needed.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

from benchsuite.api.hooks import hookimpl
from benchsuite.api.host import HostLane, host_cpu
from benchsuite.api.types import (
    Backend,
    ConstantTime,
    Device,
    Implementation,
    Job,
    Prepared,
    Unavailable,
    Unsupported,
)

HEADER = Path(__file__).with_name("benchsuite_abi.h")
"""The header that a library is written with; ``HEADER.parent`` is for the compiler's ``-I``."""

ABI = 1
"""The number that a library's ``abi`` is compared with: ``BENCHSUITE_ABI`` of the header."""

ENTRY = "benchsuite_plugin"
"""The one symbol that a library exports."""

# formats of the buffer protocol -> the header's kind of an array
_KINDS = {**dict.fromkeys("BHILQ", "u"), **dict.fromkeys("bhilq", "i"), **dict.fromkeys("efd", "f"), "?": "b"}


class Param(ctypes.Structure):
    """``benchsuite_param``."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("kind", ctypes.c_int64),
        ("integer", ctypes.c_int64),
        ("real", ctypes.c_double),
        ("text", ctypes.c_char_p),
    )


class Params(ctypes.Structure):
    """``benchsuite_params``."""

    _fields_ = (("items", ctypes.POINTER(Param)), ("count", ctypes.c_uint64))


class Field(ctypes.Structure):
    """``benchsuite_field``."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("kind", ctypes.c_int64),
        ("data", ctypes.POINTER(ctypes.c_char)),  # not void: ctypes keeps what is assigned to it alive
        ("bytes", ctypes.c_uint64),
        ("item_bytes", ctypes.c_uint64),
        ("dimensions", ctypes.c_uint64),
        ("shape", ctypes.POINTER(ctypes.c_uint64)),
    )


class NativeJob(ctypes.Structure):
    """``benchsuite_job``."""

    _fields_ = (
        ("params", Params),
        ("inputs", ctypes.POINTER(Field)),
        ("input_count", ctypes.c_uint64),
        ("outputs", ctypes.POINTER(Field)),
        ("output_count", ctypes.c_uint64),
    )


_Unless = ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.POINTER(Params))
_Prepare = ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.POINTER(NativeJob), ctypes.POINTER(ctypes.c_void_p))
_OfState = ctypes.CFUNCTYPE(None)  # declaring the argument would have each call convert it: 20 to 30 ns
_Probe = ctypes.CFUNCTYPE(ctypes.c_char_p)


class NativeImplementation(ctypes.Structure):
    """``benchsuite_implementation``."""

    _fields_ = (
        ("workload", ctypes.c_char_p),
        ("version", ctypes.c_int64),
        ("variant", ctypes.c_char_p),
        ("constant_time", ctypes.c_char_p),
        ("in_place", ctypes.c_int64),
        ("unless", _Unless),
        ("prepare", _Prepare),
        ("run", _OfState),
        ("close", _OfState),
    )


class Fact(ctypes.Structure):
    """``benchsuite_fact``."""

    _fields_ = (("name", ctypes.c_char_p), ("text", ctypes.c_char_p))


class NativeBackend(ctypes.Structure):
    """``benchsuite_backend``."""

    _fields_ = (
        ("abi", ctypes.c_int64),
        ("name", ctypes.c_char_p),
        ("implementations", ctypes.POINTER(NativeImplementation)),
        ("implementation_count", ctypes.c_uint64),
        ("facts", ctypes.POINTER(Fact)),
        ("fact_count", ctypes.c_uint64),
        ("probe", _Probe),
    )


def load(path: str | Path) -> Backend[HostLane]:
    """The backend of the shared library at ``path``.

    Raises ImportError where the file is no library that loads here or exports no ``benchsuite_plugin``,
    ValueError where what it exports breaks the rules of the header.
    """
    file = Path(path).resolve()  # a bare name would be looked for in the system's folders
    try:
        library = ctypes.CDLL(str(file))
    except OSError as error:
        reason = str(error).replace(f"{file}: ", "")  # results hold no path
        raise ImportError(f"{file.name} is no shared library that loads here: {reason}") from None
    try:
        entry = library[ENTRY]
    except AttributeError:
        raise ImportError(f"{file.name} exports no {ENTRY}(): see {HEADER.name}") from None
    entry.argtypes, entry.restype = (), ctypes.POINTER(NativeBackend)
    found = entry()
    if not found:
        raise ValueError(f"{ENTRY}() of {file.name} gave NULL: it must give a backend")
    native = found.contents
    if native.abi != ABI:
        advice = "upgrade benchsuite" if native.abi > ABI else "set abi = BENCHSUITE_ABI and compile it anew"
        raise ValueError(f"{file.name} is written for ABI {native.abi}, this is ABI {ABI}: {advice}")
    name = _text(native.name, f"name of the backend in {file.name}")
    backend: Backend[HostLane] = Backend(name=name, probe=partial(_probe, native))
    implementations = _items(native.implementations, native.implementation_count, f"{name}.implementations")
    if not implementations:
        raise ValueError(f"{name} implements nothing: set implementations and implementation_count")
    for index, implementation in enumerate(implementations):
        _register(backend, implementation, f"{name}.implementations[{index}]")
    return backend


def plugin(module_file: str, library: str) -> Callable[[], Iterable[Backend[HostLane]]]:
    """The hook of a distribution whose module is two lines: ``library`` lies beside ``module_file``.

    ``benchsuite_backends = plugin(__file__, "libmine.so")``
    """
    return _hook(Path(module_file).with_name(library))


def module(path: str | Path) -> ModuleType:
    """A module with the hook that brings the library at ``path``: what ``--plugin ./libmine.so`` loads."""
    made = ModuleType(f"benchsuite_plugin_{Path(path).stem}")
    made.__dict__["benchsuite_backends"] = _hook(Path(path))
    return made


def _hook(path: Path) -> Callable[[], Iterable[Backend[HostLane]]]:
    @hookimpl
    def benchsuite_backends() -> Iterable[Backend[HostLane]]:
        return [load(path)]

    return benchsuite_backends


def _items(first: Any, count: int, what: str) -> Sequence[Any]:
    if count and not first:
        raise ValueError(f"{what} is NULL, but there are to be {count}")
    return [first[index] for index in range(count)]


def _text(value: bytes | None, what: str) -> str:
    """Printable text. Raises ValueError for NULL, nothing, and what is no such text."""
    try:
        text = (value or b"").decode()
    except UnicodeDecodeError:
        raise ValueError(f"{what} is not UTF-8: {value!r:.80}") from None
    if not text or not text.isprintable():
        raise ValueError(f"{what} must be printable text, not {'NULL' if value is None else repr(text):.80}")
    return text


def _reason(value: bytes | None) -> str | None:
    """A reason as far as it can be read: it is a library's way of saying why not, and must not be lost."""
    return None if value is None else " ".join(value.decode(errors="replace").split()) or "no reason given"


def _probe(native: NativeBackend) -> Sequence[Device[HostLane]]:
    reason = _reason(native.probe()) if native.probe else None
    if reason is not None:
        raise Unavailable(reason)
    facts: dict[str, str | float | None] = {}
    for index, fact in enumerate(_items(native.facts, native.fact_count, "facts")):
        name = _text(fact.name, f"name of facts[{index}]")
        facts[name] = None if fact.text is None else _text(fact.text, f"fact {name}")
    return host_cpu(facts)


def _register(backend: Backend[HostLane], native: NativeImplementation, what: str) -> None:
    workload = _text(native.workload, f"{what}.workload")
    variant = _text(native.variant, f"{what}.variant") if native.variant else ""
    claim = _text(native.constant_time or b"unknown", f"{what}.constant_time")
    claims: tuple[ConstantTime, ...] = get_args(ConstantTime)
    if claim not in claims:
        raise ValueError(f"{what}.constant_time must be one of {', '.join(claims)}, not {claim!r}")
    for name in ("prepare", "run"):
        if not getattr(native, name):
            raise ValueError(f"{what}.{name} is NULL: only unless and close may be")
    if (workload, variant) in backend.implementations:
        raise ValueError(f"{what} implements {workload} {variant!r} again: give one another variant")
    backend.implementations[workload, variant] = Implementation(
        prepare=partial(_prepare, native),
        version=native.version,
        constant_time=claims[claims.index(claim)],
        unless=partial(_unless, native),
    )


def answers(implementation: Implementation) -> bool:
    """Whether a library answers ``unless`` of ``implementation``: to ask it may end the process."""
    return isinstance(implementation.unless, partial) and implementation.unless.func is _unless


def _unless(native: NativeImplementation, params: Any) -> str | None:
    return _reason(native.unless(ctypes.byref(_params(params)))) if native.unless else None


def _prepare(native: NativeImplementation, job: Job[Any, Any, Any, HostLane]) -> Prepared:
    """One slot. ``run`` is a bare foreign call, whose only argument exists already.

    Raises Unsupported with the library's reason, ValueError for what the header cannot express, RuntimeError
    where the library gives neither a state nor a reason.
    """
    inputs, outputs = _fields(job.inputs), _fields(job.outputs)
    given = NativeJob(_params(job.params), inputs, len(inputs), outputs, len(outputs))
    state = ctypes.c_void_p()
    reason = _reason(native.prepare(ctypes.byref(given), ctypes.byref(state)))
    if reason is not None:
        raise Unsupported(reason)
    if not state.value:
        raise RuntimeError("prepare gave neither a state nor a reason: out of memory?")
    # of what can be passed, byref of something that lies there is the quickest
    argument = ctypes.byref(ctypes.c_char.from_address(state.value))
    return Prepared(
        run=partial(native.run, argument),
        in_place=bool(native.in_place),
        close=partial(_close, native, argument, given),
    )


def _close(native: NativeImplementation, argument: Any, given: NativeJob) -> None:
    """Close the slot; being its last call, it also keeps the job and all that it points to until then."""
    if native.close:
        native.close(argument)


def _params(params: Any) -> Params:
    made = [_param(field.name, getattr(params, field.name)) for field in fields(params)]
    return Params((Param * len(made))(*made), len(made))


def _param(name: str, value: object) -> Param:
    if isinstance(value, int):
        if not -(2**63) <= value < 2**63:
            raise ValueError(f"parameter {name} must fit into 64 bits for a library in C, not {value}")
        return Param(name.encode(), ord("i"), value, 0.0, None)
    if isinstance(value, float):
        return Param(name.encode(), ord("f"), 0, value, None)
    if isinstance(value, str):
        return Param(name.encode(), ord("s"), 0, 0.0, value.encode())
    raise ValueError(f"parameter {name} must be int, float or str, not {type(value).__name__}")


def _fields(data: Any) -> Any:
    """The header's view of a dataclass of arrays, bytes and integers; it keeps alive what it points to."""
    made = [_field(field.name, getattr(data, field.name)) for field in fields(data)]
    return (Field * len(made))(*made)


def _field(name: str, value: Any) -> Field:
    if isinstance(value, int):
        if value < 0:
            raise ValueError(f"input {name} must not be negative for a library in C: {value}")
        return _constant(name, "N", value.to_bytes(max(1, -(-value.bit_length() // 8)), "big"))
    if isinstance(value, bytes):
        return _constant(name, "B", value)
    view = memoryview(value)
    kind = _KINDS.get(view.format.lstrip("@="))
    if kind is None or not view.c_contiguous or view.readonly:
        raise ValueError(
            f"array {name} must be contiguous, writable and of plain numbers in this machine's byte order "
            f"for a library in C; its format is {view.format!r}"
        )
    held = (ctypes.c_char * view.nbytes).from_buffer(value)
    return _described(name, kind, held, view.itemsize, view.shape or ())


def _constant(name: str, kind: str, value: bytes) -> Field:
    """A copy: bytes must never change, whatever a library does."""
    held = (ctypes.c_char * len(value)).from_buffer_copy(value)
    return _described(name, kind, held, 1, (len(value),))


def _described(name: str, kind: str, held: Any, item_bytes: int, shape: Sequence[int]) -> Field:
    return Field(
        name=name.encode(),
        kind=ord(kind),
        data=held,
        bytes=len(held),
        item_bytes=item_bytes,
        dimensions=len(shape),
        shape=(ctypes.c_uint64 * len(shape))(*shape),
    )
