"""The inbox page and the bell, by plain forms."""

from datetime import UTC, datetime

import pytest

from accounts.inbox import rules, services
from accounts.inbox.rules import OPERATOR_MESSAGE, Kind
from accounts.inbox.selectors import count_unread, notifications_of
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def tell(player, text="<b>안녕</b>"):
    services.notify(player_id=player.pk, kind=OPERATOR_MESSAGE.name, params={"message": text}, now=NOW)
    return notifications_of(player.pk).first()


@pytest.fixture
def player():
    return factories.player()


@pytest.fixture
def browser(player):
    return factories.browser(player)


def test_a_stranger_is_asked_to_sign_in(client):
    for path in ("/inbox", "/inbox/1/read", "/inbox/read-all"):
        assert client.get(path).status_code in (302, 405)
        assert client.post(path).status_code in (302, 405)
    assert client.get("/inbox")["Location"] == "/login?next=/inbox"


def test_an_empty_inbox_says_what_will_come(browser):
    assert "streak" in browser.get("/inbox", headers={"Accept-Language": "en"}).content.decode()


def test_the_bell_counts_what_is_unread_and_follows_the_balances(browser, player):
    for _ in range(3):
        tell(player)

    assert 'class="bell__count" aria-hidden="true">3<' in browser.get("/").content.decode()
    assert 'class="bell__count" aria-hidden="true">3<' in browser.get("/balances").content.decode()
    browser.post("/inbox/read-all")
    assert "bell__count" not in browser.get("/balances").content.decode()


def test_a_message_is_shown_as_text_and_can_be_read(browser, player):
    notification = tell(player)

    assert "&lt;b&gt;안녕&lt;/b&gt;" in browser.get("/inbox").content.decode()
    answer = browser.post(f"/inbox/{notification.pk}/read?show=unread")

    assert answer["Location"] == "/inbox?show=unread"
    assert count_unread(player.pk) == 0
    assert "안녕" not in browser.get("/inbox?show=unread").content.decode()
    assert "안녕" in browser.get("/inbox").content.decode()


def test_following_a_message_reads_it_and_leads_to_its_page(browser, player, monkeypatch):
    monkeypatch.setitem(rules.KINDS, "test.kind", Kind("test.kind", "Headline", "Words", page="profile"))
    services.notify(player_id=player.pk, kind="test.kind", params={}, now=NOW)

    answer = browser.post(f"/inbox/{notifications_of(player.pk).get().pk}/read", {"follow": "1"})

    assert answer["Location"] == "/profile"
    assert count_unread(player.pk) == 0


def test_somebody_elses_message_is_not_here(browser):
    notification = tell(factories.player())

    answer = browser.post(f"/inbox/{notification.pk}/read")

    assert answer["Location"] == "/inbox"
    assert notification.read_at is None
    assert not notifications_of(notification.player_id, unread=False).exists()


def test_a_broken_cursor_leads_to_the_first_page(browser):
    assert browser.get("/inbox?cursor=x")["Location"] == "/inbox"
