"""Leaving at the same moment as everything else."""

import pytest
from django.test import Client

from accounts.users.models import LoginName, User
from casino_club.core import clock
from casino_club.web.privacy.services import delete_account
from economy.ledger.selectors import wallet_of
from economy.reconcile.services import reconcile
from tests import factories
from tests.concurrency.together import together

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_four_deletions_at_once_one_is_done_and_none_fails():
    player = factories.player()
    users = [User.objects.get(pk=player.pk) for _ in range(4)]

    outcomes = together(
        4,
        lambda n: delete_account(user=users[n], password=factories.PASSWORD, address=f"10.0.0.{n}", now=clock.now()),
    )

    assert outcomes == [None] * 4
    assert User.objects.get(pk=player.pk).site_id == f"deleted:{player.pk}"
    assert reconcile().violations == 0


def test_leaving_while_playing_and_renaming_leaves_neither_a_name_nor_a_hole_in_the_books():
    player = factories.player()
    headers = factories.bearer(player)

    def act(number: int):
        client = Client()
        if number == 0:
            return delete_account(
                user=User.objects.get(pk=player.pk),
                password=factories.PASSWORD,
                address="10.0.0.1",
                now=clock.now(),
            )
        if number % 2:
            body, path = {"bet_amount": 20, "lines": 20}, "/api/games/slot/spin"
            more = {"Idempotency-Key": f"spin-number-{number}"}
            return client.post(path, body, content_type="application/json", headers={**headers, **more}).status_code
        body = {"nickname": f"나중 이름 {number}"}
        return client.patch("/api/auth/profile", body, content_type="application/json", headers=headers).status_code

    outcomes = together(9, act)

    assert outcomes[0] is None
    assert set(outcomes[1:]) <= {200, 201, 401, 404}
    user = User.objects.get(pk=player.pk)
    assert (user.nickname, user.is_active) == ("탈퇴한 회원", False)
    assert not LoginName.objects.filter(user=user).exists()
    assert wallet_of(player.pk).gold >= 0
    assert reconcile().violations == 0
