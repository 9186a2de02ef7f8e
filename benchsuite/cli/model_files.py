"""``mix:FILE``: a mixture of error models from a file of weights, spelled so that no file is needed again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from benchsuite.host.plugins import UsageError
from benchsuite.inject.built_in import MIX, MIXTURE

MOST_BYTES = 2**20


def spelled_out(text: str) -> str:
    """An error model as it is, but for a mixture in a file, which becomes what the file holds.

    A line is a weight and an error model; empty lines and what follows ``#`` are passed over. Raises
    UsageError that names the line.
    """
    name, _, path = text.strip().partition(":")
    if name != MIX.name or "=" in path:
        return text
    number = 0

    def parts() -> Iterator[tuple[str, str]]:
        nonlocal number
        for line in _lines(path):
            number += 1
            entry = line.partition("#")[0].strip()
            found = re.fullmatch(r"([^\s,]+)[\s,]+(\S+)", entry)
            if found:
                yield found[2], found[1]
            elif entry:
                raise ValueError(
                    f"a line is a weight and an error model, as in 812 flips:1, not {entry!r:.80}"
                )

    try:
        return f"{MIX.name}:{MIXTURE.spelled(parts())}"
    except ValueError as error:
        raise UsageError(f"--model {text}, line {number}: {error}") from None


def _lines(path: str) -> list[str]:
    file = Path(path)
    if file.exists() and not file.is_file() and not file.is_dir():  # opening a pipe waits for a writer
        raise UsageError(f"--model mix:{path}: no regular file: write what it gives to one")
    try:
        with file.open("rb") as opened:
            held = opened.read(MOST_BYTES + 1)
        if len(held) > MOST_BYTES:
            raise UsageError(f"--model mix:{path}: longer than {MOST_BYTES} bytes: give the weights alone")
        return held.decode("utf-8-sig").splitlines()
    except OSError as error:
        raise UsageError(
            f"--model mix:{path}: {error.strerror}: give a file of weights and error models, or "
            "mix:flips:1=812+adjacent:2=43"
        ) from None
    except UnicodeDecodeError:
        raise UsageError(f"--model mix:{path}: no text in UTF-8: save it as such") from None
