"""Cases of any workload: small, odd, each once, and of every kind that the workload has."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from benchsuite.api import Work
from benchsuite.testing.cases import MOST_DATA_BYTES, large_cases, small_cases
from benchsuite.workloads import AES_GCM_ENCRYPT, CRC, HSIAO_DECODE, RSA_SIGN, WORKLOADS

# those of the machine are one item of a size, or a square; trials come in tallies of equal size
WORKLOADS_BY_ID: dict[str, Any] = {
    w.id: w for w in WORKLOADS if not w.id.startswith(("machine-", "hsiao-inject"))
}


@pytest.mark.parametrize("id_", WORKLOADS_BY_ID)
def test_cases_are_distinct_and_small_and_there_are_odd_ones_and_one_item(id_):
    workload = WORKLOADS_BY_ID[id_]
    cases = small_cases(workload)
    work = [workload.work(case) for case in cases]
    assert len(set(cases)) == len(cases) > 10
    assert max(w.bytes_in + w.bytes_out for w in work) <= MOST_DATA_BYTES
    assert {1, 3, 7} <= {w.items for w in work}


@pytest.mark.parametrize(
    ("workload", "field", "values"),
    [
        (AES_GCM_ENCRYPT, "key_bits", {128, 192, 256}),
        (AES_GCM_ENCRYPT, "message_bytes", {0, 1, 17, 4097}),
        (AES_GCM_ENCRYPT, "nonce_bytes", {1, 12, 129}),
        (CRC, "algorithm", {"CRC-32/ISCSI", "CRC-32/ISO-HDLC"}),
        (CRC, "message_bytes", {0, 1, 63, 65}),
        (HSIAO_DECODE, "k", {8, 32, 64, 128}),
        (HSIAO_DECODE, "wrong", {0.0, 0.3, 1.0}),
        (RSA_SIGN, "key_bits", {2048, 3072, 4096}),
    ],
    ids=lambda value: getattr(value, "id", value) if not isinstance(value, set) else "",
)
def test_every_kind_and_the_extremes_of_parameters_are_there(workload, field, values):
    assert values <= {getattr(case, field) for case in small_cases(workload)}


def test_a_large_case_is_the_least_that_is_large_enough():
    payload = AES_GCM_ENCRYPT.work(large_cases(AES_GCM_ENCRYPT, 1 << 16)[0]).payload_bytes
    assert payload == 1 << 16
    assert large_cases(RSA_SIGN, 1 << 40)  # none is: the largest come first all the same


@dataclass(frozen=True)
class Params:
    """Of a workload that nobody here wrote, with a pair of parameters that only go together."""

    rows: int = 8
    columns: int = 8
    share: float = 0.5

    def __post_init__(self) -> None:
        if self.rows != self.columns or self.rows % 4:
            raise ValueError("a square of four")


def test_parameters_that_only_go_together_are_left_together():
    workload = replace(
        CRC,
        id="squares",
        params=Params,
        presets=lambda preset: [Params(rows=12, columns=12)] if preset == "standard" else [],
        work=lambda p: Work(p.rows, "row", p.rows * p.columns, p.rows, p.rows),
    )
    cases = small_cases(workload)
    assert {(case.rows, case.columns) for case in cases} == {(8, 8), (12, 12)}
    assert {case.share for case in cases} == {0.0, 0.3, 0.5, 1.0}
