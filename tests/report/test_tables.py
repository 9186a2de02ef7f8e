from collections.abc import Sequence
from itertools import pairwise

import msgspec
import pytest

from benchsuite.analyse.derive import cells, comparisons
from benchsuite.record.types import DeviceFacts, Line, Planned, Run, Samples, Tally
from benchsuite.report.outcomes import injection_table, outcome_rates
from benchsuite.report.suites import tables
from benchsuite.report.tables import (
    Table,
    provenance,
    split_runs,
    throughput_table,
)


def column(table: Table, title: str) -> list[str]:
    index = [c.title for c in table.columns].index(title)
    return [row[index].main for row in table.rows]


def test_every_planned_cell_is_a_row_a_gap_or_a_twin(lines: list[Line]) -> None:
    table = throughput_table(lines)
    folded = sum(int(g.cases.split()[0]) if g.cases.endswith(" cases") else 1 for g in table.gaps)
    planned = [line for line in lines if isinstance(line, Planned)]
    assert len(table.rows) + folded == sum(1 for line in planned if not line.twin)


def test_every_gap_shows_status_and_reason(lines: list[Line]) -> None:
    gaps = {gap.backend: (gap.status, gap.reason, gap.cases) for gap in throughput_table(lines).gaps}
    place = "cipher, 1 KiB, end-to-end, hot"
    assert gaps == {
        "absent": ("unavailable", "no driver: install one", "2 cases"),
        "plain": ("unsupported", "signs nothing", "signature, end-to-end, hot"),
        "liar": ("wrong", "item 3: expected 1, got 0", place),
        "slowpoke": ("timeout", "no answer in 10 s", place),
        "crasher": ("failed", gaps["crasher"][1], place),
    }
    assert "SIGSEGV" in gaps["crasher"][1]


def test_rows_of_one_case_scope_and_pool_are_neighbours_in_the_order_of_backends(lines: list[Line]) -> None:
    table = throughput_table(lines)
    keys = list(zip(*(column(table, name) for name in ("case", "scope", "pool", "backend")), strict=True))
    groups = [key[:3] for key in keys]
    assert len(set(groups)) == 1 + sum(a != b for a, b in pairwise(groups))
    hot = [key[3] for key in keys if key[:3] == ("cipher, 1 KiB", "end-to-end", "hot")]
    assert hot == ["plain", "swift"]


def test_only_rows_of_one_scope_are_compared(lines: list[Line]) -> None:
    table = throughput_table(lines)
    verdicts = dict(
        zip(
            zip(column(table, "backend"), column(table, "pool"), strict=True),
            column(table, "verdict"),
            strict=True,
        )
    )
    assert verdicts["plain", "hot"] == "slower"
    assert verdicts["card", "hot"] == ""
    assert "baseline" in column(table, "verdict")


def test_a_case_without_payload_is_given_in_items(lines: list[Line]) -> None:
    table = throughput_table(lines)
    rates = dict(zip(column(table, "case"), column(table, "throughput"), strict=True))
    assert rates["signature"].endswith("k message/s")
    assert rates["cipher, 1 KiB"].endswith("B/s")


def test_the_twin_is_a_note_with_the_floor_and_no_row(lines: list[Line]) -> None:
    table = throughput_table(lines)
    twins = [note for note in table.notes if note.startswith("A/A: swift against itself")]
    assert len(twins) == 1
    assert "× (" in twins[0]
    assert "→ floor " in twins[0]
    assert len(table.rows) == sum(1 for cell in cells(lines) if cell.summary and not cell.twin)


def test_the_notes_say_how_many_comparisons_hold_at_once(lines: list[Line]) -> None:
    notes = "\n".join(throughput_table(lines).notes)
    assert (
        f"all {len(comparisons(lines))} comparisons at once, the A/A pair among them (family-wise α 5.0 %)"
        in notes
    )
    assert "baseline (swift)" in notes


@pytest.mark.parametrize(
    "word", ["end-to-end:", "resident:", "hot:", "cold:", "median of visit medians, 99 %"]
)
def test_the_notes_say_what_a_figure_includes(lines: list[Line], word: str) -> None:
    assert any(word in note for note in throughput_table(lines).notes)


def test_devices_that_are_described_alike_are_described_once(lines: list[Line]) -> None:
    devices = [
        DeviceFacts(backend="g", id=name, facts={"name": "GPU"}) for name in ("gpu:0", "gpu:0:pageable")
    ]
    run = next(line for line in lines if isinstance(line, Run))
    (told,) = provenance([msgspec.structs.replace(run, devices=devices)])
    assert told.count("g: name GPU") == 1


def test_every_flag_letter_has_its_legend(lines: list[Line]) -> None:
    table = throughput_table(lines)
    legend = next(note for note in table.notes if note.startswith("flags:"))
    letters = {letter for flags in column(table, "flags") for letter in flags.split()}
    assert {"D", "I"} <= letters
    assert not [letter for letter in letters if f" {letter} " not in legend]


def test_derived_lines_of_a_file_are_derived_again(lines: list[Line]) -> None:
    forged: Sequence[Line] = [*lines, *cells(lines)[:1] * 3, *comparisons(lines)]
    assert tables(forged) == tables(lines)


def test_two_runs_are_two_tables_even_where_ids_of_cells_agree(lines: list[Line]) -> None:
    assert split_runs([*lines, *lines]) == [lines, lines]
    assert tables([*lines, *lines]) == tables(lines) * 2


def test_without_blocks_enough_there_is_no_interval_and_no_verdict(lines: list[Line]) -> None:
    few = [line for line in lines if not isinstance(line, Samples) or line.block < 2]
    table = throughput_table(few)
    index = [c.title for c in table.columns].index("throughput")
    assert {row[index].detail for row in table.rows} == {""}
    assert set(column(table, "n")) == {"2"}
    assert "slower" not in column(table, "verdict")


def test_chunks_of_a_campaign_are_one_row_an_outcome(lines: list[Line]) -> None:
    table = injection_table(lines)
    assert set(column(table, "trials")) == {"10,000"}
    assert dict(zip(column(table, "outcome"), column(table, "exact"), strict=True)) == {
        "detected": "0.4372",
        "miscorrected": "0.5628",
        "clean": "–",
    }
    assert [gap.status for gap in table.gaps] == ["unavailable"]


def test_where_no_formula_tells_what_is_lost_that_is_a_row_of_its_own(lines: list[Line]) -> None:
    tally = next(line for line in lines if isinstance(line, Tally) and line.status == "measured")
    counts = {"corrected": 0, "detected": 90, "miscorrected": 10}
    exact = {"corrected": ("0", "2", 0.0), "lost": ("2", "2", 1.0)}
    table = injection_table(
        [msgspec.structs.replace(tally, first_trial=0, trials=100, outcomes=counts, exact=exact)]
    )
    assert [[row[at].main for at in (4, 5, 7)] for row in table.rows] == [
        ["detected", "90", "–"],
        ["miscorrected", "10", "–"],
        ["lost", "100", "1"],
    ]
    assert "lost: " in table.notes[-1]
    assert "lost: " not in injection_table(lines).notes[-1]


def test_rates_lie_in_their_intervals_and_cover_what_never_happened(lines: list[Line]) -> None:
    tally = next(line for line in lines if isinstance(line, Tally))
    rates = outcome_rates(tally)
    assert set(rates) == {"detected", "miscorrected", "clean", "undetected"}
    assert all(r["low"] <= r["rate"] <= r["high"] for r in rates.values())
    assert rates["detected"]["rate"] == 2186 / 5000
    assert rates["undetected"]["high"] > 0


def test_what_backends_say_of_constant_time_is_a_note(lines: list[Line]) -> None:
    said = {"swift": "claimed", "plain": "no"}
    told = [
        msgspec.structs.replace(line, constant_time=said.get(line.backend, "unknown"))
        if isinstance(line, Planned)
        else line
        for line in lines
    ]
    notes = throughput_table(told).notes
    assert "constant time, by the backends' own word: claimed: swift; no: plain." in notes
    assert not any(note.startswith("constant time") for note in throughput_table(lines).notes)


def test_shares_of_the_roofline_stand_in_a_column_where_a_run_has_peaks(
    lines: list[Line], bounded_lines: list[Line]
) -> None:
    assert "roofline" not in [c.title for c in throughput_table(lines).columns]
    table = throughput_table(bounded_lines)
    assert column(table, "backend") == ["liar", "plain", "plain", "plain"]
    shares = [float(text.removesuffix(" %")) for text in column(table, "roofline")]
    assert shares == pytest.approx([200, 40, 100, 100], rel=0.02)
    assert any(note.startswith("roofline: ") for note in table.notes)


def test_a_row_above_the_roofline_is_called_broken_and_has_no_ratio(bounded_lines: list[Line]) -> None:
    table = throughput_table(bounded_lines)
    assert column(table, "verdict")[0] == "broken"
    assert column(table, "flags")[0].startswith("!")
    assert not any(column(table, "ratio"))
    assert any("! above the roofline: broken, not ranked" in note for note in table.notes)


def test_a_count_that_its_exact_probability_cannot_give_is_flagged(lines: list[Line]) -> None:
    tally = next(line for line in lines if isinstance(line, Tally) and line.status == "measured")
    outcomes = {"detected": 400_000, "miscorrected": 600_000}
    for share, shown in ((400_100, ""), (300_000, "(contradicted)")):
        exact = {
            "detected": (str(share), "1000000", share / 1e6),
            "miscorrected": (str(1_000_000 - share), "1000000", 1 - share / 1e6),
        }
        drawn = msgspec.structs.replace(
            tally, first_trial=0, trials=1_000_000, outcomes=outcomes, exact=exact, exhaustive=False
        )
        table = injection_table([drawn])
        assert {row[-1].detail for row in table.rows} == {shown}
        assert ("(contradicted):" in table.notes[-1]) == bool(shown)
