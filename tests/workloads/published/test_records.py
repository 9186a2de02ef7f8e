import pytest

from benchsuite.workloads.published.records import count, records

GCM = """\
# CAVS 14.0

[Keylen = 128]
[Taglen = 128]

Count = 0
Key = cf06
AAD =
FAIL

Count = 1
Key = a49a
[Taglen = 96]
Count = 0
"""


def test_a_record_has_its_line_the_headers_that_hold_and_its_fields():
    first, second, third = records(GCM)
    assert first.line == 6
    assert first.headers == {"keylen": "128", "taglen": "128"}
    assert first.fields == {"count": "0", "key": "cf06", "aad": "", "fail": ""}
    assert (second.line, second.headers, second.fields["key"]) == (11, first.headers, "a49a")
    assert (third.line, third.headers) == (14, {"keylen": "128", "taglen": "96"})


def test_the_section_is_a_header():
    assert [
        (r.headers["section"], r.fields["key"]) for r in records("[ENCRYPT]\nKEY = 0\n\n[DECRYPT]\nKEY = 1")
    ] == [("encrypt", "0"), ("decrypt", "1")]


def test_a_name_that_comes_again_begins_a_record():
    assert [r.fields for r in records("S = 1\nResult = P\nS = 2\nResult = F")] == [
        {"s": "1", "result": "P"},
        {"s": "2", "result": "F"},
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines_may_end_as_on_windows_and_blank_ones_may_hold_blanks(end):
    text = end.join(["A = 1", " ", "A = 2", "\t", ""])
    assert [(r.line, r.fields) for r in records(text)] == [(1, {"a": "1"}), (3, {"a": "2"})]


def test_vectors_are_counted_by_the_commonest_field_in_comments_too():
    assert count("# Message:\n00 01\n# Signature:\n02\n\n# Message:\n03\n# Signature:\n04\n") == 2
    assert (
        count("n = 5\ne = 3\n\nSHAAlg = SHA1\nS = 1\n\nSHAAlg = SHA1\nS = 2\n\nSHAAlg = SHA1\nS = 3\n") == 3
    )
    assert count("A = 0\r\nB =\r\n\r\nB =\r\n") == 2
    assert count("MIIB=\nMIIB==\n") == count("") == 1
