"""What the hooks of a plugin give: objects of one type, validated before anything relies on them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, get_args

from benchsuite.api import (
    API,
    Backend,
    Command,
    ConstantTime,
    ErrorModel,
    Implementation,
    ReportFormat,
    Workload,
)

NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
MOST_LETTERS = 64  # of a name: columns and file names are made of them
MOST_OBJECTS = 1000  # of one hook: whoever gives more does not end

# hook -> (type of its objects, what one is called, the registry's dictionary, the attribute that names it)
COLLECTED: Mapping[str, tuple[type, str, str, str]] = {
    "benchsuite_backends": (Backend, "backend", "backends", "name"),
    "benchsuite_workloads": (Workload, "workload", "workloads", "id"),
    "benchsuite_error_models": (ErrorModel, "error model", "error_models", "name"),
    "benchsuite_report_formats": (ReportFormat, "report format", "formats", "name"),
    "benchsuite_commands": (Command, "command", "commands", "name"),
}


def objects(hook: str, results: list[Any]) -> Iterator[Any]:
    """The objects that a hook gave, each validated. Raises TypeError or ValueError for anything else."""
    kind = COLLECTED[hook][0]
    if not results:
        raise TypeError(f"{hook} returned None: return a list")
    count = 0
    for result in results:
        if isinstance(result, kind) or not isinstance(result, Iterable):
            raise TypeError(
                f"{hook} returned {type(result).__name__}: return a list of {kind.__name__} objects"
            )
        for value in result:
            count += 1
            if count > MOST_OBJECTS:
                raise ValueError(f"{hook} gave more than {MOST_OBJECTS} objects: does it ever end?")
            _validate(hook, value)
            yield value


def _validate(hook: str, value: object) -> None:
    kind, _, _, attribute = COLLECTED[hook]
    if not isinstance(value, kind):
        raise TypeError(f"{hook} must give {kind.__name__} objects, not {type(value).__name__}")
    name = getattr(value, attribute)
    if not isinstance(name, str) or not NAME.fullmatch(name) or len(name) > MOST_LETTERS:
        raise ValueError(
            f"{hook}: {name!r:.80} is no name: lower-case letters, digits, '.', '_' and '-', "
            f"at most {MOST_LETTERS}"
        )
    if isinstance(value, Workload):
        _validate_workload(value)
    if isinstance(value, Backend):
        _validate_backend(value)


def _validate_workload(workload: Workload[Any, Any, Any]) -> None:
    if not (isinstance(workload.params, type) and is_dataclass(workload.params)):
        raise TypeError(f"params of workload {workload.id} must be a dataclass, not {workload.params!r:.80}")
    for parameter in fields(workload.params):
        if parameter.default is MISSING:
            raise TypeError(f"parameter {parameter.name} of workload {workload.id} must have a default")


def _validate_backend(backend: Backend[Any]) -> None:
    name, api = backend.name, backend.api
    if type(api) is not int:
        raise TypeError(f"api of backend {name} must be a whole number, not {api!r}")
    if api != API:
        advice = "upgrade benchsuite" if api > API else "upgrade the plugin"
        raise ValueError(f"backend {name} is written for API {api}, this is API {API}: {advice}")
    if not isinstance(backend.reasons, Mapping) or not all(
        isinstance(text, str) for reason in backend.reasons.items() for text in reason
    ):
        raise TypeError(f"reasons of backend {name} must map workload ids to texts")
    for key, implementation in backend.implementations.items():
        if not isinstance(implementation, Implementation):
            raise TypeError(f"backend {name}, {key}: register with @backend.implements(workload, version=…)")
        known = get_args(ConstantTime)
        if implementation.constant_time not in known:
            raise ValueError(
                f"constant_time of {name}'s {key[0]} must be one of {', '.join(known)}, "
                f"not {implementation.constant_time!r}"
            )
