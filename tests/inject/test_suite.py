from fractions import Fraction

from benchsuite.host.presets import PRESETS
from benchsuite.inject.campaign import exact
from benchsuite.inject.suite import standard_campaigns


def test_the_quick_suite_shows_the_codes_of_memory_where_they_begin_to_fail() -> None:
    campaigns = standard_campaigns(PRESETS["quick"], 5)
    assert {(c.trials, c.seed) for c in campaigns} == {(PRESETS["quick"].trials, 5)}
    assert [(c.code.name, c.model.text) for c in campaigns] == [
        *(("hsiao-72-64", f"flips:{flips}") for flips in (1, 2, 3, 4)),
        ("hsiao-72-64", "bsc:0.001"),
        ("extended-hamming-72-64", "flips:2"),
        ("extended-hamming-72-64", "flips:3"),
        ("hamming-71-64", "flips:2"),
        ("parity-65-64", "flips:1"),
        ("parity-65-64", "flips:2"),
    ]


def test_the_standard_suite_adds_every_model_and_every_family_and_has_a_formula_for_each() -> None:
    campaigns = standard_campaigns(PRESETS["standard"], 1)
    asked = {(c.code.name, c.model.text) for c in campaigns}
    assert len(asked) == len(campaigns)
    assert {(c.code.name, c.model.text) for c in standard_campaigns(PRESETS["quick"], 1)} <= asked
    assert {c.model.name for c in campaigns} == {"flips", "bsc", "burst", "symbol"}
    assert {c.code.family.name for c in campaigns} == {
        *("parity", "hamming", "extended-hamming", "hsiao", "on-die", "bch", "chipkill")
    }
    for campaign in campaigns:
        formula = exact(campaign.code, campaign.model)
        assert formula is not None
        assert sum(Fraction(int(above), int(below)) for above, below, _ in formula.values()) == 1
