"""In which order threads and blocks run: a GPU promises none, so a kernel must be right in each."""

from __future__ import annotations

from dataclasses import dataclass

_THREADS = {"forward": 0, "reverse": 1, "random": 2}
_BLOCKS = {"forward": 0, "reverse": 1}


@dataclass(frozen=True)
class Orders:
    """As native/scheduler.h numbers them."""

    threads: int
    blocks: int
    seed: int = 0


def parse(threads: str, blocks: str) -> Orders:
    """From "forward", "reverse" or "random:SEED", and "forward" or "reverse"; ValueError for others."""
    kind, _, seed = threads.partition(":")
    if kind not in _THREADS or (kind == "random") != seed.isdecimal():
        raise ValueError(f"threads must be forward, reverse or random:SEED, not {threads}")
    if blocks not in _BLOCKS:
        raise ValueError(f"blocks must be forward or reverse, not {blocks}")
    return Orders(_THREADS[kind], _BLOCKS[blocks], int(seed or 0))
