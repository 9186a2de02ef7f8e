"""What holds for one line, reading refuses: the message says where in the line."""

from typing import Any

import msgspec
import pytest

from benchsuite.record.types import Line

IDENTITY = {
    "case": {"workload": "w", "version": 1, "params": {}},
    "case_key": "k",
    "label": "l",
    "backend": "b",
    "variant": "",
    "constant_time": "no",
    "device": "cpu",
    "scope": "end-to-end",
    "pool": "hot",
    "threads": 1,
    "processes": 1,
    "twin": 0,
    "cell": "c",
}
WORK = {"items": 1, "unit": "message", "payload_bytes": 0, "bytes_in": 0, "bytes_out": 0}
SUMMARY = {
    "blocks": 1,
    "seconds": 1.0,
    "seconds_low": None,
    "seconds_high": None,
    "confidence": 0.99,
    "bytes_per_second": 0.0,
    "items_per_second": 1.0,
}
LINES: dict[str, dict[str, Any]] = {
    "run": {
        "schema": 1,
        "id": "r",
        "suite_version": "0",
        "argv": [],
        "seed": 1,
        "preset": "quick",
        "started": "2026-01-01T00:00:00Z",
        "machine": {},
        "plugins": [],
        "devices": [],
    },
    "planned": IDENTITY | {"status": "planned", "work": WORK},
    "gate": {"cell": "c", "status": "measured", "checked_calls": 0, "first_call_seconds": 0.0},
    "samples": {
        "cell": "c",
        "block": 0,
        "position": 0,
        "repetitions": [1],
        "wall_seconds": [1e-9],
        "cpu_seconds": [0.0],
        "output_sha256": None,
    },
    "trial": {
        **{name: IDENTITY[name] for name in ("case", "case_key", "label", "backend")},
        **{"model": "flips:3", "seed": 1, "trial": 7, "outcome": "miscorrected", "flipped": [1, 2]},
    },
    "lost": {"cell": "c", "block": -1, "reason": "died"},
    "cell": IDENTITY | {"status": "measured", "summary": SUMMARY},
    "comparison": {
        "case_key": "k",
        "baseline": "b",
        "contender": "c",
        "ratio": 1.0,
        "ratio_low": None,
        "ratio_high": None,
        "confidence": 0.99,
        "comparisons": 1,
        "verdict": "same",
    },
    "tally": {
        "case": IDENTITY["case"],
        "case_key": "k",
        "label": "l",
        "backend": "b",
        "model": "flips:2",
        "seed": 1,
        "first_trial": 0,
        "trials": 1 << 62,
        "outcomes": {"detected": 0},
        "exact": {"detected": ["0", "1", 0.0]},
    },
}


def read(kind: str, **changes: object) -> Line:
    line: Line = msgspec.json.decode(msgspec.json.encode({"type": kind} | LINES[kind] | changes), type=Line)
    return line


@pytest.mark.parametrize("kind", LINES)
def test_the_edge_of_what_may_be_is_read(kind: str) -> None:
    assert msgspec.to_builtins(read(kind))["type"] == kind


def test_a_run_line_says_its_schema() -> None:
    headless = {key: value for key, value in LINES["run"].items() if key != "schema"}
    with pytest.raises(msgspec.ValidationError, match="schema"):
        msgspec.convert({"type": "run"} | headless, Line)


@pytest.mark.parametrize(
    ("kind", "changes", "where"),
    [
        ("planned", {"threads": 0}, r"\$.threads"),
        ("planned", {"processes": 0}, r"\$.processes"),
        ("planned", {"twin": 3}, r"\$.twin"),
        *(("planned", {"work": WORK | {part: -1}}, rf"\$.work.{part}") for part in WORK if part != "unit"),
        ("planned", {"work": WORK | {"items": 0}}, r"\$.work.items"),
        ("gate", {"checked_calls": -1}, r"\$.checked_calls"),
        ("gate", {"first_call_seconds": -1.0}, r"\$.first_call_seconds"),
        ("gate", {"repetitions": -1}, r"\$.repetitions"),
        ("gate", {"slots": 0}, r"\$.slots"),
        ("gate", {"flags": ["fast"]}, r"\$.flags\[0\]"),
        ("samples", {"block": -1}, r"\$.block"),
        ("samples", {"block": 10**30}, r"\$.block"),
        ("samples", {"position": -3}, r"\$.position"),
        ("samples", {"repetitions": [1, 0]}, r"\$.repetitions\[1\]"),
        ("samples", {"repetitions": [10**12 + 1]}, r"\$.repetitions\[0\]"),
        *(("samples", {"wall_seconds": [s]}, r"\$.wall_seconds\[0\]") for s in (-1.0, 0.0, 5e-324, 1e9)),
        ("samples", {"cpu_seconds": [-1e-9]}, r"\$.cpu_seconds\[0\]"),
        ("samples", {"flags": ["wrong"]}, r"\$.flags\[0\]"),
        ("lost", {"block": -2}, r"\$.block"),
        ("cell", {"summary": SUMMARY | {"seconds": 1e-12}}, r"\$.summary.seconds"),
        ("cell", {"summary": SUMMARY | {"seconds_low": 0.0}}, r"\$.summary.seconds_low"),
        ("cell", {"summary": SUMMARY | {"confidence": 1.0}}, r"\$.summary.confidence"),
        ("comparison", {"ratio": 0.0}, r"\$.ratio"),
        ("comparison", {"comparisons": 0}, r"\$.comparisons"),
        ("tally", {"first_trial": -5}, r"\$.first_trial"),
        ("tally", {"trials": -1}, r"\$.trials"),
        ("tally", {"outcomes": {"great": 1}}, r"`key` in `\$.outcomes`"),
        ("tally", {"outcomes": {"clean": -1}}, r"\$.outcomes"),
        ("tally", {"exact": {"great": ["1", "1", 1.0]}}, r"`key` in `\$.exact`"),
        *(("tally", {"exact": {"clean": [x, "1", 0.0]}}, r"\$.exact") for x in ("x", "-1", "", "1" * 4301)),
        *(("tally", {"exact": {"clean": ["0", x, 0.0]}}, r"\$.exact") for x in ("x", "0", "")),
        ("tally", {"exact": {"clean": ["1", "1", 1.1]}}, r"\$.exact"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(kind: str, changes: dict[str, object], where: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=where):
        read(kind, **changes)


def test_a_flag_of_a_visit_may_say_what_was_wrong() -> None:
    read("samples", flags=["wrong: item 3,\nexpected 1", "steal"])
