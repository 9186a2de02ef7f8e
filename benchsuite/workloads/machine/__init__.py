"""What the machine can do at most: copying, reading, arithmetic. The denominators of rooflines.

Knows no code and no cipher; how a share of a roofline follows is in ``benchsuite.analyse.roofline``.
"""

from benchsuite.workloads.machine.binary_product import MACHINE_BINARY_PRODUCT
from benchsuite.workloads.machine.chains import (
    MachineChainsInputs,
    MachineChainsOutputs,
    MachineChainsParams,
)
from benchsuite.workloads.machine.copy import (
    MACHINE_COPY,
    MachineCopyInputs,
    MachineCopyOutputs,
    MachineCopyParams,
)
from benchsuite.workloads.machine.fused_multiply import MACHINE_FUSED_MULTIPLY
from benchsuite.workloads.machine.logic import MACHINE_LOGIC
from benchsuite.workloads.machine.lookup import MACHINE_LOOKUP
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
from benchsuite.workloads.machine.wide_multiply import MACHINE_WIDE_MULTIPLY

__all__ = [
    "MACHINE_BINARY_PRODUCT",
    "MACHINE_COPY",
    "MACHINE_FUSED_MULTIPLY",
    "MACHINE_LOGIC",
    "MACHINE_LOOKUP",
    "MACHINE_MULTIPLY_ADD",
    "MACHINE_READ",
    "MACHINE_WIDE_MULTIPLY",
    "MachineChainsInputs",
    "MachineChainsOutputs",
    "MachineChainsParams",
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
