"""Request shapes are strict: nothing is cast, trimmed into range or silently dropped."""

import pytest
from django.utils import translation

from casino_club.core.errors import InvalidInput
from casino_club.core.shapes import BooleanField, IntegerField, Shape, TextField


class Order(Shape):
    count = IntegerField(min_value=1, max_value=10)
    name = TextField(min_length=2, max_length=5, pattern=r"[a-z가-힣]+")
    gift = BooleanField(required=False)


@pytest.mark.parametrize("count", [True, "3", 3.0, 0, 11, None, [], {}, 10**30, -1])
def test_an_integer_is_a_bounded_json_integer(count):
    with pytest.raises(InvalidInput) as refusal:
        Order.read({"count": count, "name": "abc"})

    assert list(refusal.value.fields) == ["count"]


@pytest.mark.parametrize(
    "name", ["a", "abcdef", "a\x00b", "a\ud800", "a\u202eb", "a\u200bb", "ab1", 12, None, ["ab"], "a\tb", "", " "]
)
def test_text_is_bounded_printable_and_matches_its_pattern_whole(name):
    with pytest.raises(InvalidInput) as refusal:
        Order.read({"count": 1, "name": name})

    assert list(refusal.value.fields) == ["name"]


@pytest.mark.parametrize("gift", [1, "true", "yes", [], None])
def test_a_boolean_is_true_or_false(gift):
    with pytest.raises(InvalidInput):
        Order.read({"count": 1, "name": "abc", "gift": gift})


@pytest.mark.parametrize("body", [None, [], "x", 5])
def test_a_body_that_is_no_object_is_refused(body):
    with pytest.raises(InvalidInput) as refused:
        Order.read(body)

    assert list(refused.value.fields) == ["body"]


def test_what_fits_is_returned_as_it_came():
    assert Order.read({"count": 3, "name": "한글", "gift": True}) == {"count": 3, "name": "한글", "gift": True}


def test_each_caller_reads_the_refusal_in_their_own_language():
    texts = []
    for language in ("ko", "en", "ko"):
        with translation.override(language), pytest.raises(InvalidInput) as refusal:
            Order.read({"count": 11, "name": "abc"})
        texts.append(refusal.value.fields["count"])

    assert texts[0] == texts[2] != texts[1]
