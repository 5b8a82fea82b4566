"""The operators' site in a browser: the same inks, light and dark, nothing refused by the CSP."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from casino_club.core import alerts, clock
from casino_club.core.models import Alert
from economy.webhooks.models import WebhookEndpoint, WebhookEvent
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", ["/admin/", "/admin/accounts/user/"])
def test_the_operators_site_is_clean_in_both_schemes(page, signed_in, scheme, address, picture, assert_accessible):
    signed_in(factories.operator(superuser=True))
    page.emulate_media(color_scheme=scheme)
    page.goto(address)
    expect(page.locator("#site-name")).to_be_visible()
    picture(f"operators-{scheme}-{'index' if address == '/admin/' else 'list'}")
    assert_accessible()


def many_webhooks() -> None:
    now = clock.now()
    endpoint = WebhookEndpoint.objects.create(
        name="정산 시스템 본사 데이터센터",
        url="https://hooks.example.com/casino",
        event_types=["purchase.paid"],
        secret="s" * 40,
        secret_changed_at=now,
        created_at=now,
    )
    error = "ConnectTimeout: the receiver at hooks.example.com did not answer within 10 seconds"
    waiting = {"status": "PENDING", "next_retry_at": now + timedelta(hours=2), "attempt_count": 4}
    failed = {"status": "FAILED", "settled_at": now, "attempt_count": 6}
    shared = {"type": "player.registered", "payload": {}, "created_at": now}
    for number in range(3):
        for state in (waiting, failed):
            WebhookEvent.objects.create(
                external_id=f"{number}{state['status']}",
                direction="out",
                endpoint=endpoint,
                last_error=error,
                **(shared | state),
            )


def many_alerts() -> None:
    boss, now = factories.operator(nickname="밤을지키는운영자"), clock.now()
    for number in range(3):
        message = "Purchase %(purchase)d: its refund was not taken in %(attempts)d attempts; it goes on being tried."
        facts = {"purchase": 1_234_567 + number, "attempts": 12}
        alerts.raise_alert(
            rule="payment_refund_stuck", key=str(facts["purchase"]), message=message, facts=facts, now=now
        )
    alerts.raise_alert(
        rule="ledger_violation", key="balance_is_last_balance_after", message="The books are right.", now=now
    )
    alerts.acknowledge(alert_id=Alert.objects.latest("pk").pk, operator_id=boss.pk, now=now)


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(
    ("width", "address", "fill"),
    [(1280, "/admin/economy/webhookevent/", many_webhooks), (768, "/admin/core/alert/", many_alerts)],
)
def test_a_list_is_read_without_scrolling_sideways(page, signed_in, width, language, address, fill, picture):
    fill()
    signed_in(factories.operator(superuser=True))
    page.goto(address)

    asked, given = page.locator("#changelist .results").evaluate("list => [list.scrollWidth, list.clientWidth]")

    picture(f"operators-list-{address.split('/')[-2]}")
    assert asked <= given


@pytest.mark.parametrize(("width", "language"), [(360, "ko"), (1280, "en")])
def test_an_operator_without_a_wallet_looks_around_in_peace(
    page, signed_in, width, language, picture, assert_accessible
):
    signed_in(factories.operator())
    for address in ("/", "/games/slot", "/events", "/shop", "/profile"):
        page.goto(address)
        expect(page.locator("#content [role=note]")).to_be_visible()
        picture(f"no-wallet{address.replace('/', '-')}", full=True)
        assert_accessible()
