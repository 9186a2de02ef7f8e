import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.analyse.fit import LEAST_SIZES, SIZE, fits, line_through
from benchsuite.record.identity import cell_id_of
from benchsuite.record.types import Case, Gate, Line, WorkDone

SIZES = [16, 1024, 16384, 1 << 20]


@pytest.fixture
def sizes(run, planned, gate, visits):
    """A run of one engine on several sizes of message; fastest samples take ``seconds(bytes, block)``."""

    def build(seconds, sizes=SIZES, blocks=16, backend="alpha", **params):
        lines: list[Line] = [run]
        for size in sizes:
            row = planned(backend, case_key=f"{size:064x}")
            case = Case(workload="copy", version=1, params={SIZE: size, **params})
            work = WorkDone(items=1, unit="message", payload_bytes=size, bytes_in=size, bytes_out=size)
            row = msgspec.structs.replace(row, case=case, work=work)
            row = msgspec.structs.replace(row, cell=cell_id_of(row))
            lines += [row, gate(row), *visits(row, [seconds(size, block) for block in range(blocks)])]
        return lines

    return build


def test_floor_and_rate_of_an_exact_line_are_found(sizes):
    (fit,) = fits(sizes(lambda size, block: 1e-6 + size / 4e9))
    assert fit.floor_seconds == pytest.approx(1e-6)
    assert fit.bytes_per_second == pytest.approx(4e9)
    assert fit.worst_residual == pytest.approx(0, abs=1e-9)
    assert fit.linear
    assert fit.blocks == 16


def test_intervals_hold_what_blocks_differ_by(sizes):
    (fit,) = fits(sizes(lambda size, block: (1 + block / 100) * (1e-6 + size / 4e9)))
    assert fit.floor_low < fit.floor_seconds < fit.floor_high
    assert fit.bytes_per_second_low < fit.bytes_per_second < fit.bytes_per_second_high
    assert fit.floor_low >= 1e-6
    assert fit.bytes_per_second_high <= 4e9 * (1 + 1e-9)


def test_one_size_off_the_line_does_not_bend_it_and_is_told(sizes):
    (fit,) = fits(
        sizes(
            lambda size, block: (2 if size == 4096 else 1) * (1e-6 + size / 4e9), sizes=[*SIZES, 4096, 65536]
        )
    )
    assert fit.floor_seconds == pytest.approx(1e-6)
    assert fit.bytes_per_second == pytest.approx(4e9)
    assert fit.worst_residual == pytest.approx(0.5)
    assert not fit.linear


def test_a_cost_that_does_not_grow_has_no_rate(sizes):
    (fit,) = fits(sizes(lambda size, block: 1e-6))
    assert fit.bytes_per_second is None
    assert not fit.linear


def test_two_sizes_make_no_fit_and_engines_are_apart(sizes):
    few = sizes(lambda size, block: 1e-6 + size, sizes=SIZES[: LEAST_SIZES - 1])
    assert fits(few) == []
    both = [*sizes(lambda s, b: 1e-6 + s / 4e9), *sizes(lambda s, b: 2e-6 + s / 4e9, backend="beta")[1:]]
    assert [fit.floor_seconds for fit in fits(both)] == pytest.approx([1e-6, 2e-6])
    keys = [*sizes(lambda s, b: 1e-6 + s / 4e9, key_bits=128), *few[1:]]
    assert len(fits(keys)) == 1


def test_only_blocks_that_all_sizes_have_count(sizes, gate):
    lines = sizes(lambda size, block: (1 + block / 100) * (1e-6 + size / 4e9), blocks=9)
    last = lines[-1]
    (fit,) = fits(lines[:-1])
    assert fit.blocks == last.block == 8
    assert fits([line for line in lines if not isinstance(line, Gate)]) == []


@given(
    st.floats(1e-9, 1e-3),
    st.floats(1e-12, 1e-6),
    st.lists(st.integers(0, 1 << 24), min_size=3, max_size=7, unique=True),
)
def test_a_line_through_points_on_a_line_is_that_line(a, b, xs):
    found = line_through(xs, [a + b * x for x in xs])
    for x in xs:
        assert found[0] + found[1] * x == pytest.approx(a + b * x, rel=1e-6)


@given(
    st.lists(
        st.tuples(st.integers(0, 1000), st.floats(0.1, 10)), min_size=3, max_size=6, unique_by=lambda p: p[0]
    ),
    st.floats(-5, 5),
    st.floats(-0.1, 0.1),
)
def test_no_other_line_has_less_relative_misfit(points, a, b):
    xs, ts = zip(*points, strict=True)

    def misfit(a, b):
        return sum(abs(1 - (a + b * x) / t) for x, t in points)

    assert misfit(*line_through(xs, ts)) <= misfit(a, b) + 1e-9
