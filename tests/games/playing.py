"""Rounds of every game of the house, played by its own services."""

from datetime import datetime, timedelta

from django.db import connection

from economy.rewards.rules import Amounts
from economy.rewards.services import grant
from games.crash import services as crash
from games.crash.selectors import database_now
from games.gacha import services as gacha
from games.gacha.models import Banner
from games.gacha.rules import Currency
from games.rps import services as rps
from games.rps.rules import Hand
from games.slot.services import spin


def enrich(player, *, now: datetime) -> None:
    """Enough gold and gems for any play."""
    grant(
        player_id=player.pk, reward_type="TEST", amounts=Amounts(gold=10**9, gems=10**6), key=f"rich:{player.pk}",
        reason="reward.grant", now=now,
    )  # fmt: skip


def open_banner(*, now: datetime) -> Banner:
    return Banner.objects.create(
        title_ko="함", title_en="Box", odds_version="gacha-standard-2026-11-23", gold_for_1=100, gold_for_10=900,
        gems_for_1=1, gems_for_10=9, starts_at=now - timedelta(days=1), created_at=now,
    )  # fmt: skip


def end_flights() -> None:
    """Let every flight in the air be over, and settle it."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE games_round SET due_at = created_at WHERE status = 'open'")
    crash.sweep()


def play_everything(player, *, now: datetime, times: int = 1) -> None:
    """Spins (free ones as they come), flights of all endings, pulls and hands."""
    enrich(player, now=now)
    banner = open_banner(now=now)
    for _ in range(times):
        for bet, lines in ((20, 20), (29, 20), (10_000, 7), (22, 17), (100, 1)):
            spin(player_id=player.pk, bet_amount=bet, lines=lines, now=now)
        for choice in Hand:
            rps.play(player_id=player.pk, bet_amount=11, choice=choice, now=now)
        for count, currency in ((1, Currency.GOLD), (10, Currency.GEMS), (10, Currency.GOLD)):
            gacha.pull(player_id=player.pk, banner_id=banner.pk, pull_count=count, currency=currency, now=now)
        for auto in (None, 101, 250):
            crash.place_bet(player_id=player.pk, bet_amount=33, auto_cashout=auto, now=now)
            end_flights()
        flight = crash.place_bet(player_id=player.pk, bet_amount=33, auto_cashout=None, now=now)
        crash.cash_out(player_id=player.pk, game_id=flight.play.game_id, received_at=database_now())
