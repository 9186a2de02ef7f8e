#!/usr/bin/env python3
"""Claim: every mode of AES answers alike in numpy, openssl and the oracle where mistakes hide.

Empty messages, all lengths around block edges, counters that wrap, tampered messages; one line a figure.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import benchsuite_numpy
import benchsuite_openssl
import numpy as np

from benchsuite.api import Backend, HostLane, Job, Workload
from benchsuite.workloads import (
    AES_CBC_DECRYPT,
    AES_CBC_ENCRYPT,
    AES_CTR,
    AES_ECB_DECRYPT,
    AES_ECB_ENCRYPT,
    AES_GCM_DECRYPT,
    AES_GCM_ENCRYPT,
)
from benchsuite.workloads.reference import aes

KEY_BITS, MESSAGES = (128, 192, 256), (1, 3)
EDGES = sorted({*range(34), *(edge + step for edge in (64, 256, 4096) for step in (-1, 0, 1))})
NONCE_BYTES = (12, 8, 16, 60)
ORACLE_BYTES = 300  # of longer messages the oracle takes too long

Case = tuple[str, Workload[Any, Any, Any], Any, Callable[[Any], None]]


def as_drawn(inputs: Any) -> None:
    """No change."""


def counting_from(low: int) -> Callable[[Any], None]:
    """Nonces or counters such that the last 32 bits count from ``low``, all bits above them being ones."""
    counter = b"\xff" * 12 + low.to_bytes(4, "big")

    def change(inputs: Any) -> None:
        if hasattr(inputs, "counters"):
            inputs.counters[...] = np.frombuffer(counter, np.uint8)
        else:
            subkey = aes.encrypt_block(aes.expand_key(inputs.key), bytes(16))
            inputs.nonces[...] = np.frombuffer(aes.nonce_of(subkey, counter), np.uint8)

    return change


def cases() -> Iterator[Case]:
    for key_bits in KEY_BITS:
        for messages in MESSAGES:
            batch = {"key_bits": key_bits, "messages": messages}
            for size in EDGES:
                yield from lengths({**batch, "message_bytes": size})
            for low, size in product((2**32 - 1, 2**32 - 2, 2**32 - 256, 0), (45, 16 * 2100 + 5)):
                wrapped = {**batch, "message_bytes": size}
                yield "counters that wrap", AES_CTR, AES_CTR.params(**wrapped), counting_from(low)
                sealed = AES_GCM_ENCRYPT.params(**wrapped, nonce_bytes=16)
                yield "counters that wrap", AES_GCM_ENCRYPT, sealed, counting_from(low)


def lengths(batch: dict[str, int]) -> Iterator[Case]:
    """All that takes messages of this length."""
    size = batch["message_bytes"]
    kind = "lengths around block edges" if size else "empty messages"
    if size:
        yield kind, AES_CTR, AES_CTR.params(**batch), as_drawn
    if size and size % 16 == 0:
        for workload in (AES_ECB_ENCRYPT, AES_ECB_DECRYPT, AES_CBC_ENCRYPT, AES_CBC_DECRYPT):
            yield kind, workload, workload.params(**batch), as_drawn
    for nonce_bytes in NONCE_BYTES:
        for associated_bytes in (0, 13, 16):
            sizes = {**batch, "nonce_bytes": nonce_bytes, "associated_bytes": associated_bytes}
            yield kind, AES_GCM_ENCRYPT, AES_GCM_ENCRYPT.params(**sizes), as_drawn
    for tampered in (0.0, 0.5):
        received = AES_GCM_DECRYPT.params(**batch, tampered=tampered)
        yield "tampered messages" if tampered else kind, AES_GCM_DECRYPT, received, as_drawn


def run(backend: Backend[HostLane], workload: Workload[Any, Any, Any], params: Any, inputs: Any) -> bytes:
    """The canonical answer of an engine, whose outputs hold rubbish first."""
    (device,), outputs = backend.probe(), workload.outputs(params)
    outputs.data[...] = 0xA5
    with device.lanes(1) as (lane,):
        job = Job(params=params, device=device, lane=lane, scope="end-to-end", inputs=inputs, outputs=outputs)
        backend.implementations[workload.id, ""].prepare(job).run()
    return workload.canonical(outputs)


def oracle(workload: Workload[Any, Any, Any], params: Any, inputs: Any) -> bytes:
    """The canonical answer by pure Python."""
    outputs = workload.outputs(params)
    for message, row in enumerate(outputs.data):
        answer = one_by_oracle(workload, inputs, message)
        row[...] = np.frombuffer(answer or bytes(len(row)), np.uint8)
        if workload is AES_GCM_DECRYPT:
            outputs.ok[message] = answer is not None
    return workload.canonical(outputs)


def one_by_oracle(workload: Workload[Any, Any, Any], inputs: Any, message: int) -> bytes | None:
    key, data = inputs.key, inputs.data[message].tobytes()
    _, mode, *operation = workload.id.split("-")
    crypt = getattr(aes, "_".join([mode, *operation]))
    if mode == "ecb":
        return crypt(key, data)
    if mode in {"ctr", "cbc"}:
        starts = inputs.counters if mode == "ctr" else inputs.initial_vectors
        return crypt(key, starts[message].tobytes(), data)
    return crypt(key, inputs.nonces[message].tobytes(), data, inputs.associated_data[message].tobytes())


def main() -> int:
    compared, differing = Counter[tuple[str, bool]](), 0
    for kind, workload, params, change in cases():
        inputs = workload.inputs(params, 0, 0)
        change(inputs)
        answers = {
            "numpy": run(benchsuite_numpy.backend, workload, params, inputs),
            "openssl": run(benchsuite_openssl.backend, workload, params, inputs),
        }
        if params.message_bytes <= ORACLE_BYTES:
            answers["oracle"] = oracle(workload, params, inputs)
        if len(set(answers.values())) > 1:
            differing += 1
            print(f"{workload.label(params)}: {', '.join(answers)} do not agree ({kind})")
        compared[kind, len(answers) == 3] += 1
    for kind in dict.fromkeys(kind for kind, _ in compared):
        short, long = compared[kind, True], compared[kind, False]
        print(f"AES, {kind}: {short + long} cases on numpy and openssl, {short} of them by the oracle too")
    print(f"AES edges: {differing} cases differ (gate 0)")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
