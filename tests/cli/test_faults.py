"""``benchsuite inject`` of ciphers and RSA, as a user meets it."""

from __future__ import annotations

import json

import pytest

STRIKE = ["inject", "aes-128-cbc", "--fault", "ciphertext", "--model", "flips:3", "--trials", 200]


def test_damage_stands_beside_what_is_expected_through_every_engine_named(benchsuite):
    run = benchsuite(*STRIKE, "--backend", "numpy", "--backend", "openssl", "--json")
    assert run.code == 0
    faults = run.object["faults"]
    assert [fault["backend"] for fault in faults] == ["numpy", "openssl"]
    for fault in faults:
        assert fault["outcomes"] == {"damaged": 200}
        assert fault["damage"]["next"] == {"histogram": [[3, 200]], "as_flipped": 200}
        assert fault["expected_damage"]["struck"] == {"basis": "ideal", "bits": 64.0}
        assert fault["means"]["struck"].keys() == {"mean", "low", "high", "confidence"}


def test_the_file_is_valid_and_reported_in_every_format(benchsuite, tmp_path):
    file = tmp_path / "faults.jsonl"
    options = ["--backend", "numpy", "--fault", "iv", "--fault", "state:10", "--output", file]
    assert benchsuite(*STRIKE, *options).code == 0
    assert "valid, 4 lines" in benchsuite("results", "validate", file).out
    table = benchsuite("report", file).out
    assert "aes-128-cbc · ciphertext, flips:3" in table
    assert "as flipped" in table
    assert "state:10 strikes within the computation" in " ".join(table.split())
    assert "| wrong bits, struck block" in benchsuite("report", file, "--format", "markdown").out
    csv = benchsuite("report", file, "--format", "csv").out.splitlines()
    assert sum('"fault"' in line and '"struck"' in line for line in csv) == 2
    assert len(json.loads(benchsuite("report", file, "--format", "json").out)["faults"]) == 3


def test_without_a_backend_the_suites_own_cipher_answers_too(benchsuite):
    run = benchsuite("inject", "aes-128-gcm", "--fault", "tag", "--trials", 50, "--json")
    found = {fault["backend"]: fault for fault in run.object["faults"]}
    assert {"", "numpy", "openssl"} <= found.keys()
    assert found[""]["outcomes"] == found["openssl"]["outcomes"] == {"rejected": 50}


def test_a_faulty_half_leaks_and_a_check_withholds(benchsuite):
    strike = ["inject", "rsa-2048", "--fault", "half-p", "--trials", 3, "--json"]
    (leaked,) = benchsuite(*strike).object["faults"]
    (withheld,) = benchsuite(*strike, "--protect", "verify").object["faults"]
    (recovered,) = benchsuite(*strike, "--protect", "recompute").object["faults"]
    assert [fault["outcomes"] for fault in (leaked, withheld, recovered)] == [
        {"leaked": 3},
        {"withheld": 3},
        {"recovered": 3},
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["rsa-2048"], "--fault is missing: rsa-2048 has half-p"),
        (["aes-128-cbc", "--fault", "tag"], "no fault of aes-128-cbc is called 'tag'"),
        (["aes-128-cbc", "--fault", "state:11"], "whole number of 0 to 10"),
        (["aes-128-cbc", "--fault", "iv", "--exact"], "--exact is of codes"),
        (["aes-128-cbc", "--fault", "iv", "--access", "64"], "--access is of codes"),
        (["aes-128-cbc", "--fault", "iv", "--replay", "0"], "--replay is of codes"),
        (["aes-128-cbc", "--fault", "iv", "--workers", "2"], "--workers is of codes"),
        (["aes-128-cbc", "--fault", "iv", "--model", "stuck-at:1:8"], "give flips"),
        (["aes-128-cbc", "--fault", "iv", "--protect", "verify"], "--protect is of signers"),
        (["rsa-2048", "--fault", "half-p", "--protect", "hope"], "Known: recompute, verify"),
        (["aes-128-cbc", "--fault", "iv", "--model", "erasures:1"], "give flips:1"),
        (["hsiao-72-64", "--model", "flips:1", "--fault", "iv"], "leave them out for hsiao-72-64"),
        (["hsiao-72-64"], "say how bits flip: --model flips:3"),
        (["aes-128-cbc", "--fault", "iv", "--sweep", "flips:1..3"], "--sweep is of codes"),
        (["aes-128-cbc", "--fault", "iv", "--rare"], "--rare is of codes"),
        (["aes-128-cbc", "--fault", "iv", "--replay", "0"], "--replay is of codes"),
        (["aes-128-cbc", "--fault", "iv", "--workers", "2"], "--workers is of codes"),
    ],
)
def test_a_mistake_is_one_line_and_exit_2(benchsuite, arguments, message):
    run = benchsuite("inject", *arguments)
    assert (run.code, run.out, run.err.count("\n")) == (2, "", 1)
    assert message in run.err


def test_the_list_names_what_can_be_struck(benchsuite):
    items = {item["name"]: item for item in benchsuite("list", "faults", "--json").object["items"]}
    assert {"aes-128-xts-stealing", "aes-256-gcm", "rsa-4096"} <= items.keys()
    assert "tail" in items["aes-128-xts-stealing"]["faults"]
    assert items["aes-128-cfb"]["backends"] == []
    assert "numpy" in items["aes-128-cbc"]["backends"]
