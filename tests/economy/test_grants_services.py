"""Gifts of operators: reduced by the policy, above a threshold by two, once, with a name and a reason."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from casino_club.core import clock
from casino_club.core.errors import InvalidInput, NotFound
from economy.approvals import services as approvals
from economy.approvals.models import Approval
from economy.approvals.rules import State
from economy.approvals.selectors import waiting
from economy.grants.models import OperatorGrant
from economy.grants.services import NotAPlayer, OwnAccount, grant, preview
from economy.ledger.models import Entry
from economy.ledger.selectors import wallet_of
from economy.reconcile.services import reconcile
from economy.rewards.models import UserReward
from tests import factories
from tests.core.audited import events_of

pytestmark = pytest.mark.django_db
NOW = clock.now()
HOUR = timedelta(hours=1)
WELCOME = 1000


@pytest.fixture
def people():
    """A player, two operators."""
    return factories.player(), factories.operator(role="support"), factories.operator(role="economy")


def given(player, operator, *, now=NOW, reason="a lost evening", **amounts):
    return grant(player_id=player.pk, amounts=amounts, reason=reason, operator_id=operator.pk, now=now)


def test_a_small_gift_is_paid_at_once_reduced_by_the_policy(people):
    player, first, _ = people

    outcome = given(player, first, gold=5000, gems=10)

    assert wallet_of(player.pk).gold == WELCOME + 3000
    assert (outcome.granted.balances.gems, outcome.approval) == (10, None)
    reward = UserReward.objects.get(pk=outcome.grant.reward_id)
    assert reward.reward_type == "SPECIAL_OPERATOR_GRANT"
    assert reward.reward_metadata == {"operator": first.pk, "asked": 5000, "granted": 3000, "policy_version": 1}
    assert set(Entry.objects.filter(reference=reward.idempotency_key).values_list("reason", flat=True)) == {
        "operator.grant"
    }
    assert (outcome.grant.gold, outcome.grant.operator, outcome.grant.reason) == (5000, first, "a lost evening")


def test_who_and_why_are_in_the_audit(people):
    player, first, _ = people

    (event,) = events_of(given(player, first, gold=100).grant)

    assert (event.player_id, event.gold, event.reason) == (player.pk, 100, "a lost evening")
    assert event.pgh_context.metadata["operator"] == first.pk


@pytest.mark.parametrize("amounts", [{"gold": 5001}, {"gems": 101}, {"xp": 5001}, {"vip_points": 501}])
def test_above_a_threshold_nothing_moves_until_another_operator_agrees(people, amounts):
    player, first, second = people

    outcome = given(player, first, **amounts)

    assert outcome.grant is None
    assert wallet_of(player.pk).gold == WELCOME
    with pytest.raises(approvals.OwnRequest):
        approvals.approve(approval_id=outcome.approval.pk, operator_id=first.pk, now=NOW + HOUR)

    approved = approvals.approve(approval_id=outcome.approval.pk, operator_id=second.pk, now=NOW + HOUR)

    assert (approved.state, approved.decided_by) == (State.APPROVED, second)
    paid = OperatorGrant.objects.get(approval=approved)
    assert (paid.operator, paid.approved_by, paid.reason) == (first, second, "a lost evening")
    assert UserReward.objects.filter(pk=paid.reward_id, user=player).exists()
    (event,) = events_of(paid)
    assert event.pgh_context.metadata["operator"] == second.pk


def test_many_small_gifts_of_one_operator_are_a_big_one(people):
    player, first, second = people
    given(player, first, gold=3000)

    assert given(player, first, gold=2001).approval
    assert given(player, first, gold=2000).grant
    assert given(player, second, gold=5000).grant, "another operator has their own"
    assert given(factories.player(), first, gold=5000).grant, "and every player"
    assert given(player, first, gems=5).grant, "gold does not count as gems"
    assert given(player, first, now=NOW + 25 * HOUR, gold=5000).grant, "the next day"


def test_an_approved_gift_leaves_the_operators_own_room_as_it_was(people):
    player, first, second = people
    approval = given(player, first, gold=8000).approval
    approvals.approve(approval_id=approval.pk, operator_id=second.pk, now=NOW)

    assert wallet_of(player.pk).gold == WELCOME + 3750
    assert given(player, first, gold=5000).grant


def test_a_repeated_approval_pays_nothing_more_and_another_operators_is_refused(people):
    player, first, second = people
    approval = given(player, first, gold=8000).approval
    third = factories.operator(role="economy")

    for _ in range(2):
        approvals.approve(approval_id=approval.pk, operator_id=second.pk, now=NOW)
    for act in (approvals.approve, approvals.deny):
        with pytest.raises(approvals.AlreadyDecided):
            act(approval_id=approval.pk, operator_id=third.pk, reason="too late", now=NOW)

    assert wallet_of(player.pk).gold == WELCOME + 3750
    assert OperatorGrant.objects.count() == 1


def test_a_denial_needs_a_reason_pays_nothing_and_whoever_asked_may_take_it_back(people):
    player, first, second = people
    denied, taken_back = given(player, first, gold=8000).approval, given(player, first, gems=900).approval

    with pytest.raises(InvalidInput):
        approvals.deny(approval_id=denied.pk, operator_id=second.pk, reason=" ", now=NOW)
    for _ in range(2):
        approvals.deny(approval_id=denied.pk, operator_id=second.pk, reason="too much", now=NOW)
    approvals.deny(approval_id=taken_back.pk, operator_id=first.pk, reason="a slip", now=NOW)

    assert set(Approval.objects.values_list("state", flat=True)) == {"denied"}
    assert wallet_of(player.pk).gold == WELCOME
    with pytest.raises(approvals.AlreadyDecided):
        approvals.approve(approval_id=denied.pk, operator_id=second.pk, now=NOW)


def test_what_waits_too_long_expires(people, settings):
    settings.APPROVAL_HOURS = 2
    player, first, second = people
    approval = given(player, first, gold=8000).approval
    assert list(waiting(now=NOW)) == [approval]

    late = NOW + 2 * HOUR
    assert not waiting(now=late)
    with pytest.raises(approvals.ApprovalExpired):
        approvals.approve(approval_id=approval.pk, operator_id=second.pk, now=late)
    assert (approvals.expire(now=late - timedelta(seconds=1)), approvals.expire(now=late)) == (0, 1)
    assert approvals.expire(now=late) == 0
    with pytest.raises(approvals.ApprovalExpired):
        approvals.approve(approval_id=approval.pk, operator_id=second.pk, now=NOW)
    assert wallet_of(player.pk).gold == WELCOME


def test_a_preview_tells_what_would_be_given_and_gives_nothing(people):
    player, first, _ = people

    small = preview(player_id=player.pk, amounts={"gold": 5000}, operator_id=first.pk, now=NOW)
    big = preview(player_id=player.pk, amounts={"gold": 8000}, operator_id=first.pk, now=NOW)

    assert [(seen.gold, seen.needs_approval) for seen in (small, big)] == [(3000, False), (3750, True)]
    assert not OperatorGrant.objects.exists()


def test_nobody_gives_to_themselves_to_an_operator_to_nobody_or_nothing(people):
    player, first, _ = people
    for act, refusal in [
        (lambda: given(first, first, gold=1), OwnAccount),
        (lambda: given(factories.operator(), first, gold=1), NotAPlayer),
        (lambda: grant(player_id=0, amounts={"gold": 1}, reason="why", operator_id=first.pk, now=NOW), NotFound),
        (lambda: given(player, first, gold=0), InvalidInput),
        (lambda: given(player, first, gold=-1), InvalidInput),
        (lambda: given(player, first, gold=10**9 + 1), InvalidInput),
        (lambda: given(player, first, gold=1, reason=" "), InvalidInput),
    ]:
        with pytest.raises(refusal):
            act()
    assert not OperatorGrant.objects.exists()


def test_the_database_itself_refuses_self_approval_and_changed_gifts(people):
    player, first, _ = people
    approval = given(player, first, gold=8000).approval
    given(player, first, gold=10)

    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.filter(pk=approval.pk).update(state="approved", decided_by=first, decided_at=NOW)
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE economy_operatorgrant SET gold = 1000000")


@pytest.mark.django_db(transaction=True)
def test_the_books_know_gifts():
    player, first, second = factories.player(), factories.operator(), factories.operator()
    given(player, first, gold=100, gems=5, xp=20, vip_points=3)
    approval = given(player, first, gold=9000).approval
    approvals.approve(approval_id=approval.pk, operator_id=second.pk, now=clock.now())

    assert reconcile().violations == 0
