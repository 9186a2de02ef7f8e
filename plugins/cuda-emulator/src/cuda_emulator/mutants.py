"""Mutants: small wrongs done to a kernel, each of which a check must notice.

A file of them is TOML: ``[[mutant]]`` with ``why``, ``find``, ``replace`` and, where ``find`` stands more
than once and every place is meant, ``count``.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import tomllib
import traceback
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cuda_emulator.errors import CompileException

Verdict = Literal["killed", "survived", "does not compile"]

SECONDS = 120
"""A check that takes longer is stuck: the mutant is noticed. A sound one takes a second or two."""

_SURVIVED, _KILLED, _NOT_COMPILED = 0, 1, 3


@dataclass(frozen=True)
class Mutant:
    """``find`` becomes ``replace`` at all ``count`` places."""

    why: str
    find: str
    replace: str
    count: int = 1


def read_mutants(path: Path) -> Sequence[Mutant]:
    """Those of a file. Raises ValueError for one without ``why``, ``find`` or ``replace``, or with more."""
    entries = tomllib.loads(path.read_text(encoding="utf-8")).get("mutant", [])
    try:
        return [Mutant(**entry) for entry in entries]
    except TypeError as error:
        raise ValueError(
            f"{path.name}: a mutant has why, find, replace, and count if not 1: {error}"
        ) from error


def mutated(text: str, mutant: Mutant) -> str:
    """The text with the wrong in it; ValueError where ``find`` is not there so often, or nothing changes."""
    if (found := text.count(mutant.find)) != mutant.count:
        raise ValueError(
            f"{mutant.why}: {mutant.find!r} stands {found} times in the source, not {mutant.count}"
        )
    if mutant.find == mutant.replace:
        raise ValueError(f"{mutant.why}: it changes nothing")
    return text.replace(mutant.find, mutant.replace)


def verdict(check: Callable[[], None], seconds: int = SECONDS) -> Verdict:
    """Whether ``check`` notices, by an exception, a crash or a standstill; a copy of this process runs it."""
    with warnings.catch_warnings():
        # The copy only compiles, runs kernels and ends: it takes no lock that another thread may have held.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if not child:
        _judge(check, seconds)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return {_SURVIVED: "survived", _NOT_COMPILED: "does not compile"}.get(status, "killed")  # type: ignore[return-value]


def _judge(check: Callable[[], None], seconds: int) -> None:
    """Never returns: the copy must not go on as if it were the original."""
    status = _KILLED
    try:
        faulthandler.disable()  # a crash is a verdict, not a mishap
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(seconds)
        check()
        status = _SURVIVED
    except CompileException:
        traceback.print_exc(file=sys.stderr)
        status = _NOT_COMPILED
    except BaseException as error:  # noqa: BLE001 - whatever it is, the mutant was noticed
        print(f"{type(error).__name__}: {error}"[:200], file=sys.stderr)
    finally:
        sys.stderr.flush()
        os._exit(status)
