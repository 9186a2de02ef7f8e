#!/usr/bin/env python3
"""Claim: the openssl backend has 0.95 of the speed of 40 lines of C that call the very same libcrypto.

RSA-2048 signing; AES-256-GCM, tag included, and AES-128-CTR: by the byte from 16 KiB on, and by the whole
time from 256 KiB on. Between them the call through Python and cryptography, which C has not, shows: it is
printed.

The same machine code: openssl_peer.c is compiled into this process and gets the addresses of the functions
inside cryptography's own OpenSSL, from the symbols that its wheel keeps. Best of many interleaved tries of
the suite's loop and C's, after both gave the same bytes; repeated while noise may hide the claim.
"""

from __future__ import annotations

import ctypes
import gc
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from itertools import repeat
from pathlib import Path
from typing import Any, NamedTuple

import benchsuite_openssl
import numpy as np
from benchsuite_openssl.backend import read_openssl
from cryptography.hazmat.bindings import _rust
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateNumbers, RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from benchsuite.api import Job, Workload
from benchsuite.workloads import AES_CTR, AES_GCM_ENCRYPT, RSA_SIGN
from benchsuite.workloads.aes.ctr import AesCtrParams
from benchsuite.workloads.aes.gcm import AesGcmEncryptParams
from benchsuite.workloads.rsa import RsaSignParams

GATE = 0.95
CALL, *LONG = 16, 1 << 14, 1 << 18, 1 << 20
WHOLE_FROM = 1 << 18
TRY_SECONDS, TRIES, ROUNDS = 0.001, 200, 6
SOURCE = Path(__file__).with_name("openssl_peer.c")


class Pair(NamedTuple):
    """The backend and C at the same work: functions from a number of repetitions to their seconds."""

    label: str
    backend: Callable[[int], float]
    peer: Callable[[int], float]


def compiled(folder: str) -> ctypes.CDLL:
    """The C program, its pointers set to the functions of the OpenSSL that the backend uses."""
    path = Path(folder) / "peer.so"
    subprocess.run(["cc", "-O2", "-Wall", "-shared", "-fPIC", "-o", path, SOURCE], check=True)
    table = subprocess.run(["nm", _rust.__file__], capture_output=True, text=True, check=True).stdout
    offsets = {name: int(at, 16) for at, name in re.findall(r"^(\w+) [tT] (\w+)$", table, re.MULTILINE)}
    names = re.findall(r"\(\*(\w+)\)\(", SOURCE.read_text(encoding="utf-8"))
    if missing := [name for name in names if name not in offsets]:
        sys.exit(f"this build of cryptography hides its OpenSSL ({missing[0]}): install the wheel from PyPI")
    loaded = ctypes.cast(ctypes.CDLL(_rust.__file__).PyInit__rust, ctypes.c_void_p).value or 0
    peer = ctypes.CDLL(str(path))
    for name in names:
        ctypes.c_void_p.in_dll(peer, name).value = loaded - offsets["PyInit__rust"] + offsets[name]
    for name in ("gcm", "ctr", "sign"):
        getattr(peer, name).restype = ctypes.c_void_p
        getattr(peer, f"{name}_seconds").restype = ctypes.c_double
    return peer


def backend_seconds(workload: Workload[Any, Any, Any], *case: Any) -> Callable[[int], float]:
    """The suite's timed loop over what the backend prepares."""
    params, inputs, outputs = case
    (device,) = benchsuite_openssl.backend.probe()
    with device.lanes(1) as (lane,):
        job = Job(params=params, device=device, lane=lane, scope="end-to-end", inputs=inputs, outputs=outputs)
        call = benchsuite_openssl.backend.implementations[workload.id, ""].prepare(job).run

    def seconds(count: int) -> float:
        begin = lane.mark()
        for run in repeat(call, count):
            run()
        return lane.seconds(begin, lane.mark())

    return seconds


def der_of(inputs: Any) -> bytes:
    """The private key as OpenSSL reads it."""
    public = RSAPublicNumbers(inputs.e, inputs.n)
    parts = (inputs.p, inputs.q, inputs.d, inputs.dp, inputs.dq, inputs.qinv)
    key = RSAPrivateNumbers(*parts, public).private_key()
    return key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())


def peer_seconds(peer: ctypes.CDLL, params: Any, inputs: Any, outputs: Any) -> Callable[[int], float]:
    """C's loop over the same inputs."""

    def at(array: Any) -> Any:
        return array.ctypes.data_as(ctypes.c_void_p)  # which keeps the array alive

    arguments: tuple[Any, ...]
    if isinstance(params, RsaSignParams):
        name, key = "sign", (der_of(inputs), ctypes.c_long(len(der_of(inputs))))
        arguments = at(inputs.digest), at(outputs.signature), ctypes.c_size_t(params.key_bits // 8)
    elif isinstance(params, AesCtrParams):
        name, key = "ctr", (inputs.key,)
        arguments = at(inputs.counters), at(inputs.data), params.message_bytes, at(outputs.data)
    else:
        name, key = "gcm", (inputs.key,)
        associated = at(inputs.associated_data), params.associated_bytes
        arguments = at(inputs.nonces), *associated, at(inputs.data), params.message_bytes, at(outputs.data)
    context, timed = ctypes.c_void_p(getattr(peer, name)(*key)), getattr(peer, f"{name}_seconds")
    return lambda count: float(timed(context, ctypes.c_long(count), *arguments))


def pair(peer: ctypes.CDLL, workload: Workload[Any, Any, Any], params: Any) -> Pair:
    """Both, each with outputs of its own, which are found to be the same."""
    inputs, ours, theirs = workload.inputs(params, 0, 0), workload.outputs(params), workload.outputs(params)
    both = Pair(
        workload.label(params),
        backend_seconds(workload, params, inputs, ours),
        peer_seconds(peer, params, inputs, theirs),
    )
    both.backend(1)
    both.peer(1)
    assert workload.canonical is not None
    if workload.canonical(ours) != workload.canonical(theirs):
        sys.exit(f"{both.label}: openssl and C disagree")
    return both


def least(pair: Pair, gate: float) -> tuple[float, float]:
    """Least seconds of a repetition, of the backend and of C, by turns; more rounds where below ``gate``."""
    loops = [(loop, max(2, round(TRY_SECONDS / (loop(20) / 20)))) for loop in (pair.backend, pair.peer)]
    ours = theirs = float("inf")
    for _ in range(ROUNDS):
        tries = [[loop(count) / count for loop, count in loops] for _ in range(TRIES)]
        ours, theirs = np.min([(ours, theirs), *tries], axis=0)
        if theirs / ours >= gate:
            break
    said = f"gate {gate}" if gate else "no gate: the call shows"
    print(f"{pair.label}: {1e6 * ours:.3f} us, C {1e6 * theirs:.3f} us: {theirs / ours:.3f} ({said})")
    return ours, theirs


def lines_hold(peer: ctypes.CDLL, workload: Workload[Any, Any, Any], kind: Callable[..., Any]) -> bool:
    """Whether the whole time and the time by the byte hold; prints t = a + b * bytes of both."""
    gates = {size: GATE if size >= WHOLE_FROM else 0.0 for size in (CALL, *LONG)}
    times = {
        size: least(pair(peer, workload, kind(message_bytes=size)), gate) for size, gate in gates.items()
    }
    (ours, theirs) = (
        np.polyfit(
            LONG, [times[size][which] for size in LONG], 1, w=[1 / times[size][which] for size in LONG]
        )
        for which in (0, 1)
    )
    ratio = theirs[0] / ours[0]
    for name, (slope, floor), call in (("openssl", ours, times[CALL][0]), ("C", theirs, times[CALL][1])):
        print(
            f"  {name}: {1e9 * floor:.0f} ns + {1e9 * slope:.4f} ns a byte from 16 KiB on; "
            f"{1e9 * call:.0f} ns for {CALL} bytes"
        )
    print(f"  by the byte: {ratio:.3f} (gate {GATE})")
    return bool(
        ratio >= GATE and all(times[size][1] / times[size][0] >= gate for size, gate in gates.items())
    )


def main() -> int:
    """0 where the claim holds."""
    gc.disable()
    print(f"one libcrypto for both: {read_openssl(0)}")
    with tempfile.TemporaryDirectory() as folder:
        peer = compiled(folder)
        held = [
            lines_hold(peer, AES_GCM_ENCRYPT, partial(AesGcmEncryptParams, key_bits=256)),
            lines_hold(peer, AES_CTR, AesCtrParams),
        ]
        ours, theirs = least(pair(peer, RSA_SIGN, RsaSignParams()), GATE)
    return 0 if all(held) and theirs / ours >= GATE else 1


if __name__ == "__main__":
    sys.exit(main())
