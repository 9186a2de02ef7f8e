from __future__ import annotations

import hashlib

import pytest

from benchsuite.record.identity import cell_id

FIELDS: dict[str, str | int] = {
    "case_key": "c" * 64,
    "backend": "alpha",
    "variant": "",
    "device": "cpu",
    "scope": "end-to-end",
    "pool": "hot",
    "threads": 1,
    "processes": 1,
    "twin": 0,
}


def test_id_is_the_hash_of_the_canonical_array() -> None:
    text = f'["{"c" * 64}","alpha","","cpu","end-to-end","hot",1,1,0]'
    assert cell_id(**FIELDS) == hashlib.sha256(text.encode()).hexdigest()[:16]  # type: ignore[arg-type]


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_makes_another_row(name: str) -> None:
    other = {**FIELDS, name: f"{FIELDS[name]}x" if isinstance(FIELDS[name], str) else 7}
    assert cell_id(**other) != cell_id(**FIELDS)  # type: ignore[arg-type]
