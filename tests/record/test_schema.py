import json
from pathlib import Path

import msgspec

from benchsuite.record import types
from benchsuite.record.machine import machine_facts
from benchsuite.record.schema import json_schema, json_schema_text

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def test_the_published_schema_is_the_one_of_the_types() -> None:
    published = json.loads((REFERENCE / "run-file.schema.json").read_text(encoding="utf-8"))
    assert published == json_schema(), "stale: write benchsuite.record.schema.json_schema_text() there"


def test_the_schema_text_reads_back_as_the_schema() -> None:
    assert json.loads(json_schema_text()) == json_schema()


def test_every_key_of_every_line_is_documented() -> None:
    reference = (REFERENCE / "run-file.md").read_text(encoding="utf-8")
    structs = [
        thing
        for thing in vars(types).values()
        if isinstance(thing, type) and issubclass(thing, msgspec.Struct) and thing is not msgspec.Struct
    ]
    keys = {(struct.__name__, key) for struct in structs for key in struct.__struct_encode_fields__}
    assert ("Samples", "wall_seconds") in keys
    assert not [key for key in keys if f"`{key[1]}`" not in reference]


def test_every_type_of_line_has_a_heading() -> None:
    reference = (REFERENCE / "run-file.md").read_text(encoding="utf-8")
    tags = json_schema()["discriminator"]["mapping"]
    assert not [tag for tag in tags if f"\n## `{tag}`\n" not in reference]


def test_every_fact_of_the_machine_is_documented() -> None:
    reference = (REFERENCE / "run-file.md").read_text(encoding="utf-8")
    facts = {name for name in machine_facts() if not name.endswith("_reason")}
    assert not [name for name in facts if f"| `{name}` |" not in reference]
