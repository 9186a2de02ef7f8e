"""The append-only run file: one line a record, JSON, whole or not there.

A killed process tears at most the last line; readers drop it with a warning, ``resume`` cuts it off.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType

import msgspec

from benchsuite.record.types import SCHEMA, Line, Run

try:
    import fcntl
except ImportError:  # Windows: no advisory locks, so two writers are the user's to avoid
    fcntl = None  # type: ignore[assignment]

_DECODER = msgspec.json.Decoder(Line)


class BadRunFile(ValueError):
    """The file is not a run file that this version reads; the message names the line."""


@dataclass(frozen=True, kw_only=True)
class RunFile:
    """What ``read`` found; ``warnings`` says what was dropped."""

    lines: list[Line]
    warnings: list[str]


class Writer:
    """Appends lines to one file under an exclusive lock; made by ``create`` or ``resume``."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor

    def append(self, line: Line) -> None:
        """Write one line with a single system call, so that a kill cannot tear any but the last.

        Raises ValueError for a number that is not finite, OSError where the disk takes only a part.
        """
        for field in _not_finite(msgspec.to_builtins(line), type(line).__name__.lower()):
            raise ValueError(f"{field} is not a finite number: record null and a reason instead")
        encoded = msgspec.json.encode(line) + b"\n"
        try:
            msgspec.json.decode(encoded, type=Line)  # what a plugin brought may have any type
        except msgspec.ValidationError as error:
            raise ValueError(f"a {type(line).__name__.lower()} line would not be readable: {error}") from None
        before = os.fstat(self._descriptor).st_size
        if os.write(self._descriptor, encoded) != len(encoded):
            os.ftruncate(self._descriptor, before)
            raise OSError(f"{self.path.name}: the disk took only part of a line; free space and --resume")

    def close(self) -> None:
        """Release the file and its lock; a second call does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def default_path(now_utc: datetime, run_id: str) -> Path:
    """Where a run goes unless told otherwise: ``results/local/<UTC>-<id>.jsonl``."""
    return Path("results/local") / f"{now_utc:%Y%m%dT%H%M%SZ}-{run_id}.jsonl"


def create(path: Path) -> Writer:
    """Start a new run file, making its folder. Raises ValueError where the file exists."""
    if path.is_dir():
        raise ValueError(f"{path} is a folder: name a file to write")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _open(path, os.O_CREAT | os.O_EXCL)
    except FileExistsError:
        raise ValueError(
            f"{path} exists and runs are never overwritten: continue it with --resume {path}, "
            "or give another --output"
        ) from None


def resume(path: Path) -> tuple[Writer, list[Line]]:
    """Open a run file to go on with: its whole lines, and a writer behind the last of them.

    Raises FileNotFoundError, BadRunFile, or ValueError where another process writes the file.
    """
    writer = _open(path, 0)
    try:
        content = path.read_bytes()
        found, whole = _parse(content, path.name)
        os.truncate(path, whole)
    except BaseException:
        writer.close()
        raise
    return writer, found.lines


def read(path: Path) -> RunFile:
    """All whole lines of a run file, as data only. Raises BadRunFile, OSError."""
    found, _ = _parse(path.read_bytes(), path.name)
    return found


def _open(path: Path, flags: int) -> Writer:
    # O_APPEND makes the kernel place each write at the end, whoever else has the file open.
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | flags, 0o644)
    if fcntl is None:
        return Writer(path, descriptor)
    if descriptor <= 2:  # where a stream was closed; what is printed must not land in the file
        low, descriptor = descriptor, fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 3)
        os.close(low)
    writer = Writer(path, descriptor)
    try:
        fcntl.flock(writer._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        writer.close()
        raise ValueError(
            f"{path} is being written by another process: wait for it, or give another --output"
        ) from None
    except OSError:
        return writer  # some network file systems have no locks: still usable, by one process
    return writer


def _parse(content: bytes, name: str) -> tuple[RunFile, int]:
    """The lines and warnings, and how many bytes the whole lines take."""
    lines: list[Line] = []
    warnings: list[str] = []
    *rows, tail = content.split(b"\n")
    whole = len(content) - len(tail)
    if tail:
        warnings.append(f"{name}: line {len(rows) + 1} is torn (no end of line) and was dropped")
    for number, row in enumerate(rows, start=1):
        try:
            lines.append(_decode(row))
        except msgspec.ValidationError as error:
            raise BadRunFile(f"{name}: line {number}: {error}") from None
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            if number < len(rows) or tail:
                raise BadRunFile(f"{name}: line {number} is not JSON: {error}") from None
            warnings.append(f"{name}: line {number} is torn ({error}) and was dropped")
            whole -= len(row) + 1
    if lines and not isinstance(lines[0], Run):
        raise BadRunFile(
            f"{name}: line 1 is a {type(lines[0]).__name__.lower()} line, not a run line: the head is missing"
        )
    return RunFile(lines=lines, warnings=warnings), whole


class _Head(msgspec.Struct):
    type: str = ""
    schema: int = 0


def _decode(row: bytes) -> Line:
    try:
        line: Line = _DECODER.decode(row)
    except msgspec.ValidationError:
        _refuse_newer_schema(msgspec.json.decode(row, type=_Head))
        raise
    if isinstance(line, Run):
        _refuse_newer_schema(_Head(type="run", schema=line.schema))
    return line


def _refuse_newer_schema(head: _Head) -> None:
    if head.type == "run" and head.schema > SCHEMA:
        raise msgspec.ValidationError(
            f"schema {head.schema} is newer than {SCHEMA}, the newest that this version reads: "
            "update benchsuite"
        )


def _not_finite(value: object, path: str) -> Iterator[str]:
    """Where NaN and infinities are: msgspec would write them as null."""
    if isinstance(value, float):
        if not math.isfinite(value):
            yield path
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _not_finite(part, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for index, part in enumerate(value):
            yield from _not_finite(part, f"{path}[{index}]")
