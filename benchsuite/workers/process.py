"""The parent's side of a worker process."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import IO, Any

MAX_MESSAGE_BYTES = 1 << 26

ONE_THREAD = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "BLIS_NUM_THREADS",
        "NUMEXPR_NUM_THREADS",
    ),
    "1",
)


_MARK = "BENCHSUITE_WORKER"
"""The environment variable that tells the descendants of one worker from everything else."""


class WorkerError(Exception):
    """The worker answered with an error; it lives."""


class WorkerLost(Exception):
    """The worker crashed, hung or spoke garbage; it is buried."""

    def __init__(self, reason: str, signal_name: str | None = None) -> None:
        super().__init__(reason)
        self.reason, self.signal = reason, signal_name


class Worker:
    """A spawned interpreter that serves ``target`` ("module:function").

    It inherits the file descriptors ``keep``, has one BLAS thread, a process group of its own (Ctrl-C is the
    parent's) and no stdout; what it writes to stderr is kept to explain its death.
    """

    def __init__(self, target: str, *, keep: Sequence[int] = ()) -> None:
        ours, theirs = Pipe()
        self._mark = secrets.token_hex(16)
        self._connection: Connection[Any, Any] = ours
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
                env=os.environ | ONE_THREAD | {_MARK: self._mark},
            )

    @property
    def pid(self) -> int:
        """Process id of the worker."""
        return self._process.pid

    def ask(self, request: Mapping[str, Any], *, seconds: float) -> dict[str, Any]:
        """Send ``request`` and wait for its reply.

        Raises WorkerError when the worker refuses, WorkerLost when it dies or does not answer in ``seconds``.
        """
        self.send(request)
        return self.receive(seconds=seconds)

    def send(self, request: Mapping[str, Any]) -> None:
        """Send ``request`` without waiting: for several workers that start side by side."""
        try:
            self._connection.send_bytes(json.dumps(request, allow_nan=False).encode())
        except OSError:
            raise self._lost() from None

    def receive(self, *, seconds: float) -> dict[str, Any]:
        """Wait for the reply to the last request; see ``ask``."""
        try:
            if not self._connection.poll(seconds):
                self.bury()
                raise WorkerLost(f"timeout: no answer within {seconds:g} s")
            reply = json.loads(self._connection.recv_bytes(MAX_MESSAGE_BYTES))
        except (EOFError, OSError):
            raise self._lost() from None
        except ValueError:
            self.bury()
            raise WorkerLost("the worker sent something that is not a message") from None
        if not isinstance(reply, dict) or reply.keys() not in ({"reply"}, {"error"}):
            self.bury()
            raise WorkerLost("the worker sent something that is not a reply")
        if "error" in reply:
            raise WorkerError(str(reply["error"]))
        return dict(reply["reply"])

    def bury(self) -> None:
        """Kill the worker and everything it started; harmless when it is dead already."""
        if self._process.returncode is None:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except ProcessLookupError:
                self._process.kill()
            self._process.wait()
        self._bury_descendants()
        self._connection.close()
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
            self.bury()
            return WorkerLost("the worker closed its pipe and went on running")
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
        self._stderr.seek(0)
        lines = self._stderr.read(1 << 16).decode(errors="replace").strip().splitlines()
        fatal = [line for line in lines if line.startswith(("Fatal", "MemoryError"))] or lines[-1:]
        return f": {fatal[0][:200]}" if fatal else ""


def _marked(mark: str) -> Iterator[int]:
    """Processes of this user whose environment carries ``mark``."""
    wanted = f"{_MARK}={mark}".encode()
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):  # it has ended, or is another user's
            if wanted in environment.read_bytes().split(b"\0"):
                yield int(environment.parent.name)
