"""The queue of what waits for a second operator, on the operators' site."""

import pytest

from casino_club.core import clock
from economy.grants.services import grant
from economy.ledger.selectors import wallet_of
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/admin/economy/approval/"


@pytest.fixture
def asker():
    return factories.operator(role="economy")


@pytest.fixture
def approval(asker):
    player = factories.player(nickname="달빛")
    amounts = {"gold": 8000, "gems": 20}
    now = clock.now()
    return grant(player_id=player.pk, amounts=amounts, reason="a lost evening", operator_id=asker.pk, now=now).approval


def page_of(approval):
    return f"{LIST}{approval.pk}/decide/"


def test_the_queue_shows_what_waits_and_leads_to_the_decision(approval, django_assert_max_num_queries):
    browser = factories.browser(factories.operator(role="viewer"))
    with django_assert_max_num_queries(12):
        page = browser.get(LIST).content.decode()
    assert "8,000" in page
    assert "달빛" in page
    assert browser.get(f"{LIST}{approval.pk}/change/")["Location"] == page_of(approval)
    assert 'name="approve"' not in browser.get(page_of(approval)).content.decode()


def test_a_second_operator_approves_by_a_button(approval):
    browser = factories.browser(factories.operator(role="economy"))

    browser.post(page_of(approval), {"approve": "1", "reason": ""})
    again = browser.post(page_of(approval), {"approve": "1", "reason": ""}, follow=True)

    assert again.status_code == 200
    assert wallet_of(approval.player_id).gold == 1000 + 3750
    assert approval.player.nickname not in browser.get(LIST).content.decode()
    assert approval.player.nickname in browser.get(LIST, {"state": "approved"}).content.decode()


def test_who_asked_takes_it_back_and_cannot_approve_it(approval, asker):
    browser = factories.browser(asker)
    page = browser.get(page_of(approval)).content.decode()
    assert 'name="approve"' not in page

    browser.post(page_of(approval), {"approve": "1", "reason": ""})
    approval.refresh_from_db()
    assert approval.state == "waiting"

    browser.post(page_of(approval), {"deny": "1", "reason": "a slip"})
    approval.refresh_from_db()
    assert (approval.state, approval.decision_reason) == ("denied", "a slip")
    assert wallet_of(approval.player_id).gold == 1000


def test_to_deny_without_a_reason_says_so(approval):
    browser = factories.browser(factories.operator(role="economy"))
    answer = browser.post(page_of(approval), {"deny": "1", "reason": ""}, follow=True)
    assert "errorlist" in answer.content.decode() or "messagelist" in answer.content.decode()
    approval.refresh_from_db()
    assert approval.state == "waiting"


@pytest.mark.parametrize("role", ["viewer", "support", "security"])
def test_others_look_only(approval, role):
    browser = factories.browser(factories.operator(role=role))
    assert browser.post(page_of(approval), {"approve": "1", "reason": ""}).status_code == 403
    approval.refresh_from_db()
    assert approval.state == "waiting"
