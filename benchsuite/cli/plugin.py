"""``benchsuite plugin``: for authors of plugins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path

from benchsuite.cli.ending import BAD, GOOD, UNAVAILABLE, printable
from benchsuite.cli.output import show_object, show_rows
from benchsuite.cli.session import say
from benchsuite.testing.inspection import Finding, inspect
from benchsuite.testing.scaffold import write_plugin


def new_command(name: str, output: Path | None) -> int:
    """Write a distribution; print its files and what comes next."""
    folder = output or Path(f"benchsuite-{name}")
    for path in write_plugin(name, folder):
        print(printable(str(path)))
    say(f'next: pip install -e "{folder}[test]", benchsuite plugin check {name}, pytest {folder}')
    return GOOD


def check_command(plugin: str, *, skip: Sequence[str], blocked: Sequence[str], json: bool) -> int:
    """Check a plugin; print every check, those of one subject and outcome in one row."""
    findings: list[Finding] = []
    for subject, some in groupby(inspect(plugin, skip, blocked), lambda finding: finding.subject):
        say(f"checking {subject}")
        findings += some
    if json:
        show_object("plugin check", {"checks": [asdict(finding) for finding in findings]})
    else:
        show_rows(["subject", "checks", "status", "reason"], _rows(findings))
        for finding in findings:
            if finding.status == "failed":
                print(f"\n{finding.subject}, {finding.check}: {printable(finding.reason)}")
                if finding.rule:
                    print(f"  rule:   {finding.rule}")
                print(f"  remedy: {finding.remedy}")
    counts = {status: sum(f.status == status for f in findings) for status in ("ok", "failed", "skipped")}
    say(", ".join(f"{count} {status}" for status, count in counts.items()))
    if counts["failed"]:
        return BAD
    unavailable = any(f.check == "unavailable" and f.status == "ok" for f in findings)
    return UNAVAILABLE if unavailable else GOOD


def _rows(findings: Sequence[Finding]) -> list[list[str]]:
    rows = []
    for (subject, status, reason), alike in groupby(findings, lambda f: (f.subject, f.status, f.reason)):
        rows.append([subject, ", ".join(f.check for f in alike), status, reason])
    return rows
