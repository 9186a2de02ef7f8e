"""``benchsuite verify``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict

from benchsuite.cli.output import show_object, show_rows
from benchsuite.cli.progress import Reporter
from benchsuite.cli.session import exit_code, open_session, say
from benchsuite.host.cases import unknown
from benchsuite.measure.crew import Crew
from benchsuite.measure.verify import Verified, to_verify, verify
from benchsuite.report.tables import told_device
from benchsuite.workloads import published

NOT_INSTALLED = (
    "cryptography-vectors is not installed, so only the shipped vectors count: "
    'pip install "benchsuite[vectors]" (or: pip install cryptography-vectors) brings thousands more'
)


def verify_command(
    workloads: Sequence[str],
    backends: Sequence[str],
    *,
    plugins: Sequence[str],
    blocked: Sequence[str],
    json: bool,
) -> int:
    """Check every implementation against the published vectors; print the counts."""
    session = open_session(backends, plugins=plugins, blocked=blocked)
    for name in workloads:
        if name not in session.registry.workloads:
            raise unknown("workload", name, session.registry.workloads)
    rows = to_verify(session.registry, session.probes, workloads)
    results = []
    crew = Crew(session.origins)
    try:
        with Reporter() as reporter:
            for done, row in enumerate(rows):
                reporter.step("verifying", done, len(rows), f"{row.backend}: {row.case.workload}")
                results.append(verify(row, crew))
    finally:
        crew.dismiss()
    sets = list(published.sets())
    if json:
        found = {"results": [asdict(result) for result in results], "sets": [asdict(part) for part in sets]}
        show_object("verify", found)
    else:
        show_rows(
            ["workload", "backend", "scope", "passed", "failed", "skipped", "status", "reason"],
            [
                [
                    f"{r.workload} v{r.version}",
                    _engine(r, results),
                    r.scope,
                    r.passed,
                    r.failed,
                    r.skipped,
                    r.status,
                    r.reason,
                ]
                for r in results
            ],
        )
        _show_what_does_not_apply(sets)
    passed, failed = sum(r.passed for r in results), sum(r.failed for r in results)
    say(f"{passed} vectors passed, {failed} failed")
    if sets or published.installed():
        say(_summary(sets))
    elif any(published.covers(result.workload) for result in results):
        say(NOT_INSTALLED)
    return exit_code({result.status for result in results}, session)


def _engine(result: Verified, results: Sequence[Verified]) -> str:
    detail = ", ".join(filter(None, [result.variant, told_device(result, results)]))
    return result.backend + (f" ({detail})" if detail else "")


def _show_what_does_not_apply(sets: Sequence[published.VectorSet]) -> None:
    """One row a reason, those of the most vectors first."""
    reasons: dict[str, list[published.VectorSet]] = defaultdict(list)
    for part in sets:
        if not part.applies:
            reasons[part.reason].append(part)
    if reasons:
        rows = [(*_counts(parts), reason) for reason, parts in reasons.items()]
        print()
        show_rows(["vectors", "sets that do not apply", "reason"], sorted(rows, reverse=True))


def _counts(parts: Sequence[published.VectorSet]) -> tuple[int, int]:
    """(vectors, sets) of parts of sets."""
    return sum(part.vectors for part in parts), len({part.set for part in parts})


def _summary(sets: Sequence[published.VectorSet]) -> str:
    """A set of which one part applies and another does not is in both counts."""
    vectors, apply = _counts([part for part in sets if part.applies])
    others, do_not = _counts([part for part in sets if not part.applies])
    return f"cryptography-vectors: {vectors} vectors of {apply} sets apply, {others} of {do_not} sets do not"
