"""The development reset: one known account, by ledger entries, and not in production."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.users.models import LoginName, User
from casino_club.core import redis
from casino_club.web.dev.services import reset_user02
from economy.ledger.models import Entry
from economy.ledger.selectors import wallet_of
from economy.reconcile.services import reconcile
from economy.rewards.models import UserReward
from economy.streaks.models import AttendanceDay, StreakState
from economy.streaks.rules import Action
from economy.streaks.services import claim
from economy.vip.services import claim as claim_vip
from games.rounds.models import Round
from games.slot.services import spin
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/api/dev/reset_user02"
NOW = datetime(2031, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def user02():
    """user002 after a day at the club."""
    user = factories.player(site_id="user002", nickname="유저02", email="two@example.com", phone_number="01012345678")
    claim(player_id=user.pk, action=Action.DAILY_LOGIN, now=NOW)
    claim_vip(player_id=user.pk, now=NOW)
    spin(player_id=user.pk, bet_amount=100, lines=20, now=NOW)
    return user


def keys_of(user) -> list[bytes]:
    client = redis.client()
    return [*client.scan_iter(f"user:{user.pk}:*"), *client.scan_iter(f"vip_claimed:{user.pk}:*")]


def test_gold_and_xp_come_to_nothing_by_entries_and_history_stays(user02):
    rounds, rewards, entries = Round.objects.count(), UserReward.objects.count(), Entry.objects.count()
    assert keys_of(user02)

    user = reset_user02(now=NOW)

    wallet = wallet_of(user02.pk)
    assert (wallet.gold, wallet.xp, wallet.vip_points) == (0, 0, 50)
    assert (user.nickname, user.email, user.phone_number) == ("user02_reset", None, None)
    assert set(Entry.objects.filter(reason="dev.reset").values_list("asset", "balance_after")) == {
        ("gold", 0),
        ("xp", 0),
    }
    assert (Round.objects.count(), UserReward.objects.count()) == (rounds, rewards)
    assert Entry.objects.count() == entries + 2
    assert not StreakState.objects.filter(player=user02).exists()
    assert not AttendanceDay.objects.filter(player=user02).exists()
    assert keys_of(user02) == []
    assert not LoginName.objects.filter(key="유저02").exists()
    assert reconcile().violations == 0


def test_a_repeat_finds_nothing_to_do(user02):
    reset_user02(now=NOW)
    entries = Entry.objects.count()

    assert reset_user02(now=NOW).nickname == "user02_reset"
    assert Entry.objects.count() == entries


def test_the_day_can_begin_again_and_pays_nothing_twice(user02):
    reset_user02(now=NOW)

    again = claim(player_id=user02.pk, action=Action.DAILY_LOGIN, now=NOW)

    assert again.idempotent is True
    assert wallet_of(user02.pk).gold == 0
    assert StreakState.objects.get(player=user02, action="DAILY_LOGIN").count == 1


def test_an_operator_resets_by_the_api_and_nobody_else(client, user02):
    def post(user):
        return client.post(PATH, headers=factories.bearer(user))

    assert client.post(PATH).status_code == 401
    assert post(user02).status_code == 403
    assert post(factories.player()).json()["error"] == "permission_denied"
    assert wallet_of(user02.pk).gold > 0

    answer = post(factories.operator())

    assert answer.status_code == 200
    body = answer.json()
    assert body["success"] is True
    assert (body["user"]["nickname"], body["user"]["gold_balance"], body["user"]["total_experience"]) == (
        "user02_reset",
        0,
        0,
    )


@pytest.mark.parametrize("setting", [{"DEV_ROUTES": False}, {"PRODUCTION": True}])
def test_production_has_no_such_door(client, user02, settings, setting):
    for name, value in setting.items():
        setattr(settings, name, value)

    answer = client.post(PATH, headers=factories.bearer(factories.operator(superuser=True)))

    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
    with pytest.raises(CommandError, match="development only"):
        call_command("reset_user02", stdout=StringIO())
    assert wallet_of(user02.pk).gold > 0


def test_the_command_says_what_it_did_or_why_not():
    with pytest.raises(CommandError, match="user002"):
        call_command("reset_user02", stdout=StringIO())
    factories.player(site_id="user002")
    factories.player(nickname="user02_reset")
    with pytest.raises(CommandError, match="user002"):
        call_command("reset_user02", stdout=StringIO())
    assert wallet_of(User.objects.get(site_id="user002").pk).gold == 1000
    User.objects.filter(nickname="user02_reset").update(nickname="gone")
    LoginName.objects.filter(key="user02_reset").delete()

    call_command("reset_user02", stdout=(out := StringIO()))

    assert "no gold" in out.getvalue()
