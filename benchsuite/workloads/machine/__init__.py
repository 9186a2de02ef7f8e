"""What the machine can do at most: copying, reading, multiplying. The denominators of rooflines.

Knows no code and no cipher; how a share of a roofline follows is in ``benchsuite.analyse.roofline``.
"""

from benchsuite.workloads.machine.copy import (
    MACHINE_COPY,
    MachineCopyInputs,
    MachineCopyOutputs,
    MachineCopyParams,
)
from benchsuite.workloads.machine.multiply_add import (
    MACHINE_MULTIPLY_ADD,
    MachineMultiplyAddInputs,
    MachineMultiplyAddOutputs,
    MachineMultiplyAddParams,
)
from benchsuite.workloads.machine.read import (
    MACHINE_READ,
    MachineReadInputs,
    MachineReadOutputs,
    MachineReadParams,
)

__all__ = [
    "MACHINE_COPY",
    "MACHINE_MULTIPLY_ADD",
    "MACHINE_READ",
    "MachineCopyInputs",
    "MachineCopyOutputs",
    "MachineCopyParams",
    "MachineMultiplyAddInputs",
    "MachineMultiplyAddOutputs",
    "MachineMultiplyAddParams",
    "MachineReadInputs",
    "MachineReadOutputs",
    "MachineReadParams",
]
