import pytest

from benchsuite.inject.protect.schemes import scheme_called

from .conftest import Struck


@pytest.mark.parametrize("name", ["aes-128-gcm", "aes-256-gcm"])
def test_every_flip_of_ciphertext_or_tag_is_rejected(strike: Struck, name: str) -> None:
    bits = scheme_called(name, 20).stored_bits
    assert strike(name, 20, [[place] for place in range(bits)]) == {"detected": bits}
    assert strike(name, 20, [list(range(bits)), [0, bits - 1], []]) == {"detected": 2, "corrected": 1}
