"""The table of faults in ciphers and signers: what became of them beside what should."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from benchsuite.analyse.faults import settle_faults
from benchsuite.analyse.means import mean_interval
from benchsuite.analyse.problems_of_faults import contradicts_mean, contradicts_rate
from benchsuite.analyse.rates import rate_interval
from benchsuite.record.fault import Damage, Expected, Fault
from benchsuite.record.types import Line, as_mapping
from benchsuite.report import numbers
from benchsuite.report.tables import Column, Gap, Table, Text, provenance

CONFIDENCE = 0.99
"""Of rates and means."""
OWN = "(the suite's own)"
"""In place of a backend."""
_DOUBT = "(contradicted)"
_BASES = {"none": "always", "as_flipped": "always", "formula": "by formula", "ideal": "ideal cipher"}
_REGIONS = {
    "struck": "struck block",
    "previous": "block before",
    "next": "next block",
    "rest": "other blocks",
}


def settled_faults(lines: Iterable[Line]) -> list[Fault]:
    """The faults among ``lines``, each campaign one."""
    return settle_faults(line for line in lines if isinstance(line, Fault))


def fault_table(lines: Sequence[Line]) -> Table:
    """What became of faults: a row an outcome and a part of the messages, grouped by target and fault."""
    faults = settled_faults(lines)
    columns = [
        Column(title="target", heading=True),
        Column(title="fault", heading=True),
        Column(title="backend"),
        Column(title="trials", right=True),
        Column(title="what"),
        Column(title="measured", right=True),
        Column(title="expected", right=True),
        Column(title="positions"),
    ]
    return Table(
        title="Faults",
        columns=columns,
        rows=[row for fault in _neighbours(faults) for row in _rows(fault)],
        gaps=[
            Gap(backend=f.backend or OWN, cases=f"{f.target}, {_fault(f)}", status=f.status, reason=f.reason)
            for f in faults
            if f.status != "measured"
        ],
        notes=[
            *provenance(lines),
            f"measured: rates with their {numbers.percent(CONFIDENCE)} Clopper-Pearson intervals, wrong bits "
            f"of a block as the mean over accepted messages with its {numbers.percent(CONFIDENCE)} interval; "
            "expected: by formula, or of an ideal cipher, which answers another input at random; "
            f"{numbers.MISSING} where nothing is known. positions: "
            "whether exactly the flipped bits are wrong. "
            "Blocks before and beyond the next one are left out where nothing is wrong nor should be.",
            f"{_DOUBT}: what was expected and what was measured cannot both be right."
            * any(_DOUBT in entry.detail for f in faults for row in _rows(f) for entry in row),
        ],
    )


def _neighbours(faults: Sequence[Fault]) -> list[Fault]:
    """Those of one heading next to each other, in the order in which the first of them came."""
    places: dict[tuple[str, str], int] = {}
    for fault in faults:
        places.setdefault((fault.target, _fault(fault)), len(places))
    return sorted(faults, key=lambda f: places[f.target, _fault(f)])


def _fault(fault: Fault) -> str:
    protected = f", protected by {fault.protect}" if fault.protect else ""
    return f"{fault.fault}, {fault.model}{protected}"


def _rows(fault: Fault) -> Iterator[list[Text]]:
    if not fault.trials:
        return
    begin = [
        Text(fault.target),
        Text(_fault(fault)),
        Text(fault.backend or OWN),
        Text(numbers.count(fault.trials)),
    ]
    exact = fault.expected_outcomes or {}
    for outcome, rate in outcome_rates(fault).items():
        probability = exact[outcome][2] if outcome in exact else (0.0 if exact else None)
        doubt = _DOUBT if contradicts_rate(fault, outcome) else ""
        measured = Text(*numbers.probability_interval(rate["rate"], rate["low"], rate["high"]))
        yield [*begin, Text(outcome), measured, Text(numbers.probability(probability), doubt), Text("")]
    for region, title in _REGIONS.items():
        damage, expected = fault.damage.get(region), fault.expected_damage.get(region)
        if damage is None or (region in ("previous", "rest") and _is_nothing(damage, expected)):
            continue
        mean = mean_interval(damage.histogram, CONFIDENCE)
        measured = Text(*numbers.mean(*mean))
        yield [*begin, Text(f"wrong bits, {title}"), measured, _expected(fault, region), _positions(damage)]


def _is_nothing(damage: Damage, expected: Expected | None) -> bool:
    unharmed = all(bits == 0 for bits, _ in damage.histogram)
    return unharmed and expected is not None and expected.basis == "none"


def _expected(fault: Fault, region: str) -> Text:
    expected = fault.expected_damage.get(region)
    if expected is None:
        return Text(numbers.MISSING)
    basis = _DOUBT if contradicts_mean(fault, region) else f"({_BASES[expected.basis]})"
    return Text("as flipped" if expected.bits is None else numbers.mean(expected.bits)[0], basis)


def _positions(damage: Damage) -> Text:
    messages = sum(times for _, times in damage.histogram)
    if all(bits == 0 for bits, _ in damage.histogram):
        return Text("")
    if damage.as_flipped in (0, messages):
        return Text("as flipped" if damage.as_flipped else "others")
    return Text(f"{numbers.percent(damage.as_flipped / messages)} as flipped")


def outcome_rates(fault: Fault) -> dict[str, dict[str, float]]:
    """Outcome -> ``rate``, ``low``, ``high``, ``confidence``; of those that came or are expected."""
    rates = {}
    for outcome in dict.fromkeys([*fault.outcomes, *(fault.expected_outcomes or {})]) if fault.trials else ():
        count = fault.outcomes.get(outcome, 0)
        low, high = rate_interval(count, fault.trials, CONFIDENCE)
        rate = {"rate": count / fault.trials, "low": low, "high": high, "confidence": CONFIDENCE}
        rates[outcome] = rate
    return rates


def _means(fault: Fault) -> dict[str, dict[str, float | None]]:
    """Region -> ``mean``, ``low``, ``high``, ``confidence``; without an end where one message was counted."""
    means: dict[str, dict[str, float | None]] = {}
    for region, damage in fault.damage.items():
        mean = mean_interval(damage.histogram, CONFIDENCE)
        ends = (mean.low, mean.high) if fault.trials > 1 else (None, None)
        means[region] = {"mean": mean.value, "low": ends[0], "high": ends[1], "confidence": CONFIDENCE}
    return means


def fault_objects(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """Of the JSON report: the keys of the line, ``rates`` of outcomes and ``means`` of wrong bits."""
    return [
        as_mapping(fault) | {"rates": outcome_rates(fault), "means": _means(fault)}
        for fault in settled_faults(lines)
    ]


CSV_COLUMNS = (
    *("target", "fault", "protect", "flips", "region", "mean", "mean_low", "mean_high", "mean_confidence"),
    *("as_flipped", "expected_mean", "expected_basis"),
)
"""Those that only faults have."""


def csv_rows(record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """One row an outcome and one a region of what ``fault_objects`` gives."""
    nested = ("outcomes", "damage", "expected_outcomes", "expected_damage", "rates", "means")
    flat = {key: value for key, value in record.items() if key not in nested}
    exact, expected = record["expected_outcomes"] or {}, record["expected_damage"]
    if not record["rates"]:
        yield flat
    for outcome, rate in record["rates"].items():
        yield flat | {
            "outcome": outcome,
            "count": record["outcomes"].get(outcome, 0),
            "rate": rate["rate"],
            "rate_low": rate["low"],
            "rate_high": rate["high"],
            "rate_confidence": rate["confidence"],
            "exact": exact[outcome][2] if outcome in exact else None,
        }
    for region, mean in record["means"].items():
        yield flat | {
            "region": region,
            "mean": mean["mean"],
            "mean_low": mean["low"],
            "mean_high": mean["high"],
            "mean_confidence": mean["confidence"],
            "as_flipped": record["damage"][region]["as_flipped"],
            "expected_mean": expected.get(region, {}).get("bits"),
            "expected_basis": expected.get(region, {}).get("basis"),
        }
