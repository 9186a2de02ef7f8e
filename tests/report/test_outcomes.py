"""The table of an injection."""

from __future__ import annotations

import msgspec

from benchsuite.record.types import Case, Status, Tally
from benchsuite.report.outcomes import injection_table


def refusal(backend: str, reason: str, status: Status = "unsupported") -> Tally:
    return Tally(
        case=Case(workload="hsiao-decode", version=1, params={}),
        case_key="0" * 64,
        label="hsiao-72-64",
        backend=backend,
        model="flips:1",
        seed=1,
        first_trial=0,
        trials=0,
        outcomes={},
        status=status,
        reason=reason,
    )


def test_engines_that_give_one_reason_but_for_their_names_share_a_line() -> None:
    lines = [
        refusal("one", "one has no codes"),
        refusal("two", "Two has no codes"),
        refusal("three", "three has no driver", "unavailable"),
        refusal("four", "four has no driver: one is needed", "unavailable"),
    ]
    assert {(gap.backend, gap.status, gap.reason) for gap in injection_table(lines).gaps} == {
        ("one, two", "unsupported", "has no codes"),
        ("three", "unavailable", "three has no driver"),
        ("four", "unavailable", "four has no driver: one is needed"),
    }


def test_a_mixture_of_many_parts_is_named_by_its_first_ones() -> None:
    tally = refusal("one", "")
    mixture = "mix:" + "+".join(f"at:{place}=1" for place in range(100))
    counted = msgspec.structs.replace(
        tally, model=mixture, trials=10, outcomes={"corrected": 10}, status="measured"
    )
    (row,) = injection_table([counted]).rows
    assert row[1].main == mixture[:59] + "…"
