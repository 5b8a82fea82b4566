"""What a file of accounts may look like."""

import pytest

from accounts.imports import rules
from casino_club.core.errors import InvalidInput


def values(data):
    return [line.values for line in rules.read(data)]


def test_a_plain_file_is_read_with_its_line_numbers():
    lines = rules.read(b"site_id,nickname\nmoon,Moon\n\n  \nsun , Sun \n")

    assert [(line.number, line.values) for line in lines] == [
        (2, {"site_id": "moon", "nickname": "Moon"}),
        (5, {"site_id": "sun", "nickname": "Sun"}),
    ]


def test_byte_order_mark_quotes_line_ends_and_column_order_are_understood():
    text = '\ufeffNickname, SITE_ID ,email\r\n"달, ""지기""",moon,moon@example.com\r\n"두\r\n줄",sun,\r\n끝,end,\r\n'

    lines = rules.read(text.encode())

    assert [line.values for line in lines] == [
        {"nickname": '달, "지기"', "site_id": "moon", "email": "moon@example.com"},
        {"nickname": "두\r\n줄", "site_id": "sun", "email": ""},
        {"nickname": "끝", "site_id": "end", "email": ""},
    ]
    assert [line.number for line in lines] == [2, 3, 5]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"\xef\xbb\xbf",
        b"site_id,nickname",
        b"site_id,nickname\n\n,\n",
        b"site_id\nmoon\n",
        b"site_id,nickname,password\nmoon,Moon,x\n",
        b"site_id,nickname,nickname\nmoon,Moon,x\n",
        b"site_id;nickname\nmoon;Moon\n",
        b'site_id,nickname\nmoon,"Moon\n',
        b"site_id,nickname\nmoon," + b"x" * 200_000,
        "site_id,nickname\nmoon,달\n".encode("cp949"),
        "site_id,nickname\nmoon,Moon\n".encode("utf-16"),
        b"\x00\x01\x02",
        b"PK\x03\x04 a spreadsheet",
    ],
)
def test_what_is_no_such_file_is_refused_as_a_whole(data):
    with pytest.raises(InvalidInput) as refusal:
        rules.read(data)

    assert list(refusal.value.fields) == ["file"]


@pytest.mark.parametrize("row", [b"moon", b"moon,Moon,more"])
def test_a_line_with_another_number_of_cells_has_its_fault(row):
    (line,) = rules.read(b"site_id,nickname\n" + row + b"\n")

    assert [fault.code for fault in line.faults] == ["columns"]


def test_ten_thousand_accounts_are_the_most():
    rows = "".join(f"user{n},nick{n}\n" for n in range(rules.MOST_ROWS))

    assert len(rules.read(f"site_id,nickname\n{rows}".encode())) == rules.MOST_ROWS
    with pytest.raises(InvalidInput):
        rules.read(f"site_id,nickname\n{rows}one,more\n".encode())
