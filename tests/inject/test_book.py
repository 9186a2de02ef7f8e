"""Chunks by several processes, in any order, and the trials that are logged: the same file in the end."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from benchsuite.analyse.problems import problems
from benchsuite.host.plugins import UsageError
from benchsuite.inject import book
from benchsuite.inject.rig import Rig
from benchsuite.inject.server import Workers
from benchsuite.inject.shown import show_trial
from benchsuite.inject.trials import Draws, blocks
from benchsuite.record.types import SCHEMA, Run, Tally, Trial
from benchsuite.scale.ledger import Conflict, Ledger

Inject = Callable[..., Any]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(Ledger(tmp_path / "run.ledger")) as opened:
        yield opened


@pytest.fixture
def run() -> Run:
    """The head of a file with campaigns of seed 1."""
    return Run(
        schema=SCHEMA,
        id="r",
        suite_version="0",
        argv=["inject"],
        seed=1,
        preset="",
        started="2026-01-01T00:00:00Z",
        machine={},
        plugins=[],
        devices=[],
    )


@pytest.mark.parametrize("processes", [2, 3])
def test_any_number_of_processes_records_the_same_lines(inject: Inject, processes: int) -> None:
    one = inject("flips:3", trials=3000, chunk_trials=250, log=("miscorrected",))
    several = inject("flips:3", trials=3000, chunk_trials=250, log=("miscorrected",), processes=processes)
    assert several.lines == one.lines
    assert several.progress == one.progress


def test_a_precision_ends_several_processes_where_it_ends_one(inject: Inject) -> None:
    one = inject("flips:3", precision=0.03, chunk_trials=500)
    several = inject("flips:3", precision=0.03, chunk_trials=500, processes=3)
    assert several.lines == one.lines


def test_several_processes_spread_trials_over_rare_flips_as_one_does(inject: Inject) -> None:
    options: dict[str, Any] = {"trials": 3000, "chunk_trials": 500, "rare": True}
    one, several = inject("bsc:0.001", **options), inject("bsc:0.001", processes=2, **options)
    assert several.lines == one.lines
    assert several.tally.strata == one.tally.strata != []


def test_a_chunk_before_its_turn_waits_in_the_ledger_and_is_not_done_again(
    inject: Inject, ledger: Ledger
) -> None:
    lines = inject("flips:3", trials=1000, chunk_trials=100, log=("miscorrected",)).lines
    tallies = [line for line in lines if isinstance(line, Tally)]
    name = _ledger_name(inject, ledger)
    for tally in tallies[4:7]:
        trials = [t for t in lines if isinstance(t, Trial) and 0 <= t.trial - tally.first_trial < 100]
        chunk = book.Chunk(first=tally.first_trial, tally=tally, trials=trials)
        ledger.put(name, chunk.first, msgspec.json.encode(chunk).decode())
    # on a backend that cannot decode those again
    done = lines[: lines.index(tallies[3]) + 1]
    found = inject(
        "flips:3", trials=700, chunk_trials=100, log=("miscorrected",), done=tuple(done), ledger=ledger
    )
    assert [*done, *found.lines] == lines[: lines.index(tallies[6]) + 1]
    assert ledger.chunks(name) == {}


def _ledger_name(inject: Inject, ledger: Ledger) -> str:
    """What a campaign of 100 trials a chunk is called in ledgers: asked of one that is never closed."""
    asked: list[str] = []

    class Asking(Ledger):
        def chunks(self, campaign: str) -> dict[int, str]:
            asked.append(campaign)
            return {}

    inject("flips:3", trials=1, chunk_trials=100, ledger=Asking())
    return asked[0]


def test_a_ledger_that_contradicts_the_file_is_refused(inject: Inject, ledger: Ledger) -> None:
    tally = inject("flips:3", trials=100, chunk_trials=100).tally
    other = msgspec.structs.replace(tally, outcomes={"detected": 100})
    chunk = book.Chunk(first=0, tally=other, trials=[])
    name = _ledger_name(inject, ledger)
    ledger.put(name, 0, msgspec.json.encode(chunk).decode())
    with pytest.raises(UsageError, match="contradicts the run file from trial 0 on"):
        inject("flips:3", trials=200, chunk_trials=100, done=(tally,), ledger=ledger)
    with pytest.raises(Conflict):
        ledger.put(name, 0, "something else")


def test_a_ledger_of_something_else_is_refused(inject: Inject, ledger: Ledger) -> None:
    ledger.put(_ledger_name(inject, ledger), 0, json.dumps({"first": "none"}))
    with pytest.raises(UsageError, match=r"ledger beside the run file is damaged .*: remove it"):
        inject("flips:3", trials=200, chunk_trials=100, ledger=ledger)


def test_a_chunk_that_is_lost_twice_ends_the_campaign_in_its_turn(
    inject: Inject, plugin: Callable[[str], str], rig: Rig, draws: Callable[..., Draws]
) -> None:
    (word,) = show_trial(rig, draws("flips:3"), 300)["codewords"]
    here = f"inputs.data[0].tobytes().hex() == '{word['received_data']}'"
    path = plugin(f"if len(inputs.data) > 1 and {here}: die()")
    options = {"backend": "fake", "extra": (path,), "trials": 1000, "chunk_trials": 100}
    found = inject("flips:3", processes=2, **options)
    assert (found.tally.status, found.tally.trials) == ("failed", 300)
    assert "trials 300 to 399, 2 times: the worker was killed by SIGKILL" in found.tally.reason
    assert found.lines == inject("flips:3", **options).lines


def test_logged_trials_are_the_first_of_their_outcome_with_what_flipped(
    inject: Inject, rig: Rig, draws: Callable[..., Draws], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book, "MOST_LOGGED", 40)
    found = inject("flips:3", trials=500, chunk_trials=50, log=("miscorrected", "detected", "corrected"))
    (struck,) = blocks(rig, draws("flips:3"), 0, 500)
    for name in ("miscorrected", "detected"):
        logged = [line for line in found.lines if isinstance(line, Trial) and line.outcome == name]
        expected = [
            trial for trial in range(500) if struck.fates.names[struck.fates.outcomes[trial]] == name
        ][:40]
        assert [line.trial for line in logged] == expected
        assert [line.flipped for line in logged] == [
            sorted(struck.positions[trial].tolist()) for trial in expected
        ]
    assert not [line for line in found.lines if isinstance(line, Trial) and line.outcome == "corrected"]


def test_a_file_cut_anywhere_goes_on_to_the_same_lines(inject: Inject, run: Run) -> None:
    options: dict[str, Any] = {"trials": 60, "chunk_trials": 20, "log": ("miscorrected",)}
    whole = inject("flips:3", **options).lines
    with closing(Workers()) as workers:
        for cut in range(0, len(whole), 3):
            resumed = inject("flips:3", done=tuple(whole[:cut]), workers=workers, **options)
            assert [*whole[:cut], *resumed.lines] == whole
            assert problems([run, *whole[:cut]]) == []


def test_a_logged_trial_that_comes_out_otherwise_is_refused(inject: Inject) -> None:
    options: dict[str, Any] = {"trials": 20, "chunk_trials": 20, "log": ("miscorrected",)}
    first = next(line for line in inject("flips:3", **options).lines if isinstance(line, Trial))
    other = msgspec.structs.replace(first, flipped=[0, 1, 2])
    with pytest.raises(UsageError, match=f"trial {first.trial} is in the file with another outcome"):
        inject("flips:3", done=(other,), **options)


def test_an_outcome_that_cannot_be_is_no_log(inject: Inject) -> None:
    with pytest.raises(UsageError, match="no outcome is called 'silent'"):
        inject("flips:3", trials=10, log=("silent",))
    accesses = inject("flips:9", trials=2000, log=("silent",), codewords=8)
    logged = [line for line in accesses.lines if isinstance(line, Trial)]
    assert len(logged) == min(accesses.tally.outcomes["silent"], book.MOST_LOGGED) > 0
    assert all(len(line.flipped) == 9 and max(line.flipped) < 8 * 72 for line in logged)
