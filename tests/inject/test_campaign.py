import os
import signal
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from fractions import Fraction
from itertools import accumulate
from math import comb
from pathlib import Path
from typing import Any

import msgspec
import pytest

from benchsuite.analyse.rates import rate_interval
from benchsuite.analyse.tallies import merge_tallies, settle
from benchsuite.host.engine import origin
from benchsuite.host.plan import Probe
from benchsuite.host.plugins import Registry, UsageError, discover
from benchsuite.inject.campaign import Campaign, exact, exact_tally
from benchsuite.inject.models import parse_model
from benchsuite.inject.rig import Rig
from benchsuite.inject.server import Workers
from benchsuite.inject.trials import Draws, count_outcomes
from benchsuite.record.types import Tally
from benchsuite.workloads.codes import Code, code

Inject = Callable[..., Any]


def test_a_worker_counts_what_this_process_counts(
    inject: Inject, rig: Rig, draws: Callable[..., Draws]
) -> None:
    finished = inject("flips:3", trials=20_000)
    assert finished.tally.outcomes == count_outcomes(rig, draws("flips:3"), 0, 20_000)
    assert (finished.tally.status, finished.tally.first_trial, finished.tally.trials) == (
        "measured",
        0,
        20_000,
    )
    assert finished.lines == [finished.tally]


def test_one_chunk_or_a_hundred_or_a_resumed_half_give_the_same_tally(inject: Inject) -> None:
    whole = inject("flips:3", trials=10_000)
    many = inject("flips:3", trials=10_000, chunk_trials=100)
    assert len(many.lines) == 100
    assert many.tally == whole.tally
    assert many.progress == [(end, 10_000) for end in range(100, 10_001, 100)]
    for kept in (1, 63, 100):
        resumed = inject("flips:3", trials=10_000, chunk_trials=700, done=many.lines[:kept])
        assert resumed.tally == whole.tally
        assert sum(line.trials for line in resumed.lines) == 10_000 - 100 * kept


def test_only_the_contiguous_trials_of_this_very_campaign_are_kept(inject: Inject) -> None:
    lines = inject("flips:3", trials=400, chunk_trials=100).lines
    other = [msgspec.structs.replace(lines[0], seed=2), msgspec.structs.replace(lines[0], backend="other")]
    resumed = inject("flips:3", trials=400, chunk_trials=100, done=(*other, lines[3], lines[0], lines[0]))
    assert [line.first_trial for line in resumed.lines] == [100, 200, 300]
    assert resumed.tally == merge_tallies(lines)[0]


def test_a_tally_says_what_was_decoded_and_what_is_exact(inject: Inject, hsiao: Code) -> None:
    tally = inject("flips:3", trials=10).tally
    assert tally.case.params == {"n": 72, "k": 64, "codewords": 1024, "wrong": "0.0"}
    assert (tally.case.workload, tally.label, tally.model) == ("hsiao-decode", "hsiao-72-64", "flips:3")
    assert tally.exact["miscorrected"] == ("33568", "59640", 33568 / 59640)
    assert msgspec.json.decode(msgspec.json.encode(tally), type=Tally) == tally


def test_sampled_rates_agree_with_the_exact_ones(inject: Inject) -> None:
    for flips in (1, 2, 3, 4):
        tally = inject(f"flips:{flips}", trials=200_000).tally
        for name, (_, _, probability) in tally.exact.items():
            low, high = rate_interval(tally.outcomes[name], tally.trials, 0.9999)
            assert low <= probability <= high


def test_every_pattern_of_three_flips_gives_the_exact_counts(inject: Inject) -> None:
    tally = inject("flips:3", exhaustive=True, chunk_trials=7_777).tally
    assert tally.trials == comb(72, 3)
    assert {name: str(count) for name, count in tally.outcomes.items()} == {
        name: above for name, (above, _, _) in tally.exact.items()
    }


def test_a_precision_ends_at_the_first_chunk_that_reaches_it_wherever_it_was_interrupted(
    inject: Inject,
) -> None:
    precise = inject("flips:3", precision=0.02, chunk_trials=1000)
    widths = [
        max((high - low) / 2 for low, high in (rate_interval(count, trials) for count in counts))
        for trials, counts in _growing(precise.lines)
    ]
    assert widths[-1] <= 0.02 < widths[-2]
    assert precise.progress[-1] == (precise.tally.trials, None)
    part = inject("flips:3", trials=1234).tally
    assert inject("flips:3", precision=0.02, chunk_trials=1000, done=[part]).tally == precise.tally
    assert inject("flips:3", precision=0.02, trials=1500, chunk_trials=1000).tally.trials == 1500


def _growing(lines: list[Tally]) -> list[tuple[int, list[int]]]:
    merged = [merge_tallies(lines[: end + 1])[0] for end in range(len(lines))]
    assert [t.trials for t in merged] == list(accumulate(line.trials for line in lines))
    return [(tally.trials, list(tally.outcomes.values())) for tally in merged]


def test_a_worker_killed_once_costs_nothing(inject: Inject, plugin: Callable[[str], str]) -> None:
    killed = "if blocks == 3 and not (HERE / 'died').exists(): (HERE / 'died').touch(); die()"
    path = plugin(killed)
    finished = inject("flips:3", trials=500, chunk_trials=100, backend="fake", extra=(path,))
    assert (Path(path).parent / "died").exists()
    honest = inject("flips:3", trials=500, chunk_trials=100)
    assert finished.tally == msgspec.structs.replace(honest.tally, backend="fake")
    assert [line.first_trial for line in finished.lines] == [0, 100, 200, 300, 400]


def test_a_worker_killed_twice_on_a_chunk_fails_with_the_signal_and_keeps_what_was_counted(
    inject: Inject, plugin: Callable[[str], str]
) -> None:
    dying = "blocks == 3 or (HERE / 'died').exists()"
    path = plugin(f"if len(inputs.data) > 1 and ({dying}): (HERE / 'died').touch(); die()")
    finished = inject("flips:3", trials=500, chunk_trials=100, backend="fake", extra=(path,))
    assert finished.tally.status == "failed"
    assert "trials 200 to 299, 2 times: the worker was killed by SIGKILL" in finished.tally.reason
    honest = inject("flips:3", trials=200)
    assert (finished.tally.trials, finished.tally.outcomes) == (200, honest.tally.outcomes)
    assert [(line.status, line.trials) for line in finished.lines] == [
        ("measured", 100),
        ("measured", 100),
        ("failed", 0),
    ]
    assert settle(finished.lines) == finished.tally

    (Path(path).parent / "died").unlink()
    resumed = inject("flips:3", trials=250, backend="fake", extra=(path,), done=finished.lines)
    assert (resumed.tally.status, resumed.tally.trials) == ("measured", 250)
    assert settle([*finished.lines, *resumed.lines]) == resumed.tally


@pytest.mark.parametrize("after", [0, 2])
def test_a_lying_decoder_is_wrong_and_nothing_of_it_counts(
    inject: Inject, plugin: Callable[[str], str], after: int
) -> None:
    path = plugin(f"if blocks > {after}: outputs.data[:] = inputs.data; outputs.outcome[:] = 0")
    finished = inject("flips:1", trials=1000, chunk_trials=100, backend="fake", extra=(path,))
    assert (finished.tally.status, finished.tally.trials, finished.tally.outcomes) == ("wrong", 0, {})
    assert finished.tally.reason.startswith("hsiao-decode, trial 2" if after else "published vector")
    assert [line.status for line in finished.lines] == ["measured"] * after + ["wrong"]
    again = inject("flips:1", trials=1000, backend="fake", extra=(path,), done=finished.lines)
    assert (again.tally, again.lines) == (finished.tally, [])


def test_a_worker_is_kept_for_the_next_campaign_and_for_other_codes_without_changing_a_count(
    inject: Inject,
) -> None:
    numpy, pids = origin(discover(), "numpy"), set()
    campaigns = [("hsiao-72-64", "flips:3"), ("parity-65-64", "flips:2"), ("hamming-12-8", "burst:3")]
    with closing(Workers()) as workers:
        for name, model in campaigns:
            kept = inject(model, of=code(name), trials=5000, workers=workers)
            assert kept.tally == inject(model, of=code(name), trials=5000).tally
            worker = workers.take(numpy)
            assert worker is not None
            pids.add(worker.pid)
            workers.keep(numpy, worker)
    assert len(pids) == 1


def test_a_worker_that_did_not_end_well_is_not_kept(inject: Inject, plugin: Callable[[str], str]) -> None:
    path = plugin("if len(inputs.data) > 1: raise OSError('no more beans')")
    with closing(Workers()) as workers:
        failed = inject("flips:1", trials=10, backend="fake", extra=(path,), workers=workers)
        assert failed.tally.status == "failed"
        assert workers.take(origin(discover(extra=[path]), "fake")) is None


def test_a_kept_worker_that_died_meanwhile_is_replaced(inject: Inject) -> None:
    numpy = origin(discover(), "numpy")
    with closing(Workers()) as workers:
        inject("flips:3", trials=10, workers=workers)
        worker = workers.take(numpy)
        assert worker is not None
        os.kill(worker.pid, signal.SIGKILL)
        workers.keep(numpy, worker)
        tally = inject("flips:3", trials=10, workers=workers).tally
    assert (tally.status, tally.trials) == ("measured", 10)


def test_a_decoder_that_raises_fails_with_its_error(inject: Inject, plugin: Callable[[str], str]) -> None:
    path = plugin("if len(inputs.data) > 1: raise OSError('no more beans')")
    finished = inject("flips:1", trials=10, backend="fake", extra=(path,))
    assert finished.tally.status == "failed"
    assert "OSError: no more beans" in finished.tally.reason
    assert finished.lines == [finished.tally]


def test_a_backend_that_does_not_take_part_says_why_and_starts_no_worker(inject: Inject) -> None:
    finished = inject("flips:1", trials=10, probe=Probe(unavailable="no device: buy one"))
    assert (finished.tally.status, finished.tally.reason) == ("unavailable", "no device: buy one")
    assert finished.lines == [finished.tally]
    assert finished.tally.trials == 0


def test_an_error_model_of_a_plugin_reaches_the_worker(inject: Inject, tmp_path: Path) -> None:
    path = tmp_path / "ends.py"
    path.write_text("""
import numpy as np
from benchsuite.api import ErrorModel, hookimpl

@hookimpl
def benchsuite_error_models():
    ends = lambda arguments, n, words: np.tile([0, n - 1], (len(words(0, 1)), 1))
    return [ErrorModel(name="ends", syntax="ends", parse=str, positions=ends, exact=lambda a, code: None)]
""")
    tally = inject("ends", trials=100, extra=(str(path),)).tally
    assert (tally.model, tally.outcomes["detected"], tally.exact) == ("ends", 100, None)


def test_a_campaign_without_an_end_or_with_an_impossible_one_is_refused(hsiao: Code) -> None:
    three = parse_model("flips:3", Registry())
    with pytest.raises(UsageError, match="needs an end: give --trials, --precision or --exhaustive"):
        Campaign(code=hsiao, model=three, seed=1)
    with pytest.raises(UsageError, match="--trials must lie between 1 and"):
        Campaign(code=hsiao, model=three, seed=1, trials=0)
    with pytest.raises(UsageError, match="--precision is a fraction between 0 and 1"):
        Campaign(code=hsiao, model=three, seed=1, precision=1.0)
    with pytest.raises(UsageError, match="give 0 to 72"):
        Campaign(code=hsiao, model=parse_model("flips:99", Registry()), seed=1, trials=1)
    with pytest.raises(UsageError, match="use --exact"):
        Campaign(code=hsiao, model=parse_model("flips:6", Registry()), seed=1, exhaustive=True)


def test_the_formula_alone_makes_a_tally_without_trials(hsiao: Code) -> None:
    tally = exact_tally(hsiao, parse_model("flips:4", Registry()))
    assert (tally.trials, tally.outcomes, tally.backend) == (0, {}, "")
    assert tally.exact is not None
    assert tally.exact["undetected"] == ("8392", "1028790", 8392 / 1028790)
    assert sum(int(above) for above, _, _ in tally.exact.values()) == comb(72, 4)


def test_a_formula_that_does_not_sum_to_1_is_refused(hsiao: Code) -> None:
    model = parse_model("flips:3", Registry())
    kind = replace(model.kind, exact=lambda arguments, of: {"detected": (1, 2), "miscorrected": (1, 3)})
    with pytest.raises(UsageError, match=r"sum to 0\.833.*, not to 1: mend exact\(\)"):
        exact_tally(hsiao, replace(model, kind=kind))


def test_an_exact_answer_out_of_reach_is_refused_with_the_reason() -> None:
    wide, crossing = code("reed-solomon-255-223"), parse_model("symbol:3:2", Registry())
    assert exact(wide, crossing) is None
    with pytest.raises(
        UsageError, match=r"symbol:3:2 on reed-solomon-255-223, as groups of 3 bits and symbols"
    ):
        exact_tally(wide, crossing)


def test_where_no_formula_tells_what_is_detected_the_frame_error_rate_is_known() -> None:
    found = exact(code("reed-solomon-255-223"), parse_model("bsc:0.001", Registry()))
    assert found is not None
    assert found.keys() == {"not_injected", "corrected", "lost"}
    right = (1 - Fraction(1, 1000)) ** 8
    lost = sum(comb(255, j) * (1 - right) ** j * right ** (255 - j) for j in range(17, 256))
    above, below, value = found["lost"]
    assert value == float(lost)
    # its own denominator has 6121 digits
    assert abs(Fraction(int(above), int(below)) / lost - 1) < Fraction(1, 10**39)


def test_a_model_without_a_formula_has_no_exact_answer(hsiao: Code) -> None:
    three = parse_model("flips:3", discover())
    without = replace(three, kind=replace(three.kind, exact=lambda arguments, code: None))
    assert exact(hsiao, without) is None
    with pytest.raises(UsageError, match="no formula is known for flips:3 on hsiao-72-64: use --trials"):
        exact_tally(hsiao, without)
