"""Operators write to players from the list of users: with a reason, once, and only those whose role it is."""

import re

import pytest

from accounts.inbox.models import Notification, OperatorMessage
from accounts.users.models import User
from tests import factories

pytestmark = pytest.mark.django_db
PATH = "/admin/accounts/user/"


def choose(desk, *players, **more):
    return desk.post(PATH, {"action": "send_message", "_selected_action": [one.pk for one in players], **more})


def send(desk, page, *players, **changes):
    key = re.search(r'name="key" value="([^"]*)"', page.content.decode())[1]
    given = {"send": "1", "key": key, "message": "점검이 있어요.\n밤 11시예요.", "reason": "maintenance"} | changes
    return choose(desk, *players, **given)


@pytest.fixture
def operator():
    return factories.operator(role="support")


@pytest.fixture
def desk(operator):
    return factories.browser(operator)


def test_a_message_reaches_the_chosen_and_its_reason_the_audit(desk, operator):
    one, other, banned = factories.player(), factories.player(), factories.player()
    User.objects.filter(pk=banned.pk).update(is_active=False)
    page = choose(desk, one, other, banned)

    answer = send(desk, page, one, other, banned)

    assert answer.status_code == 302
    sent = OperatorMessage.objects.get()
    assert (sent.operator, sent.reason, sent.recipients) == (operator, "maintenance", 2)
    assert set(Notification.objects.values_list("player_id", flat=True)) == {one.pk, other.pk}
    event = OperatorMessage.pgh_event_models["insert"].objects.select_related("pgh_context").get()
    assert (event.pgh_context.metadata["operator"], event.pgh_context.metadata["reason"]) == (
        operator.pk,
        "maintenance",
    )
    shown = factories.browser(one).get("/inbox").content.decode()
    assert "점검이 있어요." in shown


def test_a_second_click_sends_nothing_more(desk):
    player = factories.player()
    page = choose(desk, player)
    send(desk, page, player)

    send(desk, page, player)

    assert Notification.objects.count() == OperatorMessage.objects.count() == 1


@pytest.mark.parametrize("changes", [{"message": ""}, {"reason": ""}, {"message": "x" * 1001}])
def test_a_message_and_a_reason_are_asked_for(desk, changes):
    player = factories.player()

    answer = send(desk, choose(desk, player), player, **changes)

    assert "errorlist" in answer.content.decode()
    assert not Notification.objects.exists()


@pytest.mark.parametrize(
    ("role", "allowed"), [("viewer", False), ("economy", False), ("support", True), ("security", True)]
)
def test_only_support_and_security_write_to_players(role, allowed):
    desk, player = factories.browser(factories.operator(role=role)), factories.player()

    answer = choose(desk, player)

    assert ('name="reason"' in answer.content.decode()) is allowed


def test_what_was_sent_can_be_looked_up(desk):
    player = factories.player()
    send(desk, choose(desk, player), player)

    assert "maintenance" in desk.get("/admin/accounts/operatormessage/").content.decode()
    assert player.nickname in desk.get(f"/admin/accounts/notification/?q={player.site_id}").content.decode()
    pk = Notification.objects.get().pk
    assert "점검이 있어요." in desk.get(f"/admin/accounts/notification/{pk}/change/").content.decode()
