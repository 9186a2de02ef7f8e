"""What a worker does in the tests of workers."""

import os
import signal
import subprocess
import sys
import threading
from typing import Any

PIPE = int(sys.argv[-1])


class DeviceGone(Exception):
    ends_worker = True


def serve(request: dict[str, Any]) -> dict[str, Any]:
    match request["do"]:
        case "echo":
            print("a plugin that prints must not disturb the pipe")
            return {"text": request["text"], "pid": os.getpid()}
        case "threads":
            return {"threads": os.environ["OPENBLAS_NUM_THREADS"]}
        case "raise":
            raise ValueError("no such thing")
        case "lose":
            raise DeviceGone("no longer of use")
        case "exit":
            sys.exit(3)
        case "hard-exit":
            os._exit(3)
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "hang":
            threading.Event().wait()
        case "leave":
            return {"pid": subprocess.Popen(["sleep", "600"], start_new_session=True).pid}
        case "nan":
            return {"value": float("nan")}
        case do:
            misbehave(do, request)
    return {}


def misbehave(do: str, request: dict[str, Any]) -> None:
    match do:
        case "chatter":
            os.write(PIPE, request["text"].encode())
        case "fork":
            os.fork()
        case "hang-up":
            os.closerange(3, 1000)
        case "flood":
            for _ in range(65):
                os.write(2, bytes(1 << 20))
        case "fill":
            request["kept"] = b"x" * (1 << 28)
            threading.Event().wait()
