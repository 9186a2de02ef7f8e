"""The backend object, and which of PyCryptodome's implementations this machine gets."""

from collections.abc import Sequence
from typing import Any

from benchsuite.api import Backend, Device, HostLane, Unavailable, host_cpu

REMEDY = "pip install benchsuite-pycryptodome"


def instructions() -> dict[str, str | float | None]:
    """Whether the CPU has what the fast C needs; None where this version does not let it be read."""
    try:
        from Crypto.Util import _cpu_features  # private: it may move
    except ImportError:
        return {"aes_instructions": None, "carry_less_multiply": None}
    return {
        "aes_instructions": _said(_cpu_features, "have_aes_ni", "have_aes_armv8"),
        "carry_less_multiply": _said(_cpu_features, "have_clmul", "have_pmull"),
    }


def _said(features: Any, *names: str) -> str | None:
    """``yes`` where one of the functions named says so."""
    answers = [getattr(features, name)() for name in names if hasattr(features, name)]
    return ("yes" if any(answers) else "no") if answers else None


def arithmetic() -> str | None:
    """The library of RSA's long integers: PyCryptodome's own, GMP, or Python's."""
    try:
        from Crypto.Math import Numbers

        return str(Numbers._implementation["library"])
    except (ImportError, AttributeError, KeyError):
        return None


def probe() -> Sequence[Device[HostLane]]:
    """The host CPU; Unavailable where PyCryptodome does not import, or is the PyCrypto that it replaced."""
    try:
        import Crypto
        import Crypto.Cipher.AES
    except ModuleNotFoundError as error:
        raise Unavailable(f"{error.name} is not installed: {REMEDY}") from error
    except (ImportError, OSError) as error:  # OSError: its C modules are loaded by ctypes or cffi
        raise Unavailable(f"PyCryptodome does not import ({error}): {REMEDY} --force-reinstall") from error
    return host_cpu({"pycryptodome": Crypto.__version__, **instructions(), "long_integers": arithmetic()})


backend: Backend[HostLane] = Backend(
    name="pycryptodome",
    probe=probe,
    reasons={
        # Found by the workload's vectors; tests/test_pycryptodome_rsa.py fails when PyCryptodome changes it.
        "rsa-verify": "PyCryptodome also accepts a DigestInfo without its NULL, which this workload rejects",
        "machine": "PyCryptodome measures no peaks of the machine",
        **dict.fromkeys(
            (
                "parity",
                "hamming",
                "extended-hamming",
                "hsiao",
                "on-die",
                "crc",
                "bch",
                "reed-solomon",
                "chipkill",
                "erasure",
            ),
            "PyCryptodome has no error-correcting or error-detecting codes",
        ),
    },
)
