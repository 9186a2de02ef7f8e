"""Runs one kernel of ``bugs.cu``: ``python planted.py KERNEL``, as a process that a sanitizer may end."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
from cuda_emulator import Emulator

SOURCE = Path(__file__).with_name("bugs.cu").read_text(encoding="utf-8")

_THREADS = {"leaves_static_shared": 32, "lacks_a_warp_barrier": 32, "is_misaligned": 2}
_MORE: dict[str, Any] = {
    "writes_behind": (np.int32(64),),
    "leaves_static_shared": (np.int32(1),),
    "shifts_too_far": (np.int32(0),),
}
_SHARED_BYTES = {"leaves_dynamic_shared": 256, "adds_to_what_is_unset": 1024}


def run(cp: Any, name: str) -> Any:
    """What the kernel leaves in its output."""
    kernel = cp.RawModule(code=SOURCE).get_function(name)
    threads = _THREADS.get(name, 64)
    blocks = 2 if name == "writes_behind" else 1
    out = cp.zeros(64, np.uint32).view(np.uint8 if name == "is_misaligned" else np.uint32)
    reading = ("reads_behind", "writes_constant_data")
    arguments = (cp.asarray(np.arange(64, dtype=np.uint32)), out) if name in reading else (out,)
    kernel((blocks,), (threads,), (*arguments, *_MORE.get(name, ())), shared_mem=_SHARED_BYTES.get(name, 0))
    cp.cuda.Device().synchronize()
    return out.get()


if __name__ == "__main__":
    run(Emulator(), sys.argv[1])
