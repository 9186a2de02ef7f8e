"""What run files answer: nothing that no row shows, always by the end of an interval that speaks against."""

from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.analyse.decide import answers, ranked

from .question import MODEL, Recorded, price, question

RATES = st.floats(1e6, 1e12)
GB = 1e9


def only(lines, asked):
    (answer,) = answers(lines, asked)
    return answer


@given(single=RATES, share=st.floats(0.05, 1.0), rate=RATES)
def test_an_engine_meets_a_rate_only_if_the_lower_end_of_a_measured_row_does(single, share, rate):
    run = Recorded()
    run.row("alpha", single)
    run.row("alpha", single * 8 * share, processes=8)
    answer = only(run.lines, question(rate))
    if answer.verdict == "meets":
        assert answer.pace.low >= rate
        assert answer.units <= answer.pace.units <= answer.proven_units == 8
    else:
        assert answer.pace.low < rate
        assert (answer.verdict == "misses") == (answer.pace.high < rate)
        assert answer.units > answer.proven_units == 8
    assert answer.units * answer.pace.low / answer.pace.units >= rate * (1 - 1e-9)


@given(
    rates=st.lists(RATES, min_size=2, max_size=4),
    prices=st.lists(st.floats(0.01, 100), min_size=4, max_size=4),
    factor=st.floats(1, 1000),
    rate=RATES,
)
def test_dearer_instances_never_reorder_and_a_dearer_one_never_rises(rates, prices, factor, rate):
    run = Recorded(blocks=8)
    names = [f"engine-{index}" for index in range(len(rates))]
    for name, per_second in zip(names, rates, strict=True):
        run.row(name, per_second)

    def order(factors):
        priced = {
            name: price(each * times, cores=1)
            for name, each, times in zip(names, prices, factors, strict=False)
        }
        return [a.pace.cell.backend for a in ranked(answers(run.lines, question(rate, prices=priced)))]

    before = order([1] * 4)
    assert order([factor] * 4) == before
    assert order([factor, 1, 1, 1]).index(names[0]) >= before.index(names[0])


@given(rate=RATES)
def test_what_was_not_measured_has_no_figure(rate):
    run = Recorded(blocks=3)
    run.row("few", GB)
    run.row("wrong", GB, status="wrong", reason="item 3")
    run.row("absent", GB, status="unavailable", reason="no driver")
    run.row("inside", GB, scope="resident")
    answer = only(run.lines, question(rate, p99_seconds=1.0, prices={MODEL: price(1, cores=1)}))
    assert (answer.verdict, answer.pace.cell.backend) == ("too_few_blocks", "few")
    assert (answer.units, answer.proven_units, answer.cost, answer.tail) == (None, 0, None, None)


def test_only_cases_of_the_settings_answer():
    run = Recorded()
    for messages in (1, 2, 4):
        run.row("alpha", GB, messages=messages)
    wanted = {"messages": frozenset({2, 4}), "name": frozenset({"a"})}
    found = answers(run.lines, question(1.0, settings=wanted))
    assert [answer.pace.cell.case.params["messages"] for answer in found] == [2, 4]
    assert answers(run.lines, question(1.0, settings={"gone": frozenset({1})})) == []
    assert answers(run.lines, question(1.0, version=2)) == []


def test_fewer_cores_than_measured_are_a_share_and_more_are_not_proven():
    run = Recorded()
    run.row("alpha", GB)
    run.row("alpha", 6.4 * GB, processes=8)
    within = only(run.lines, question(3 * GB))
    assert (within.verdict, within.pace.units, within.units, within.proven_units) == ("meets", 8, 4, 8)
    beyond = only(run.lines, question(64 * GB))
    assert (beyond.verdict, beyond.pace.units, beyond.proven_units) == ("misses", 8, 8)
    assert beyond.units == ceil(64 * GB * 8 / beyond.pace.low) == 81


def test_threads_that_do_less_than_one_are_what_more_cores_go_by():
    run = Recorded()
    run.row("alpha", GB)
    run.row("alpha", GB / 2, threads=8)
    answer = only(run.lines, question(3 * GB))
    assert (answer.verdict, answer.pace.units) == ("misses", 8)
    assert answer.units == ceil(3 * GB * 8 / answer.pace.low)


def test_a_core_that_surely_does_not_do_is_not_said_to_be_enough():
    run = Recorded()
    run.row("alpha", 1 * GB)
    run.row("alpha", 40 * GB, threads=8)
    assert only(run.lines, question(2 * GB)).units == 2


def test_an_engine_with_threads_of_its_own_is_charged_for_its_cores():
    run = Recorded()
    run.row("alpha", GB, busy=3.9)
    assert only(run.lines, question(GB / 2)).pace.units == 4


def test_a_rate_inside_the_interval_is_inconclusive():
    run = Recorded()
    run.row("alpha", GB)
    pace = only(run.lines, question(1.0)).pace
    assert pace.low < pace.high
    assert only(run.lines, question(pace.low)).verdict == "meets"
    assert only(run.lines, question(pace.high)).verdict == "inconclusive"
    assert only(run.lines, question(pace.high * 1.0001)).verdict == "misses"


def test_items_are_counted_where_the_rate_is_of_items():
    run = Recorded()
    run.row("alpha", GB, messages=4)
    answer = only(run.lines, question(1.0, unit="items", prices={MODEL: price(1, cores=1)}))
    assert answer.pace.per_second == pytest.approx(GB / (1 << 20), rel=0.01)
    assert (answer.cost.instances, answer.cost.per_terabyte) == (1, None)


def test_instances_are_whole_and_as_fast_as_the_lower_end_of_the_row_that_fits():
    run = Recorded()
    run.row("alpha", GB)
    run.row("alpha", 4 * GB, processes=4)
    run.row("alpha", 7 * GB, processes=8)
    asked = question(9 * GB, prices={MODEL: price(0.5, cores=4)})
    cost = only(run.lines, asked).cost
    assert (cost.pace.units, cost.instances, cost.per_hour) == (4, 3, 1.5)
    assert cost.per_terabyte == pytest.approx(1.5 / (9 * GB * 3600 / 1e12))
    assert cost.least_instances == 3


def test_prices_are_of_the_backend_before_the_machine_and_of_the_right_kind():
    run = Recorded()
    run.row("alpha", GB)
    run.row("card", GB, device="gpu:0")

    def costs(**prices):
        by_name = {name.replace("_", " "): each for name, each in prices.items()}
        found = answers(run.lines, question(GB / 2, prices=by_name))
        return {a.pace.cell.backend: a.cost and a.cost.per_hour for a in found}

    assert costs(alpha=price(2, cores=1), Example_CPU=price(1, cores=1)) == {"alpha": 2, "card": None}
    assert costs(card=price(2, cores=1), Example_CPU=price(1, gpus=2)) == {"alpha": None, "card": 1}
    assert costs(Another_CPU=price(1, cores=1)) == {"alpha": None, "card": None}


def test_an_instance_too_small_for_any_row_has_no_cost():
    run = Recorded()
    run.row("alpha", GB, busy=8)
    assert only(run.lines, question(1.0, prices={MODEL: price(1, cores=4)})).cost is None


@pytest.mark.parametrize(
    ("nanoseconds", "load", "overloaded", "verdict"),
    [
        (10_000, 500.0, False, "meets"),
        (10_000_000, 500.0, False, "misses"),
        (1_000_000, 500.0, False, "inconclusive"),
        (10_000, None, False, "not_under_load"),
        (10_000_000, None, False, "misses"),
        (10_000, 100.0, False, None),
        (10_000, 500.0, True, None),
    ],
)
def test_a_latency_counts_under_a_load_that_carries_the_rate(nanoseconds, load, overloaded, verdict):
    run = Recorded()
    cell = run.row("alpha", GB)
    run.calls(cell, nanoseconds, load, overloaded=overloaded)
    tail = only(run.lines, question(400 * (1 << 20), p99_seconds=1e-3)).tail
    assert (tail and tail.verdict) == verdict


def test_the_load_of_a_call_is_its_share_over_the_cores_needed():
    run = Recorded()
    cell = run.row("alpha", GB)
    run.row("alpha", 8 * GB, processes=8)
    run.calls(cell, 10_000, 500.0)
    rate = 7 * GB
    assert only(run.lines, question(rate, p99_seconds=1e-3)).tail is None  # 8 cores of 500 MiB/s are too few
    assert only(run.lines, question(3 * GB, p99_seconds=1e-3)).tail is None
    run.calls(cell, 20_000, 1000.0)
    assert only(run.lines, question(rate, p99_seconds=1e-3)).tail.asked == "1000/s"


def test_flags_and_the_run_go_with_an_answer():
    run = Recorded()
    run.row("alpha", GB, flags=("steal",))
    answer = only(run.lines, question(1.0))
    assert answer.pace.cell.flags == ["steal"]
    assert answer.run.machine["cpu_model"] == MODEL
