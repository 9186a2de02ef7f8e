import json

import pytest

STRIKE = ["protect", "--backend", "numpy", "--data", "64B", "--trials", "40", "--no-speed"]
NAMES = "crc-32c,aes-128-gcm,hsiao-72-64,erasure-6-4"


def test_all_protections_meet_the_same_errors_in_one_table(benchsuite, tmp_path):
    path = tmp_path / "run.jsonl"
    run = benchsuite(*STRIKE, "--protection", NAMES, "--model", "flips:1", "--output", path)
    assert run.code == 0
    assert "Protection compared" in run.out
    assert benchsuite("report", path).out == run.out
    assert benchsuite("results", "validate", path).code == 0
    report = json.loads(benchsuite("report", path, "--json").out)
    what = {tally["label"]: max(tally["outcomes"], key=tally["outcomes"].get) for tally in report["tallies"]}
    assert what == {
        "crc-32c": "detected",
        "aes-128-gcm": "detected",
        "hsiao-72-64": "corrected",
        "erasure-6-4": "corrected",
    }
    assert {found["encode"] for found in report["protections"]} == {None}


def test_speed_is_measured_by_the_suite_and_stands_in_the_table(benchsuite, lines, tmp_path):
    path = tmp_path / "run.jsonl"
    arguments = [*STRIKE[:-1], "--protection", "hsiao-72-64", "--model", "flips:1", "--preset", "smoke"]
    run = benchsuite(*arguments, "--output", path, "--json")
    assert run.code == 0
    (found,) = run.object["protections"]
    cells = {cell["label"]: cell for cell in run.object["cells"] if not cell["twin"]}
    assert len(cells) == 3
    encode = cells["hsiao (72,64) encode, 64 KiB"]["summary"]["seconds"]
    assert found["encode"]["bytes_per_second"] == pytest.approx(2**16 / encode)
    assert found["repair"]["bytes_per_second"] != found["decode"]["bytes_per_second"]
    assert benchsuite("results", "validate", path).code == 0
    before = path.read_bytes()
    assert benchsuite(*arguments, "--resume", path).code == 0
    assert path.read_bytes() == before


def test_what_is_missing_is_done_by_the_same_command(benchsuite, lines, tmp_path):
    path = tmp_path / "run.jsonl"
    arguments = [*STRIKE, "--protection", "crc-32c,hsiao-72-64", "--model", "bsc:0.01"]
    whole = benchsuite(*arguments, "--output", path, "--json").object["tallies"]
    kept = path.read_text().splitlines(keepends=True)
    path.write_text("".join(kept[:-1]))
    resumed = benchsuite(*arguments, "--resume", path, "--json")
    assert resumed.object["tallies"] == whole
    other = benchsuite(*arguments, "--model", "flips:1", "--resume", path)
    assert (other.code, other.out) == (2, "")
    assert "was begun by other options" in other.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--protection", "md5"], "a protection is a CRC such as crc-32c"),
        (["--protection", "crc-32"], "could mean CRC-32/ISO-HDLC"),
        (["--model", "device:x4:ones"], "strikes devices of a memory"),
        (["--model", "rust:3"], "no error model is called 'rust'"),
        (["--model", "flips:99999"], "give 0 to"),
        (["--data", "4 kB"], "--data must be a whole number"),
        (["--data", "0"], "--data must lie between"),
        (["--data", "1MiB", "--protection", "hsiao-72-64"], "at most 32768 bytes"),
    ],
)
def test_a_mistake_is_one_line_with_the_remedy(benchsuite, arguments, said):
    run = benchsuite(*STRIKE, *arguments)
    assert (run.code, run.out) == (2, "")
    assert said in run.err
    assert run.err.count("\n") == 1


def test_a_falsified_theory_is_found(benchsuite, tmp_path):
    path = tmp_path / "run.jsonl"
    assert benchsuite(*STRIKE, "--protection", "crc-32c", "--model", "burst:40", "--output", path).code == 0
    text = path.read_text()
    assert text.count('"probability":2.3283064365386963e-10') == 1
    path.write_text(text.replace('"probability":2.3283064365386963e-10', '"probability":1e-20'))
    run = benchsuite("results", "validate", path)
    assert run.code == 1
    assert "theory: not what is known of crc-32c under burst:40" in run.out


def test_a_backend_that_protects_nothing_is_exit_5(benchsuite, absent):
    run = benchsuite("protect", "--backend", "openssl", "--protection", "hsiao-72-64", "--no-speed")
    assert run.code == 5
    assert "OpenSSL has no error-correcting" in run.out
