"""Gifts from many hands at once: one is paid once, and two small ones do not slip past the threshold together."""

import pytest

from casino_club.core import clock
from economy.approvals import services as approvals
from economy.approvals.models import Approval
from economy.grants.models import OperatorGrant
from economy.grants.services import grant
from economy.ledger.selectors import wallet_of
from economy.reconcile.services import reconcile
from tests import factories
from tests.concurrency.together import together

pytestmark = pytest.mark.django_db(transaction=True)
WELCOME = 1000


def asked_for(player, operator, **amounts):
    return grant(player_id=player.pk, amounts=amounts, reason="a test", operator_id=operator.pk, now=clock.now())


def test_of_many_approvers_at_once_one_pays():
    player, asker = factories.player(), factories.operator()
    approvers = [factories.operator(role="economy") for _ in range(6)]
    approval = asked_for(player, asker, gold=8000).approval

    outcomes = together(
        6, lambda n: approvals.approve(approval_id=approval.pk, operator_id=approvers[n].pk, now=clock.now())
    )

    assert sum(isinstance(one, Approval) for one in outcomes) == 1
    assert sum(isinstance(one, approvals.AlreadyDecided) for one in outcomes) == 5
    assert wallet_of(player.pk).gold == WELCOME + 3750
    assert OperatorGrant.objects.count() == 1
    assert reconcile().violations == 0


def test_one_approver_who_clicks_many_times_at_once_is_told_the_same():
    player, asker, approver = factories.player(), factories.operator(), factories.operator(role="economy")
    approval = asked_for(player, asker, gold=8000).approval

    outcomes = together(
        6, lambda n: approvals.approve(approval_id=approval.pk, operator_id=approver.pk, now=clock.now())
    )

    assert [getattr(one, "state", one) for one in outcomes] == ["approved"] * 6
    assert wallet_of(player.pk).gold == WELCOME + 3750


def test_approved_and_denied_at_once_is_one_of_both():
    for _ in range(3):
        player, asker = factories.player(), factories.operator()
        judges = [factories.operator(role="economy") for _ in range(4)]
        approval = asked_for(player, asker, gold=8000).approval

        def decide(number, approval=approval, judges=judges):
            act = approvals.approve if number % 2 else approvals.deny
            return act(approval_id=approval.pk, operator_id=judges[number].pk, reason="as I see it", now=clock.now())

        outcomes = together(4, decide)

        assert sum(isinstance(one, Approval) for one in outcomes) == 1
        approval.refresh_from_db()
        assert wallet_of(player.pk).gold == WELCOME + (3750 if approval.state == "approved" else 0)


def test_small_gifts_at_once_do_not_slip_past_the_threshold_together():
    player, asker = factories.player(), factories.operator()

    outcomes = together(6, lambda n: asked_for(player, asker, gold=2000))

    assert sorted(bool(one.grant) for one in outcomes) == [False] * 4 + [True] * 2
    assert Approval.objects.count() == 4


def test_one_key_many_times_at_once_gives_once(client):
    player, asker = factories.player(), factories.operator(role="support")
    headers = factories.bearer(asker) | {"Idempotency-Key": "the-same-key"}

    def post(_number):
        return client.post(
            f"/api/admin/users/{player.pk}/grant",
            {"gold": 500, "reason": "a test"},
            content_type="application/json",
            headers=headers,
        )

    answers = together(6, post)

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert wallet_of(player.pk).gold == WELCOME + 500
