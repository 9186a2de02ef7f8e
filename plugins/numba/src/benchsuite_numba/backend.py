"""The backend object, and for which CPU and how many threads this numba compiles."""

from collections.abc import Sequence

from benchsuite.api import Backend, Device, HostLane, Unavailable, host_cpu

ALL_CORES = "all-cores"
"""The variant whose every repetition is shared out among all allowed cores; the others use one thread."""

REMEDY = "pip install benchsuite-numba"

REASON = "this engine has codes and checksums only"


def read_features() -> frozenset[str]:
    """What the CPU that numba compiles for can do, as LLVM spells it: ``pclmul``, ``avx512vpopcntdq``, ..."""
    return frozenset(feature[1:] for feature in _target()[2].split(",") if feature.startswith("+"))


def _target() -> tuple[str, str, str]:
    """Triple, CPU and features. NUMBA_CPU_NAME and NUMBA_CPU_FEATURES have their say in it."""
    from numba.core.registry import cpu_target

    triple, cpu, features = cpu_target.target_context.codegen().magic_tuple()
    return triple, cpu, features


def probe() -> Sequence[Device[HostLane]]:
    """The host CPU; Unavailable where numba does not import."""
    try:
        import llvmlite
        import numba
    except ModuleNotFoundError as error:
        raise Unavailable(f"{error.name} is not installed: {REMEDY}") from error
    except ImportError as error:  # such as a numpy newer than this numba knows
        raise Unavailable(f"numba does not import ({error}): {REMEDY} --force-reinstall") from error
    vectors = [name for name in ("pclmul", "avx2", "avx512f", "avx512vpopcntdq") if name in read_features()]
    return host_cpu(
        {
            "numba": numba.__version__,
            "llvmlite": llvmlite.__version__,
            "llvm_cpu": _target()[1],
            "llvm_features": " ".join(vectors) or None,
            "threads": float(numba.get_num_threads()),
        }
    )


backend: Backend[HostLane] = Backend(
    name="numba",
    probe=probe,
    reasons={**dict.fromkeys(("aes", "rsa"), REASON), "crc-update": "its kernel is not written yet"},
)
