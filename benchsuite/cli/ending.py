"""How commands end and what they may say: exit codes, and text that cannot harm a terminal."""

GOOD, BAD, USAGE, REGRESSION, UNAVAILABLE, NOTHING, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130
"""Exit codes. When several apply: the first of 130, 2, 1, 3, 4, 5."""


def printable(text: str) -> str:
    """Control characters spelled out: what plugins and files say may not move a cursor or begin a line."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
