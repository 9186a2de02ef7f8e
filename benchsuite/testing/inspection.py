"""``plugin check``: a plugin's distribution and every rule for its backends, asked of a worker process.

Nothing of the plugin is imported here: whatever it does while it is loaded or examined is a finding.
"""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchsuite.api import PROJECT
from benchsuite.host.cases import unknown
from benchsuite.host.objects import NAME
from benchsuite.host.plugins import Plugin, Registry, UsageError, discover
from benchsuite.testing.conformance import (
    BACKEND_RULES,
    IMPLEMENTATION_RULES,
    Result,
    Status,
    examine,
    not_asked,
    questions,
)
from benchsuite.testing.rules_of_models import model_is_sound
from benchsuite.testing.subject import Candidate, DoesNotApply, candidate, told
from benchsuite.workers import Worker, WorkerError, WorkerLost

OPEN_SECONDS = 60.0
RULE_SECONDS = 120.0  # as long as a gate may last
RULES = {rule.name: rule for rule in (*BACKEND_RULES, *IMPLEMENTATION_RULES)}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What became of one check. ``subject`` is ``plugin``, a backend, or ``backend, workload (variant)``."""

    subject: str
    check: str
    status: Status
    reason: str = ""
    rule: str = ""
    remedy: str = ""


def inspect(plugin: str, skip: Collection[str] = (), blocked: Collection[str] = ()) -> Iterator[Finding]:
    """Check an installed plugin, by its name or its distribution's, or one of a ``.py`` file or module.

    ``skip`` names rules that are not asked, ``blocked`` plugins that are not loaded beside it. Raises
    UsageError for a plugin or rule that there is not.
    """
    for name in skip:
        if name not in RULES:
            raise unknown("rule", name, RULES)
    opening = {"do": "open", "plugin": plugin, "blocked": list(blocked)}
    worker = Worker(f"{__name__}:serve")
    try:
        opened = _open(worker, opening)
        if isinstance(opened, Finding):
            yield opened
            return
        yield from (Finding(**finding) for finding in opened["findings"])
        for name in opened["models"]:
            worker, finding = _model_asked(worker, opening, name)
            yield finding
        earlier: list[Result] = []
        for backend, subject, rule in opened["questions"]:
            result = _unasked(backend, subject, rule, skip, earlier)
            if result is None:
                worker, result = _asked(worker, opening, backend, subject, rule)
            earlier.append(result)
            yield _finding(result)
    finally:
        worker.bury()


def _open(worker: Worker, opening: Mapping[str, Any]) -> dict[str, Any] | Finding:
    try:
        reply = worker.ask(opening, seconds=OPEN_SECONDS)
    except (WorkerError, WorkerLost) as error:
        remedy = (
            "importing a plugin and calling its hooks must be quick and survive: import heavy things in probe"
        )
        return Finding(subject="plugin", check="loads", status="failed", reason=str(error), remedy=remedy)
    if "usage" in reply:
        raise UsageError(reply["usage"])
    return reply


def _unasked(
    backend: str, subject: str, rule: str, skip: Collection[str], earlier: Iterable[Result]
) -> Result | None:
    why = not_asked(RULES[rule], subject, (result for result in earlier if result.backend == backend))
    if rule in skip:
        why = "by --skip"
    if not why:
        return None
    return Result(backend=backend, subject=subject, rule=RULES[rule], status="skipped", found=why)


def _asked(
    worker: Worker, opening: Mapping[str, Any], backend: str, subject: str, rule: str
) -> tuple[Worker, Result]:
    """What became of the rule, and the worker to go on with."""
    try:
        question = {"do": "examine", "question": [backend, subject, rule]}
        reply = worker.ask(question, seconds=RULE_SECONDS)
    except WorkerError as error:
        reply = {"status": "failed", "found": str(error), "raised": True}
    except WorkerLost as loss:
        reply = {"status": "failed", "found": loss.reason, "raised": True}
        worker = Worker(f"{__name__}:serve")
        _open(worker, opening)
    return worker, Result(backend=backend, subject=subject, rule=RULES[rule], **reply)


def _model_asked(worker: Worker, opening: Mapping[str, Any], name: str) -> tuple[Worker, Finding]:
    """What becomes of an error model when it is called, and the worker to go on with."""
    try:
        reply = worker.ask({"do": "model", "name": name}, seconds=RULE_SECONDS)
    except (WorkerError, WorkerLost) as error:
        reply = {"status": "failed", "reason": str(error)}
        if isinstance(error, WorkerLost):
            worker = Worker(f"{__name__}:serve")
            _open(worker, opening)
    remedy = "see ErrorModel in the contract" if reply["status"] == "failed" else ""
    return worker, Finding(subject=f"error model {name}", check="draws", remedy=remedy, **reply)


def _finding(result: Result) -> Finding:
    failed = result.status == "failed"
    return Finding(
        subject=f"{result.backend}, {result.subject}" if result.subject else result.backend,
        check=result.rule.name,
        status=result.status,
        reason=result.found,
        rule=result.rule.says if failed and not result.raised else "",
        remedy=result.remedy if failed else "",
    )


class Server:
    """The worker's side: the plugins, and the backends that have been opened."""

    def __init__(self) -> None:
        self._registry = Registry()
        self._open: dict[str, Candidate] = {}

    def __call__(self, request: dict[str, Any]) -> dict[str, Any]:
        """Answer ``open``, ``model`` or ``examine``."""
        if request["do"] == "examine":
            return self._examine(*request["question"])
        if request["do"] == "model":
            return self._model(request["name"])
        try:
            plugin = self._find(request["plugin"], request["blocked"])
        except UsageError as error:
            return {"usage": str(error)}
        models = [
            name for (hook, name), p in self._registry.owners.items() if p is plugin and "models" in hook
        ]
        mine = [
            name for (hook, name), p in self._registry.owners.items() if p is plugin and "backends" in hook
        ]
        return {
            "findings": [asdict(finding) for finding in _of_plugin(plugin, self._registry)],
            "models": models,
            "questions": [question for name in mine for question in self._questions(name)],
        }

    def _find(self, text: str, blocked: Collection[str]) -> Plugin:
        """The plugin called so, or else the file or module."""
        installed = {entry.name for entry in importlib.metadata.entry_points(group=PROJECT)}
        installed |= {e.dist.name for e in importlib.metadata.entry_points(group=PROJECT) if e.dist}
        try:
            self._registry = discover(extra=[] if text in installed else [text], blocked=blocked)
        except UsageError:
            if "/" in text or text.endswith((".py", ".so")):
                raise
            raise unknown("plugin", text, installed) from None
        if text in installed:
            return next(p for p in self._registry.plugins if text in (p.name, p.distribution))
        return self._registry.plugins[-1]

    def _questions(self, name: str) -> Iterator[tuple[str, str, str]]:
        under = Candidate(self._registry.backends[name], self._registry.workloads)
        return ((name, subject, rule.name) for subject, rule in questions(under))

    def _model(self, name: str) -> dict[str, Any]:
        try:
            model_is_sound(self._registry.error_models[name])
        except DoesNotApply as reason:
            return {"status": "skipped", "reason": str(reason)}
        except Exception as error:  # noqa: BLE001  the plugin's code may raise anything
            return {"status": "failed", "reason": told(error)}
        return {"status": "ok", "reason": ""}

    def _examine(self, name: str, subject: str, rule: str) -> dict[str, Any]:
        if name not in self._open:
            self._open[name] = candidate(self._registry.backends[name], self._registry.workloads)
        under = self._open[name]
        named = {each.name: each for each in under.subjects()}
        result = examine(RULES[rule], under, named.get(subject))
        return {"status": result.status, "found": result.found, "raised": result.raised}


serve = Server()


def _of_plugin(plugin: Plugin, registry: Registry) -> Sequence[Finding]:
    """What it is to be a plugin: it loads, has a name, brings something, and its distribution says so."""
    brought = [
        f"{hook.removeprefix('benchsuite_')} {name}"
        for (hook, name), p in registry.owners.items()
        if p is plugin
    ]
    named = bool(NAME.fullmatch(plugin.name))
    loads = _check("loads", plugin.error, "mend what the reason says", ok=plugin.status == "loaded")
    if plugin.status == "broken":
        return [loads]  # what it would bring, and is packed with, cannot be told
    found = [
        loads,
        _check(
            "name",
            "" if named else f"{plugin.name!r} is no name",
            "name the entry point with lower-case letters, digits, '.', '_' and '-'",
            ok=named,
        ),
        _check(
            "brings", ", ".join(brought) or "nothing", "mark a hook with @hookimpl", ok=bool(plugin.hooks)
        ),
    ]
    return [*found, _distribution(plugin)]


def _check(name: str, reason: str, remedy: str, *, ok: bool) -> Finding:
    return Finding(
        subject="plugin",
        check=name,
        status="ok" if ok else "failed",
        reason=reason,
        remedy="" if ok else remedy,
    )


def _distribution(plugin: Plugin) -> Finding:
    if not plugin.distribution:
        reason = "a file or module, not an installed distribution: benchsuite plugin new makes one"
        return Finding(subject="plugin", check="distribution", status="skipped", reason=reason)
    requires = importlib.metadata.requires(plugin.distribution) or []
    needs = any(re.match(rf"{PROJECT}(?![\w.-])", requirement) for requirement in requires)
    good = needs and bool(plugin.version)
    what = f"{plugin.distribution} {plugin.version}"
    return _check(
        "distribution",
        what if good else f"{what} does not require {PROJECT}" if plugin.version else f"{what}has no version",
        f"give [project] a version, and dependencies = ['{PROJECT}']",
        ok=good,
    )
