import re

import pytest

from benchsuite.host.cases import Selection, params_from, select
from benchsuite.host.plugins import UsageError, discover
from benchsuite.workloads import AES_CTR, HSIAO_DECODE
from benchsuite.workloads.aes.ctr import AesCtrParams
from benchsuite.workloads.codes.hsiao import HsiaoDecodeParams
from benchsuite.workloads.streams import params_mapping


@pytest.fixture(scope="module")
def registry():
    return discover()


def chosen(registry, preset="quick", **selection):
    return list(select(registry, Selection(**selection), preset))


def labels(cases):
    return [workload.label(params) for workload, params in cases]


def test_nothing_asked_for_is_everything_that_the_preset_names(registry):
    cases = chosen(registry, preset="smoke")
    assert [workload.id for workload, _ in cases] == [
        workload.id for workload in registry.workloads.values() for _ in workload.presets("smoke")
    ]
    assert len(chosen(registry)) > len(cases)


def test_workloads_are_taken_in_their_own_order(registry):
    cases = chosen(registry, preset="smoke", workloads=("hsiao-decode", "aes-ctr"))
    assert [workload.id for workload, _ in cases] == ["aes-ctr", "hsiao-decode"]


def test_a_workload_that_is_named_has_a_case_in_every_preset(registry):
    """Nobody who names it is told that there is nothing of it; unnamed it stays out."""
    asked = Selection(workloads=("bch-decode",), overrides={"wrong": ("0.5",)})
    ((workload, params),) = select(registry, asked, "smoke")
    assert (workload.id, params.wrong) == ("bch-decode", 0.5)
    assert "bch-decode" not in {workload.id for workload, _ in select(registry, Selection(), "smoke")}


def test_an_expression_sees_labels_and_workload_ids(registry):
    assert labels(chosen(registry, expression="aes-ctr and 256")) == ["AES-256-CTR, 16 KiB"]
    assert labels(chosen(registry, expression="encode")) == ["hsiao (72,64) encode, 2 MiB"]


def test_settings_replace_values_and_each_case_comes_once(registry):
    cases = chosen(registry, overrides={"message_bytes": ("4KiB", "64KiB", "4096")}, expression="128-ctr")
    assert labels(cases) == ["AES-128-CTR, 4 KiB", "AES-128-CTR, 64 KiB"]


def test_settings_multiply_and_select_the_workloads_that_have_them(registry):
    cases = chosen(
        registry,
        preset="smoke",
        overrides={"codewords": ("1KiB", "2048B"), "wrong": ("0", "1e-3"), "message_bytes": ("16",)},
    )
    assert [params for workload, params in cases if workload is HSIAO_DECODE] == [
        HsiaoDecodeParams(codewords=codewords, wrong=wrong)
        for codewords in (1024, 2048)
        for wrong in (0.0, 0.001)
    ]
    assert [params for workload, params in cases if workload is AES_CTR] == [AesCtrParams(message_bytes=16)]
    assert {w.id for w, _ in chosen(registry, overrides={"wrong": ("0.5",)})} == {
        w.id for w in registry.workloads.values() if hasattr(w.params(), "wrong") and [*w.presets("quick")]
    }


def test_cases_of_ones_own_stand_in_place_of_every_preset(registry):
    own = {"hsiao-decode": [HsiaoDecodeParams(codewords=5), HsiaoDecodeParams(codewords=7)]}
    assert chosen(registry, cases=own) == [(HSIAO_DECODE, params) for params in own["hsiao-decode"]]
    assert chosen(registry, cases=own, workloads=("aes-ctr",)) == []
    assert chosen(registry, cases=own, overrides={"wrong": ("0.5",)}, expression="5e-1") == [
        (HSIAO_DECODE, HsiaoDecodeParams(codewords=codewords, wrong=0.5)) for codewords in (5, 7)
    ]
    assert not Selection(cases=own).names_no_case


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        (
            {"workloads": ("aes-ctl",)},
            "no workload is called 'aes-ctl'; did you mean aes-ctr? Known: aes-cbc-decrypt,",
        ),
        ({"workloads": ("zzz",)}, "no workload is called 'zzz'. Known: aes-cbc-decrypt,"),
        ({"overrides": {"mesage_bytes": ("16",)}}, "'mesage_bytes'; did you mean message_bytes?"),
        ({"overrides": {"message_bytes": ("4kB",)}}, "message_bytes must be a whole number, with B, KiB"),
        ({"overrides": {"message_bytes": ("-1",)}}, "message_bytes must be a whole number"),
        ({"overrides": {"wrong": ("many",)}}, "wrong must be a number, not 'many'"),
        ({"overrides": {"wrong": ("2",)}}, "wrong is a fraction of the codewords, 0 ... 1, not 2.0"),
        ({"overrides": {"wrong": ("nan",)}}, "wrong is a fraction of the codewords"),
        (
            {"workloads": ("aes-ctr",), "overrides": {"key_bits": ("128", "100")}},
            "--set for aes-ctr: key_bits",
        ),
        (
            {"workloads": ("hsiao-encode",), "overrides": {"n": ("72",), "k": ("32",)}},
            "choose n and k of (13,8)",
        ),
        ({"expression": "aes and"}, "-k 'aes and': it ends too early"),
    ],
)
def test_what_cannot_be_is_refused_by_name_with_the_remedy(registry, selection, message):
    with pytest.raises(UsageError, match=re.escape(message)):
        chosen(registry, **selection)


def test_a_parameter_must_belong_to_a_workload_that_was_asked_for(registry):
    with pytest.raises(UsageError, match=r"no parameter is called 'codewords'.* Known: key_bits, message"):
        chosen(registry, workloads=("aes-ctr",), overrides={"codewords": ("16",)})


@pytest.mark.parametrize(
    ("workload", "params"),
    [
        (HSIAO_DECODE, HsiaoDecodeParams(codewords=3, wrong=0.1)),
        (AES_CTR, AesCtrParams(key_bits=256, messages=2, message_bytes=17)),
    ],
)
def test_params_come_back_from_a_record(workload, params):
    assert params_from(workload, params_mapping(params, defaults=True)) == params


WORKLOAD = """
import sys
from dataclasses import replace
from itertools import repeat

from benchsuite.api import hookimpl
from benchsuite.workloads import CRC

@hookimpl
def benchsuite_workloads():
    return [replace(CRC, id="theirs", {change})]
"""


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ("presets=lambda preset: repeat(CRC.params())", "presets() gave more than 10000 cases: does it"),
        ("presets=lambda preset: sys.exit('enough')", "workload theirs: SystemExit: enough"),
        ("presets=lambda preset: None", "TypeError"),
        ("label=lambda params: 1 / 0", "workload theirs: ZeroDivisionError: division by zero"),
        ("work=lambda params: 7", "workload theirs: TypeError: work() must give Work, not 7"),
    ],
)
def test_a_workload_that_cannot_say_what_it_is_costs_only_its_plugin(plugin, change, error):
    registry = discover(extra=[path := plugin("theirs", WORKLOAD.replace("{change}", change))])
    assert registry.owners["benchsuite_workloads", "theirs"].status == "loaded"
    assert {workload.id for workload, _ in chosen(registry, preset="smoke")} == {
        workload.id for workload, _ in chosen(discover(), preset="smoke")
    }
    (mine,) = [p for p in registry.plugins if p.source == path]
    assert mine.status == "broken"
    assert error in mine.error
