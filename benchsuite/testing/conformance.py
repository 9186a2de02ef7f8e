"""The conformance suite: every rule by name, its remedy, and what became of it for one backend.

``BackendConformance`` is for pytest, ``results`` for everything else. Needs pytest only where a test runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from benchsuite.api import Backend, Workload
from benchsuite.testing import rules, rules_of_backends, rules_of_run
from benchsuite.testing.subject import Candidate, DoesNotApply, Subject, candidate, is_raised, told
from benchsuite.workloads import WORKLOADS

if TYPE_CHECKING:
    import pytest

Status = Literal["ok", "failed", "skipped"]


@dataclass(frozen=True)
class Rule:
    """What must hold, how to mend it, and the function that raises where it does not."""

    name: str
    says: str
    remedy: str
    find: Callable[[Any], None]
    needs_device: bool = True


@dataclass(frozen=True, kw_only=True)
class Result:
    """What became of one rule: ``subject`` is an implementation, or empty for the backend as a whole."""

    backend: str
    subject: str
    rule: Rule
    status: Status
    found: str = ""
    raised: bool = False
    """Whether it failed by an exception of the plugin's, or a lost worker: nothing that the rule is about."""

    @property
    def remedy(self) -> str:
        """How to mend what failed."""
        if not self.raised:
            return self.rule.remedy
        return next((remedy for start, remedy in _LOSSES.items() if self.found.startswith(start)), _RAISED)

    def __str__(self) -> str:
        what = ", ".join(filter(None, (self.backend, self.subject)))
        return f"{what}: {self.rule.name}: {self.found}\n  rule:   {self.rule.says}\n  remedy: {self.remedy}"


_RAISED = "mend the exception: the place is the last line of the plugin's own that led to it"
_LOSSES = {
    "the worker was killed by": "native code crashed: look for a field or parameter that is NULL since "
    "it has another name, for a batch of none, and for reads and writes beyond an array's bytes",
    "timeout": "look for a loop that does not end on small, empty or odd sizes",
    "the worker": "a plugin must not end the process that it is loaded in",
}
"""Beginning of what became of a worker -> the remedy."""

_ANSWERS = ("vectors", "sizes")
_OPENING = ("metadata", "unavailable", "devices")

BACKEND_RULES = (
    Rule(
        "metadata",
        "name, API number, versions, constant_time and reasons are what plans and tables can use",
        "correct the Backend object, or what @backend.implements was given",
        rules_of_backends.metadata_are_true,
        needs_device=False,
    ),
    Rule(
        "unavailable",
        "where the machine cannot run the backend, probe() raises Unavailable('reason: remedy') in one line",
        "say in probe() what is missing, a colon, and what to install or change",
        rules_of_backends.unavailable_with_a_reason,
        needs_device=False,
    ),
    Rule(
        "devices",
        "probe() gives the same devices each time, and a lane of each keeps time",
        "correct probe() or the lane; benchsuite.api.host_cpu() makes a sound device of the calling thread",
        rules_of_backends.devices_are_sound,
    ),
    Rule(
        "lanes",
        "work on two lanes of a device at once gives the answers that it gives alone",
        "keep scratch, tables and queues per lane, or leave max_lanes at 1",
        rules_of_backends.lanes_do_not_disturb_one_another,
    ),
)

IMPLEMENTATION_RULES = (
    Rule(
        "unsupported",
        "what cannot run says so in one printable line, by unless(params) or Unsupported; something can run",
        "give unless= a function that returns None or a reason, and raise Unsupported with one",
        rules.honest_about_what_it_cannot,
    ),
    Rule(
        "vectors",
        "every published vector of a supported size comes out",
        "compare with the standard that the message names: byte order, padding, initial values",
        rules.vectors_come_out,
    ),
    Rule(
        "sizes",
        "every item of small, odd and hostile cases is the reference answer",
        "look at remainders: what is left when a block, a vector register or a word is full",
        rules.answers_are_right,
    ),
    Rule(
        "whole",
        "run (and fetch) writes every byte of the outputs",
        "write zeros where the answer has none: outputs are poisoned before each repetition",
        rules.answers_are_whole,
    ),
    Rule(
        "repeats",
        "the same inputs give the same answer, however often",
        "clear scratch and accumulators at the start of run, not in prepare",
        rules.answers_repeat,
    ),
    Rule(
        "follows",
        "answers follow the inputs as they are when run is called",
        "read job.inputs in run: only bytes and integers of them may be used up in prepare",
        rules.answers_follow_inputs,
    ),
    Rule(
        "inputs",
        "run changes no input",
        "work on a buffer made in prepare, or return Prepared(in_place=True) and pay for the restoring",
        rules.inputs_are_kept,
    ),
    Rule(
        "arrays",
        "the arrays of the job are written into, never replaced",
        "assign with [...] or out=, not by rebinding an attribute",
        rules.arrays_are_the_hosts,
    ),
    Rule(
        "slots",
        "slots prepared side by side do not disturb one another",
        "share only tables and scratch that no slot leaves anything in; key schedules belong to a slot",
        rules.slots_do_not_disturb_one_another,
    ),
    Rule(
        "residence",
        "resident: load touches no output, run answers what was loaded; end-to-end: no load, no fetch",
        "move inputs in load, outputs in fetch, and work in run only",
        rules_of_run.data_move_when_they_should,
    ),
    Rule(
        "calls",
        "run reads no clock and does not wait for its lane",
        "leave clocks and sync to the host; count and report nothing in run",
        rules_of_run.run_only_runs,
    ),
    Rule(
        "allocation",
        "run allocates no array of the size of the data",
        "make buffers in prepare and pass out=; if the library must allocate, say why in `allocates`",
        rules_of_run.run_allocates_nothing,
    ),
    Rule(
        "timing",
        "time is spent in run: nothing is remembered, put off, or counted by a clock of its own",
        "do all the work between the marks; see docs/methodology.md, the probes",
        rules_of_run.time_is_spent_in_run,
    ),
)


def examine(rule: Rule, under: Candidate, subject: Subject | None = None) -> Result:
    """What becomes of one rule. Never raises what a plugin raised: that is what was found."""
    status: Status = "ok"
    found, raised = "", False
    if rule.needs_device and under.engine is None:
        status, found = "skipped", under.unavailable
    else:
        try:
            rule.find(under if subject is None else subject)
        except DoesNotApply as reason:
            status, found = "skipped", str(reason)
        except Exception as error:  # noqa: BLE001  the plugin's code may raise anything
            status, found, raised = "failed", told(error), is_raised(error)
    return Result(
        backend=under.backend.name,
        subject=subject.name if subject else "",
        rule=rule,
        status=status,
        found=found,
        raised=raised,
    )


def not_asked(rule: Rule, subject: str, earlier: Iterable[Result]) -> str:
    """Why ``rule`` says nothing more after the backend's ``earlier`` results, or nothing.

    One cause is one failure: what raised an exception would raise it again, and of answers that are wrong
    already no rule but ``vectors`` and ``sizes`` can tell why.
    """
    for result in (result for result in earlier if result.status == "failed"):
        name, concerned = result.rule.name, subject in ("", result.subject)
        if result.raised and (concerned or name in _OPENING):
            return f"not asked: see {name}"
        if concerned and name in _ANSWERS and rule.name not in _ANSWERS:
            return f"not asked: answers are wrong already, see {name}"
    return ""


def questions(under: Candidate) -> list[tuple[str, Rule]]:
    """(subject, rule) in the order to ask: ``lanes``, which runs all implementations, when each was alone."""
    *first, lanes = BACKEND_RULES
    each = [(subject.name, rule) for subject in under.subjects() for rule in IMPLEMENTATION_RULES]
    return [*(("", rule) for rule in first), *each, ("", lanes)]


def results(under: Candidate) -> Iterator[Result]:
    """Every rule for the backend and for each of its implementations."""
    earlier: list[Result] = []
    named = {subject.name: subject for subject in under.subjects()}
    for name, rule in questions(under):
        if why := not_asked(rule, name, earlier):
            result = Result(backend=under.backend.name, subject=name, rule=rule, status="skipped", found=why)
        else:
            result = examine(rule, under, named.get(name))
        earlier.append(result)
        yield result


def by_id(workloads: Sequence[Workload[Any, Any, Any]]) -> Mapping[str, Workload[Any, Any, Any]]:
    """The suite's workloads, and ``workloads`` beside them."""
    every: list[Workload[Any, Any, Any]] = [*WORKLOADS, *workloads]
    return {workload.id: workload for workload in every}


class BackendConformance:
    """All rules for a backend, as pytest tests: ``class TestMine(BackendConformance): backend = backend``.

    ``workloads`` names those that a plugin brings; ``allocates`` says why ``run`` must allocate where the
    library leaves no choice (the rule ``allocation`` is then skipped with that reason).
    """

    backend: ClassVar[Backend[Any]]
    workloads: ClassVar[Sequence[Workload[Any, Any, Any]]] = ()
    allocates: ClassVar[str] = ""
    _candidate: ClassVar[Candidate]
    _earlier: ClassVar[list[Result]]

    @classmethod
    def setup_class(cls) -> None:
        """Probe the backend once."""
        cls._candidate = candidate(cls.backend, by_id(cls.workloads), cls.allocates)
        cls._earlier = []

    @classmethod
    def teardown_class(cls) -> None:
        """Close its lanes."""
        if cls._candidate.engine is not None:
            cls._candidate.engine.close()

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """A test for each rule of the backend and of every implementation."""
        if "rule" not in metafunc.fixturenames:
            return
        unprobed = Candidate(self.backend, by_id(self.workloads))
        cases = questions(unprobed)
        ids = ["-".join(filter(None, (name, rule.name))) for name, rule in cases]
        metafunc.parametrize(("subject", "rule"), cases, ids=ids)

    def test_conforms(self, subject: str, rule: Rule) -> None:
        """One rule."""
        import pytest

        if why := not_asked(rule, subject, self._earlier):
            pytest.skip(why)
        found = {each.name: each for each in self._candidate.subjects()}
        result = examine(rule, self._candidate, found.get(subject))
        self._earlier.append(result)
        if result.status == "skipped":
            pytest.skip(result.found)
        if result.status == "failed":
            pytest.fail(str(result), pytrace=False)
