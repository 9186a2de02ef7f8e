"""``plugin new`` and ``plugin check`` as an author sees them."""

from benchsuite.testing.inspection import RULES


def test_new_prints_what_it_wrote_and_what_comes_next(benchsuite, tmp_path):
    run = benchsuite("plugin", "new", "mine")
    assert run.code == 0
    written = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file())
    assert sorted(run.out.splitlines()) == written
    assert "benchsuite-mine/src/benchsuite_mine/backend.py" in written
    assert "benchsuite plugin check mine" in run.err


def test_new_never_overwrites(benchsuite):
    assert benchsuite("plugin", "new", "mine", "--output", "here").code == 0
    run = benchsuite("plugin", "new", "mine", "--output", "here")
    assert (run.code, run.out) == (2, "")
    assert (
        run.err == "benchsuite: here exists already and nothing is overwritten: name another with --output\n"
    )


def test_check_ends_with_0_where_every_rule_is_kept_and_prints_one_object(benchsuite):
    run = benchsuite(
        "plugin", "check", "benchsuite.testing.fakes", *(f"--skip={name}" for name in RULES), "--json"
    )
    assert run.code == 0
    assert (run.object["schema"], run.object["command"]) == (1, "plugin check")
    checks = run.object["checks"]
    assert {check["status"] for check in checks} == {"ok", "skipped"}
    assert {tuple(check) for check in checks} == {("subject", "check", "status", "reason", "rule", "remedy")}


def test_check_ends_with_1_and_the_remedy_where_a_rule_is_broken(benchsuite, tmp_path):
    (tmp_path / "mine.py").write_text("import nothing_of_the_kind")
    run = benchsuite("plugin", "check", "mine.py")
    assert run.code == 1
    error = "ModuleNotFoundError: No module named 'nothing_of_the_kind' (mine.py:1)"
    assert f"plugin, loads: {error}\n  remedy: mend" in run.out
    assert "1 failed" in run.err


def test_check_ends_with_4_where_the_machine_cannot_run_the_backend(benchsuite, absent):
    run = benchsuite("plugin", "check", absent[1], "--skip", "metadata")
    assert run.code == 4
    assert "no such engine: plug it in" in run.out
