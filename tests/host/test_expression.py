import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsuite.host.expression import parse
from benchsuite.host.plugins import UsageError

LABEL = "hsiao (72,64) decode, 8 MiB, 1e-3 wrong"


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("hsiao", True),
        ("HSIAO", True),
        ("mib", True),
        ("72,64", True),
        ("aes", False),
        ("not aes", True),
        ("not not hsiao", True),
        ("hsiao and decode", True),
        ("hsiao and encode", False),
        ("aes or hsiao", True),
        ("aes and encode or hsiao", True),
        ("hsiao or aes and encode", True),
        ("(hsiao or aes) and encode", False),
        ("not (aes or encode)", True),
        ("not aes and hsiao", True),
        ("not hsiao or decode", True),
        ("(hsiao)and(decode)", True),
    ],
)
def test_words_join_with_the_usual_precedence_whatever_their_case(text, matches):
    assert parse(text)(LABEL) is matches


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it ends too early"),
        ("  ", "it ends too early"),
        ("hsiao and", "it ends too early"),
        ("not", "it ends too early"),
        ("and hsiao", "'and' is unexpected"),
        ("hsiao or or aes", "'or' is unexpected"),
        ("hsiao decode", "'decode' is unexpected"),
        ("(hsiao", "a ')' is missing"),
        ("hsiao)", "')' is unexpected"),
        ("()", "')' is unexpected"),
    ],
)
def test_what_is_no_expression_is_refused_with_the_place_and_the_remedy(text, why):
    with pytest.raises(UsageError, match=re.escape(f"-k {text!r}: {why}; write words joined by")):
        parse(text)


EXPRESSIONS = st.recursive(
    st.sampled_from(["a", "b", "c"]),
    lambda inner: st.one_of(
        inner.map("not {}".format),
        inner.map("({})".format),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(" ".join),
    ),
)


@given(EXPRESSIONS, st.sets(st.sampled_from("abc")))
def test_expressions_mean_what_they_mean_in_python(text, present):
    in_python = re.sub("[abc](?![a-z])(?<![a-z].)", lambda m: str(m[0] in present), text)
    assert parse(text)("".join(present)) is eval(in_python)
