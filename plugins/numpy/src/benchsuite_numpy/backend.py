"""The backend object that the kernels register with, and what is worth knowing about this numpy."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from benchsuite.api import Backend, Device, HostLane, host_cpu


def read_facts() -> dict[str, str | float | None]:
    """numpy's version, its BLAS, and the instruction sets that it dispatches to here; None where unread."""
    config: Mapping[str, Any] = np.show_config(mode="dicts") or {}
    blas = config.get("Build Dependencies", {}).get("blas", {})
    simd = config.get("SIMD Extensions", {})
    return {
        "numpy": np.__version__,
        "blas": " ".join(str(blas[key]) for key in ("name", "version") if key in blas) or None,
        "simd_baseline": " ".join(simd.get("baseline", ())) or None,
        "simd_dispatched": " ".join(simd.get("found", ())) or None,
    }


def probe() -> Sequence[Device[HostLane]]:
    """The host CPU: wherever numpy imports, this backend runs."""
    return host_cpu(read_facts())


backend: Backend[HostLane] = Backend(name="numpy", probe=probe)
