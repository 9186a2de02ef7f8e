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
LISTS = ["backends", "workloads", "codes", "plugins", "error-models", "formats", "presets"]


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


def test_validate_knows_json(benchsuite, smoke):
    found = benchsuite("results", "validate", smoke, "--json").object
    assert (found["schema"], found["command"]) == (1, "results validate")
    assert found["files"][0]["problems"] == []
