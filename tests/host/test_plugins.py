import pytest

from benchsuite.host.plugins import UsageError, discover

API = "from benchsuite.api import Backend, hookimpl, host_cpu\n"
BROKEN = {
    "missing_library": ("import no_such_library", "ModuleNotFoundError: No module named 'no_such_library'"),
    "syntax": ("def broken(:", "SyntaxError"),
    "exits": ("raise SystemExit('go away')", "SystemExit: go away"),
    "wrong_type": (
        API + "@hookimpl\ndef benchsuite_backends():\n    return ['a string']",
        "benchsuite_backends must give Backend objects, not str",
    ),
    "not_iterable": (
        API + "@hookimpl\ndef benchsuite_backends():\n    return 7",
        "benchsuite_backends returned int: return a list of Backend objects",
    ),
    "by_hand": (
        API + "@hookimpl\ndef benchsuite_backends():\n"
        "    return [Backend(name='b', probe=host_cpu, implementations={('crc', ''): print})]",
        "backend b, ('crc', ''): register with @backend.implements(workload, version=…)",
    ),
    "reasons": (
        API + "@hookimpl\ndef benchsuite_backends():\n"
        "    return [Backend(name='b', probe=host_cpu, reasons={'crc': None})]",
        "reasons of backend b must map workload ids to texts",
    ),
    "constant_time": (
        API + "from benchsuite.workloads import CRC\nb = Backend(name='b', probe=host_cpu)\n"
        "b.implements(CRC, version=1, constant_time=True)(print)\n"
        "@hookimpl\ndef benchsuite_backends():\n    return [b]",
        "constant_time of b's crc must be one of yes, no, claimed, unknown, not True",
    ),
    "params": (
        API + "from dataclasses import replace\nfrom benchsuite.workloads import CRC\n"
        "@hookimpl\ndef benchsuite_workloads():\n    return [replace(CRC, id='w', params=dict)]",
        "params of workload w must be a dataclass, not <class 'dict'>",
    ),
    "no_default": (
        API + "from dataclasses import dataclass, replace\nfrom benchsuite.workloads import CRC\n"
        "@dataclass\nclass P:\n    size: int\n"
        "@hookimpl\ndef benchsuite_workloads():\n    return [replace(CRC, id='w', params=P)]",
        "parameter size of workload w must have a default",
    ),
    "late": (
        API
        + "@hookimpl\ndef benchsuite_backends():\n"
        + "    yield Backend(name='early', probe=host_cpu)\n    raise RuntimeError('half way')",
        "RuntimeError: half way",
    ),
    "unknown_hook": (
        API + "@hookimpl\ndef benchsuite_backend():\n    return []",
        "no hook is called benchsuite_backend; did you mean benchsuite_backends?",
    ),
    "unknown_argument": (
        API + "@hookimpl\ndef benchsuite_backends(colour):\n    return []",
        "colour",
    ),
    "future": (
        API + "@hookimpl\ndef benchsuite_backends():\n    return [Backend(name='f', probe=host_cpu, api=2)]",
        "API 2, this is API 1: upgrade benchsuite",
    ),
    "past": (
        API + "@hookimpl\ndef benchsuite_backends():\n    return [Backend(name='p', probe=host_cpu, api=0)]",
        "upgrade the plugin",
    ),
    "bad_name": (
        API + "@hookimpl\ndef benchsuite_backends():\n    return [Backend(name='No Name', probe=host_cpu)]",
        "'No Name' is no name",
    ),
    "long_name": (
        API + "@hookimpl\ndef benchsuite_backends():\n    return [Backend(name='a' * 65, probe=host_cpu)]",
        "at most 64",
    ),
}


TWO_BACKENDS = (
    API
    + """
@hookimpl
def benchsuite_backends():
    return [Backend(name="first", probe=host_cpu), Backend(name="own", probe=host_cpu)]
"""
)


OBSERVER = """
from benchsuite.api import hookimpl

@hookimpl
def benchsuite_run_started(run):
    raise ValueError(run["id"])
"""


def found(registry, source):
    return next(plugin for plugin in registry.plugins if plugin.source == source)


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_plugin_costs_only_itself_and_is_listed_with_its_error(plugin, name):
    text, error = BROKEN[name]
    first, broken, last = plugin("first"), plugin(name, text), plugin("last")
    registry = discover(extra=[first, broken, last])
    assert found(registry, broken).name == name
    assert found(registry, broken).status == "broken"
    assert error in found(registry, broken).error
    assert "\n" not in found(registry, broken).error
    assert {found(registry, good).status for good in (first, last)} == {"loaded"}
    assert {"first", "last"} <= set(registry.backends)
    assert not {"early", "f", "p", "No Name"} & set(registry.backends)


def test_the_first_to_claim_a_name_has_it_and_the_conflict_names_both_and_the_remedy(plugin):
    first = plugin("first")
    second = plugin("second", TWO_BACKENDS)
    registry = discover(extra=[first, second])
    assert found(registry, first).status == "loaded"
    assert found(registry, second).status == "conflict"
    assert found(registry, second).error == (
        "backend first is plugin first's already: pass --no-plugin first or --no-plugin second"
    )
    assert registry.owners["benchsuite_backends", "first"] is found(registry, first)
    assert registry.owners["benchsuite_backends", "own"] is found(registry, second)


def test_a_built_in_workload_cannot_be_replaced(plugin):
    text = (
        "from benchsuite.api import hookimpl\nfrom benchsuite.workloads import AES_CTR\n"
        "from dataclasses import replace\n"
        "@hookimpl\ndef benchsuite_workloads():\n    return [replace(AES_CTR, version=9)]"
    )
    registry = discover(extra=[path := plugin("usurper", text)])
    assert found(registry, path).error == (
        "workload aes-ctr is built in already: rename it, or pass --no-plugin usurper"
    )
    assert registry.workloads["aes-ctr"].version == 1


def test_a_plugin_named_twice_is_loaded_once_and_goes_on_observing(plugin):
    path = plugin("once", OBSERVER)
    registry = discover(extra=[path, path])
    assert [p.status for p in registry.plugins if p.source == path] == ["loaded"]
    assert registry.notify("benchsuite_run_started", run={"id": "x"}) == [
        "plugin once: benchsuite_run_started failed and is no longer called: ValueError: x"
    ]


def test_a_failing_observer_is_described_once_and_dropped_while_others_go_on(plugin):
    seen = plugin(
        "counts",
        "from benchsuite.api import hookimpl\nseen = []\n"
        "@hookimpl\ndef benchsuite_run_started(run):\n    seen.append(run['id'])\n"
        "    if len(seen) == 3:\n        raise SystemExit(f'saw {seen}')",
    )
    registry = discover(extra=[plugin("fails", OBSERVER), seen])
    troubles = [registry.notify("benchsuite_run_started", run={"id": i}) for i in "abcd"]
    assert troubles == [
        ["plugin fails: benchsuite_run_started failed and is no longer called: ValueError: a"],
        [],
        [
            "plugin counts: benchsuite_run_started failed and is no longer called: "
            "SystemExit: saw ['a', 'b', 'c']"
        ],
        [],
    ]
    assert registry.notify("benchsuite_cell_finished", cell={}) == []


def test_two_files_of_one_name_are_told_apart(plugin, tmp_path):
    first = plugin("twin")
    (tmp_path / "other").mkdir()
    second = plugin("other/twin")
    registry = discover(extra=[first, second])
    assert (found(registry, first).status, found(registry, second).status) == ("loaded", "conflict")
    assert found(registry, second).error == (
        "another --plugin brings a plugin called twin too: name one of the two only, or rename its file"
    )


def test_a_file_named_in_two_ways_is_one_plugin(plugin, tmp_path, monkeypatch):
    path = plugin("once")
    monkeypatch.chdir(tmp_path)
    registry = discover(extra=[path, "once.py", "./once.py"])
    assert [p.status for p in registry.plugins if p.name == "once"] == ["loaded"]


def test_what_plugins_print_does_not_reach_stdout_and_is_noted(plugin, capfd):
    text = "print('at import')\nimport os\nos.write(1, b'natively')\n" + API
    text += "@hookimpl\ndef benchsuite_backends():\n    print('in hook')\n    return []"
    registry = discover(extra=[path := plugin("chatty", text)])
    assert capfd.readouterr() == ("", "")
    assert found(registry, path).notes == ["printed 'at import\\nin hook\\nnatively'"]


def test_a_plugin_may_keep_the_stdout_that_it_saw(plugin, capfd):
    text = "import sys\nkept = sys.stdout\nfrom benchsuite.api import hookimpl\n"
    text += "@hookimpl\ndef benchsuite_run_started(run):\n    kept.write('later')\n"
    registry = discover(extra=[plugin("keeps", text)])
    assert registry.notify("benchsuite_run_started", run={}) == []
    assert capfd.readouterr().out == ""


def test_a_blocked_plugin_is_listed_but_not_even_imported(plugin, tmp_path):
    marker = tmp_path / "imported"
    path = plugin("blocked", f"open({str(marker)!r}, 'w').close()")
    registry = discover(extra=[path], blocked=["blocked"])
    assert found(registry, path).status == "blocked"
    assert "--no-plugin" in found(registry, path).error
    assert not marker.exists()


@pytest.fixture
def distribution(tmp_path, plugin, monkeypatch):
    """An installed distribution with one good entry point between two broken ones."""
    info = tmp_path / "third_party-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: third-party\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text(
        "[benchsuite]\na-broken = third_party_broken\nb-good = third_party_good\n"
        "c-gone = third_party_good:nothing\n"
    )
    plugin("third_party_broken", "1 / 0")
    plugin("third_party_good")
    monkeypatch.syspath_prepend(tmp_path)


@pytest.mark.usefixtures("distribution")
def test_entry_points_are_isolated_from_each_other_and_know_their_distribution():
    mine = {p.name: p for p in discover().plugins if p.distribution == "third-party"}
    assert [(p.status, p.version) for p in mine.values()] == [
        ("broken", "1.2"),
        ("loaded", "1.2"),
        ("broken", "1.2"),
    ]
    assert mine["a-broken"].error == "ZeroDivisionError: division by zero (third_party_broken.py:1)"
    assert "nothing" in mine["c-gone"].error


@pytest.mark.usefixtures("distribution")
def test_of_two_distributions_that_bring_one_name_either_can_be_blocked(tmp_path, plugin):
    rival = tmp_path / "rival-3.dist-info"
    rival.mkdir()
    (rival / "METADATA").write_text("Metadata-Version: 2.1\nName: rival\nVersion: 3\n")
    (rival / "entry_points.txt").write_text("[benchsuite]\nb-good = rival_good\n")
    plugin("rival_good")

    def good(**options):
        return {p.distribution: p for p in discover(**options).plugins if p.name == "b-good"}

    assert {name: p.status for name, p in good().items()} == {"rival": "loaded", "third-party": "conflict"}
    assert good()["third-party"].error == (
        "distribution rival brings a plugin called b-good too: "
        "pass --no-plugin rival or --no-plugin third-party"
    )
    assert good(blocked=["rival"])["third-party"].status == "loaded"
    assert good(only=["entry:third-party:b-good"])["third-party"].status == "loaded"


@pytest.mark.usefixtures("distribution")
def test_a_module_that_is_a_plugin_already_is_not_loaded_twice():
    registry = discover(extra=["third_party_good"])
    assert found(registry, "third_party_good").status == "broken"
    assert found(registry, "third_party_good").error == (
        "ValueError: its module is that of plugin entry:third-party:b-good already: name it once"
    )
    assert "third-party-good" in registry.backends


@pytest.mark.usefixtures("distribution")
def test_a_distribution_can_be_blocked_whole():
    registry = discover(blocked=["third-party"])
    assert {p.status for p in registry.plugins if p.distribution == "third-party"} == {"blocked"}
    assert "third-party-good" not in registry.backends


@pytest.mark.usefixtures("distribution")
def test_only_the_named_sources_are_loaded():
    registry = discover(only=["entry:third-party:b-good"])
    assert [p.name for p in registry.plugins] == ["b-good"]
    assert list(registry.backends) == ["third-party-good"]


@pytest.mark.parametrize("name", ["no_such_module", "no/such/file.py", "gone.py", "json.no_such_part"])
def test_a_plugin_that_is_nowhere_is_the_users_mistake(name):
    with pytest.raises(UsageError, match=f"--plugin {name}: "):
        discover(extra=[name])


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("raise RuntimeError('no')", "RuntimeError: no"),
        ("raise SystemExit(0)", "SystemExit: 0"),
        ("import no_such_library", "ModuleNotFoundError: No module named 'no_such_library'"),
    ],
)
def test_a_module_in_a_broken_package_is_broken_not_a_crash(tmp_path, monkeypatch, capfd, line, error):
    (tmp_path / "broken_package").mkdir()
    (tmp_path / "broken_package" / "__init__.py").write_text(f"print('hello')\n{line}")
    (tmp_path / "broken_package" / "part.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    registry = discover(extra=["broken_package.part"])
    assert found(registry, "broken_package.part").error == f"{error} (__init__.py:2)"
    assert capfd.readouterr().out == ""
