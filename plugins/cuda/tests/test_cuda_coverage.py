"""Every line of every kernel is run by the checks, or says ``// unreached: why``."""

import kernel_checks


def test_the_checks_reach_every_line_of_every_kernel() -> None:
    reached, _, missed = kernel_checks.line_coverage()
    assert reached or not kernel_checks.SOURCES
    assert missed == []
