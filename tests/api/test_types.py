from dataclasses import FrozenInstanceError

import pytest

from benchsuite.api import Backend, Job, Mismatch, Prepared, host_cpu
from benchsuite.workloads import AES_CTR, HSIAO_ENCODE


def a_job(job: object) -> Prepared:
    return Prepared(run=lambda: None)


def test_a_variant_is_registered_once_and_the_error_names_it():
    backend = Backend(name="engine", probe=host_cpu)
    assert backend.implements(AES_CTR, version=1, variant="table")(a_job) is a_job
    with pytest.raises(ValueError, match="engine implements aes-ctr 'table' twice: give one another variant"):
        backend.implements(AES_CTR, version=2, variant="table")(a_job)
    backend.implements(AES_CTR, version=1, variant="bitsliced")(a_job)
    backend.implements(HSIAO_ENCODE, version=1, variant="table")(a_job)
    assert {key: i.version for key, i in backend.implementations.items()} == {
        ("aes-ctr", "table"): 1,
        ("aes-ctr", "bitsliced"): 1,
        ("hsiao-encode", "table"): 1,
    }


def test_an_implementation_claims_nothing_about_time_and_takes_every_case_unless_it_says_otherwise():
    backend = Backend(name="engine", probe=host_cpu)
    backend.implements(AES_CTR, version=1)(a_job)
    implementation = backend.implementations["aes-ctr", ""]
    assert implementation.constant_time == "unknown"
    assert implementation.unless(AES_CTR.params()) is None


def test_two_backends_share_no_implementations():
    first, second = (Backend(name=name, probe=host_cpu) for name in ("first", "second"))
    first.implements(AES_CTR, version=1)(a_job)
    assert not second.implementations


def test_a_prepared_case_and_a_job_cannot_be_changed():
    prepared = Prepared(run=lambda: None)
    device = host_cpu()[0]
    with device.lanes(1) as lanes:
        job = Job(params=1, device=device, lane=lanes[0], scope="end-to-end", inputs=2, outputs=3)
    for frozen, name in ((prepared, "run"), (prepared, "in_place"), (job, "inputs"), (device, "id")):
        with pytest.raises(FrozenInstanceError):
            setattr(frozen, name, None)


def test_a_prepared_case_lives_on_the_host_and_closes_quietly_by_default():
    prepared = Prepared(run=lambda: None)
    assert (prepared.load, prepared.fetch, prepared.in_place) == (None, None, False)
    prepared.close()


def test_a_mismatch_names_the_item_and_both_answers():
    error = Mismatch(7, "00ff", "0fff")
    assert str(error) == "item 7: expected 00ff, got 0fff"
    assert (error.item, error.expected, error.got) == (7, "00ff", "0fff")
