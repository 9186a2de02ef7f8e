"""The worker's side: ``python -m benchsuite.workers module:function FD``."""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import importlib
import json
import signal
import sys
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from benchsuite.workers.process import MAX_MESSAGE_BYTES

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def _die_with_parent() -> None:
    """Elsewhere than on Linux a worker ends when it next reads from the closed pipe."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _answer(serve: Callable[[dict[str, Any]], dict[str, Any]], request: dict[str, Any]) -> bytes:
    try:
        reply = json.dumps({"reply": serve(request)}, allow_nan=False).encode()
    except BaseException as error:  # noqa: BLE001  a plugin may raise anything; the parent decides
        return json.dumps({"error": _described(error)}).encode()
    if len(reply) > MAX_MESSAGE_BYTES:
        return json.dumps({"error": f"an answer of {len(reply)} bytes, too long to be sent"}).encode()
    return reply


def _described(error: BaseException) -> str:
    where = traceback.extract_tb(error.__traceback__)[-1]
    place = f"({where.filename.rpartition('/')[2]}:{where.lineno})"
    try:
        return f"{type(error).__name__}: {error}"[:1000] + f" {place}"
    except Exception:  # noqa: BLE001  even its __str__ may be a plugin's
        return f"{type(error).__name__} {place}"


def main() -> None:
    """Serve requests until the parent hangs up."""
    target, descriptor = sys.argv[1:]
    _die_with_parent()
    faulthandler.enable()
    connection: Connection[Any, Any] = Connection(int(descriptor))
    module, _, name = target.partition(":")
    serve = getattr(importlib.import_module(module), name)
    while True:
        try:
            request = json.loads(connection.recv_bytes())
        except EOFError:
            return
        connection.send_bytes(_answer(serve, request))


if __name__ == "__main__":
    main()
