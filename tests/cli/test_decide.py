"""``decide``: answers from the published run, exit codes, one-line mistakes; it writes nothing."""

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "results/readme/quick.jsonl"
GCM = ("aes-gcm-encrypt", "--set", "key_bits=256,message_bytes=16KiB")
HOW_TO = (ROOT / "docs/how-to.md").read_text(encoding="utf-8")
PRICES = 'currency = "EUR"\n[instances."AMD EPYC"]\nper_hour = 0.4\ncores = 2\n'


@pytest.fixture
def prices(tmp_path):
    def write(text):
        path = tmp_path / "prices.toml"
        path.write_text(text)
        return path

    return write


def test_the_published_run_answers_as_the_how_to_says(benchsuite):
    run = benchsuite("decide", *GCM, PUBLISHED, "--rate", "5GB/s", "--json")
    assert (run.code, run.object["schema"], run.object["command"]) == (0, 1, "decide")
    answers = {answer["backend"]: answer for answer in run.object["answers"]}
    assert {name: answer["verdict"] for name, answer in answers.items()} == {
        "openssl": "meets",
        "numpy": "misses",
    }
    assert answers["openssl"]["per_second_low"] >= 5e9
    assert (answers["openssl"]["needed_units"], answers["openssl"]["proven_units"]) == (1, 1)
    text = " ".join(HOW_TO.split())
    assert f"it would take {answers['numpy']['needed_units']} cores, which nothing proves" in text
    for answer in answers.values():
        assert answer["blocks"] == 16
        assert (answer["scope"], answer["pool"]) == ("end-to-end", "hot")
        assert answer["run"] == {
            **{"id": "fc0915f8", "file": str(PUBLISHED), "started": "2026-11-23T16:53:58Z"},
            **{"cpu_model": "AMD EPYC", "cores_allowed": 2},
        }


def test_what_nothing_meets_is_answered_and_says_what_would_tell(benchsuite):
    run = benchsuite("decide", *GCM, PUBLISHED, "--rate", "20GB/s")
    shown = " ".join(run.out.split())
    assert run.code == 0
    assert "3 cores" in shown
    assert "not proven beyond 1" in shown
    command = "benchsuite run aes-gcm-encrypt --set key_bits=256 --set message_bytes=16KiB --processes all"
    assert command in shown
    (told,) = re.findall(r"(\d+) cores of `openssl`", HOW_TO)
    found = benchsuite("decide", *GCM, PUBLISHED, "--rate", "20GB/s", "--json").object["answers"]
    assert [a["needed_units"] for a in found if a["backend"] == "openssl"] == [int(told)]


def test_every_row_stands_with_its_interval_n_scope_pool_run_and_machine(benchsuite):
    shown = " ".join(benchsuite("decide", *GCM, PUBLISHED, "--rate", "5GB/s").out.split())
    for part in ("6.81 GB/s 16", "(6.67..6.87)", "end-to-end", "hot", "fc0915f8", "AMD EPYC, 2 cores"):
        assert part in shown


def test_whole_instances_are_priced(benchsuite, prices):
    run = benchsuite("decide", *GCM, PUBLISHED, "--rate", "20GB/s", "--prices", prices(PRICES), "--json")
    assert run.code == 0
    (cost,) = [a["cost"] for a in run.object["answers"] if a["backend"] == "openssl"]
    assert (cost["instances"], run.object["question"]["currency"]) == (3, "EUR")
    assert cost["per_terabyte"] == pytest.approx(3 * 0.4 / (20e9 * 3600 / 1e12))
    table = benchsuite("decide", *GCM, PUBLISHED, "--rate", "20GB/s", "--prices", prices(PRICES))
    assert "0.0167 EUR" in table.out


def test_the_prices_of_the_how_to_are_read(benchsuite, prices):
    (text,) = re.findall(r"^```toml\n(.*?)^```", HOW_TO, re.MULTILINE | re.DOTALL)
    assert set(tomllib.loads(text)) == {"currency", "instances"}
    run = benchsuite("decide", *GCM, PUBLISHED, "--rate", "5GB/s", "--prices", prices(text), "--json")
    assert run.code == 0
    assert all(answer["cost"] for answer in run.object["answers"])


def test_a_price_of_nothing_here_is_said(benchsuite, prices):
    path = prices(f"{PRICES}[instances.Other]\nper_hour = 1\ncores = 1\n")
    run = benchsuite("decide", *GCM, PUBLISHED, "--rate", "5GB/s", "--prices", path)
    assert run.code == 0
    assert run.err.endswith("prices.toml: Other is neither a backend nor a machine of these answers\n")


def test_a_rate_of_items_is_of_the_workloads_unit(benchsuite):
    run = benchsuite("decide", "rsa-sign", PUBLISHED, "--rate", "1k/s")
    assert run.code == 0
    assert "signature/s" in run.out


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ((*GCM[:2], "key_bits=192", PUBLISHED, "--rate", "1GB/s"), "rate"),
        ((*GCM, PUBLISHED, "--rate", "1GB/s", "--p99", "1ms"), "p99"),
        ((*GCM, "--rate", "1GB/s"), "rate"),
    ],
)
def test_what_is_not_answerable_is_said_with_a_command(benchsuite, arguments, part):
    run = benchsuite("decide", *arguments, "--json")
    assert run.code == 5
    found = {each["part"]: each for each in run.object["unanswered"]}
    assert found[part]["reason"]
    assert found[part]["command"].startswith("benchsuite run aes-gcm-encrypt --set key_bits=")
    shown = benchsuite("decide", *arguments)
    assert (shown.code, "Not answerable from these runs" in shown.out) == (5, True)


def test_prices_of_no_machine_here_are_not_answerable(benchsuite, prices):
    other = prices(PRICES.replace("AMD EPYC", "Other"))
    run = benchsuite("decide", *GCM, PUBLISHED, "--rate", "1GB/s", "--prices", other, "--json")
    assert run.code == 5
    assert {each["part"]: each["command"] for each in run.object["unanswered"]}["cost"] is None


def test_without_files_all_below_results_answer_each_once(benchsuite, tmp_path):
    for name in ("results/one.jsonl", "results/deep/copy.jsonl"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(PUBLISHED.read_bytes())
    (tmp_path / "results/other.jsonl").write_text('{"no": "run"}\n')
    run = benchsuite("decide", *GCM, "--rate", "5GB/s", "--json")
    assert run.code == 0
    assert "left out: " in run.err
    assert [answer["run"]["file"] for answer in run.object["answers"]] == ["results/deep/copy.jsonl"] * 2


def test_a_row_found_wrong_answers_nothing(benchsuite, edit, tmp_path):
    path = tmp_path / "run.jsonl"
    path.write_bytes(PUBLISHED.read_bytes())
    edit(path, lambda line: line.update(status="wrong", reason="x") if line["type"] == "gate" else None)
    run = benchsuite("decide", *GCM, path, "--rate", "1GB/s", "--json")
    assert (run.code, run.object["answers"]) == (5, [])


MISTAKES = {
    "workload": (("aes-crt",), "no workload is called 'aes-crt'; did you mean aes-ctr?"),
    "parameter": (("aes-ctr", "--set", "key_bit=128"), "no parameter is called 'key_bit'"),
    "value": (("aes-ctr", "--set", "key_bits=100"), "key_bits"),
    "no value": (("aes-ctr", "--set", "key_bits"), "--set takes NAME=VALUE,VALUE…"),
    "rate": (("aes-ctr", "--rate", "20Gb/s"), "--rate takes user data or items a second, above 0"),
    "no rate": (("aes-ctr", "--rate", "0GB/s"), "not '0GB/s'"),
    "endless rate": (("aes-ctr", "--rate", "9" * 400 + "B/s"), "--rate takes"),
    "payload": (("rsa-sign",), "rsa-sign has no payload: give --rate in signatures, as in 5000/s"),
    "p99": (("aes-ctr", "--p99", "1"), "--p99 takes a time above 0, in ns, us, ms or s: 1ms, not '1'"),
    "file": (("aes-ctr", "gone.jsonl"), "gone.jsonl: no such file or directory"),
    "prices": (("aes-ctr", "--prices", "gone.toml"), "gone.toml: no such file or directory"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_line(benchsuite, tmp_path, name):
    arguments, message = MISTAKES[name]
    rate = () if "--rate" in arguments else ("--rate", "1GB/s")
    run = benchsuite("decide", *arguments, *rate)
    assert (run.code, run.out, run.err.count("\n")) == (2, "", 1)
    assert message in run.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no price"),
        ("[instances", "prices.toml: "),
        ("[instances.a]\nper_hour = -1\ncores = 1", ">"),
        ("[instances.a]\nper_hour = 0\ncores = 1", ">"),
        ("[instances.a]\nper_hour = inf\ncores = 1", "a finite per_hour"),
        ("[instances.a]\nper_hour = nan\ncores = 1", ""),
        ("[instances.a]\nper_hour = 1", "cores or gpus above 0"),
        ("[instances.a]\nper_hour = 1\ncores = 1.5", "Expected `int`"),
        ("[instances.a]\nper_hour = 1\ncores = 1\nram = 2", "unknown field `ram`"),
        ("[instances.a]\ncores = 1", "missing required field `per_hour`"),
        ("\udcff", "prices.toml: "),
        ("#" * (1 << 21), "longer than 1048576 bytes"),
    ],
)
def test_prices_that_are_none_are_one_line(benchsuite, tmp_path, text, message):
    path = tmp_path / "prices.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    run = benchsuite("decide", *GCM, PUBLISHED, "--rate", "1GB/s", "--prices", path)
    assert (run.code, run.out, run.err.count("\n")) == (2, "", 1)
    assert run.err.startswith(f"benchsuite: --prices {path}")
    assert message in run.err


def test_an_object_is_one_line_of_json_without_numbers_that_are_none(benchsuite):
    out = benchsuite("decide", *GCM, PUBLISHED, "--rate", "5GB/s", "--json").out
    assert json.loads(out, parse_constant=pytest.fail)["answers"]
