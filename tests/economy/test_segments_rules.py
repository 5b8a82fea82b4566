"""The rules of segments: what each means, and that the database judges exactly as Python does."""

import itertools

import pytest
from django.db import connection

from economy.segments.rules import AS_SQL, Segment, Standing, fifth_from_above, fifth_from_below, segment_of

SCORES = range(6)
SPANS = (0, 6, 7, 13, 14, 9999)


def standing(**changes) -> Standing:
    """An old hand who played a little last week and pays nothing, unless said otherwise."""
    given = {"recency": 2, "frequency": 2, "spend": 0, "days_known": 400, "days_away": 3}
    return Standing(**(given | changes))


@pytest.mark.parametrize(
    ("changes", "segment"),
    [
        ({}, Segment.LOW_VALUE),
        ({"days_known": 13}, Segment.NEW),
        ({"days_known": 14}, Segment.LOW_VALUE),
        ({"days_known": 0, "spend": 5}, Segment.WHALE),
        ({"spend": 5}, Segment.WHALE),
        ({"spend": 5, "days_away": 6}, Segment.WHALE),
        ({"spend": 5, "days_away": 7}, Segment.AT_RISK),
        ({"spend": 4}, Segment.HIGH_VALUE),
        ({"spend": 3}, Segment.HIGH_VALUE),
        ({"spend": 3, "days_away": 30}, Segment.AT_RISK),
        ({"spend": 2}, Segment.MEDIUM_VALUE),
        ({"spend": 1, "days_away": 200}, Segment.MEDIUM_VALUE),
        ({"frequency": 4, "days_away": 7}, Segment.AT_RISK),
        ({"frequency": 5, "recency": 5, "days_away": 0}, Segment.MEDIUM_VALUE),
        ({"frequency": 3, "recency": 3}, Segment.MEDIUM_VALUE),
        ({"frequency": 3, "recency": 2}, Segment.LOW_VALUE),
        ({"recency": 0, "frequency": 0, "days_away": 9999}, Segment.LOW_VALUE),
    ],
)
def test_each_segment_is_what_it_says(changes, segment):
    assert segment_of(standing(**changes)) == segment


def test_five_different_values_are_five_fifths():
    values = [10, 20, 30, 40, 50]

    assert [fifth_from_below(value, values[:4]) for value in values] == [1, 2, 3, 4, 5]
    assert [fifth_from_above(value, [50, 40, 30, 20]) for value in values] == [1, 2, 3, 4, 5]


def test_players_who_are_level_are_never_told_apart():
    assert {fifth_from_below(7, [7] * 4) for _ in range(9)} == {1}  # who pays what everybody pays is no whale
    assert {fifth_from_above(7, [7] * 4) for _ in range(9)} == {5}


@pytest.mark.django_db
def test_the_database_judges_every_case_as_python_does():
    cases = [Standing(*case) for case in itertools.product(SCORES, SCORES, SCORES, SPANS, SPANS)]
    columns = ["recency", "frequency", "spend", "days_known", "days_away"]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {AS_SQL} FROM unnest(%s::int[], %s::int[], %s::int[], %s::int[], %s::int[]) WITH ORDINALITY"
            f" AS s ({', '.join(columns)}, position) ORDER BY position",
            [[getattr(case, column) for case in cases] for column in columns],
        )
        judged = [segment for (segment,) in cursor.fetchall()]

    assert judged == [segment_of(case) for case in cases]
