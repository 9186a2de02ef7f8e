"""``benchsuite report`` and ``benchsuite results``: what is done with run files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import msgspec

from benchsuite import __version__
from benchsuite.analyse.problems import CaseFacts, Known, problems
from benchsuite.analyse.problems_of_faults import FaultFacts
from benchsuite.analyse.problems_of_tallies import CampaignFacts, Exact
from benchsuite.cli.ending import BAD, GOOD, printable
from benchsuite.cli.output import show, show_object
from benchsuite.cli.session import load, say
from benchsuite.host.cases import params_from, unknown
from benchsuite.host.plugins import Registry, UsageError, described
from benchsuite.host.presets import AA, PRESETS
from benchsuite.inject.campaign import exact
from benchsuite.inject.erasures import TAKING, told
from benchsuite.inject.faults.campaign import blank
from benchsuite.inject.faults.targets import TARGETS, parse_fault
from benchsuite.inject.faults.trials import Injection
from benchsuite.inject.models import error_models, parse_model
from benchsuite.inject.protect.campaign import Strike
from benchsuite.inject.protect.objects import Objects
from benchsuite.inject.protect.schemes import scheme_called
from benchsuite.record import store
from benchsuite.record.fault import Fault
from benchsuite.record.types import Case, Line, OfCampaign, Planned, Tally, WorkDone, as_mapping
from benchsuite.report.formats import FORMATS, render
from benchsuite.workloads.codes import CODES, MATRIX_DECODE, Code, code, imported
from benchsuite.workloads.codes.composed import DECODE, AnyCode, composed
from benchsuite.workloads.streams import case_key, params_mapping


def report_command(
    files: Sequence[Path],
    format_name: str,
    baseline: str | None,
    output: Path | None,
    *,
    plugins: Sequence[str],
    blocked: Sequence[str],
) -> int:
    """Print the report on ``files``, or write it to ``output``."""
    if output is not None and output.exists() and any(output.samefile(f) for f in files if f.exists()):
        raise UsageError(f"{output} is the run file itself: give another --output")
    lines = [line for file in files for line in read_run(file)]
    measured = {line.backend for line in lines if isinstance(line, Planned) and line.status == "planned"}
    if baseline is not None and baseline not in measured:
        raise unknown("measured backend", baseline, measured)
    formats = {} if format_name in FORMATS else load(plugins=plugins, blocked=blocked).formats
    if output is None and format_name == "table":
        show(lines, json=False, command="report", baseline=baseline)
        return GOOD
    try:
        text = render(lines, format_name, formats, baseline=baseline)
    except Exception as error:
        if format_name in formats:
            say(f"the report format {format_name} failed: {type(error).__name__}: {error}")
            return BAD
        if isinstance(error, ValueError):
            raise UsageError(str(error)) from None
        raise
    if output is None:
        print(text, end="")
    else:
        output.write_text(text, encoding="utf-8")
        say(f"written to {output}")
    return GOOD


def validate_command(files: Sequence[Path], *, json: bool) -> int:
    """Print what is wrong with ``files``."""
    known = _known(load(plugins=[], blocked=[]))
    checked = [_checked(file, known) for file in files]
    if json:
        show_object("results validate", {"files": [asdict(check) for check in checked]})
    for check in checked:
        for warning in check.warnings:
            say(f"{check.file}: {warning}")
        for line in check.problems or [f"valid, {check.lines} lines"]:
            if not json:
                print(printable(f"{check.file}: {line}"))
    return BAD if any(check.problems for check in checked) else GOOD


@dataclass(frozen=True)
class _Checked:
    file: str
    lines: int
    problems: list[str]
    warnings: list[str]


def _checked(file: Path, known: Known) -> _Checked:
    try:
        run = store.read(file)
    except store.BadRunFile as error:
        return _Checked(str(file), 0, [str(error)], [])
    return _Checked(str(file), len(run.lines), problems(run.lines, known), run.warnings)


def read_run(file: Path) -> list[Line]:
    """The lines of a run file, what is odd about it said on stderr. Raises UsageError for an empty one."""
    run = store.read(file)
    for warning in run.warnings:
        say(f"{file}: {warning}")
    if not run.lines:
        raise UsageError(f"{file} holds no run")
    if found := problems(run.lines):
        say(f"{file}: {len(found)} problems, see benchsuite results validate")
    return run.lines


def _known(registry: Registry) -> Known:
    """What this version and the installed plugins say of a file's cases, campaigns and presets."""
    cases = _cases(registry)
    return Known(
        case=cases,
        campaign=_campaigns(registry, cases),
        fault=_faults(registry),
        presets={preset.name: (preset.blocks, preset.samples) for preset in PRESETS.values()}
        | {AA.name: (10_000 * AA.blocks, AA.samples)},
        version=__version__,
    )


def _cases(registry: Registry) -> CaseFacts:
    def facts(case: Case) -> tuple[str, str, WorkDone] | None:
        workload = registry.workloads.get(case.workload)
        if workload is None or workload.version != case.version:
            return None
        try:
            params = params_from(workload, case.params)
            complete = params_mapping(params, defaults=True)
            found = case_key(workload, params), workload.label(params), workload.work(params)
        except Exception as error:  # noqa: BLE001  the workload may be a plugin's
            raise ValueError(f"none of {workload.id}: {described(error)}") from None
        if complete != case.params:
            raise ValueError(f"{case.params} is spelled {complete}")
        return found[0], found[1], WorkDone(**found[2]._asdict())

    return facts


def _campaigns(registry: Registry, cases: CaseFacts) -> CampaignFacts:
    erasing = (told(of) for of in CODES.values() if of.family in TAKING)
    codes: dict[str, Code] = {}
    for known in (*CODES.values(), *erasing):
        codes.setdefault(case_key(known.decode, known.decode.params(**known.params)), known)

    @cache
    def formula(key: str, text: str, codewords: int) -> Exact | None:
        model = parse_model(text, registry)
        if model.text != text:
            raise UsageError(f"{text} is spelled {model.text}")
        return exact(codes[key], model, codewords)

    def facts(tally: Tally) -> tuple[str, str, Exact | None] | None:
        if tally.case.workload == DECODE:
            return _composed(tally, registry)
        if tally.data_bytes:
            return protected(tally, registry)
        decoder = cases(tally.case)
        if decoder is None or tally.model.partition(":")[0] not in error_models(registry):
            return None
        if decoder[0] not in codes:
            of = _code_of_line(tally)
            if case_key(of.decode, of.decode.params(**of.params)) != decoder[0]:
                raise ValueError(f"{decoder[1]} is the decoder of no code")
            codes[decoder[0]] = of
        key, name = decoder[0], codes[decoder[0]].name
        try:
            return key, name, formula(key, tally.model, tally.codewords)
        except Exception as error:  # noqa: BLE001  the model may be a plugin's
            raise ValueError(f"model: {described(error)}") from None

    return facts


def _faults(registry: Registry) -> FaultFacts:
    def facts(fault: Fault) -> Fault | None:
        if fault.target not in TARGETS:
            raise ValueError(f"nothing that can be struck is called {fault.target}")
        if fault.model.partition(":")[0] not in error_models(registry):
            return None
        try:
            injection = Injection(
                target=TARGETS[fault.target],
                fault=parse_fault(TARGETS[fault.target], fault.fault),
                model=parse_model(fault.model, registry),
                seed=fault.seed,
                protect=fault.protect,
            )
        except UsageError as error:
            raise ValueError(str(error)) from None
        if (injection.fault, injection.model.text) != (fault.fault, fault.model):
            raise ValueError(
                f"{fault.fault}, {fault.model} is spelled {injection.fault}, {injection.model.text}"
            )
        return blank(injection, fault.backend)

    return facts


def _composed(tally: Tally, registry: Registry) -> tuple[str, str, Exact | None] | None:
    """As ``CampaignFacts``, of a composition. Raises ValueError where the tally is of none."""
    of = composed(tally.label)
    said = tally.case.params
    if of is None or (said.get("inside"), said.get("rank")) != (of.inside.name, of.rank.name):
        raise ValueError(f"{tally.label} is decoded by none such")
    if msgspec.structs.asdict(tally.case) != of.case():  # of other versions
        return None
    if tally.model.partition(":")[0] not in error_models(registry):
        return None
    return of.key(), of.name, exact(of, parse_model(tally.model, registry), tally.codewords)


def protected(tally: Tally, registry: Registry) -> tuple[str, str, None] | None:
    """What ``facts`` of ``_campaigns`` says of objects. Raises ValueError for another theory than theirs."""
    if tally.model.partition(":")[0] not in error_models(registry):
        return None
    try:
        model = parse_model(tally.model, registry)
        objects = Objects(scheme=scheme_called(tally.label, tally.data_bytes), model=model, seed=tally.seed)
    except UsageError as error:
        raise ValueError(str(error)) from None
    right = Strike(objects=objects, trials=1).blank
    if as_mapping(right)["theory"] != as_mapping(tally)["theory"]:
        raise ValueError(f"theory: not what is known of {right.label} under {right.model}")
    return right.case_key, right.label, None


def target_of_line(line: OfCampaign) -> AnyCode:
    """What errors were injected into. Raises ValueError where there is no such code."""
    return composed(line.label) or _code_of_line(line)


def _code_of_line(line: OfCampaign) -> Code:
    """The code of that name, or of the matrix in the case."""
    try:
        return code(line.label)
    except ValueError:
        if line.case.workload != MATRIX_DECODE.id:
            raise
    batch = ("codewords", "wrong")
    return imported({name: value for name, value in line.case.params.items() if name not in batch})
