"""The worker's side: ``python -m benchsuite.workers module:function FD``."""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import importlib
import json
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchsuite.workers.place import place_of
from benchsuite.workers.process import MAX_MESSAGE_BYTES

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def _die_with_parent() -> None:
    """Elsewhere than on Linux a worker ends when it next reads from the closed pipe."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _die_first() -> None:
    """Where memory runs out faster than the parent looks, the kernel shall end a worker, nobody else."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def _answer(serve: Callable[[dict[str, Any]], dict[str, Any]], line: bytes) -> bytes:
    message = json.loads(line)
    serial = {"serial": message["serial"]}
    try:
        reply = json.dumps(serial | {"reply": serve(message["request"])}, allow_nan=False)
    except BaseException as error:  # noqa: BLE001  a plugin may raise anything; the parent decides
        told = "lost" if getattr(error, "ends_worker", False) is True else "error"
        reply = json.dumps(serial | {told: _described(error)})
    if len(reply) >= MAX_MESSAGE_BYTES:
        reply = json.dumps(serial | {"error": f"an answer of {len(reply)} bytes, too long to be sent"})
    return reply.encode() + b"\n"


def _described(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}"[:1000] + place_of(error)
    except Exception:  # noqa: BLE001  even its __str__ may be a plugin's
        return type(error).__name__ + place_of(error)


def main() -> None:
    """Serve requests until the parent hangs up."""
    target, descriptor = sys.argv[1:]
    _die_with_parent()
    _die_first()
    faulthandler.enable()
    pipe = socket.socket(fileno=int(descriptor))
    module, _, name = target.partition(":")
    serve = getattr(importlib.import_module(module), name)
    for line in pipe.makefile("rb"):
        pipe.sendall(_answer(serve, line))


if __name__ == "__main__":
    main()
