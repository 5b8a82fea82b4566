"""Webhooks on the operators' site in a browser: an endpoint made, tried, failing, and its dead letter sent again."""

import pytest
from playwright.sync_api import expect

from casino_club.core import clock
from economy.webhooks.delivery import deliver_due
from economy.webhooks.models import WebhookEndpoint, WebhookEvent
from economy.webhooks.rules import EventType
from economy.webhooks.services import publish
from tests import factories
from tests.economy.receiver import OK, Receiver, receiving

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def receiver(settings):
    settings.WEBHOOK_ALLOWED_PRIVATE_HOSTS = ["127.0.0.1"]
    with receiving(Receiver()) as receiver:
        yield receiver


@pytest.mark.parametrize(("width", "language"), [(360, "ko"), (768, "en"), (1280, "ko"), (1280, "en")])
def test_an_endpoint_from_its_form_to_a_dead_letter_sent_again(
    page, signed_in, receiver, language, picture, assert_accessible
):
    signed_in(factories.operator(role="security"))

    page.goto("/admin/economy/webhookendpoint/add/")
    page.locator("[name=name]").fill("receiver")
    page.locator("[name=url]").fill("https://10.0.0.1/hooks")
    page.locator("[name=event_types][value='purchase.paid']").check()
    page.locator("[name=_save]").click()
    expect(page.locator(".errorlist")).to_be_visible()
    picture("webhook-endpoint-refused", full=True)
    assert_accessible()
    page.locator("[name=url]").fill(receiver.url)
    page.locator("[name=_save]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    picture("webhook-endpoints", full=True)
    assert_accessible()

    endpoint = WebhookEndpoint.objects.get()
    page.goto(f"/admin/economy/webhookendpoint/{endpoint.pk}/change/")
    expect(page.get_by_text(endpoint.secret)).to_be_visible()
    picture("webhook-endpoint", full=True)
    assert_accessible()
    page.locator("[formaction$='/test/'], form[action$='/test/'] button").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    deliver_due(now=clock.now())
    assert [len(receiver.received), WebhookEvent.objects.get().status] == [1, "DELIVERED"]
    page.reload()
    picture("webhook-test-sent", full=True)

    receiver.answer = lambda _received: (500, {})
    publish(event_type=EventType.PURCHASE_PAID, payload={"purchase_id": 1}, now=clock.now())
    letter = WebhookEvent.objects.get(type=EventType.PURCHASE_PAID)
    while letter.next_retry_at is not None:
        deliver_due(now=letter.next_retry_at)
        letter.refresh_from_db()
    page.goto("/admin/economy/webhookevent/?status__exact=FAILED")
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    picture("webhook-dead-letters", full=True)
    assert_accessible()
    page.goto(f"/admin/economy/webhookevent/{letter.pk}/change/")
    expect(page.get_by_text(letter.external_id).first).to_be_visible()
    expect(page.locator("section.beneath tbody tr")).to_have_count(6)
    picture("webhook-dead-letter", full=True)
    assert_accessible()

    receiver.answer = lambda _received: OK
    page.goto("/admin/economy/webhookevent/?status__exact=FAILED")
    page.locator(f"[name=_selected_action][value='{letter.pk}']").check()
    page.locator("[name=action]").select_option("replay")
    page.locator("[name=index]").click()
    expect(page.locator("[name=audit_reason]")).to_be_visible()
    picture("webhook-send-again", full=True)
    assert_accessible()
    page.locator("[name=audit_reason]").fill("The receiver is mended")
    page.locator("#content [type=submit]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    letter.refresh_from_db()
    assert letter.status == "REPLAYED"
    deliver_due(now=letter.next_retry_at)
    page.goto(f"/admin/economy/webhookevent/{letter.pk}/change/")
    expect(page.locator("section.beneath tbody tr")).to_have_count(7)
    letter.refresh_from_db()
    assert (letter.status, letter.attempt_count) == ("DELIVERED", 7)
