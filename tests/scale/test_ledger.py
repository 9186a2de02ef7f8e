from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from benchsuite.scale.ledger import Conflict, Ledger


@pytest.fixture(params=["memory", "file"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    with closing(Ledger(tmp_path / "run.ledger" if request.param == "file" else None)) as opened:
        yield opened


def test_a_chunk_done_twice_counts_once(ledger: Ledger) -> None:
    for _ in range(2):
        ledger.put("flips", 7, "all corrected")
    ledger.put("bursts", 7, "all detected")
    assert ledger.chunks("flips") == {7: "all corrected"}


def test_a_chunk_that_came_to_two_things_is_an_error(ledger: Ledger) -> None:
    ledger.put("flips", 7, "all corrected")
    with pytest.raises(Conflict, match="chunk 7 was done twice, with different results"):
        ledger.put("flips", 7, "all detected")
    assert ledger.chunks("flips") == {7: "all corrected"}


def test_what_is_forgotten_of_one_campaign_is_kept_of_the_others(ledger: Ledger) -> None:
    ledger.put("flips", 1, "a")
    ledger.put("bursts", 1, "b")
    ledger.forget("flips")
    assert (ledger.chunks("flips"), ledger.chunks("bursts")) == ({}, {1: "b"})


def test_the_file_lives_from_the_first_chunk_to_the_last(tmp_path: Path) -> None:
    path = tmp_path / "run.ledger"
    with closing(Ledger(path)) as ledger:
        ledger.forget("flips")
        assert not path.exists()
        ledger.put("flips", 3, "c")
        ledger.put("flips", 1, "a")
    assert path.exists()
    with closing(Ledger(path)) as ledger:
        assert list(ledger.chunks("flips").items()) == [(1, "a"), (3, "c")]
        ledger.forget("flips")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_ledger_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "run.ledger"
    path.write_text("the quick brown fox jumps over the lazy dog; " * 40)
    with pytest.raises(OSError, match=r"run\.ledger is no ledger of chunks .*: remove it"):
        Ledger(path)
    assert path.exists()
