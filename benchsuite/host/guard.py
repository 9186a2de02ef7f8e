"""What loading a plugin may not change of the process: noticed, put back, and noted."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from typing import TextIO

from benchsuite.host.aspects import ASPECTS

SLOW_SECONDS = 1.0  # every command waits for every plugin
MOST_PRINTED = 200  # characters that a line of stderr and a cell of a table can take


@contextlib.contextmanager
def guarded() -> Iterator[list[str]]:
    """Load a plugin within: a list of notes on it, complete when the block has ended, however it ended.

    Raises RuntimeError at the end for what was changed and cannot be put back.
    """
    notes: list[str] = []
    # in memory, since a plugin may keep the stream and print to it when this is over
    python = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="replace", write_through=True)
    start = time.perf_counter()
    with tempfile.TemporaryFile() as native:
        try:
            # what filters decided is forgotten when they are put back
            with warnings.catch_warnings(), stdout_to(python, native.fileno()), _put_back(notes):
                yield notes
        finally:
            seconds = time.perf_counter() - start
            if seconds > SLOW_SECONDS:
                notes.append(f"took {seconds:.1f} s to load: import what is heavy in probe()")
            native.seek(0)
            spoken = b"" if python.closed else python.buffer.getvalue()
            printed = (spoken + native.read(4 * MOST_PRINTED)).decode(errors="replace")
            if printed.strip():
                notes.append(f"printed {printed.strip()[:MOST_PRINTED]!r}")


@contextlib.contextmanager
def _put_back(notes: list[str]) -> Iterator[None]:
    before = [(aspect, aspect.read()) for aspect in ASPECTS]
    lasting = []
    try:
        yield
    finally:
        for aspect, value in before:
            if aspect.same(value, aspect.read()):
                continue
            with contextlib.suppress(OSError, ValueError):  # no right to; whether it worked is seen below
                aspect.put_back(value)
            if aspect.same(value, aspect.read()):
                notes.append(f"changed {aspect.name}, put back")
            else:
                lasting.append(aspect.name)
    if lasting:
        raise RuntimeError(f"changed {', '.join(lasting)}: not to be put back")


@contextlib.contextmanager
def stdout_to(stream: TextIO, descriptor: int) -> Iterator[None]:
    """What Python prints goes to ``stream``, what native code prints to ``descriptor``."""
    sys.stdout.flush()
    saved = os.dup(1)
    try:
        os.dup2(descriptor, 1)
        with contextlib.redirect_stdout(stream):
            yield
    finally:
        os.dup2(saved, 1)
        os.close(saved)
