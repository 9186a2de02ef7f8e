"""The whole contract between the suite and its plugins. Standard library and pluggy only.

Knows no workload, no backend, no file and no clock but the host lane's.
"""

from benchsuite.api.extension import Command, ErrorModel, ReportFormat, Target
from benchsuite.api.hooks import API, PROJECT, hookimpl, hookspec
from benchsuite.api.host import HostLane, host_cpu
from benchsuite.api.types import (
    Backend,
    ConstantTime,
    Device,
    DeviceLost,
    Implementation,
    Items,
    Job,
    Lane,
    Mismatch,
    Prepared,
    RecordingLane,
    Scope,
    Unavailable,
    Unsupported,
    Vector,
    Work,
    Workload,
)

__all__ = [
    "API",
    "PROJECT",
    "Backend",
    "Command",
    "ConstantTime",
    "Device",
    "DeviceLost",
    "ErrorModel",
    "HostLane",
    "Implementation",
    "Items",
    "Job",
    "Lane",
    "Mismatch",
    "Prepared",
    "RecordingLane",
    "ReportFormat",
    "Scope",
    "Target",
    "Unavailable",
    "Unsupported",
    "Vector",
    "Work",
    "Workload",
    "hookimpl",
    "hookspec",
    "host_cpu",
]
