"""The example in C is held to every rule that an engine in Python is held to."""

from pathlib import Path

from benchsuite.api import native
from benchsuite.testing.conformance import by_id, results
from benchsuite.testing.subject import candidate


def test_the_example_keeps_every_rule(example: Path) -> None:
    under = candidate(native.load(example / "libexample.so"), by_id(()))
    found = list(results(under))
    assert {result.status for result in found} >= {"ok"}
    assert [str(result) for result in found if result.status == "failed"] == []
