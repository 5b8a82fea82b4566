"""Signing up gives user, wallet and welcome gift together, or nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.invites.services import InviteExhausted, InviteInvalid
from accounts.users.models import User
from accounts.users.services import AgeNotConfirmed, NicknameTaken
from economy.ledger.models import Entry, Wallet
from economy.ledger.selectors import wallet_of
from economy.onboarding.services import sign_up
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2031, 1, 1, tzinfo=UTC)


def join(**fields):
    asked = {
        "site_id": "newcomer",
        "nickname": "새내기",
        "password": "plum-blossom-7",
        "invite_code": "CODE",
        "age_confirmed": True,
        "now": NOW,
    }
    return sign_up(**(asked | fields))


def test_a_new_player_has_a_wallet_with_the_welcome_gift():
    code = factories.invite(code="CODE", max_uses=1)

    user = join()

    assert wallet_of(user.pk).gold == 1000
    assert user.age_confirmed_at == NOW
    entry = Entry.objects.get(player_id=user.pk)
    assert (entry.reason, entry.amount, entry.reference, entry.created_at) == (
        "welcome.grant",
        1000,
        f"welcome:{user.pk}",
        NOW,
    )
    code.refresh_from_db()
    assert code.used_count == 1


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"invite_code": "unknown"}, InviteInvalid),
        ({"invite_code": "SPENT"}, InviteExhausted),
        ({"age_confirmed": False}, AgeNotConfirmed),
        ({"age_confirmed": "true"}, AgeNotConfirmed),
        ({"nickname": "이미있음"}, NicknameTaken),
    ],
)
def test_a_refused_sign_up_leaves_nothing_behind(fields, refusal):
    factories.player(nickname="이미있음")
    code = factories.invite(code="CODE", expires_at=NOW + timedelta(days=1))
    factories.invite(code="SPENT", max_uses=1, used_count=1)
    before = (User.objects.count(), Wallet.objects.count(), Entry.objects.count())

    with pytest.raises(refusal):
        join(**fields)

    assert (User.objects.count(), Wallet.objects.count(), Entry.objects.count()) == before
    code.refresh_from_db()
    assert code.used_count == 0
