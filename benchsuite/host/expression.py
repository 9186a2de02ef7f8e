"""The selection language of ``-k``: ``and or not ( )`` over case-insensitive parts of labels."""

from __future__ import annotations

import re
from collections.abc import Callable

from benchsuite.host.plugins import UsageError

Predicate = Callable[[str], bool]

MOST_WORDS = 200  # each may cost a level of recursion


def parse(text: str) -> Predicate:
    """A predicate on labels. Raises UsageError where ``text`` is not an expression.

    >>> matches = parse("aes and not (192 or 256)")
    >>> matches("AES-128-CTR, 16 B"), matches("AES-192-CTR, 16 B")
    (True, False)
    """
    tokens = re.findall(r"[()]|[^\s()]+", text)
    if len(tokens) > MOST_WORDS:
        raise _wrong(text[:20] + "…", f"more than {MOST_WORDS} words and parentheses")
    predicate, rest = _either(tokens, text)
    if rest:
        raise _wrong(text, f"{rest[0]!r} is unexpected")
    return predicate


def _either(tokens: list[str], text: str) -> tuple[Predicate, list[str]]:
    left, tokens = _both(tokens, text)
    if tokens[:1] == ["or"]:
        right, tokens = _either(tokens[1:], text)
        return (lambda label: left(label) or right(label)), tokens
    return left, tokens


def _both(tokens: list[str], text: str) -> tuple[Predicate, list[str]]:
    left, tokens = _one(tokens, text)
    if tokens[:1] == ["and"]:
        right, tokens = _both(tokens[1:], text)
        return (lambda label: left(label) and right(label)), tokens
    return left, tokens


def _one(tokens: list[str], text: str) -> tuple[Predicate, list[str]]:
    match tokens:
        case ["not", *rest]:
            inner, rest = _one(rest, text)
            return (lambda label: not inner(label)), rest
        case ["(", *rest]:
            inner, rest = _either(rest, text)
            if rest[:1] != [")"]:
                raise _wrong(text, "a ')' is missing")
            return inner, rest[1:]
        case [word, *rest] if word not in {"and", "or", ")"}:
            return (lambda label: word.lower() in label.lower()), rest
        case [word, *_]:
            raise _wrong(text, f"{word!r} is unexpected")
        case _:
            raise _wrong(text, "it ends too early")


def _wrong(text: str, why: str) -> UsageError:
    return UsageError(f"-k {text!r}: {why}; write words joined by and, or, not and parentheses")
