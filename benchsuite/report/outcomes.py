"""The table of what happens when bits flip: counts and rates beside their exact probabilities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import nextafter

from benchsuite.analyse.estimates import estimate
from benchsuite.analyse.problems_of_tallies import contradicts
from benchsuite.analyse.tallies import campaign, count_of, settled
from benchsuite.record.types import Line, Tally, Trial
from benchsuite.report import numbers
from benchsuite.report.tables import Column, Gap, Table, Text, folded_gaps, provenance

CONFIDENCE = 0.99
"""Of the rates of outcomes."""
_LONGEST = 60  # letters of an error model in a cell: a mixture is spelled by all its parts
_DOUBT = "(contradicted)"


def injection_table(lines: Sequence[Line]) -> Table:
    """What happens when bits flip: one row an outcome, grouped by code and error model.

    An outcome that never happened and cannot happen is left out.
    """
    tallies = sorted(
        settled(line for line in lines if isinstance(line, Tally) and not line.data_bytes),
        key=lambda t: (t.label, t.model, t.codewords, t.backend, t.seed, t.first_trial),
    )
    columns = [
        Column(title="code", heading=True),
        Column(title="model", heading=True),
        Column(title="backend"),
        Column(title="trials", right=True),
        Column(title="outcome"),
        Column(title="count", right=True),
        Column(title="rate", right=True),
        Column(title="exact", right=True),
    ]
    counted = [tally for tally in tallies if tally.status == "measured"]
    rows = [row for tally in counted for row in _outcome_rows(tally)]
    return Table(
        title="Error injection",
        columns=columns,
        rows=rows,
        gaps=_shared(
            folded_gaps([(t, f"{t.label}, {_model(t)}") for t in tallies if t.status != "measured"], [])
        ),
        notes=[
            *provenance(lines),
            f"rate: count / trials with its {numbers.percent(CONFIDENCE)} Clopper-Pearson interval; exact: "
            f"the probability by formula, {numbers.MISSING} where none is known. "
            + "all: every pattern once, no estimate. " * any(t.exhaustive for t in counted)
            + "lost: detected or silent, as no formula tells what becomes of what is not corrected. "
            * any("lost" in (t.exact or {}) for t in counted)
            + f"{_DOUBT}: formula and draws cannot both be right. "
            * any(row[-1].detail == _DOUBT for row in rows)
            + "rare: trials are spread over numbers of flips; a rate is no count / trials but weighted by "
            "the probabilities of these; its interval covers more often than it says. "
            * any(t.rare for t in counted)
            + "fused: the backend injected by itself, on its device, without its encoder and decoder. "
            * any(t.fused for t in counted)
            + "codeword: those of accesses one by one, without an interval, as they share what strikes them. "
            * any(t.codeword_outcomes for t in counted)
            + "Outcomes that neither happened nor can happen are left out.",
            *_logged(lines, counted),
        ],
    )


def _shared(gaps: Iterable[Gap]) -> list[Gap]:
    """One line of all engines that give one reason, but for their names: most have no codes at all."""
    folded: dict[tuple[str, str, str], list[Gap]] = {}
    for gap in gaps:
        named, _, rest = gap.reason.partition(" ")
        said = rest if named.lower() == gap.backend.lower() else gap.reason
        folded.setdefault((gap.cases, gap.status, said), []).append(gap)
    return [
        alike[0]
        if len(alike) == 1
        else Gap(backend=", ".join(gap.backend for gap in alike), cases=cases, status=status, reason=said)
        for (cases, status, said), alike in folded.items()
    ]


def _logged(lines: Sequence[Line], counted: Sequence[Tally]) -> list[str]:
    """How many trials were written down one by one, of how many."""
    logged = Counter((campaign(line), line.outcome) for line in lines if isinstance(line, Trial))
    parts = [
        f"{numbers.count(number)} of {numbers.count(tally.outcomes[outcome])} {outcome.replace('_', ' ')} "
        f"({tally.label}, {_model(tally)}, {tally.backend})"
        for tally in counted
        for outcome in tally.outcomes
        if (number := logged[campaign(tally), outcome])
    ]
    return [f"logged, trial by trial: {'; '.join(parts)}."] if parts else []


def outcome_rates(tally: Tally) -> dict[str, dict[str, float]]:
    """Outcome -> ``rate``, ``low``, ``high``, ``confidence``; nothing where there was no trial.

    Outcomes are those counted and those with a known probability: none in many trials says something too.
    Where every pattern was tried there is nothing to be unsure of: the interval is the rate, at confidence 1.
    """
    rates = {}
    for outcome in _outcomes(tally) if tally.trials else ():
        rate, low, high = estimate(tally, outcome, confidence=CONFIDENCE)
        low, high = (rate, rate) if tally.exhaustive else (low, high)
        confidence = 1.0 if tally.exhaustive else CONFIDENCE
        rates[outcome] = {"rate": rate, "low": low, "high": high, "confidence": confidence}
    return rates


def _outcomes(tally: Tally) -> list[str]:
    return list(dict.fromkeys([*tally.outcomes, *(tally.exact or {}), *tally.theory]))


def _outcome_rows(tally: Tally) -> Iterable[list[Text]]:
    rates = outcome_rates(tally)
    for outcome in _outcomes(tally):
        count, exact = count_of(tally.outcomes, outcome), (tally.exact or {}).get(outcome)
        probability = exact[2] if exact else None
        if count == 0 and probability == 0:
            continue
        remark = _fraction(tally, outcome) or _doubt(tally, outcome, probability)
        yield [
            Text(tally.label),
            Text(_model(tally)),
            Text(tally.backend or "by formula", "(fused)" if tally.fused else ""),
            Text(numbers.count(tally.trials) if tally.trials else "", _kind(tally)),
            Text(outcome.replace("_", " ")),
            Text(numbers.count(count) if tally.trials else ""),
            _rate(tally, rates.get(outcome)),
            Text(numbers.probability(_short_of_one(exact)), remark),
        ]

    for outcome, count in tally.codeword_outcomes.items():
        yield [
            Text(tally.label),
            Text(_model(tally)),
            Text(tally.backend),
            Text(numbers.count(tally.trials * tally.codewords)),
            Text(f"codeword {outcome.replace('_', ' ')}"),
            Text(numbers.count(count)),
            Text("" if tally.rare else numbers.probability(count / (tally.trials * tally.codewords))),
            Text(""),
        ]


def _kind(tally: Tally) -> str:
    return "(all)" if tally.exhaustive else "(rare)" if tally.rare else ""


def _model(tally: Tally) -> str:
    name = tally.model
    if len(name) > _LONGEST:
        name = f"{name[: _LONGEST - 1]}…"
    return name + f", accesses of {tally.codewords} codewords" * (tally.codewords > 1)


def _short_of_one(exact: tuple[str, str, float] | None) -> float | None:
    """The probability; where its float alone is 1, the one before it."""
    if exact is None:
        return None
    above, below, value = exact
    return nextafter(1.0, 0.0) if value == 1.0 and above != below else value


def _fraction(tally: Tally, outcome: str) -> str:
    """The exact counts, where they are the whole answer and short enough to read."""
    if not tally.exact or outcome not in tally.exact or not (tally.exhaustive or not tally.trials):
        return ""
    numerator, denominator, _ = tally.exact[outcome]
    return f"({numerator}/{denominator})" if len(denominator) <= 12 else ""


def _doubt(tally: Tally, outcome: str, probability: float | None) -> str:
    """That the draws and the formula cannot both be right."""
    if probability is None or tally.exhaustive or not tally.trials:
        return ""
    return _DOUBT if contradicts(tally, outcome, probability) else ""


def _rate(tally: Tally, rate: dict[str, float] | None) -> Text:
    if rate is None:
        return Text("")
    if tally.exhaustive:
        return Text(numbers.probability(rate["rate"]))
    return Text(*numbers.probability_interval(rate["rate"], rate["low"], rate["high"]))
