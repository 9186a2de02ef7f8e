"""``benchsuite verify``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from benchsuite.cli.ending import BAD, GOOD, UNAVAILABLE
from benchsuite.cli.output import show_object, show_rows
from benchsuite.cli.session import open_session, say
from benchsuite.measure.verify import verify


def verify_command(
    backends: Sequence[str], *, plugins: Sequence[str], blocked: Sequence[str], json: bool
) -> int:
    """Check every implementation against the published vectors; print the counts."""
    session = open_session(backends, plugins=plugins, blocked=blocked)
    results = list(verify(session.registry, session.origins, session.probes))
    if json:
        show_object("verify", {"results": [asdict(result) for result in results]})
    else:
        show_rows(
            ["workload", "backend", "passed", "failed", "skipped", "status", "reason"],
            [
                [
                    f"{r.workload} v{r.version}",
                    r.backend + (f" ({r.variant})" if r.variant else ""),
                    r.passed,
                    r.failed,
                    r.skipped,
                    r.status,
                    r.reason,
                ]
                for r in results
            ],
        )
    passed, failed = sum(r.passed for r in results), sum(r.failed for r in results)
    say(f"{passed} vectors passed, {failed} failed")
    if any(r.status in {"wrong", "failed", "timeout"} for r in results):
        return BAD
    return UNAVAILABLE if session.missing() else GOOD
