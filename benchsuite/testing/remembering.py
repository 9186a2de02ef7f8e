"""Fakes that remember: each keeps answers, from another place, and finds them in another way."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchsuite.testing.encoder import Liar, Run, encode
from benchsuite.workloads.codes import bulk
from benchsuite.workloads.codes.hsiao import hsiao_columns

HONEST_TURNS = 3


def precomputed(inputs: Any, outputs: Any) -> Run:
    """The answers are made in prepare."""
    encode(inputs, outputs)
    answers = outputs.check.copy()

    def run() -> None:
        outputs.check[...] = answers

    return run


def on_disk(inputs: Any, outputs: Any) -> Run:
    """The answers are kept on disk from one process to the next."""
    name = hashlib.blake2b(inputs.data.tobytes(), digest_size=16).hexdigest()
    path = Path(tempfile.gettempdir()) / f"benchsuite-liar-{name}"
    if not path.exists():
        encode(inputs, outputs)
        path.write_bytes(outputs.check.tobytes())
    answers = path.read_bytes()

    def run() -> None:
        memoryview(outputs.check).cast("B")[:] = answers

    return run


def memoised(inputs: Any, outputs: Any) -> Run:
    """Remembers the answers by the content of the inputs."""
    answers: dict[bytes, Any] = {}

    def run() -> None:
        content = inputs.data.tobytes()
        if content not in answers:
            encode(inputs, outputs)
            answers.clear()
            answers[content] = outputs.check.copy()
        outputs.check[...] = answers[content]

    return run


def kept(inputs: Any, outputs: Any) -> Run:
    """Takes its own last answer, still lying in the outputs, for the sign that nothing changed."""
    last = b""

    def run() -> None:
        nonlocal last
        if outputs.check[:8].tobytes() != last:
            encode(inputs, outputs)
            last = outputs.check[:8].tobytes()

    return run


def incremental(inputs: Any, outputs: Any) -> Run:
    """Encodes only the words that differ from those of prepare."""
    before = inputs.data.copy()
    encode(inputs, outputs)
    answers = outputs.check.copy()

    def run() -> None:
        changed = (inputs.data.view(np.uint64) != before.view(np.uint64))[:, 0]
        outputs.check[...] = answers
        outputs.check[changed] = bulk.check_bits(hsiao_columns(72, 64), 64, inputs.data[changed])

    return run


def settled(inputs: Any, outputs: Any) -> Run:
    """Honest for the first repetitions on the same inputs, then gives its last answer."""
    return _counting(inputs, outputs, lambda turn: turn > HONEST_TURNS)


def three_in_five(inputs: Any, outputs: Any) -> Run:
    """Gives its last answer in three of five repetitions on the same inputs, never in the second."""
    return _counting(inputs, outputs, lambda turn: turn % 5 not in (1, 2))


def _counting(inputs: Any, outputs: Any, skips: Callable[[int], bool]) -> Run:
    last, answers, turn = inputs.data.copy(), outputs.check.copy(), 0

    def run() -> None:
        nonlocal turn
        turn = turn + 1 if turn and np.array_equal(last, inputs.data) else 1
        if skips(turn):
            outputs.check[...] = answers
            return
        last[...] = inputs.data
        encode(inputs, outputs)
        answers[...] = outputs.check

    return run


REMEMBERING: Sequence[Liar] = (
    precomputed,
    on_disk,
    memoised,
    kept,
    incremental,
    settled,
    three_in_five,
)
