import os

import pytest

from benchsuite.host.plugins import UsageError, discover
from benchsuite.host.rehearsal import rehearse


def test_each_death_is_its_own_plugins_and_the_others_go_on(plugin):
    extra = [
        plugin("first"),
        plugin("killer", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"),
        plugin("between"),
        plugin("raiser", "1 / 0"),
        plugin("quitter", "import os\nos._exit(7)"),
        plugin("last"),
    ]
    fatal = rehearse(extra=extra)
    assert fatal == {
        extra[1]: "the process that imported it was killed by SIGKILL (out of memory?)",
        extra[3]: "ZeroDivisionError: division by zero (raiser.py:1)",
        extra[4]: "the process that imported it ended with exit code 7",
    }
    registry = discover(extra=extra, fatal=fatal)
    assert {p.source: p.error for p in registry.plugins if p.status == "broken"} == fatal
    assert {"first", "between", "last"} <= registry.backends.keys()


def test_what_did_not_survive_is_never_imported_here(plugin, tmp_path):
    marker = tmp_path / "pids"
    text = f"import os\nwith open({str(marker)!r}, 'a') as pids:\n    print(os.getpid(), file=pids)\n"
    path = plugin("quitter", text + "os._exit(7)")
    discover(extra=[path], fatal=rehearse(extra=[path]))
    (pid,) = marker.read_text().split()
    assert int(pid) != os.getpid()


def test_a_blocked_plugin_is_not_rehearsed(plugin, tmp_path):
    marker = tmp_path / "imported"
    path = plugin("blocked", f"open({str(marker)!r}, 'w').close()\n1 / 0")
    assert rehearse(extra=[path], blocked=["blocked"]) == {}
    assert not marker.exists()


def test_the_installed_plugins_survive():
    assert rehearse() == {}


def test_a_plugin_changes_nothing_for_the_next_one(plugin, tmp_path):
    first = plugin("first", "import os, signal\nos.chdir('/')\nsignal.setitimer(signal.ITIMER_REAL, 60)")
    second = plugin(
        "second",
        "import os, signal\nassert os.getcwd() != '/'\nassert signal.getitimer(signal.ITIMER_REAL)[0] == 0",
    )
    assert rehearse(extra=[first, second]) == {}


def test_a_module_that_only_this_process_finds_is_said_not_to_be_found(plugin, tmp_path, monkeypatch):
    plugin("only_here")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    assert "neither a .py file nor a module" in rehearse(extra=["only_here"])["only_here"]


def test_a_plugin_that_is_nowhere_is_the_users_mistake():
    with pytest.raises(UsageError, match=r"--plugin gone\.py: there is no such file"):
        rehearse(extra=["gone.py"])
