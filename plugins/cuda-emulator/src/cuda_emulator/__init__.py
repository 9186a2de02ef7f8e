"""CUDA kernels without a GPU: unmodified ``.cu`` texts on the CPU, behind a namespace of cupy's shape.

For tests of kernels and of what launches them. Knows no benchmark: it compiles, runs, and finds faults. It
says nothing about time: no figure that it could give would be one of a GPU.
"""

from cuda_emulator.namespace import Emulator

__all__ = ["Emulator"]
