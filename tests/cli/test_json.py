import pytest

COMMANDS = {
    "run": ["run", "--preset", "smoke"],
    "run --dry-run": ["run", "--dry-run"],
    "inject": ["inject", "hsiao-72-64", "--model", "flips:1"],
    "verify": ["verify"],
    "inject --exact": ["inject", "hsiao-72-64", "--model", "flips:3", "--exact"],
}
PARTS = {
    "run": "cells",
    "run --dry-run": "planned",
    "inject": "tallies",
    "verify": "results",
    "inject --exact": "tallies",
}
LISTS = ["backends", "workloads", "codes", "plugins", "error-models", "faults", "formats", "presets"]


@pytest.mark.parametrize("name", COMMANDS)
def test_json_is_one_object_on_stdout_whatever_plugins_print(benchsuite, absent, tmp_path, name):
    chatty = tmp_path / "chatty.py"
    chatty.write_text(
        "from benchsuite.api import hookimpl\nprint('import')\n"
        "@hookimpl\ndef benchsuite_run_started(run):\n    print('started')\n"
        "@hookimpl\ndef benchsuite_cell_finished(cell):\n    print('cell')\n"
        "@hookimpl\ndef benchsuite_run_finished(run, cells):\n    print('finished')\n"
    )
    found = benchsuite(*COMMANDS[name], *absent, "--plugin", chatty, "--json").object
    assert (found["schema"], found["command"]) == (1, name.split()[0])
    assert found[PARTS[name]]


@pytest.mark.parametrize("what", LISTS)
def test_every_list_names_its_items_and_knows_json(benchsuite, what):
    table, run = benchsuite("list", what), benchsuite("list", what, "--json")
    assert (table.code, run.code, run.err) == (0, 0, "")
    names = [item["name"] for item in run.object["items"]]
    assert run.object["command"] == "list"
    assert names
    assert [row.split()[0] for row in table.out.splitlines()[2:]] == names


def test_codes_are_listed_with_what_they_cost_and_promise(benchsuite):
    items = {item["name"]: item for item in benchsuite("list", "codes", "--json").object["items"]}
    assert items["hsiao-72-64"] == {
        **{"name": "hsiao-72-64", "n": 72, "k": 64, "check_bits": 8, "overhead": 0.125, "symbol_bits": 1},
        **{"distance": 4, "exact_distance": True, "corrects": 1, "detects": 2, "rebuilds": 0},
    }
    line = next(row for row in benchsuite("list", "codes").out.splitlines() if row.startswith("hsiao-72-64"))
    assert line.split() == ["hsiao-72-64", "72", "64", "8", "12", "%", "1", "4", "yes", "1", "2", "0"]
    assert {items[name]["rebuilds"] for name in ("chipkill-10-8", "reed-solomon-7-3", "erasure-14-10")} == {
        2,
        4,
    }
    assert items["ddr5"] == items["on-die-136-128:sequential+chipkill-10-8"] | {"name": "ddr5"}
    assert (items["ddr5"]["n"], items["ddr5"]["symbol_bits"], items["ddr5"]["corrects"]) == (1360, 136, 1)


def test_validate_knows_json(benchsuite, smoke):
    found = benchsuite("results", "validate", smoke, "--json").object
    assert (found["schema"], found["command"]) == (1, "results validate")
    assert found["files"][0]["problems"] == []
