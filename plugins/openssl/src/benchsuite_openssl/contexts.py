"""A lane's ciphers, made once a key: its slots take turns, so they share the key schedule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from benchsuite.api import HostLane

C = TypeVar("C")

_CONTEXTS: WeakKeyDictionary[HostLane, dict[tuple[Callable[[bytes], Any], bytes], Any]] = WeakKeyDictionary()


def shared(lane: HostLane, make: Callable[[bytes], C], key: bytes) -> C:
    """What ``make(key)`` gave the first time on this lane."""
    contexts = _CONTEXTS.setdefault(lane, {})
    if (make, key) not in contexts:
        contexts[make, key] = make(key)
    context: C = contexts[make, key]
    return context
