from collections.abc import Callable
from typing import Any

import pytest

from benchsuite.api import Scope
from benchsuite.host.engine import Engine
from benchsuite.host.plugins import Registry
from benchsuite.inject.models import parse_model
from benchsuite.inject.rig import Rig, Through
from benchsuite.inject.shown import Picker, show_trial
from benchsuite.inject.trials import Draws, blocks
from benchsuite.workloads.codes import code
from benchsuite.workloads.codes.outcomes import OUTCOMES

CPU: Scope = "end-to-end"


def bits(text: str) -> int:
    return int.from_bytes(bytes.fromhex(text), "little")


def test_a_picker_takes_the_first_trials_of_an_outcome_over_all_blocks(
    rig: Rig, draws: Callable[..., Draws]
) -> None:
    picker, seen = Picker({"detected": 3, "silent": 5}), []
    for first in (0, 2, 4):
        for struck in blocks(rig, draws("flips:3"), first, 2):
            picker(struck)
            found = [OUTCOMES[outcome] for outcome in struck.fates.outcomes]
            seen += [first + row for row, outcome in enumerate(found) if outcome == "detected"]
    assert [picked["trial"] for picked in picker.picked] == seen[:3]
    assert {picked["outcome"] for picked in picker.picked} == {"detected"}


@pytest.mark.parametrize("model", ["flips:1", "flips:2", "flips:3", "flips:4", "bsc:0.01"])
def test_a_trial_is_shown_as_it_is_counted(rig: Rig, draws: Callable[..., Draws], model: str) -> None:
    (struck,) = blocks(rig, draws(model), 0, 50)
    for trial in range(50):
        shown = show_trial(rig, draws(model), trial)
        assert shown["outcome"] == OUTCOMES[struck.fates.outcomes[trial]]
        assert shown["flipped"] == sorted(p for p in struck.positions[trial].tolist() if p >= 0)


def test_what_is_shown_of_a_codeword_fits_together(rig: Rig, draws: Callable[..., Draws]) -> None:
    hsiao = code("hsiao-72-64")
    for trial in range(40):
        (word,) = show_trial(rig, draws("flips:3"), trial)["codewords"]
        received = bits(word["received_data"]) | bits(word["received_check"]) << 64
        stored = bits(word["data"]) | bits(word["check"]) << 64
        assert [i for i in range(72) if (stored ^ received) >> hsiao.bits[i] & 1] == word["flipped"]
        syndrome = 0
        for bit, column in enumerate(hsiao.linear.columns):
            syndrome ^= column * (received >> bit & 1)
        assert syndrome == bits(word["syndrome"])
        wrong = bits(word["data"]) ^ bits(word["delivered"])
        assert [bit for bit in range(64) if wrong >> bit & 1] == word["wrong_bits"]
        assert (word["claim"] == "detected") == (word["outcome"] == "detected")
        assert bool(word["wrong_bits"]) or word["outcome"] != "miscorrected"


def test_the_codewords_of_an_access_are_shown_one_by_one(
    engine: Engine, registry: Registry, rig: Rig
) -> None:
    draws = Draws(
        code=code("hsiao-72-64"), model=parse_model("device:x4:uniform", registry), seed=1, codewords=8
    )
    shown = show_trial(rig, draws, 3)
    words: list[dict[str, Any]] = shown["codewords"]
    assert [p for at, word in enumerate(words) for p in (at * 72 + q for q in word["flipped"])] == shown[
        "flipped"
    ]
    assert len(words) == 8
    assert len({word["data"] for word in words}) == 8


def test_a_code_that_is_only_checked_delivers_what_was_received(engine: Engine, registry: Registry) -> None:
    parity = code("parity-65-64")
    through = Through(device="cpu", scope=CPU, encode="", decode="")
    rig = Rig(engine, parity, through)
    draws = Draws(code=parity, model=parse_model("flips:2", registry), seed=1)
    (word,) = show_trial(rig, draws, 0)["codewords"]
    assert word["delivered"] == word["received_data"]
    assert (word["claim"], word["outcome"], word["syndrome"]) == ("clean", "undetected", "00")
    rig.close()
