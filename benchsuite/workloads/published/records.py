"""The text format of NIST's validation systems (``.rsp``), in which others write their vectors as well.

Lines ``name = value`` make a record, which ends at a blank line, or at a name that it has already; what
``[name = value]`` or ``[ENCRYPT]`` says holds until it is replaced; ``#`` starts a comment.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

_LABEL = re.compile(r"^(?:# ?)?([A-Za-z][\w -]{0,30}?) *[=:](?=\s|$)", re.MULTILINE)


class Record(NamedTuple):
    """One record; names are in lower case."""

    line: int
    """Where it starts in its file, from 1."""
    headers: Mapping[str, str]
    """What held at that line; of ``[ENCRYPT]`` the ``section`` is ``encrypt``."""
    fields: Mapping[str, str]
    """A line without ``=``, such as ``FAIL``, is a name with an empty value."""


def records(text: str) -> Iterator[Record]:
    """The records of a file.

    >>> [record.fields for record in records("[Taglen = 128]\\n\\nCount = 0\\nFAIL\\n\\nCount = 1")]
    [{'count': '0', 'fail': ''}, {'count': '1'}]
    """
    headers: dict[str, str] = {}
    fields: dict[str, str] = {}
    start = 0
    for number, line in enumerate(map(str.strip, [*text.splitlines(), ""]), 1):
        name, equals, value = (part.strip() for part in line.strip("[]").partition("="))
        name = name.lower()
        data = line[:1] not in ("", "#", "[")
        if fields and (not data or name in fields):
            yield Record(start, headers, fields)
            fields = {}
        if data:
            start = start if fields else number
            fields[name] = value
        elif line.startswith("["):
            headers = headers | ({name: value} if equals else {"section": name})


def count(text: str) -> int:
    """How many vectors a file has, whatever its fields are: as many as the commonest of them; at least 1.

    >>> count("n = 5\\n\\nMsg = 00\\nS = 01\\n\\nMsg = 02\\nS = 03"), count("-----BEGIN CERTIFICATE-----")
    (2, 1)
    """
    return max(Counter(name.lower() for name in _LABEL.findall(text)).values(), default=1)
