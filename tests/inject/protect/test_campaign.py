"""Whole strikes through real workers."""

from collections.abc import Callable
from contextlib import closing

import pytest

from benchsuite.analyse.tallies import settled
from benchsuite.host.engine import origin
from benchsuite.host.plugins import UsageError, discover
from benchsuite.inject.protect import campaign
from benchsuite.inject.protect.campaign import Server, Strike, declared, run_strikes
from benchsuite.inject.protect.schemes import scheme_called
from benchsuite.inject.ways import NoWay
from benchsuite.record.types import Tally

from .conftest import ROUTE, Objected

Go = Callable[..., list[Tally]]


@pytest.fixture
def go(objects: Objected) -> Go:
    """The lines of strikes of so many objects on a backend."""

    def run(
        name: str,
        *models: str,
        trials: int = 50,
        backend: str = "numpy",
        extra: tuple[str, ...] = (),
        **more: object,
    ) -> list[Tally]:
        lines: list[Tally] = []
        registry = discover(extra=extra)
        strikes = [Strike(objects=objects(name, model), trials=trials) for model in models]
        found = [strike.objects.model for strike in strikes]
        with closing(Server(origin(registry, backend), found, registry)) as server:
            run_strikes(
                strikes,
                backend,
                **{"route": ROUTE, "server": server, "record": lines.append, "progress": lambda *step: None}
                | more,  # type: ignore[arg-type]
            )
        return lines

    return run


def test_chunks_join_to_what_one_chunk_counts(go: Go, monkeypatch: pytest.MonkeyPatch) -> None:
    (whole,) = go("hsiao-72-64", "bsc:0.01")
    monkeypatch.setattr(campaign, "CHUNK_BYTES", 64 * 20)
    lines = go("hsiao-72-64", "bsc:0.01")
    assert [(line.first_trial, line.trials) for line in lines] == [(0, 20), (20, 20), (40, 10)]
    assert settled(lines) == [whole]
    assert go("hsiao-72-64", "bsc:0.01", done=lines) == []
    resumed = go("hsiao-72-64", "bsc:0.01", done=lines[:1])
    assert settled([*lines[:1], *resumed]) == [whole]


def test_a_refusal_is_recorded_once(go: Go) -> None:
    refused = NoWay(status="unsupported", reason="has no codes")
    lines = go("hsiao-72-64", "flips:1", "flips:2", route=refused)
    assert [(line.model, line.status, line.trials) for line in lines] == [
        ("flips:1", "unsupported", 0),
        ("flips:2", "unsupported", 0),
    ]
    assert go("hsiao-72-64", "flips:1", "flips:2", route=refused, done=lines) == []


def test_a_crash_costs_one_strike_and_the_next_gets_a_new_worker(
    go: Go, plugin: Callable[[str], str]
) -> None:
    once = "len(inputs.data) == 1 or (HERE / 'died').exists() or ((HERE / 'died').touch(), die())"
    first, second = go("hsiao-72-64", "flips:1", "flips:2", backend="fake", extra=(plugin(once),))
    assert (first.status, first.trials) == ("failed", 0)
    assert "objects 0 to 49" in first.reason
    assert (second.status, second.outcomes["detected"] + second.outcomes["corrected"]) == ("measured", 50)


def test_a_wrong_answer_is_named_and_ends_the_strike(go: Go, plugin: Callable[[str], str]) -> None:
    wrong = "outputs.data[-1] ^= 1 if len(inputs.data) > 8 else 0"
    (line,) = go("hsiao-72-64", "flips:1", backend="fake", extra=(plugin(wrong),))
    assert (line.status, line.trials, line.outcomes) == ("wrong", 0, {})
    assert "hsiao-decode, object" in line.reason


@pytest.mark.parametrize("trials", [0, -1, (1 << 40) + 1])
def test_a_number_of_objects_is_at_least_one(objects: Objected, trials: int) -> None:
    with pytest.raises(UsageError, match="--trials must lie between"):
        Strike(objects=objects("crc-32c", "flips:1"), trials=trials)


def test_what_is_timed_is_declared_by_the_keys_of_its_cases() -> None:
    erasure, crc = (declared(scheme_called(name, 4096)) for name in ("erasure-14-10", "crc-32c"))
    assert [len(keys) for keys in (erasure.encode, erasure.decode, erasure.repair)] == [2, 1, 2]
    assert erasure.decode == erasure.encode[1:] == erasure.repair[:1]
    assert (crc.encode, crc.repair) == (crc.decode, [])
