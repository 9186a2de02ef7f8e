"""The backend object, and which OpenSSL this is: the one inside ``cryptography``, not that of ``ssl``."""

from collections.abc import Sequence

from benchsuite.api import Backend, Device, HostLane, Unavailable, host_cpu

REMEDY = "pip install benchsuite-openssl"

_VERSION_FACTS = {"openssl": 0, "openssl_flags": 1, "openssl_built": 2, "openssl_cpu": 9}
"""Fact -> the argument of ``OpenSSL_version`` (OpenSSL's crypto.h)."""


def read_openssl(index: int) -> str | None:
    """One text of ``OpenSSL_version``; None where this build of cryptography does not let it be read."""
    try:
        from cryptography.hazmat.bindings._rust import _openssl

        text: bytes = _openssl.ffi.string(_openssl.lib.OpenSSL_version(index))
    except (ImportError, AttributeError):  # a private module: it may move
        return None
    return None if text == b"not available" else text.decode().split(": ", 1)[-1]


def probe() -> Sequence[Device[HostLane]]:
    """The host CPU; Unavailable where ``cryptography`` does not import."""
    try:
        import cryptography.hazmat.primitives.ciphers  # loads the compiled part
    except ModuleNotFoundError as error:
        raise Unavailable(f"{error.name} is not installed: {REMEDY}") from error
    except ImportError as error:
        raise Unavailable(f"cryptography does not import ({error}): {REMEDY} --force-reinstall") from error
    texts = {name: read_openssl(index) for name, index in _VERSION_FACTS.items()}
    return host_cpu({"cryptography": cryptography.__version__, **texts})


backend: Backend[HostLane] = Backend(
    name="openssl",
    probe=probe,
    reasons={
        "machine": "OpenSSL measures no peaks of the machine",
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
            "OpenSSL has no error-correcting or error-detecting codes",
        ),
    },
)
