"""Rates refuse what is beyond them and nothing within; a repeat of an act is never too fast."""

import time

import pytest

from casino_club.core import ratelimit
from casino_club.core.errors import RateLimited
from tests import factories


def test_a_small_limit_is_exact():
    for _ in range(20):
        ratelimit.hit("bets", "somebody", 20, 1)

    with pytest.raises(RateLimited) as refusal:
        ratelimit.hit("bets", "somebody", 20, 1)
    assert refusal.value.retry_after == 1


def test_a_second_after_a_burst_the_whole_limit_is_there_again():
    for _ in range(16):
        ratelimit.hit("bets", "somebody", 20, 1)
    time.sleep(1.05)

    for _ in range(20):
        ratelimit.hit("bets", "somebody", 20, 1)


def test_a_limit_is_of_one_subject_and_one_name():
    ratelimit.hit("a", "somebody", 1, 60)

    ratelimit.hit("a", "somebody else", 1, 60)
    ratelimit.hit("b", "somebody", 1, 60)


@pytest.mark.django_db
def test_a_repeat_of_a_bet_gets_its_answer_however_fast_it_comes(client, settings):
    settings.RATE_BETS_PER_SECOND = 1
    headers = {**factories.bearer(factories.player()), "Idempotency-Key": "the-first-spin"}

    def spin(bet, key="the-first-spin"):
        body = {"bet_amount": bet, "lines": 20}
        return client.post(
            "/api/games/slot/spin", body, content_type="application/json", headers={**headers, "Idempotency-Key": key}
        )

    first, again, another, fresh = spin(20), spin(20), spin(40), spin(20, "the-second-spin")

    assert (again.status_code, again.content) == (200, first.content)
    assert (another.status_code, another.json()["error"]) == (422, "idempotency_key_reused")
    assert (fresh.status_code, fresh.json()["error"]) == (429, "rate_limited")
