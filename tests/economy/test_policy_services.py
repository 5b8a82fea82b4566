"""Special rewards are reduced by the policy in force, whoever gives them; nothing else is."""

from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from casino_club.core.errors import InvalidInput
from economy.ledger.models import Entry
from economy.ledger.selectors import wallet_of
from economy.policy.models import RewardPolicy
from economy.policy.services import publish
from economy.rewards.batches import Grant, grant_many
from economy.rewards.models import UserReward
from economy.rewards.rules import Amounts
from economy.rewards.services import NothingLeft, grant
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2031, 1, 1, tzinfo=UTC)


@pytest.fixture
def player():
    return factories.player().pk


def give(player, amounts, *, reward_type="SPECIAL_CAMPAIGN", key="campaign:1"):
    with transaction.atomic():
        return grant(
            player_id=player,
            reward_type=reward_type,
            amounts=amounts,
            key=key,
            reason="reward.grant",
            metadata={"campaign": 1},
            now=NOW,
        )


def new_policy(**fields):
    values = {"widths": [100], "percents": [100, 10], "cap": 500, "reason": "Christmas", "operator_id": None}
    return publish(**(values | fields), now=NOW)


def test_eight_thousand_become_three_thousand_seven_hundred_and_fifty(player):
    granted = give(player, Amounts(gold=8000, gems=80, xp=8, vip_points=1))

    reward = UserReward.objects.get(pk=granted.reward.pk)
    assert (reward.gold_amount, reward.gem_amount, reward.xp_amount, reward.vip_points) == (3750, 80, 8, 1)
    assert reward.reward_metadata == {"campaign": 1, "asked": 8000, "granted": 3750, "policy_version": 1}
    assert Entry.objects.get(player_id=player, reason="reward.grant", asset="gold").amount == 3750
    assert wallet_of(player).gold == 4750


@pytest.mark.parametrize("reward_type", ["EVENT", "MISSION", "STREAK_DAILY", "WELCOME", "special_lower"])
def test_what_is_not_special_is_given_in_full(player, reward_type):
    granted = give(player, Amounts(gold=8000), reward_type=reward_type)

    assert granted.reward.gold_amount == 8000
    assert granted.reward.reward_metadata == {"campaign": 1}


def test_a_new_version_counts_from_then_on_and_a_repeat_stays_what_it_was(player):
    give(player, Amounts(gold=8000))
    assert new_policy().version == 2

    again = give(player, Amounts(gold=8000))
    other = give(player, Amounts(gold=1100), key="campaign:2")

    assert (again.idempotent, again.reward.gold_amount) == (True, 3750)
    assert other.reward.gold_amount == 200
    assert other.reward.reward_metadata["policy_version"] == 2


def test_a_reward_of_which_nothing_is_left_is_refused(player):
    new_policy(widths=[], percents=[10])

    with pytest.raises(NothingLeft):
        give(player, Amounts(gold=9))
    assert give(player, Amounts(gold=9, gems=1)).reward.gold_amount == 0


def test_batches_do_not_go_past_the_policy(player):
    with pytest.raises(ValueError, match="SPECIAL_X"):
        grant_many([Grant(player, "k", Amounts(gold=1))], reward_type="SPECIAL_X", reason="reward.grant", now=NOW)


def test_versions_are_kept_for_ever():
    policy = new_policy()

    for change in ("UPDATE economy_rewardpolicy SET cap = 1", "DELETE FROM economy_rewardpolicy"):
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            connection.cursor().execute(change)
    assert RewardPolicy.objects.get(pk=policy.pk).cap == 500


def test_a_version_that_does_not_fit_together_is_refused_and_named():
    with pytest.raises(InvalidInput) as refused:
        new_policy(percents=[100], cap=0, reason=" ")

    assert set(refused.value.fields) == {"percents", "cap", "reason"}
    assert RewardPolicy.objects.count() == 1


def form(**fields):
    return {"widths": "1000,4000", "percents": "100,60,30", "cap": "6000", "reason": "Softer for summer"} | fields


def test_an_operator_publishes_a_version_and_the_audit_says_who():
    operator = factories.operator(role="economy")
    browser = factories.browser(operator)
    add = reverse("admin:economy_rewardpolicy_add")
    assert 'value="1000,4000"' in browser.get(add).content.decode()

    answer = browser.post(add, form())

    assert answer.status_code == 302
    policy = RewardPolicy.objects.get(version=2)
    assert (policy.widths, policy.percents, policy.cap, policy.created_by_id) == (
        [1000, 4000],
        [100, 60, 30],
        6000,
        operator.pk,
    )
    event = apps.get_model("economy.RewardPolicyEvent").objects.get(version=2)
    assert event.pgh_context.metadata["operator"] == operator.pk
    assert event.pgh_context.metadata["reason"] == "Softer for summer"
    page = browser.get(reverse("admin:economy_rewardpolicy_changelist")).content.decode()
    assert "4,300" in page
    assert browser.post(reverse("admin:economy_rewardpolicy_change", args=[policy.pk]), form()).status_code == 403


@pytest.mark.parametrize(
    "fields",
    [
        {"percents": "100,60"},
        {"percents": "60,100,30"},
        {"percents": "100,60,-1"},
        {"percents": "a,b"},
        {"widths": "0,1"},
        {"widths": "1e3,4000"},
        {"cap": "0"},
        {"cap": "-1"},
        {"cap": "9" * 40},
        {"reason": ""},
    ],
)
def test_the_form_refuses_bands_that_do_not_fit_together(fields):
    browser = factories.browser(factories.operator(role="economy"))

    answer = browser.post(reverse("admin:economy_rewardpolicy_add"), form(**fields))

    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors.keys() >= fields.keys()
    assert RewardPolicy.objects.count() == 1


@pytest.mark.parametrize("role", ["viewer", "support", "security"])
def test_other_roles_look_and_do_not_publish(role):
    browser = factories.browser(factories.operator(role=role))

    assert browser.get(reverse("admin:economy_rewardpolicy_changelist")).status_code == 200
    assert browser.post(reverse("admin:economy_rewardpolicy_add"), form()).status_code == 403
    assert RewardPolicy.objects.count() == 1
