"""An answer that is written before its round reads exactly as if it had been written after it."""

from datetime import UTC, datetime

from django.db import connection

from casino_club.core import clock, idempotency
from games.rounds import drafts

STARTED_AT = datetime(2026, 11, 23, 12, 0, 0, 7000, tzinfo=UTC)


def _answer(round_id, balance, started_at):
    return {
        "game_id": round_id,
        "share": "100 % {} %1$s",
        "none": None,
        "balance": balance,
        "started_at": clock.iso(started_at),
        "fairness": {"client_seed": f"{drafts.ROUND_ID}"},
    }


def test_a_filled_draft_is_the_answer_byte_for_byte(db):
    draft = drafts.draft_of(_answer(drafts.ROUND_ID, drafts.BALANCE, drafts.STARTED_AT))

    with connection.cursor() as cursor:
        cursor.execute("SELECT format(%s, 77, 990, %s)", [draft, clock.iso(STARTED_AT)])
        filled = cursor.fetchone()[0]

    assert filled == idempotency.render(_answer(77, 990, STARTED_AT))
