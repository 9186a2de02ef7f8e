"""What can be struck, by name, and where: the modes of AES, and RSA signatures."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from benchsuite.api import Workload
from benchsuite.host.cases import unknown
from benchsuite.host.plugins import UsageError
from benchsuite.workloads.aes import AES_CBC_DECRYPT, AES_CTR, AES_ECB_DECRYPT, AES_GCM_DECRYPT
from benchsuite.workloads.aes.messages import KEY_BITS
from benchsuite.workloads.rsa import RSA_SIGN
from benchsuite.workloads.rsa import keys as rsa_keys
from benchsuite.workloads.rsa.faults import FAULTS, STRUCK_NUMBERS

BLOCKS = 4
"""Of a message: one before the struck one, the struck one, the next, and one that is neither."""
TAIL_BYTES = 8
"""Of the last block where it is short."""
ASSOCIATED_BYTES = 13

Places = Mapping[str, tuple[int, ...]]
"""Region -> the blocks of a message in it."""


@dataclass(frozen=True, kw_only=True)
class Mode:
    """A mode of AES as faults see it."""

    name: str
    title: str
    iv_bytes: int = 16
    inverse: bool = False
    """Whether its data go through the inverse cipher."""
    decrypt: Workload[Any, Any, Any] | None = None
    """None: no engine is asked."""
    key_bits: Sequence[int] = KEY_BITS
    keys: int = 1
    short: bool = False
    """Whether the last block is short."""
    authentic: bool = False


MODES = {
    mode.name: mode
    for mode in (
        Mode(name="ecb", title="ECB", iv_bytes=0, inverse=True, decrypt=AES_ECB_DECRYPT),
        Mode(name="cbc", title="CBC", inverse=True, decrypt=AES_CBC_DECRYPT),
        Mode(name="cfb", title="CFB-128"),
        Mode(name="ofb", title="OFB"),
        Mode(name="ctr", title="CTR", decrypt=AES_CTR),
        Mode(name="gcm", title="GCM", iv_bytes=12, decrypt=AES_GCM_DECRYPT, authentic=True),
        Mode(name="xts", title="XTS", inverse=True, key_bits=(128, 256), keys=2),
        Mode(
            name="xts-stealing",
            title="XTS with ciphertext stealing",
            inverse=True,
            key_bits=(128, 256),
            keys=2,
            short=True,
        ),
    )
}


@dataclass(frozen=True)
class Aes:
    """A mode with a size of key."""

    key_bits: int
    mode: Mode

    @property
    def name(self) -> str:
        """Such as ``aes-128-cbc``."""
        return f"aes-{self.key_bits}-{self.mode.name}"

    @property
    def rounds(self) -> int:
        """Of its cipher (FIPS 197 §5)."""
        return self.key_bits // 32 + 6

    @property
    def message_bytes(self) -> int:
        """Of a message."""
        return 16 * BLOCKS - (16 - TAIL_BYTES) * self.mode.short

    @property
    def workload(self) -> Workload[Any, Any, Any] | None:
        """What engines are asked for, if they are."""
        return self.mode.decrypt

    @cached_property
    def faults(self) -> Mapping[str, int]:
        """Fault -> the bits that it may flip; ``:R`` stands for a number of rounds, or of a round key."""
        faults = {"ciphertext": 128}
        if self.mode.short:
            faults["tail"] = 8 * TAIL_BYTES
        if self.mode.iv_bytes:
            faults["iv"] = 8 * self.mode.iv_bytes
        if self.mode.authentic:
            faults |= {"tag": 128, "associated-data": 8 * ASSOCIATED_BYTES}
        return faults | {"key": self.key_bits * self.mode.keys, "round-key:R": 128, "state:R": 128}

    def is_input(self, fault: str) -> bool:
        """Whether the fault is in what an engine is given message by message."""
        return fault in ("ciphertext", "tail", "iv", "tag", "associated-data")

    def struck(self, fault: str) -> int:
        """The block that the fault strikes; the whole message, for a key."""
        if fault == "iv":
            return 0
        if self.mode.short:
            return BLOCKS - 1 if fault == "tail" else BLOCKS - 2
        return 1

    def regions(self, fault: str) -> Places:
        """The blocks of a message as they lie to the struck one; regions without any are left out."""
        struck = self.struck(fault)
        near = {"previous": (struck - 1,), "struck": (struck,), "next": (struck + 1,)}
        found = {name: blocks for name, blocks in near.items() if 0 <= blocks[0] < BLOCKS}
        rest = tuple(block for block in range(BLOCKS) if abs(block - struck) > 1)
        return found | ({"rest": rest} if rest else {})


@dataclass(frozen=True)
class Rsa:
    """Signatures under the benchmark key of a size."""

    key_bits: int

    @property
    def name(self) -> str:
        """Such as ``rsa-2048``."""
        return f"rsa-{self.key_bits}"

    @property
    def workload(self) -> Workload[Any, Any, Any]:
        """What engines are asked for."""
        return RSA_SIGN

    @property
    def faults(self) -> Mapping[str, int]:
        """Fault -> the bits that it may flip."""
        whole = ("exponent", "modulus", "signature")
        return {fault: self.key_bits if fault in whole else self.key_bits // 2 for fault in FAULTS}

    def is_input(self, fault: str) -> bool:
        """Whether the fault is in a number of the key, which an engine is given."""
        return fault in STRUCK_NUMBERS


Target = Aes | Rsa

_ALL: Sequence[Target] = (
    *(Aes(bits, mode) for bits in KEY_BITS for mode in MODES.values() if bits in mode.key_bits),
    *(Rsa(bits) for bits in rsa_keys.KEY_BITS),
)

TARGETS: Mapping[str, Target] = {target.name: target for target in _ALL}
"""Everything that can be struck, by name."""


def parse_fault(target: Target, text: str) -> str:
    """A fault in its canonical spelling; raises UsageError that names those that the target has.

    >>> parse_fault(TARGETS["aes-128-cbc"], "state:09")
    'state:9'
    """
    name, colon, number = text.partition(":")
    known = target.faults
    if f"{name}:R" in known and isinstance(target, Aes):
        if not re.fullmatch("[0-9]{1,4}", number) or int(number) > target.rounds:
            raise UsageError(
                f"--fault {name}:R needs a whole number of 0 to {target.rounds}, the rounds of "
                f"{target.name}, as in {name}:{target.rounds - 1}, not {number!r}"
            )
        return f"{name}:{int(number)}"
    if colon or name not in known:
        raise unknown(f"fault of {target.name}", text, known)
    return name


def fault_bits(target: Target, fault: str) -> int:
    """How many bits a fault, in its canonical spelling, may flip."""
    name, colon, _ = fault.partition(":")
    return target.faults[name + ":R" * bool(colon)]
