"""Known answers as text, each with its source. Knows no workload.

A file is a sequence of records parted by blank lines; a record is lines ``name = value``; lines that start
with ``#`` are comments. Every record has a ``name``, unique in its file, and a ``source``.
"""

from __future__ import annotations

from collections.abc import Mapping


def load(file: str) -> list[Mapping[str, str]]:
    """The records of ``file`` in this package.

    Raises ValueError for a line that is no ``name = value``, a key given twice, and a record without name or
    source.
    """
    from importlib.resources import files

    return parse((files(__name__) / file).read_text(encoding="utf-8"))


def parse(text: str) -> list[Mapping[str, str]]:
    """The records of a file's text; raises as ``load`` does."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return [_record(record) for record in "\n".join(lines).split("\n\n") if record.strip()]


def _record(text: str) -> Mapping[str, str]:
    record: dict[str, str] = {}
    for line in text.strip().splitlines():
        key, equals, value = (part.strip() for part in line.partition("="))
        if not equals or not key:
            raise ValueError(f"{line!r} is no vector's line: write `name = value`")
        if key in record:
            raise ValueError(f"{key!r} is given twice in one vector: part vectors by a blank line")
        record[key] = value
    if not {"name", "source"} <= record.keys():
        raise ValueError(f"a vector needs a name and a source, this one has {sorted(record)}")
    return record
