"""The parent's side of a worker process."""

from __future__ import annotations

import contextlib
import json
import math
import os
import secrets
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

MAX_MESSAGE_BYTES = 1 << 26
MOST_STDERR_BYTES = 1 << 26
WATCH_SECONDS = 0.2  # between two looks at a worker that is waited for: 50 us each

BLAS_THREADS = "BENCHSUITE_BLAS_THREADS"
"""The environment variable that asks for more than one."""
_BLAS_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)

_FORMS = [{"serial", kind} for kind in ("reply", "error", "lost")]
_MARK = "BENCHSUITE_WORKER"
"""The environment variable that tells the descendants of one worker from everything else."""


def blas_threads() -> int:
    """Of every worker: one, unless BENCHSUITE_BLAS_THREADS asks for more. Raises ValueError for no count."""
    text = os.environ.get(BLAS_THREADS) or "1"
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= 1024):
        raise ValueError(f"{BLAS_THREADS} takes a number from 1 to 1024, not {text!r}")
    return int(text)


class WorkerError(Exception):
    """The worker answered with an error; it lives."""


class WorkerLost(Exception):
    """The worker crashed, hung or spoke garbage; it is buried."""

    def __init__(self, reason: str, signal_name: str | None = None) -> None:
        super().__init__(reason)
        self.reason, self.signal = reason, signal_name


class Worker:
    """A spawned interpreter that serves ``target`` ("module:function").

    It inherits the file descriptors ``keep``, has ``blas_threads()``, a process group of its own (Ctrl-C is
    the parent's) and no stdout; what it writes to stderr is kept to explain its death. While it is waited
    for, it may have ``memory_bytes`` resident, with what it started; None: as many as there are.

    Messages are lines of JSON, numbered: whatever else gets into the pipe spoils a line, and is seen there.
    """

    def __init__(self, target: str, *, keep: Sequence[int] = (), memory_bytes: int | None = None) -> None:
        ours, theirs = socket.socketpair()
        self._mark = secrets.token_hex(16)
        self._pipe, self._serial, self._memory_bytes = ours, 0, memory_bytes
        self._rest, self._due = bytearray(), (math.inf, math.inf)
        self._stderr: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  lives as long as the worker
        with theirs:
            self._process = subprocess.Popen(
                # -P: a file called numpy.py in the current folder must not shadow the library
                [sys.executable, "-P", "-m", "benchsuite.workers", target, str(theirs.fileno())],
                pass_fds=[theirs.fileno(), *keep],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._stderr,
                start_new_session=True,
                env=os.environ | dict.fromkeys(_BLAS_VARIABLES, str(blas_threads())) | {_MARK: self._mark},
            )

    @property
    def pid(self) -> int:
        """Process id of the worker."""
        return self._process.pid

    def ask(
        self, request: Mapping[str, Any], *, seconds: float, waiting: Callable[[], None] = lambda: None
    ) -> dict[str, Any]:
        """Send ``request`` and wait for its reply, calling ``waiting`` now and then.

        Raises WorkerError when the worker refuses, WorkerLost when it dies, does not answer in ``seconds``,
        takes more memory than it may or says itself that it is of no more use.
        """
        self.send(request)
        return self.receive(seconds=seconds, waiting=waiting)

    def send(self, request: Mapping[str, Any], *, seconds: float = math.inf) -> None:
        """Send ``request``, to be answered in ``seconds``; do not wait: for several workers side by side."""
        self._serial += 1
        self._due = time.monotonic() + seconds, seconds
        message = json.dumps({"serial": self._serial, "request": request}, allow_nan=False)
        try:
            self._pipe.settimeout(None)  # a worker that still imports reads later
            self._pipe.sendall(message.encode() + b"\n")
        except OSError:
            raise self._lost() from None

    def receive(
        self, *, seconds: float | None = None, waiting: Callable[[], None] = lambda: None
    ) -> dict[str, Any]:
        """Wait for the reply to the last request, for what ``send`` allowed unless told; see ``ask``."""
        if seconds is not None:
            self._due = time.monotonic() + seconds, seconds
        line = self._line(waiting)
        try:
            reply = json.loads(line)
        except ValueError:
            raise self._buried("the worker sent something that is not a message") from None
        if not isinstance(reply, dict) or reply.keys() not in _FORMS:
            raise self._buried("the worker sent something that is not a reply")
        if reply["serial"] != self._serial or not isinstance(reply.get("reply", {}), dict):
            raise self._buried("the worker answered something that it was not asked (did it fork?)")
        if "lost" in reply:
            raise self._buried(str(reply["lost"]))
        if "error" in reply:
            raise WorkerError(str(reply["error"]))
        return dict(reply["reply"])

    def _line(self, waiting: Callable[[], None]) -> bytearray:
        """What comes until the end of a line; more than that, such as a forked copy's answer, is kept."""
        line = self._rest
        while b"\n" not in line:
            if self._is_late():
                raise self._buried(f"timeout: no answer within {self._due[1]:g} s")
            try:
                self._pipe.settimeout(WATCH_SECONDS)
                part = self._pipe.recv(1 << 16)
            except TimeoutError:
                self._watch()
                waiting()
                continue
            except OSError:
                raise self._lost() from None
            if not part:
                raise self._lost()
            line += part
            if len(line) > MAX_MESSAGE_BYTES:
                raise self._buried("the worker sent something that does not end")
        self._watch()
        line, _, self._rest = line.partition(b"\n")
        return line

    def _watch(self) -> None:
        if excess := self._excess():
            raise self._buried(excess)

    def _excess(self) -> str:
        """What the worker takes beyond its memory, or beyond what it may write to the disk; or nothing."""
        if self._memory_bytes is not None and (used := _resident_bytes(self.pid)) > self._memory_bytes:
            limit = f"the {self._memory_bytes >> 20} MiB that a worker may have"
            return f"memory: {used >> 20} MiB, more than {limit}"
        if os.fstat(self._stderr.fileno()).st_size > MOST_STDERR_BYTES:
            return f"the worker wrote more than {MOST_STDERR_BYTES >> 20} MiB to stderr"
        return ""

    def _is_late(self) -> bool:
        return time.monotonic() > self._due[0]

    def _buried(self, reason: str) -> WorkerLost:
        self.bury()
        return WorkerLost(reason)

    def bury(self) -> None:
        """Kill the worker and everything it started; harmless when it is dead already."""
        if self._process.returncode is None:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except ProcessLookupError:
                self._process.kill()
            self._process.wait()
        self._bury_descendants()
        self._pipe.close()
        self._stderr.close()

    def _bury_descendants(self) -> None:
        """Kill what the worker left behind in sessions of its own, and what that starts meanwhile.

        Linux only; who cleans its environment is not found.
        """
        killed: set[int] = set()
        while found := set(_marked(self._mark)) - killed:
            for pid in found:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            killed |= found

    def _lost(self) -> WorkerLost:
        try:
            code = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return self._buried("the worker closed its pipe and went on running")
        last = self._last_words()
        self.bury()
        if code >= 0:
            return WorkerLost(f"the worker ended with exit code {code}{last}")
        name = signal.Signals(-code).name
        hint = " (out of memory?)" if name == "SIGKILL" else ""
        return WorkerLost(f"the worker was killed by {name}{hint}{last}", name)

    def _last_words(self) -> str:
        if self._stderr.closed:
            return ""
        self._stderr.seek(max(0, self._stderr.seek(0, os.SEEK_END) - (1 << 16)))
        lines = self._stderr.read().decode(errors="replace").strip().splitlines()
        fatal = [line for line in lines if line.startswith(("Fatal", "MemoryError"))] or lines[-1:]
        return f": {fatal[0][:200]}" if fatal else ""


def first_to_answer(workers: Sequence[Worker]) -> Worker:
    """The first of ``workers`` of which ``receive`` need not wait: it answered, died, or broke a limit.

    Each has been sent a request, and none is buried.
    """
    while True:
        ready, _, _ = select.select([worker._pipe for worker in workers], [], [], WATCH_SECONDS)
        for worker in workers:
            if worker._pipe in ready or worker._rest or worker._is_late() or worker._excess():
                return worker


def _marked(mark: str) -> Iterator[int]:
    """Processes of this user whose environment carries ``mark``."""
    wanted = f"{_MARK}={mark}".encode()
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):  # it has ended, or is another user's
            if wanted in environment.read_bytes().split(b"\0"):
                yield int(environment.parent.name)


def _resident_bytes(pid: int) -> int:
    """Of a process and its descendants, what they share counted for each; 0 where there is no /proc."""
    process, found = Path(f"/proc/{pid}"), 0
    with contextlib.suppress(OSError):  # it has ended
        found = int((process / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        for task in (process / "task").iterdir():
            with contextlib.suppress(OSError):  # so has this thread, or this kernel does not list children
                found += sum(map(_resident_bytes, map(int, (task / "children").read_text().split())))
    return found
