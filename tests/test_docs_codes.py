"""The pages on codes, error models and CRCs: figures, examples and definitions are those of the code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from hashlib import blake2b, sha256
from math import comb
from pathlib import Path
from typing import Any

import pytest

from benchsuite.analyse.looks import fraction
from benchsuite.analyse.rates import sample_size
from benchsuite.cli.model_files import spelled_out
from benchsuite.host.plugins import Registry
from benchsuite.inject.built_in import BUILT_IN
from benchsuite.inject.campaign import exact
from benchsuite.inject.erasures import decoding
from benchsuite.inject.models import error_models, parse_model
from benchsuite.inject.outcomes import OUTCOMES
from benchsuite.inject.trials import Draws
from benchsuite.workloads.codes import CODES, SINGLE_BIT
from benchsuite.workloads.codes.analysis import flips, outcomes, symbol_weights, symbols
from benchsuite.workloads.codes.awgn import flip_probability
from benchsuite.workloads.codes.crc_catalogue import ALGORITHMS
from benchsuite.workloads.reference.linear import encode_word
from benchsuite.workloads.streams import canonical_json, params_mapping, words

ROOT = Path(__file__).parent.parent


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def section(text: str, title: str) -> str:
    """The text below the heading ``title``, up to the next heading of its level or above."""
    heading = re.search(rf"^(#+) {re.escape(title)}$", text, re.MULTILINE)
    assert heading, f"there is no heading {title!r}"
    below = text[heading.end() :]
    following = re.search(rf"^#{{1,{len(heading[1])}}} ", below, re.MULTILINE)
    return below[: following.start()] if following else below


def rows(text: str) -> Iterator[list[str]]:
    """The entries of every row of every table, without backquotes."""
    for line in text.splitlines():
        if line.startswith("|") and not line.startswith("|-"):
            yield [entry.strip().replace("`", "") for entry in line.strip("|").split("|")]


def titles(text: str) -> set[str]:
    return set(re.findall(r"^#+ (.*)$", text, re.MULTILINE))


def ids(text: str) -> set[str]:
    """The headings that name something of the code, which are in lower case; others only group."""
    return {title for title in titles(text) if re.fullmatch(r"[a-z0-9-]+", title)}


def test_every_size_of_a_family_is_documented_with_its_workloads() -> None:
    text = page("reference/workloads.md")
    for family, encode, decode in SINGLE_BIT:
        for workload in (encode, decode):
            values = {row[0]: row[2] for row in rows(section(text, workload.id))}
            assert sorted(map(int, re.findall(r"\d+", values["k"]))) == sorted(k for _, k in family.sizes)


def test_every_crc_is_documented_with_its_polynomial_and_check_value() -> None:
    text = section(page("reference/workloads.md"), "Named CRCs")
    shown = {row[0]: row[1:] for row in rows(text) if len(row) == 8 and row[0] != "name"}
    assert list(shown) == list(ALGORITHMS)
    for name, of in ALGORITHMS.items():
        width, *numbers = shown[name]
        polynomial, initial, reflected_in, reflected_out, xor_out, check = numbers
        assert int(width) == of.width
        flags = {"yes": True, "no": False}
        assert (flags[reflected_in], flags[reflected_out]) == (of.reflected_in, of.reflected_out)
        found = [int(number, 16) for number in (polynomial, initial, xor_out, check)]
        assert found == [of.polynomial, of.initial, of.xor_out, of.check]


def test_every_family_is_defined_explained_shown_and_sourced() -> None:
    text = page("reference/codes.md")
    assert ids(text) == {family.name for family, _, _ in SINGLE_BIT}
    for family, _, _ in SINGLE_BIT:
        parts = re.findall(r"^\*\*(\w+)\.\*\*", section(text, family.name), re.MULTILINE)
        assert parts == ["Definition", "Mathematics", "Example", "Source"]


@pytest.mark.parametrize("family", [family for family, _, _ in SINGLE_BIT], ids=lambda family: family.name)
def test_the_example_of_a_family_comes_out_of_the_code(family: Any) -> None:
    found = re.search(
        r"`([\w-]+)` has the columns `([\d ]+)`; the data bits `([01]+)` get the check bits `([01]+)`, "
        r"the codeword is `([01]+)`",
        " ".join(section(page("reference/codes.md"), family.name).split()),
    )
    assert found
    code, data = CODES[found[1]], [int(bit) for bit in found[3]]
    assert (len(data), code.decode.id.rpartition("-")[0]) == (code.k, family.name)
    check = encode_word(family.columns(code.n, code.k), code.k, sum(bit << i for i, bit in enumerate(data)))
    bits = data + [check >> i & 1 for i in range(code.n - code.k)]
    codeword = [bits[bit] for bit in code.bits]
    shown = [" ".join(map(str, code.columns)), bits[code.k :], codeword]
    assert [found[2], [int(bit) for bit in found[4]], [int(bit) for bit in found[5]]] == shown
    syndrome = 0
    for column, bit in zip(code.columns, codeword, strict=True):
        syndrome ^= column * bit
    assert syndrome == 0


def outcomes_table() -> dict[str, list[str]]:
    """Code -> minimum distance, digest of the columns, and an entry for 2, 3 and 4 flips."""
    return {row[0]: row[1:] for row in rows(section(page("reference/codes.md"), "Exact outcomes"))}


def test_the_table_of_exact_outcomes_has_every_code_in_the_order_of_the_list() -> None:
    assert list(outcomes_table()) == ["code", *(name for name, known in CODES.items() if is_of_bits(known))]


def is_of_bits(known: Any) -> bool:
    """Whether one flipped bit is all that is ever mended."""
    return bool(known.linear.symbol_bits == 1 and known.corrects <= 1)


@pytest.mark.parametrize(
    "code", [known for known in CODES.values() if is_of_bits(known)], ids=lambda code: code.name
)
def test_the_outcomes_of_a_code_are_those_of_the_analysis(code: Any) -> None:
    distance, digest, *entries = outcomes_table()[code.name]
    weights = symbol_weights(code.linear)
    assert int(distance) == next(weight for weight in range(1, code.n + 1) if weights[weight])
    assert digest == sha256(",".join(map(str, code.columns)).encode()).hexdigest()[:16]
    assert len(entries) == 3
    for number, entry in enumerate(entries, start=2):
        if number > code.n:
            assert entry == "–"
            continue
        found = outcomes(code.linear, flips(code.n, number))
        assert entry == " / ".join(str(found[name][0]) for name in SILENT)
        assert found["corrected"][0] == 0
    one = outcomes(code.linear, flips(code.n, 1))
    assert one["corrected" if code.corrects else "detected"] == (code.n, code.n)


SILENT = ("detected", "miscorrected", "undetected")


def strong_table() -> dict[str, list[str]]:
    """Code -> symbols, bits of one, d, t, then t + 1 and t + 2 of them wrong."""
    text = section(page("reference/codes.md"), "Exact outcomes of codes that mend symbols or several bits")
    return {row[0]: row[1:] for row in rows(text)}


def test_the_table_of_strong_codes_has_all_others() -> None:
    assert list(strong_table()) == ["code", *(name for name, known in CODES.items() if not is_of_bits(known))]


@pytest.mark.parametrize(
    "code", [known for known in CODES.values() if not is_of_bits(known)], ids=lambda code: code.name
)
def test_the_outcomes_of_a_strong_code_are_those_of_the_analysis(code: Any) -> None:
    known, t = code.linear, code.corrects
    size, bits, distance, corrects, *entries = strong_table()[code.name]
    assert (size, bits) == (f"{known.symbols}, {known.k // known.symbol_bits}", str(known.symbol_bits))
    assert (distance, corrects) == (f"{'' if known.exact_distance else '≥ '}{known.distance}", str(t))
    for number, entry in zip((t + 1, t + 2), entries, strict=True):
        found = outcomes(known, symbols(known.n, known.symbol_bits, number))
        assert entry == ", ".join(share(Fraction(*found[name])) for name in SILENT)


def share(probability: Fraction) -> str:
    """As a fraction where that is short."""
    return str(probability) if probability.denominator < 10**7 else f"{float(probability):.6g}"


def test_the_last_columns_of_hsiao_72_64_are_the_ones_in_the_code() -> None:
    text, columns = section(page("reference/codes.md"), "hsiao"), CODES["hsiao-72-64"].columns
    assert ", ".join(str(c) for c in columns if c.bit_count() == 5) in text
    assert [c for c in columns[:56] if c.bit_count() != 3] == []
    assert {sum(c >> row & 1 for c in columns) for row in range(8)} == {27}


def test_every_error_model_and_outcome_is_documented() -> None:
    text = page("reference/error-models.md")
    for model in error_models(Registry()).values():
        assert f"`{model.syntax}`" in section(text, model.name)
    assert ids(text) == set(BUILT_IN)
    documented = {row[0].split()[0] for row in rows(section(text, "Outcomes"))}
    assert documented == {"outcome", *OUTCOMES}


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_error_model_is_defined_explained_drawn_shown_and_sourced(name: str) -> None:
    text = section(page("reference/error-models.md"), name)
    parts = re.findall(r"^\*\*(\w+)\.\*\*", text, re.MULTILINE)
    assert parts == ["Definition", "Mathematics", "Words", "Example", "Source"]


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_example_of_an_error_model_is_what_it_answers(name: str) -> None:
    text = " ".join(section(page("reference/error-models.md"), name).split())
    found = re.search(
        r"\*\*Example\.\*\* `benchsuite inject (\S+) --model (\S+) --exact`: (.*?)\. \*\*Source", text
    )
    assert found
    model = parse_model(spelled_out(found[2].replace("docs/", f"{ROOT}/docs/")), Registry())
    assert model.name == name
    answered = exact(decoding(CODES[found[1]], model.kind), model) or {}
    shown = dict(entry.rsplit(" ", 1) for entry in found[3].split(", "))
    assert shown == {
        outcome.replace("_", " "): f"{above}/{under}" if "/" in found[3] else f"{value:.3g}"
        for outcome, (above, under, value) in answered.items()
        if value
    }


def test_the_file_of_a_mixture_on_the_page_is_the_example() -> None:
    text = section(page("reference/error-models.md"), "mix")
    lines = re.findall(r"^    (.*)\n", text, re.MULTILINE)
    assert lines == page("examples/upsets.txt").splitlines()


def test_the_probabilities_of_noise_on_the_page_are_those_of_the_code() -> None:
    _, *table = (row for row in rows(section(page("reference/error-models.md"), "awgn")) if len(row) == 3)
    assert len(table) == 4
    for decibels, p, published in table:
        assert flip_probability(f"{decibels}dB", Fraction(1)) == p
        assert abs(float(p) / float(published) - 1) < 0.03


def draws(code: str, model: str) -> Draws:
    return Draws(code=CODES[code], model=parse_model(model, Registry()), seed=1)


def identity(code: str, model: str) -> str:
    """What the key is made of."""
    decode = CODES[code].decode
    params = params_mapping(decode.params(**CODES[code].params), defaults=False)
    return canonical_json([decode.id, decode.version, params, model, 1]).decode()


def test_the_example_of_the_streams_comes_out_of_the_code() -> None:
    text = section(page("reference/error-models.md"), "Streams")
    example = dict(row for row in rows(text) if len(row) == 2)
    drawn = draws("hsiao-72-64", "flips:3")
    assert example == {
        "what": "value",
        "canonical JSON, flips:3": identity("hsiao-72-64", "flips:3"),
        "key": " ".join(f"{word:016x}" for word in drawn.key),
        "words 0 to 3 of trial 0": " ".join(f"{w:016x}" for w in words(drawn.key, 0, 1, 0)[0].tolist()),
        "data bytes of trials 0, 1": ", ".join(d.tobytes().hex() for d in drawn.data(0, 2)),
        "canonical JSON, hamming-7-4": identity("hamming-7-4", "flips:3"),
        "t₀ and t₁ of bsc:0.01": " ".join(f"{t:016x}" for t in thresholds(Fraction("0.01"), 72)[:2]),
    }


def test_the_positions_of_the_example_are_those_of_every_model() -> None:
    text = section(page("reference/error-models.md"), "Streams")
    _, *table = (row for row in rows(text) if len(row) == 4)
    assert {row[0].partition(":")[0] for row in table} == set(BUILT_IN)
    for model, *trials in table:
        drawn = draws("hsiao-72-64", model).positions(0, 3).tolist()
        flips = [" ".join(str(p) for p in sorted(trial) if p >= 0) for trial in drawn]
        assert trials == [positions or "none" for positions in flips]


def below(word: int, bound: int) -> int:
    return word * bound >> 64


def distinct(stream: list[int], bound: int) -> list[int]:
    taken: list[int] = []
    for i, word in enumerate(stream):
        j = bound - len(stream) + i
        p = below(word, j + 1)
        taken.append(j if p in taken else p)
    return taken


def thresholds(p: Fraction, n: int) -> list[int]:
    """2^64 times the probability of at most 0, 1, ... n - 1 flips, rounded down."""
    terms = [comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(n)]
    return [int(2**64 * sum(terms[: j + 1])) for j in range(n)]


def flipped(model: str, n: int, stream: list[int]) -> set[int]:
    """The positions of one trial by Python's integers, as docs/reference/error-models.md puts it."""
    name, *arguments = model.split(":")
    if name == "flips":
        return set(distinct(stream[: int(arguments[0])], n))
    if name == "bsc":
        flips = sum(t <= stream[0] for t in thresholds(Fraction(arguments[0]), n))
        return set(distinct(stream[1 : 1 + flips], n))
    if name == "burst":
        length = int(arguments[0])
        s = below(stream[0], n - length + 1)
        return {s, s + length - 1} | {
            s + 1 + i for i in range(length - 2) if stream[1 + i // 64] >> i % 64 & 1
        }
    if name == "adjacent":
        start = below(stream[0], n - int(arguments[0]) + 1)
        return set(range(start, start + int(arguments[0])))
    if name in ("device", "pin"):
        width = int(arguments[0][1:]) if name == "device" else 1
        device = below(stream[0], -(-n // width))
        bits = min(width, n - width * device)
        flips = {
            "ones": range(bits),
            "one": [below(stream[1], bits)],
            "uniform": [j for j in range(bits) if 1 + below(stream[1], 2**bits - 1) >> j & 1],
        }[arguments[1] if name == "device" else "uniform"]
        return {width * device + j for j in flips}
    bits, count = map(int, arguments)
    found = set()
    for i, q in enumerate(distinct(stream[:count], -(-n // bits))):
        b = min(bits, n - q * bits)
        v = 1 + below(stream[count + i], 2**b - 1)
        found |= {q * bits + j for j in range(b) if v >> j & 1}
    return found


@pytest.mark.parametrize(
    ("code", "model"),
    [
        *(("hsiao-72-64", m) for m in ("flips:0", "flips:3", "flips:72", "bsc:0.01", "bsc:0.4")),
        *(("hsiao-72-64", m) for m in ("burst:1", "burst:2", "burst:8", "symbol:4:2", "symbol:5:3")),
        *(("hsiao-72-64", m) for m in ("adjacent:3", "device:x4:uniform", "device:x8:one", "pin:x4")),
        *(("extended-hamming-137-128", m) for m in ("burst:137", "symbol:32:2", "bsc:0.001")),
        *(("parity-9-8", m) for m in ("flips:2", "bsc:0.5", "symbol:2:5")),
    ],
)
def test_the_streams_can_be_reproduced_from_the_page_alone(code: str, model: str) -> None:
    """No function of the suite but Philox itself."""
    trials, n, drawn = 40, CODES[code].n, draws(code, model)
    digest = blake2b(identity(code, model).encode(), digest_size=16).digest()
    key = (int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little"))
    blocks = [words(key, 0, trials, block).tolist() for block in range(-(-(n + 1) // 4))]
    for trial, positions in enumerate(drawn.positions(0, trials).tolist()):
        stream = [word for block in blocks for word in block[trial]]
        assert flipped(model, n, stream) == {p for p in positions if p >= 0}


def test_the_exact_probabilities_shown_are_those_of_the_analysis() -> None:
    text = section(page("reference/error-models.md"), "Exact probabilities")
    heading, *table = (row for row in rows(text) if len(row) == 6)
    shown = {row[0].partition(":")[0] for row in table}
    assert shown == set(BUILT_IN) - {"flips", "erasures"}
    listed = {name.partition(":")[0] for row in rows(text) if len(row) == 2 for name in row[0].split(", ")}
    assert listed == {"model", *shown}
    names = [name.replace(" ", "_") for name in heading[1:]]
    for model, *entries in table:
        outcomes = exact(CODES["hsiao-72-64"], parse_model(model, Registry())) or {}
        assert set(outcomes) <= set(names)
        for name, entry in zip(names, entries, strict=True):
            above, under, value = outcomes.get(name, ("0", "1", 0.0))
            assert entry == (f"{above}/{under}" if "/" in entry else f"{value:.3g}"), (model, name)


def test_the_exact_probabilities_of_accesses_are_those_of_the_analysis() -> None:
    heading, *table = (
        row for row in rows(section(page("reference/error-models.md"), "Accesses")) if len(row) == 6
    )
    names = [name.replace(",", "").replace(" ", "_") for name in heading[1:]]
    assert len(table) == 5
    for model, *entries in table:
        outcomes = exact(CODES["hsiao-72-64"], parse_model(model, Registry()), 8) or {}
        assert entries == [f"{outcomes[name][2]:.3g}" if name in outcomes else "0" for name in names]


def test_the_sample_sizes_shown_are_those_of_the_formula() -> None:
    _, *table = (
        row
        for row in rows(section(page("reference/error-models.md"), "Before and during a campaign"))
        if len(row) == 4
    )
    for said, *entries in table:
        e = fraction(said.replace(" ", ""))
        sizes = (sample_size(e, 0.95), sample_size(e), sample_size(e, population=comb(72, 3)))
        assert entries == [f"{trials:,}" for trials in sizes]
