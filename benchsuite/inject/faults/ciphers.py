"""Messages under AES with a fault in each, decrypted; wrong bits counted by where they lie."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from benchsuite.inject.faults.targets import ASSOCIATED_BYTES, Aes
from benchsuite.inject.faults.trials import Counts, Damage, Injection
from benchsuite.workloads.aes.bulk import expand_keys
from benchsuite.workloads.aes.deciphering import (
    TAG_BYTES,
    Deciphered,
    Received,
    StruckCall,
    decipher,
    gcm_tags,
)
from benchsuite.workloads.streams import Bytes, random_bytes, trial_data

BATCH = 2048
"""Messages at a time: with their round keys and states a few MB, in the last cache."""

Engine = Callable[[Received], Deciphered]
"""Decrypts up to BATCH messages under the injection's key; raises Wrong where the answer is."""


def key_of(injection: Injection) -> Bytes:
    """``uint8[1, key bytes]``: of all trials, as an engine takes one key for a batch."""
    target = injection.target
    assert isinstance(target, Aes)
    size = target.key_bits * target.mode.keys // 8
    return random_bytes(f"faults of {target.name} key", injection.seed, 0, size).reshape(1, size)


def messages_of(injection: Injection, first: int, count: int) -> Received:
    """The messages of trials ``first ... first + count - 1``, sound: random ciphertexts, tags right."""
    target = injection.target
    assert isinstance(target, Aes)
    mode = target.mode
    associated = ASSOCIATED_BYTES * mode.authentic
    sizes = np.cumsum([mode.iv_bytes, associated])
    drawn = trial_data(injection.key, first, count, 8 * (int(sizes[-1]) + target.message_bytes))
    iv, associated_data, data = np.split(drawn, sizes, axis=1)
    keys = np.split(key_of(injection), mode.keys, axis=1)
    received = Received(
        schedule=expand_keys(keys[0]),
        tweak_schedule=expand_keys(keys[-1]),
        iv=iv,
        data=data,
        associated_data=associated_data,
        tag=np.zeros((count, TAG_BYTES), np.uint8),
    )
    return replace(received, tag=gcm_tags(received)) if mode.authentic else received


def struck(injection: Injection, sound: Received, flips: Bytes) -> tuple[Received, StruckCall | None]:
    """The messages, or their keys, with ``flips`` in them; or the call of the cipher that is to go wrong."""
    target, (name, _, number) = injection.target, injection.fault.partition(":")
    assert isinstance(target, Aes)
    if name == "state":
        return sound, StruckCall(block=target.struck(injection.fault), rounds=int(number), flips=flips)
    if name == "round-key":
        schedule = np.repeat(sound.schedule, len(flips), axis=1)
        schedule[int(number)] ^= flips
        return replace(sound, schedule=schedule), None
    if name == "key":
        keys = np.split(key_of(injection) ^ flips, target.mode.keys, axis=1)
        schedules = [expand_keys(key) for key in keys]
        return replace(sound, schedule=schedules[0], tweak_schedule=schedules[-1]), None
    if name in ("iv", "tag", "associated-data"):
        part = name.replace("-", "_")
        return replace(sound, **{part: getattr(sound, part) ^ flips}), None
    data, start = sound.data.copy(), 16 * target.struck(injection.fault)
    data[:, start : start + flips.shape[1]] ^= flips
    return replace(sound, data=data), None


def count_messages(injection: Injection, first: int, count: int, engine: Engine | None = None) -> Counts:
    """Of trials ``first ... first + count - 1``, decrypted by ``engine``, or by the suite's own cipher."""
    counts = Counts()
    for start in range(first, first + count, BATCH):
        counts += _batch(injection, start, min(BATCH, first + count - start), engine)
    return counts


def _batch(injection: Injection, first: int, count: int, engine: Engine | None) -> Counts:
    target = injection.target
    assert isinstance(target, Aes)
    sound, flips = messages_of(injection, first, count), injection.flips(first, count)
    received, strike = struck(injection, sound, flips)
    right = decipher(target.mode.name, sound)
    got = decipher(target.mode.name, received, strike) if engine is None else engine(received)
    wrong = got.data ^ right.data
    damaged = got.ok & wrong.any(axis=1)
    outcomes = {"rejected": ~got.ok, "damaged": damaged, "intact": got.ok & ~damaged}
    counted = Counter({name: int(np.count_nonzero(trials)) for name, trials in outcomes.items()})
    return Counts(
        flips=int(np.bitwise_count(flips).sum()),
        outcomes=+counted,
        damage={
            region: _damage(
                np.concatenate([wrong[:, 16 * b : 16 * b + 16] for b in blocks], axis=1), flips, got
            )
            for region, blocks in target.regions(injection.fault).items()
        },
    )


def _damage(wrong: Bytes, flips: Bytes, got: Deciphered) -> Damage:
    """Of one region, accepted messages only: what is rejected is not released."""
    wrong, flips = wrong[got.ok], flips[got.ok]
    bits = np.bincount(np.bitwise_count(wrong).sum(axis=1, dtype=np.int64))
    same = wrong.shape == flips.shape and (wrong == flips).all(axis=1)
    return Damage(
        histogram=Counter({int(n): int(bits[n]) for n in np.flatnonzero(bits)}),
        as_flipped=int(np.count_nonzero(same)),
    )
