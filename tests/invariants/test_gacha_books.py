"""What reconcile must notice of pulls, collections and pity, and must not."""

import pytest
from django.db import connection

from casino_club.core import clock
from games.gacha.demo import demo_banners
from games.gacha.models import Banner
from games.gacha.rules import Currency
from games.gacha.services import pull
from games.invariants import INVARIANTS
from tests import factories

pytestmark = pytest.mark.django_db
REPLICA = "SET LOCAL session_replication_role = replica"  # lets a test do what triggers forbid


def _broken() -> set[str]:
    found = set()
    with connection.cursor() as cursor:
        for invariant in INVARIANTS:
            cursor.execute(invariant.sql)
            if cursor.fetchall():
                found.add(invariant.name)
    return found


@pytest.fixture
def player():
    """Somebody who has opened many boxes of both banners, one by one and by tens, for gold and for gems."""
    demo_banners(now=clock.now())
    player = factories.player()
    factories.give(player, gold=90_000, gems=9_000)
    for number in range(30):
        pull(
            player_id=player.pk,
            banner_id=Banner.objects.order_by("id")[number % 2].pk,
            pull_count=(10, 1, 10)[number % 3],
            currency=(Currency.GOLD, Currency.GOLD, Currency.GEMS)[number // 2 % 3],
            now=clock.now(),
        )
    return player


def test_nothing_is_broken_after_many_pulls(player):
    assert _broken() == set()


@pytest.mark.parametrize(
    ("sql", "broken"),
    [
        ("UPDATE games_inventoryitem SET quantity = quantity + 1", "collections_are_their_pulls"),
        ("DELETE FROM games_inventoryitem", "collections_are_their_pulls"),
        ("UPDATE games_pity SET count = count + 1", "pity_is_its_pulls"),
        ("DELETE FROM games_pity", "pity_is_its_pulls"),
        ("DELETE FROM games_round WHERE nonce = 3", "pity_never_passes_its_pull"),
        ("UPDATE games_round SET bet = bet + 1 WHERE nonce = 0", "every_pull_is_paid_as_it_says"),
        ("UPDATE economy_entry SET units = 1 WHERE reason = 'gacha.pull'", "every_pull_is_paid_as_it_says"),
        ("UPDATE economy_entry SET amount = amount - 1 WHERE reason = 'gacha.pull'", "every_round_is_its_entries"),
        ("DELETE FROM economy_entry WHERE reason = 'play.xp'", "every_round_is_its_entries"),
        ("DELETE FROM games_round WHERE nonce = 2", "every_round_is_its_entries"),
    ],
)
def test_tampering_is_noticed(player, sql, broken):
    with connection.cursor() as cursor:
        cursor.execute(REPLICA)
        cursor.execute(sql)

    assert broken in _broken()
