"""Codes by name, by the file that ``benchsuite code import`` wrote, or by what such a file holds."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchsuite.host.plugins import UsageError
from benchsuite.workloads.codes import Code, code, imported
from benchsuite.workloads.codes.composed import AnyCode, composed

CODEWORDS = {"smoke": 2**14}
"""Of a case of ``run --code``; else 2^18, or as many as make 2 MiB of data."""


def code_of(text: str) -> Code:
    """The code of that name or, where there is none, of the file or its text. Raises UsageError: one line."""
    if (both := composed(text)) is not None:
        raise UsageError(
            f"{text} is {both.inside.name} under {both.rank.name}, which inject alone takes together: give "
            "one of the two"
        )
    file = ""
    if not text.lstrip().startswith("{"):
        try:
            return code(text)
        except ValueError as unknown:
            if not Path(text).is_file():
                raise UsageError(f"{unknown}; nor is there such a file") from None
        file, text = f"{text}: ", read_text(Path(text))
    from benchsuite.workloads.codes.matrix_file import load

    try:
        return imported(load(text))
    except ValueError as error:
        raise UsageError(f"{file}{error}") from None


def target_of(text: str) -> AnyCode:
    """The composition of that name, or the code as ``code_of`` has it. Raises UsageError: one line."""
    return composed(text) or code_of(text)


def spelled(text: str) -> str:
    """What asks for the same code anywhere: a name as it is; of a file, which may lie elsewhere, its text."""
    if composed(text):
        return text
    of = code_of(text)
    if text == of.name or not of.name.startswith("matrix-"):
        return text
    from benchsuite.workloads.codes.matrix_file import dump

    return " ".join(dump(of.params).split())


def cases_of(texts: Iterable[str], preset: str) -> dict[str, list[Any]] | None:
    """Workload -> the parameters that measure these codes, clean and with 1 % wrong; None for no code."""
    cases: dict[str, list[Any]] = {}
    for of in map(code_of, texts):
        most = min(CODEWORDS.get(preset, 2**18), 2**24 // of.k)
        codewords = 1 << max(most.bit_length() - 1, 0)
        cases.setdefault(of.encode.id, []).append(of.encode.params(**of.params, codewords=codewords))
        cases.setdefault(of.decode.id, []).extend(
            of.decode.params(**of.params, codewords=codewords, wrong=wrong) for wrong in (0.0, 0.01)
        )
    return cases or None


def read_text(path: Path) -> str:
    """What the file holds. Raises UsageError where it is too long, no text, or a pipe or device."""
    from benchsuite.workloads.codes.matrix_file import MOST_BYTES

    if path.exists() and not path.is_file() and not path.is_dir():  # opening a pipe waits for a writer
        raise UsageError(f"{path} is no regular file: write what it gives to one")
    with path.open("rb") as file:
        held = file.read(MOST_BYTES + 1)
    if len(held) > MOST_BYTES:
        raise UsageError(
            f"{path}: longer than {MOST_BYTES} bytes, which is no matrix of a code: give that alone"
        )
    try:
        return held.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{path}: no text in UTF-8: save it as such, or as CSV") from None
