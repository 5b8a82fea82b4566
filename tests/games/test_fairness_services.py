"""Seed pairs: committed to before, revealed after, one active a player."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from casino_club.core.errors import InvalidInput
from games.fairness import rules, selectors, services
from games.fairness.models import SeedPair
from games.rounds.models import Round
from games.slot import rules as slot
from games.slot.services import spin
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def player():
    return factories.player()


def _spin(player):
    return spin(player_id=player.pk, bet_amount=20, lines=20, now=NOW)


def test_the_commitment_is_known_before_the_first_round(player):
    shown = services.ensure_pair(player_id=player.pk, now=NOW)

    assert _spin(player).ticket.server_seed_hash == shown.server_seed_hash
    assert services.ensure_pair(player_id=player.pk, now=NOW).next_nonce == 1


def test_rotation_reveals_a_seed_that_proves_every_round_of_its_pair(player):
    rounds = [_spin(player) for _ in range(5)]

    revealed, active = services.rotate(player_id=player.pk, client_seed="my-seed_1", now=NOW)

    seed = bytes.fromhex(revealed.server_seed)
    assert rules.commitment(seed) == revealed.server_seed_hash == rounds[0].ticket.server_seed_hash
    assert revealed.rounds == 5
    for nonce, played in enumerate(rounds):
        draw = rules.Draw(seed, revealed.client_seed, nonce)
        assert slot.draw_stops(draw) == played.outcome.stops
    assert (active.client_seed, active.next_nonce) == ("my-seed_1", 0)
    assert active.server_seed_hash != revealed.server_seed_hash


def test_the_next_round_uses_the_new_pair(player):
    _spin(player)
    _, active = services.rotate(player_id=player.pk, now=NOW)

    ticket = _spin(player).ticket

    assert (ticket.server_seed_hash, ticket.nonce) == (active.server_seed_hash, 0)


@pytest.mark.parametrize("client_seed", ["", "a" * 65, "a b", "한글", "a:b", "a\x00", "a\n"])
def test_client_seeds_of_another_form_are_refused(player, client_seed):
    with pytest.raises(InvalidInput):
        services.rotate(player_id=player.pk, client_seed=client_seed, now=NOW)


def test_an_open_round_forbids_rotation(player):
    ticket = services.next_draw(player_id=player.pk, now=NOW)
    Round.objects.create(
        player=player, game="slot", status="open", bet=20, due_at=NOW, odds_version="x",
        seed_pair_id=ticket.seed_pair_id, nonce=ticket.nonce, outcome={}, created_at=NOW,
    )  # fmt: skip

    with pytest.raises(services.RoundOpen):
        services.rotate(player_id=player.pk, now=NOW)

    assert SeedPair.objects.filter(player=player, revealed_at__isnull=False).count() == 0


def test_free_spins_to_be_played_do_not_forbid_it(player, monkeypatch):
    scatters = (0, 0, slot.CURRENT.strips[2].index("scatter"), 0, slot.CURRENT.strips[4].index("scatter"))
    with monkeypatch.context() as patched:
        patched.setattr(slot, "draw_stops", lambda draw: scatters)
        _spin(player)

    services.rotate(player_id=player.pk, now=NOW)

    assert _spin(player).is_free


def test_a_player_has_one_active_pair(player):
    services.ensure_pair(player_id=player.pk, now=NOW)

    with pytest.raises(IntegrityError, match="one_active_seed_pair_per_player"), transaction.atomic():
        SeedPair.objects.create(
            player=player, server_seed=bytes(32), server_seed_hash="0" * 64, client_seed="x", created_at=NOW
        )


def test_nothing_shows_an_active_server_seed(player):
    services.ensure_pair(player_id=player.pk, now=NOW)
    pair = SeedPair.objects.get(player=player)
    secret = bytes(pair.server_seed)

    assert pair.revealed_server_seed is None
    assert selectors.last_revealed(player.pk) is None
    for text in (repr(pair), str(pair), repr(selectors.active_pair(player.pk))):
        assert secret.hex() not in text
    ticket = services.next_draw(player_id=player.pk, now=NOW)
    assert secret.hex() not in repr(ticket)
    assert repr(secret) not in repr(ticket)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE games_seedpair SET server_seed = decode(repeat('00', 32), 'hex')",
        "UPDATE games_seedpair SET client_seed = 'chosen later'",
        "DELETE FROM games_seedpair",
        "UPDATE games_round SET win = win + 1, multiplier = 1",
        "UPDATE games_round SET status = 'open'",
        "DELETE FROM games_round",
    ],
)
def test_the_database_itself_refuses_to_rewrite_the_past(player, sql):
    _spin(player)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_revealed_pair_never_changes_again(player):
    _spin(player)
    services.rotate(player_id=player.pk, now=NOW)

    with pytest.raises(DatabaseError), transaction.atomic():
        SeedPair.objects.filter(player=player, revealed_at__isnull=False).update(next_nonce=9)


def test_one_nonce_serves_one_round(player):
    ticket = _spin(player).ticket

    with pytest.raises(IntegrityError, match="round_once_per_nonce"), transaction.atomic():
        Round.objects.create(
            player=player, game="slot", status="settled", bet=20, odds_version="x", seed_pair_id=ticket.seed_pair_id,
            nonce=ticket.nonce, outcome={}, created_at=NOW, settled_at=NOW,
        )  # fmt: skip
