"""Plugins as the command line meets them: installed ones, files, broken and blocked ones."""

import sys

import pytest

from benchsuite.api import Command
from benchsuite.cli.plugin_command import PluginCommand

SOURCE = """
import os
from pathlib import Path

import numpy as np

from benchsuite.api import Backend, Command, ErrorModel, ReportFormat, Unavailable, hookimpl

LOG = Path(os.environ["THIRD_PARTY_LOG"])


def log(text):
    with LOG.open("a") as file:
        print(text, file=file)


log("imported")


def probe():
    raise Unavailable("no third engine: \\x1b[2Jplug it in")


def first(arguments, n, words):
    trials = len(words(0, 1))
    return np.tile(np.arange(int(arguments)), (trials, 1))


def greet(arguments):
    if arguments == ["nobody"]:
        raise LookupError("nobody\\x1b[2J is there")
    print("hello", arguments)
    return len(arguments)


@hookimpl
def benchsuite_backends():
    return [Backend(name="third", probe=probe)]


@hookimpl
def benchsuite_error_models():
    return [ErrorModel(name="first", syntax="first:K", parse=lambda text: str(int(text)), positions=first,
                       exact=lambda arguments, code: None)]


@hookimpl
def benchsuite_report_formats():
    return [ReportFormat(name="kinds", suffix=".txt",
                         render=lambda records: " ".join(sorted({r["type"] for r in records})) + "\\n"),
            ReportFormat(name="failing", suffix=".txt", render=lambda records: records[0]["colour"])]


@hookimpl
def benchsuite_commands():
    return [Command(name="greet", help="Greet.", main=greet)]


@hookimpl
def benchsuite_run_started(run):
    log("started " + run["preset"])


@hookimpl
def benchsuite_cell_finished(cell):
    log("cell " + cell["status"])
    raise ValueError("one is enough")


@hookimpl
def benchsuite_run_finished(run, cells):
    log(f"finished {len(cells)}")
"""


@pytest.fixture
def log(tmp_path, monkeypatch):
    """A distribution, installed as far as Python can tell; the log that its module writes."""
    site = tmp_path / "site"
    info = site / "third_party-1.2.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: third-party\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text("[benchsuite]\nthird = third_party_module\n")
    (site / "third_party_module.py").write_text(SOURCE)
    monkeypatch.setenv("THIRD_PARTY_LOG", str(tmp_path / "log"))
    monkeypatch.setenv("PYTHONPATH", str(site))
    monkeypatch.syspath_prepend(site)
    yield tmp_path / "log"
    sys.modules.pop("third_party_module", None)


def plugins(run):
    return {item["name"]: item for item in run.object["items"]}


@pytest.mark.usefixtures("log")
def test_an_installed_plugin_is_listed_with_its_version_and_hooks(benchsuite):
    third = plugins(benchsuite("list", "plugins", "--json"))["third"]
    assert len(third.pop("hooks")) == 7
    assert third == {
        "name": "third", "version": "1.2", "distribution": "third-party", "status": "loaded", "error": "",
        "notes": [],
        "brings": [
            "backend third", "command greet: Greet.", "error model first",
            "report format kinds", "report format failing",
        ],
    }  # fmt: skip


@pytest.mark.parametrize("name", ["third", "third-party"])
@pytest.mark.parametrize("by", ["option", "variable"])
def test_a_blocked_plugin_is_listed_and_never_imported(benchsuite, log, monkeypatch, name, by):
    if by == "variable":
        monkeypatch.setenv("BENCHSUITE_NO_PLUGINS", f"other,{name}")
    block = ["--no-plugin", name] if by == "option" else []
    assert plugins(benchsuite("list", "plugins", *block, "--json"))["third"]["status"] == "blocked"
    run = benchsuite("run", "--dry-run", "--backend", "third", *block)
    assert (run.code, "no backend is called 'third'" in run.err) == (2, True)
    if by == "variable":
        assert benchsuite("greet").code == 2
    assert not log.exists()


@pytest.mark.parametrize("block", ["numpy", "benchsuite-numpy"])
def test_a_blocked_backend_vanishes_and_the_others_stay(benchsuite, block):
    names = plugins(benchsuite("list", "backends", "--no-plugin", block, "--json")).keys()
    assert "numpy" not in names
    assert "openssl" in names


def test_a_plugins_command_gets_its_arguments_as_they_are_and_gives_the_exit_code(benchsuite, log):
    assert benchsuite("greet", "--help", "-x", "--json") == (3, "hello ['--help', '-x', '--json']\n", "")
    assert benchsuite("greet") == (0, "hello []\n", "")
    assert "greet" not in benchsuite("--help").out


@pytest.mark.usefixtures("log")
def test_a_plugins_command_that_fails_is_one_line(benchsuite):
    failing = benchsuite("greet", "nobody")
    assert failing == (1, "", "benchsuite: the command greet failed: LookupError: nobody\\x1b[2J is there\n")


TAKEN = """
from benchsuite.api import Command, ErrorModel, ReportFormat, hookimpl

@hookimpl
def benchsuite_commands():
    return [Command(name="list", help="Never reached.", main=lambda arguments: 99)]

@hookimpl
def benchsuite_report_formats():
    return [ReportFormat(name="csv", suffix=".csv", render=lambda records: "mine")]

@hookimpl
def benchsuite_error_models():
    return [ErrorModel(name="flips", syntax="flips:K", parse=str, positions=print, exact=None)]
"""


def test_a_plugin_that_takes_the_name_of_something_built_in_is_a_conflict(benchsuite, tmp_path):
    (tmp_path / "taken.py").write_text(TAKEN)
    taken = plugins(benchsuite("list", "plugins", "--plugin", "taken.py", "--json"))["taken"]
    assert (taken["status"], taken["brings"]) == ("conflict", [])
    for what in ("command list", "report format csv", "error model flips"):
        assert f"{what} is built in already: rename it, or pass --no-plugin taken" in taken["error"]


def test_a_command_that_returns_nothing_has_done_its_work(benchsuite, monkeypatch):
    from benchsuite.cli import plugin_command

    command = PluginCommand(Command(name="quiet", help="", main=lambda arguments: None))
    assert command.main([], standalone_mode=False) in (None, 0)
    assert plugin_command.plugin_command("no-such-command") is None


@pytest.mark.usefixtures("log")
def test_a_plugins_report_format_is_used_and_a_failing_one_is_one_line(benchsuite, smoke):
    run = benchsuite("report", smoke, "--format", "kinds")
    assert run == (0, "cell comparison gate latency planned run samples tally\n", "")
    failing = benchsuite("report", smoke, "--format", "failing")
    assert failing == (1, "", "benchsuite: the report format failing failed: KeyError: 'colour'\n")
    assert {"kinds", "failing"} <= plugins(benchsuite("list", "formats", "--json")).keys()


@pytest.mark.usefixtures("log")
def test_a_plugins_error_model_is_injected(benchsuite):
    options = ["--model", "first:2", "--backend", "numpy", "--trials", "1000", "--json"]
    run = benchsuite("inject", "hsiao-72-64", *options)
    assert run.code == 0
    (tally,) = run.object["tallies"]
    assert {name: count for name, count in tally["outcomes"].items() if count} == {"detected": 1000}
    assert (tally["model"], tally["exact"]) == ("first:2", None)


def test_observers_are_called_in_order_and_a_failing_one_ends_nothing(benchsuite, log):
    run = benchsuite("run", "--preset", "smoke", "--suite", "throughput", "--backend", "third", "--json")
    assert run.code == 4
    told = [line for line in log.read_text().splitlines() if line != "imported"]
    assert told == ["started smoke", "cell unavailable", f"finished {len(run.object['cells'])}"]
    assert run.err.count("plugin third: benchsuite_cell_finished failed and is no longer called") == 1


@pytest.mark.usefixtures("log")
def test_what_a_plugin_says_moves_no_cursor(benchsuite):
    for arguments in (["run", "--dry-run", "--backend", "third"], ["list", "backends"], ["doctor"]):
        run = benchsuite(*arguments)
        assert "\\x1b[2Jplug it in" in run.out
        assert "\x1b" not in run.out + run.err


def test_what_loading_a_plugin_did_is_said_once_listed_and_recorded(benchsuite, absent, tmp_path, lines):
    (tmp_path / "chatty.py").write_text("import os\nprint('hello')\nos.chdir('/')")
    options = ["--suite", "throughput", "--plugin", "chatty.py", "--output", "run.jsonl"]
    run = benchsuite("run", "--preset", "smoke", *options, *absent)
    notes = ["changed the working directory, put back", "printed 'hello'"]
    assert [line for line in run.err.splitlines() if "chatty" in line] == [
        f"benchsuite: plugin chatty {note}" for note in notes
    ]
    (recorded,) = [p for p in lines(tmp_path / "run.jsonl")[0]["plugins"] if p["name"] == "chatty"]
    assert (recorded["status"], recorded["notes"]) == ("loaded", notes)
    listed = plugins(benchsuite("list", "plugins", "--plugin", "chatty.py", "--json"))["chatty"]
    assert (listed["status"], listed["notes"]) == ("loaded", notes)


def test_a_plugin_that_ends_the_process_ends_a_worker(benchsuite, tmp_path):
    (tmp_path / "quits.py").write_text("import os\nos._exit(0)")
    run = benchsuite("list", "plugins", "--plugin", "quits.py")
    error = "the process that imported it ended with exit code 0"
    assert (run.code, run.err) == (0, f"benchsuite: plugin quits is broken: {error}\n")
    assert error in run.out


@pytest.mark.usefixtures("log")
def test_a_broken_installed_plugin_costs_only_itself(benchsuite, absent, tmp_path):
    (tmp_path / "site/third_party_module.py").write_text("raise RuntimeError('no')")
    run = benchsuite("run", "--preset", "smoke", "--suite", "throughput", *absent)
    assert run.code == 4
    assert "benchsuite: plugin third is broken: RuntimeError: no (third_party_module.py:1)\n" in run.err
    assert "absent: unavailable" in run.out


STARTING = pytest.mark.parametrize(
    "command",
    [
        ["run", "crc", "--preset", "smoke"],
        ["run", "crc", "--dry-run"],
        ["verify", "crc"],
        ["inject", "hsiao-72-64", "--model", "flips:1"],
    ],
    ids=" ".join,
)


@STARTING
def test_a_file_that_claims_an_installed_engines_name_stops_before_anything_is_measured(
    benchsuite, tmp_path, command
):
    (tmp_path / "mine.py").write_text(
        "from benchsuite.api import Backend, hookimpl, host_cpu\n"
        "@hookimpl\ndef benchsuite_backends():\n    return [Backend(name='numpy', probe=host_cpu)]\n"
    )
    run = benchsuite(*command, "--backend", "numpy", "--plugin", "mine.py")
    assert (run.code, run.out) == (2, "")
    assert run.err == (
        "benchsuite: plugin mine conflicts: backend numpy is plugin numpy's already: pass --no-plugin numpy "
        "or --no-plugin mine; it was named by --plugin, so nothing was measured\n"
    )


@STARTING
def test_a_backend_that_does_nothing_of_what_was_asked_of_it_is_exit_code_5(benchsuite, command):
    run = benchsuite(*command, "--backend", "openssl")
    assert run.code == 5
    assert "benchsuite: openssl did nothing of what was selected" in run.err


def test_a_broken_plugin_that_was_named_stops_a_run_and_is_listed(benchsuite, tmp_path):
    (tmp_path / "broken.py").write_text("raise RuntimeError('\x1b[31mno')")
    run = benchsuite("run", "--preset", "smoke", "--plugin", "broken.py")
    assert run.code == 2
    assert "benchsuite: plugin broken is broken: RuntimeError: \\x1b[31mno" in run.err
    listed = plugins(benchsuite("list", "plugins", "--plugin", "broken.py", "--json"))["broken"]
    assert (listed["status"], listed["error"]) == ("broken", "RuntimeError: \x1b[31mno (broken.py:1)")
