"""The table of protections: what they store, what becomes of struck objects, and how fast they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from benchsuite.analyse.derive import cells
from benchsuite.analyse.problems_of_tallies import contradicts
from benchsuite.analyse.protections import Pace, Protected, protections
from benchsuite.analyse.tallies import settled
from benchsuite.record.protection import Protection
from benchsuite.record.types import Cell, Line, Tally
from benchsuite.report import numbers
from benchsuite.report.outcomes import CONFIDENCE, outcome_rates
from benchsuite.report.tables import FLAGS, Column, Gap, Table, Text, flags_note, folded_gaps, provenance

_ALWAYS = ("corrected", "detected", "silent")
_NOW_AND_THEN = ("detected_hiding_silent", "clean", "false_alarm")
_EXPECTED = "≈ "


def protection_table(lines: Sequence[Line]) -> Table:
    """One row a protection and backend, grouped by error model, and one for what theory says of it.

    Rates stand once where all backends of a protection counted the same.
    """
    names = [line.name for line in lines if isinstance(line, Protection)]
    fast = {(each.name, each.data_bytes, each.backend): each for each in protections(lines)}
    tallies = settled(line for line in lines if isinstance(line, Tally) and line.data_bytes)
    counted = [tally for tally in tallies if tally.status == "measured" and tally.trials]
    happened = {name for tally in counted for name in tally.outcomes if tally.outcomes[name]}
    shown = [*_ALWAYS, *(name for name in _NOW_AND_THEN if name in happened)]
    rows = []
    for group in _groups(counted, names):
        told: dict[str, Tally] = {}
        for tally in group:
            rates = [_rate(tally, name) for name in shown]
            same = told.setdefault(str(sorted(tally.outcomes.items())), tally) is not tally
            found = fast.get((tally.label, tally.data_bytes, tally.backend))
            rows.append(
                [
                    Text(_struck(tally)),
                    Text(tally.label),
                    Text(tally.backend),
                    *_of_protection(found),
                    *([Text("")] * len(shown) if same else rates),
                    Text(_letters(found)),
                ]
            )
        if group[0].theory:
            theory = [_theory(group[0], name) for name in shown]
            rows.append(
                [Text(_struck(group[0])), Text(""), Text("theory"), *[Text("")] * 4, *theory, Text("")]
            )
    columns = [
        Column(title="objects and errors", heading=True),
        Column(title="protection"),
        Column(title="backend"),
        *(Column(title=title, right=True) for title in ("overhead", "encode", "decode", "repair")),
        *(Column(title=name.replace("_", " "), right=True) for name in shown),
        Column(title="flags"),
    ]
    timed = cells(lines)
    return Table(
        title="Protection compared",
        columns=columns,
        rows=rows,
        gaps=_gaps(tallies, timed),
        notes=[*provenance(lines), *(_notes(counted, timed) if rows else [])],
    )


def protection_objects(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Each protection and backend of a run, with its ``overhead``; its speeds are those of an object."""
    return [asdict(each) | {"overhead": each.overhead} for each in protections(lines)]


def _groups(counted: Iterable[Tally], names: Sequence[str]) -> list[list[Tally]]:
    """The backends' tallies of one protection under one error model; protections in the order of the file."""
    groups: dict[tuple[object, ...], list[Tally]] = {}
    for tally in counted:
        place = names.index(tally.label) if tally.label in names else -1
        key = (tally.data_bytes, tally.model, tally.seed, tally.trials, place, tally.label)
        groups.setdefault(key, []).append(tally)
    models = list(dict.fromkeys(tally.model for tally in counted))
    order = sorted(groups, key=lambda key: (key[0], models.index(str(key[1])), *map(str, key[2:4]), key[4]))
    return [sorted(groups[key], key=lambda tally: tally.backend) for key in order]


def _gaps(tallies: Iterable[Tally], timed: Sequence[Cell]) -> list[Gap]:
    """Tallies without counts, and cells without a time."""
    uncounted = [(t, f"{t.label}, {_struck(t)}") for t in tallies if t.status != "measured"]
    untimed = [(cell, f"{cell.label}, {cell.scope}, {cell.pool}") for cell in timed if cell.summary is None]
    return [*folded_gaps(uncounted, []), *folded_gaps(untimed, timed)]


def _struck(tally: Tally) -> str:
    objects = f"{numbers.count(tally.trials)} objects" if tally.trials else "objects"
    return f"{objects} of {numbers.count(tally.data_bytes)} B, {tally.model}"


def _of_protection(found: Protected | None) -> list[Text]:
    if found is None:
        return [Text("")] * 4
    return [
        Text(numbers.percent(found.overhead)),
        *(_pace(pace) for pace in (found.encode, found.decode, found.repair)),
    ]


def _pace(pace: Pace | None) -> Text:
    if pace is None:
        return Text("")
    return Text(*numbers.interval(pace.bytes_per_second, pace.low, pace.high, "B/s"))


def _letters(found: Protected | None) -> str:
    return " ".join(FLAGS[flag][0] if flag in FLAGS else flag for flag in (found.flags if found else ()))


def _rate(tally: Tally, outcome: str) -> Text:
    rate, known = outcome_rates(tally).get(outcome), tally.theory.get(outcome)
    if rate is None:
        return Text("")
    main, detail = numbers.probability_interval(rate["rate"], rate["low"], rate["high"])
    doubt = known and known.exact and contradicts(tally, outcome, known.probability)
    return Text(main, f"{detail}{' (contradicted)' if doubt else ''}")


def _theory(tally: Tally, outcome: str) -> Text:
    known = tally.theory.get(outcome)
    if known is None:
        return Text("")
    text = numbers.probability(known.probability)
    return Text(text if known.exact or text.startswith(">") else _EXPECTED + text)


_MEANINGS: Mapping[str, str] = {
    "corrected": "struck, and all data right",
    "detected": "reported: the object is not to be trusted",
    "silent": "wrong data that nothing reports",
    "detected_hiding_silent": "reported, but some of what is not reported is wrong too",
    "clean": "nothing flipped",
    "false_alarm": "reported, though nothing flipped",
}


def _notes(counted: Sequence[Tally], timed: Sequence[Cell]) -> list[str]:
    happened = {name for tally in counted for name in tally.outcomes if tally.outcomes[name]}
    meanings = [
        f"{name.replace('_', ' ')}: {meaning}"
        for name, meaning in _MEANINGS.items()
        if name in _ALWAYS or name in happened
    ]
    known = [theory for tally in counted for theory in tally.theory.values()]
    notes = [
        f"{'; '.join(meanings)}. Rates are of all objects, with their {numbers.percent(CONFIDENCE)} "
        "Clopper-Pearson interval; the rest was not struck. All that a protection stores is struck, so that "
        "the more it stores the more a given rate of errors flips.",
        "theory: the probability by formula."
        + f" {_EXPECTED}no formula: as of random errors or keys." * any(not each.exact for each in known)
        if known
        else "",
        "overhead: what is stored beyond the data, by the data.",
        "encode, decode: of a batch of objects with nothing wrong; repair: reading them with as much wrong "
        "as is always mended. Data a second, by the median of visit medians with its interval; times of "
        "several cases are added, and so are the ends of their intervals."
        if any(cell.summary for cell in timed)
        else "",
        flags_note(timed),
    ]
    return [note for note in notes if note]
