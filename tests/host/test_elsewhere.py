"""A worker answers for a backend; what ends it is a reason. Libraries: tests/api/test_native.py."""

import pytest

from benchsuite.api import native
from benchsuite.host.elsewhere import Elsewhere, ask_elsewhere
from benchsuite.host.engine import origin
from benchsuite.host.plugins import discover
from benchsuite.workloads import HSIAO_ENCODE

PLUGIN = """
import os
from benchsuite.api import Backend, hookimpl, host_cpu
from benchsuite.workloads import HSIAO_ENCODE

own = Backend(name="own", probe=host_cpu)
ANSWERS = {
    "odd": lambda params: "odd" if params.codewords % 2 else None,
    "raises": lambda params: 1 / 0,
    "dies": lambda params: os._exit(params.codewords),
}
for variant, unless in ANSWERS.items():
    own.implements(HSIAO_ENCODE, version=1, variant=variant, unless=unless)(lambda job: None)

@hookimpl
def benchsuite_backends():
    return [own]
"""


def case(codewords):
    return HSIAO_ENCODE.params(codewords=codewords)


@pytest.fixture
def registry(plugin):
    return discover(extra=[plugin("own", PLUGIN)])


@pytest.fixture
def elsewhere(registry):
    return Elsewhere(origin(registry, "own"))


def test_the_answer_is_that_of_the_plugin(elsewhere):
    key = HSIAO_ENCODE.id, "odd"
    assert [elsewhere.unless(key, case(n)) for n in (1, 2, 3)] == ["odd", None, "odd"]


def test_what_it_raises_is_the_reason(elsewhere):
    reason = elsewhere.unless((HSIAO_ENCODE.id, "raises"), case(1))
    assert reason.startswith("unless() failed: ZeroDivisionError: division by zero")


def test_what_ends_the_worker_is_asked_once_and_others_go_on(elsewhere):
    lost = "unless() did not survive: the worker ended with exit code 3"
    assert [elsewhere.unless((HSIAO_ENCODE.id, "dies"), case(n)) for n in (3, 4)] == [lost, lost]
    assert elsewhere.unless((HSIAO_ENCODE.id, "odd"), case(1)) == "odd"


def test_python_answers_where_it_is(registry):
    before = registry.backends["own"]
    ask_elsewhere(registry, [origin(registry, "own")])
    assert registry.backends["own"] is before
    assert not any(native.answers(implementation) for implementation in before.implementations.values())
