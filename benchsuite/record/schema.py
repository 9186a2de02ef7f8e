"""The JSON Schema of a line of a run file, generated from the types. Published in docs/reference."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from benchsuite.record.types import Line


def json_schema() -> dict[str, Any]:
    """The schema (draft 2020-12) that every line of a run file satisfies."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A line of a benchsuite run file",
        **msgspec.json.schema(Line),
    }


def json_schema_text() -> str:
    """The schema as it is published: indented, with an end of line."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
