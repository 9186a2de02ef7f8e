"""Reading alone: backends are asked in tests/cli, and by ci/claims/published_vectors_pass.py."""

from collections import Counter
from fnmatch import fnmatch
from importlib.resources import files
from itertools import islice

import numpy as np
import pytest

from benchsuite.api import Mismatch
from benchsuite.workloads import WORKLOADS
from benchsuite.workloads.published import VectorSet, installed, sets, vectors
from benchsuite.workloads.published.records import count
from benchsuite.workloads.published.rsa import primes_of
from benchsuite.workloads.published.sets import NO_SETS, PACKAGE, ROUTES

BY_ID = {workload.id: workload for workload in WORKLOADS}
READ = sorted({workload for route in ROUTES for workload in route.workloads})

ECB = """\
# CAVS 11.1

[ENCRYPT]

COUNT = 0
KEY = 00000000000000000000000000000000
PLAINTEXT = f34481ec3cc627bacd5dc3fb08f273e6
CIPHERTEXT = 0336763e966d92595a567cc9ce537f5e

[DECRYPT]

COUNT = 0
KEY = 00000000000000000000000000000000
CIPHERTEXT = 0336763e966d92595a567cc9ce537f5e
PLAINTEXT = f34481ec3cc627bacd5dc3fb08f273e6
"""
GCM = """\
[Taglen = 128]

Count = 0
Key = cf063a34d4a9a76c2c86787d3f96db71
IV = 113b9785971864c83b01c787
CT =
AAD =
Tag = 72ac8493e3a5228b5d130a69d2510e42
PT =

Count = 1
Key = a49a5e26a2f8cb63d05546c2a62f5343
IV = 907763b19b9b4ab6bd4f0281
CT =
AAD =
Tag = a2be08210d8c470a8df6e8fbd79ec5cf
FAIL

[Taglen = 96]

Count = 0
Key = a49a5e26a2f8cb63d05546c2a62f5343
IV = 907763b19b9b4ab6bd4f0281
CT =
AAD =
Tag = a2be08210d8c470a8df6e8fb
FAIL
"""


def part(path, number, reason=""):
    return VectorSet(set=path, vectors=number, applies=not reason, reason=reason)


def test_without_the_package_there_are_no_sets(vector_package):
    vector_package(None)
    assert not installed()
    assert list(sets()) == list(vectors("aes-ecb-encrypt")) == []


def test_a_vector_has_its_place_and_the_types_of_its_workload(vector_package):
    vector_package({"ciphers/AES/ECB/ECBGFSbox128.rsp": ECB})
    (encrypt,), (decrypt,) = vectors("aes-ecb-encrypt"), vectors("aes-ecb-decrypt")
    assert encrypt.name == "ciphers/AES/ECB/ECBGFSbox128.rsp, line 5, COUNT = 0"
    assert encrypt.params == BY_ID["aes-ecb-encrypt"].params()
    assert encrypt.inputs.key == bytes(16)
    assert encrypt.inputs.data.tobytes().hex() == "f34481ec3cc627bacd5dc3fb08f273e6"
    assert encrypt.outputs.data.tobytes().hex() == "0336763e966d92595a567cc9ce537f5e"
    assert decrypt.name == "ciphers/AES/ECB/ECBGFSbox128.rsp, line 12, COUNT = 0"
    np.testing.assert_array_equal(decrypt.outputs.data, encrypt.inputs.data)
    assert list(vectors("aes-ctr")) == []


def test_what_fails_is_to_be_rejected_and_short_tags_are_counted_apart(vector_package):
    path = "ciphers/AES/GCM/gcmDecrypt128.rsp"
    vector_package({path: GCM})
    assert [vector.outputs.ok.tolist() for vector in vectors("aes-gcm-decrypt")] == [[1], [0]]
    assert list(sets()) == [part(path, 2), part(path, 1, "GCM tags of 12 bytes: benchsuite's have 16")]


def test_every_other_set_has_its_reason(vector_package):
    vector_package(
        {
            "asymmetric/DH/rfc3526.txt": "Group = 1\n\nGroup = 2\n",
            "asymmetric/RSA/FIPS_186-2/SigGenPSS_186-2.rsp": "S = 1\n",
            "asymmetric/RSA/FIPS_186-2/SigVerRSA.rsp": "S = 1\n",
            "ciphers/3DES/CBC/x.rsp": "COUNT = 0\n\nCOUNT = 1\n",
            "ciphers/AES/OFB/Readme.txt": "All.",
            "ciphers/AES/OFB/x.rsp": "COUNT = 0\n",
            "fernet/verify.json": '[{"token": ""}, {"token": ""}]',
            "x509/a.pem": "",
        }
    )
    assert [(s.set.rpartition("/")[2], s.vectors, s.reason) for s in sets()] == [
        ("rfc3526.txt", 2, "no workload for public-key algorithms and formats other than RSA"),
        ("SigGenPSS_186-2.rsp", 1, "no workload for RSASSA-PSS"),
        ("SigVerRSA.rsp", 1, "no workload for RSA as in X9.31"),
        ("x.rsp", 2, "no workload for ciphers other than AES"),
        ("Readme.txt", 1, "no vectors: it describes other sets"),
        ("x.rsp", 1, "no workload for AES-OFB"),
        ("verify.json", 2, "no workload for fernet"),
        ("a.pem", 1, "no workload for x509"),
    ]
    assert not any(s.applies for s in sets())


@pytest.mark.parametrize(
    ("change", "error"),
    [(("KEY", "SECRET"), "KeyError"), (("KEY = 00", "KEY = xy"), "ValueError"), (("ENCRYPT", "MCT"), "mct")],
)
def test_a_record_in_another_form_is_no_end_but_a_reason(vector_package, change, error):
    vector_package({"ciphers/AES/ECB/new.rsp": ECB.replace(*change, 1)})
    other, good = sorted(sets(), key=lambda s: s.applies)
    assert (other.vectors, good.vectors) == (1, 1)
    assert other.reason.startswith("not understood: ")
    assert error in other.reason


def test_the_primes_come_from_the_exponents():
    assert primes_of(3233, 17, 2753) == (61, 53)
    assert primes_of(3233, 17, 2753 + 780) == (61, 53)  # d modulo lcm(p - 1, q - 1), as good
    p, q = 2**127 - 1, 2**89 - 1
    d = pow(65537, -1, (p - 1) * (q - 1))
    assert primes_of(p * q, 65537, d) == (p, q)


@pytest.fixture
def package():
    return files(pytest.importorskip(PACKAGE))


def every_file(package):
    paths = [path for path in package.rglob("*") if path.is_file()]
    names = {path.relative_to(package).as_posix() for path in paths}
    return {n for n in names if not any(fnmatch(p, bad) for p in n.split("/") for bad in NO_SETS)}


def test_every_record_of_the_installed_package_is_accounted_for(package):
    found = list(sets())
    assert {part.set for part in found} == every_file(package)
    assert [part for part in found if "not understood" in part.reason] == []
    assert all(part.applies != bool(part.reason) and part.vectors > 0 for part in found)
    numbers = Counter()
    for part in found:
        numbers[part.set] += part.vectors
    for path in {part.set for part in found if part.applies}:
        assert numbers[path] == count((package / path).read_text()), path


def test_every_mode_and_key_size_has_vectors_that_apply(package):
    def values(workload, name):
        return {getattr(vector.params, name) for vector in vectors(workload)}

    for workload in READ:
        sizes = {2048, 3072, 4096} if workload.startswith("rsa") else {128, 192, 256}
        assert values(workload, "key_bits") == sizes
    assert sum(part.vectors for part in sets() if part.applies) == sum(
        len(list(vectors(workload))) for workload in READ
    )


@pytest.mark.parametrize("name", READ)
def test_the_check_of_the_workload_accepts_them_and_nothing_else(package, name):
    workload = BY_ID[name]
    for vector in islice(vectors(name), 0, None, 37):
        workload.check(vector.params, vector.inputs, vector.outputs, [(0, None)])
        answer = list(vars(vector.outputs).values())[-1]  # the last field: ok, where there is one
        answer[..., -1] ^= 1
        with pytest.raises(Mismatch):
            workload.check(vector.params, vector.inputs, vector.outputs, [(0, None)])
